// YamlText: a JSON value as YAML, for `-o yaml`.

#pragma once

#include <string>

#include "diff/json.h"

namespace holdfast {

/// Block style, two blanks a level, keys sorted as Json keeps them. A string is
/// written plain where every YAML parser reads it back as that string, and as a
/// JSON string, which YAML reads too, where that is not sure.
std::string ToYaml(const Json& value);

}  // namespace holdfast
