// PredictUnasked: what applying each manifest would do, where no server can be asked.
//
// The local comparison alone. What only a server knows (validation, admission,
// what it fills in of a new object) stays unknown, and the prediction says so.

#pragma once

#include <map>
#include <vector>

#include "apply/plan.h"
#include "diff/manifest.h"
#include "diff/mask.h"
#include "diff/schema.h"
#include "diff/snapshot.h"

namespace holdfast {

/// One for each of `desired`, whose namespaces are filled in. `hash` stands for secret
/// values, those of the custom kinds in `secret_fields` among them. An object that is not
/// in `live` counts as not there. Pure.
std::map<ObjectRef, Prediction> PredictUnasked(const std::vector<Manifest>& desired,
                                               const Snapshot& live, const Schema& schema,
                                               const KeyedHash& hash,
                                               const SecretFields& secret_fields = {});

}  // namespace holdfast
