// ClaimModes: for how many pods a claim is made, and whether it says of what class.

#pragma once

#include "apply/outlook.h"

namespace holdfast {

/// True if the claim, as Git wants it or else as it is live, says that pods on several
/// nodes may write to it (ReadWriteMany). False for one that is not known.
bool IsForManyWriters(const ObjectRef& claim, const Outlook& outlook);

/// True if a claim, or a template of one, takes whatever storage class is the default.
bool OmitsStorageClass(const Json& claim);

}  // namespace holdfast
