// Dates in HTTP headers.

#pragma once

#include <optional>
#include <string_view>

namespace holdfast {

/// Seconds since the epoch of an IMF-fixdate (RFC 9110, 5.6.7), the only form
/// that servers may send: "Tue, 24 Nov 2026 09:06:00 GMT". Empty for any other text.
std::optional<long long> ParseHttpDate(std::string_view text);

}  // namespace holdfast
