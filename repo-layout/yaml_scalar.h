// YamlScalar: the type of a plain YAML scalar, as Kubernetes' own parser sees it.
//
// Kubernetes reads YAML by sigs.k8s.io/yaml, which resolves plain scalars by the
// rules of go-yaml v2: YAML 1.1 booleans (`on`, `no`, `y`), octal with a leading
// zero, underscores in numbers. A manifest must mean here what it means there.

#pragma once

#include <string>
#include <string_view>

#include "diff/json.h"
#include "diff/result.h"

namespace holdfast {

/// The value of an unquoted scalar. kInvalid for what JSON cannot hold: .inf,
/// .nan, and whole numbers beyond 64 bits.
Result<Json> ResolvePlainScalar(std::string_view text);

/// The text of a scalar that is a map's key: 1 -> "1", on -> "true". kInvalid for
/// null.
Result<std::string> KeyText(const Json& key);

/// The bytes of base64 text, blanks and line breaks skipped; kInvalid if it is
/// none.
Result<std::string> DecodeBinary(std::string_view text);

}  // namespace holdfast
