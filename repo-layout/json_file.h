// JsonFile: a *.json manifest with the line of each field.

#pragma once

#include <string_view>

#include "repo-layout/yaml.h"

namespace holdfast {

/// One JSON text (RFC 8259), in the shape of a YAML file of one document. JSON
/// goes by its own parser, since YAML's reads some of it differently (escaped
/// surrogate pairs, for one).
YamlFile ParseJsonFile(std::string_view bytes);

}  // namespace holdfast
