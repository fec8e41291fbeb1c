// Predict: what applying each manifest would do, asked before the first write.
//
// The ladder of diff.md: the local comparison first, and the server's dry run
// only where that is not sure that nothing would change.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "apply/cluster.h"
#include "apply/plan.h"
#include "apply/resolve.h"
#include "diff/manifest.h"
#include "diff/mask.h"
#include "diff/schema.h"
#include "diff/snapshot.h"

namespace holdfast {

struct PredictOptions {
  const Schema* schema = nullptr;  ///< REQUIRED.
  KeyedHash hash;                  ///< REQUIRED; stands for secret values.
  /// Objects that are not asked about: lint has refused them, and the server's
  /// complaint would only hide that sentence.
  std::vector<ObjectRef> leave_out;
  SecretFields secret_fields;  ///< Of custom kinds; masked like Secrets.
};

struct Predictions {
  std::map<ObjectRef, Prediction> of;  ///< One for each manifest.
  /// What the server does not accept and the guard has no say in: a misspelled
  /// field, a value that does not validate, a missing namespace, an admission
  /// plugin's no. With file and line; no secret values.
  std::vector<Error> errors;
};

/// `desired` is resolved; `live` holds what is live of it and the Namespaces it
/// names. Costs no request for what is in sync and one dry run for each of the
/// rest, all concurrent. An object that somebody changes meanwhile is read into `live`
/// again and compared again.
Predictions Predict(Cluster& cluster, const Resolved& desired, Snapshot& live,
                    const PredictOptions& options);

}  // namespace holdfast
