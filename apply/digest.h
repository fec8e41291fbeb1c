// Digest: SHA-256 and what is built on it.

#pragma once

#include <string>
#include <string_view>

#include "diff/result.h"

namespace holdfast {

/// 32 bytes.
std::string Sha256(std::string_view bytes);

/// Sixty-four lower-case hexadecimal digits.
std::string Sha256Hex(std::string_view bytes);

/// HMAC-SHA-256 (RFC 2104) in hexadecimal. Stands for a secret value where equal
/// values must be seen to be equal: without the key nobody can try values out.
std::string HmacSha256Hex(std::string_view key, std::string_view text);

/// 32 bytes nobody can guess. kInternal if the system gives none.
Result<std::string> RandomKey();

}  // namespace holdfast
