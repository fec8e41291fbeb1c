// TextCheck: is this a text at all? What no parser behind it would notice.

#pragma once

#include <optional>
#include <string_view>

#include "repo-layout/document.h"

namespace holdfast {

/// The first thing in `text` that makes it no text for a manifest: bytes that
/// are no UTF-8, control characters, line breaks other than LF and
/// CR LF, markers of a merge conflict, the pointer that Git LFS leaves in
/// place of a file. A byte order mark may stand at the very beginning.
std::optional<TextError> CheckText(std::string_view text);

/// True if `text` is well-formed UTF-8 (RFC 3629).
bool IsUtf8(std::string_view text);

}  // namespace holdfast
