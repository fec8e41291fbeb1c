// Utf16: texts as some editors save them.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

/// True if `bytes` begin with the byte order mark of UTF-16.
bool IsUtf16(std::string_view bytes);

/// The same text in UTF-8, without the mark; nothing if it is broken.
/// REQUIRES IsUtf16(bytes).
std::optional<std::string> FromUtf16(std::string_view bytes);

}  // namespace holdfast
