// Timestamp: RFC 3339 texts as Kubernetes writes them, and seconds since the epoch.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

/// "2024-11-23T10:00:00Z" in seconds since the epoch. UTC and whole seconds only, as
/// metav1.Time is printed; nothing for any other text, and for a day that does not exist.
std::optional<long long> ParseTimestamp(std::string_view text);

/// The same, back.
std::string FormatTimestamp(long long seconds);

}  // namespace holdfast
