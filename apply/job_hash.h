// JobHash: what a Job does, as a few letters that an inventory can keep.

#pragma once

#include <string>

#include "diff/object.h"

namespace holdfast {

/// What stands for a Job's spec in InventoryEntry::finished, as hexadecimal. Labels and
/// annotations do not count: they run nothing.
std::string HashOfJob(const Object& job);

}  // namespace holdfast
