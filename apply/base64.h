// Base64 (RFC 4648): credentials and Secrets are written in it.

#pragma once

#include <string>
#include <string_view>

#include "diff/result.h"

namespace holdfast {

/// With padding, as in "Authorization: Basic".
std::string Base64(std::string_view bytes);

/// The URL-safe alphabet without padding, as in the id of an ApplySet.
std::string Base64Url(std::string_view bytes);

/// The bytes of padded standard base64; line breaks and blanks are skipped.
/// kInvalid for anything else; the message never quotes `text`.
Result<std::string> DecodeBase64(std::string_view text);

}  // namespace holdfast
