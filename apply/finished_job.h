// FinishedJob: a Job that has done its work is remembered after it is gone.
//
// spec.ttlSecondsAfterFinished removes a Job once it has ended, and so does a commit, which
// may be reverted. What Git wants is not there then, and yet must not be made again
// (H-D10). Who wants it to run once more gives it another name.

#pragma once

#include <string>

#include "apply/plan.h"

namespace holdfast {

/// On a Job that may run more than once.
inline constexpr const char* kRerunnable = "holdfast.dev/rerunnable";

enum class JobRerun {
  kNo,     ///< No Job, or one that is live or was never seen to end well.
  kSame,   ///< It has run as it is written: it stays away.
  kOther,  ///< Its spec has changed since it ran.
};

/// What `manifest` is to what has run; kNo for anything but a Job. Needs
/// PlanInput::job_hashes.
JobRerun RerunOf(const Manifest& manifest, const PlanInput& input);

}  // namespace holdfast
