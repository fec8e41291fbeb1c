// Time: a moment as Kubernetes writes it, so that two spellings can be compared.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace holdfast {

/// Microseconds since 1970 of an RFC 3339 text: 2026-01-31T12:00:00Z, perhaps with
/// a fraction (cut to microseconds, as MicroTime is), perhaps in another zone.
/// Nothing for any other text.
std::optional<std::int64_t> ParseTime(std::string_view text);

}  // namespace holdfast
