// SecretField: where kinds other than Secret keep values that nobody may see.

#pragma once

#include <string>
#include <vector>

#include "diff/field_path.h"
#include "diff/object_ref.h"

namespace holdfast {

/// A field of a custom kind and all below it, such as the template of an
/// ExternalSecret's target. `path` is of keys alone and goes through the entries of
/// lists: "spec.users.password" is the password of each user.
struct SecretField {
  std::string group;
  std::string kind;
  FieldPath path;

  bool operator==(const SecretField&) const = default;
};

using SecretFields = std::vector<SecretField>;

/// True if an object of this identity may hold secret values: a Secret, or a kind
/// that is named in `custom`.
bool MayHoldSecrets(const ObjectRef& ref, const SecretFields& custom);

}  // namespace holdfast
