// Base64 (RFC 4648): Secrets and credentials are written in it.

#pragma once

#include <string>
#include <string_view>

#include "diff/result.h"

namespace holdfast {

/// The standard alphabet with padding, as in a Secret's data.
std::string EncodeBase64(std::string_view bytes);

/// The URL-safe alphabet without padding, as in the id of an ApplySet.
std::string EncodeBase64Url(std::string_view bytes);

/// The bytes of padded standard base64. Line breaks are skipped and nothing
/// else, as Go's decoder does, which is the API server's. kInvalid for any
/// other text; the message never quotes it, since it may be a secret.
Result<std::string> DecodeBase64(std::string_view text);

}  // namespace holdfast
