// BackupObjects: which objects make or keep the copies of data.

#pragma once

#include "diff/object.h"

namespace holdfast {

/// True for a CronJob that makes backups, told by its name, its images and its commands,
/// and for the kinds by which operators are told to make or keep them.
bool IsBackup(const Object& object);

/// True if it is told to pause: spec.suspend, spec.paused or spec.disabled.
bool IsPaused(const Object& object);

}  // namespace holdfast
