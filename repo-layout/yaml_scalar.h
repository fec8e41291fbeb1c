// YamlScalar: the type of a YAML scalar, as go-yaml v2 sees it.
//
// YAML leaves the type of `on`, 0777 or 1e3 to the reader, and its versions 1.1
// and 1.2 disagree. What counts here is only what kubectl makes of them: it
// reads with go-yaml v2 (by sigs.k8s.io/yaml), a mixture of both versions.

#pragma once

#include <string>
#include <string_view>

#include "diff/json.h"
#include "diff/result.h"

namespace holdfast {

/// The value of a scalar with `tag`: "?" for a plain one without a tag, "!" for
/// a quoted or block one, else its tag in full ("tag:yaml.org,2002:int").
/// kInvalid for what JSON cannot hold (.inf, .nan, integers beyond 64 bits) and
/// for a text that is not what its tag says.
Result<Json> ResolveScalar(std::string_view tag, std::string_view text);

/// A scalar as a key of a JSON object: 1 is "1", on is "true". kInvalid for null,
/// for maps and lists, and for a number that would become another text than is
/// written (1.10 would be "1.1").
Result<std::string> KeyOf(const Json& value, std::string_view written);

}  // namespace holdfast
