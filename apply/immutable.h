// Immutable: fields that Kubernetes does not let change, and what to do instead.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apply/rejection.h"
#include "diff/object.h"

namespace holdfast {

/// One row of safety.md 1.K that a rejection was recognised by.
struct ImmutableField {
  std::string field;  ///< "spec.volumeClaimTemplates"
  std::string_view hazard;
  std::string_view what;  ///< "a claim's storage class is fixed when it is made"
  std::string_view remedy;
};

/// The immutable fields that `rejection` names in its causes, or in its message where
/// the server gives no field of use ("spec: Forbidden: updates to statefulset spec for
/// fields other than ..."). By the field's path and the kind, never by the status code
/// alone: empty for any other rejection (safety.md 1.K).
std::vector<ImmutableField> ImmutableFieldsIn(const Rejection& rejection,
                                              const Object& object);

}  // namespace holdfast
