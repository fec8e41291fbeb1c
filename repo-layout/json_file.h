// JsonFile: the bytes of a JSON file to one document with line numbers.

#pragma once

#include <string_view>

#include "repo-layout/document.h"

namespace holdfast {

/// RFC 8259, one value; a key that stands twice is refused with both lines.
YamlFile ParseJsonFile(std::string_view text);

}  // namespace holdfast
