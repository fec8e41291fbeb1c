#include "daemon/duration.h"

#include <string>

namespace holdfast {
namespace {

constexpr long long kYear = 365LL * 24 * 3'600'000;

/// Milliseconds of the unit that `text` begins with, and its length; 0 if none.
struct Unit {
  long long milliseconds = 0;
  std::size_t length = 0;
};

Unit UnitAt(std::string_view text) {
  if (text.starts_with("ms")) return {1, 2};
  if (text.starts_with("s")) return {1'000, 1};
  if (text.starts_with("m")) return {60'000, 1};
  if (text.starts_with("h")) return {3'600'000, 1};
  return {};
}

}  // namespace

Result<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  const Error bad =
      Invalid("\"" + std::string(text) + "\" is no duration; write 30s, 10m or 1h30m");
  long long total = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    long long number = 0;
    std::size_t digits = 0;
    while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') {
      number = number * 10 + (rest[digits] - '0');
      if (number > kYear) return bad;
      ++digits;
    }
    const Unit unit = UnitAt(rest.substr(digits));
    if (digits == 0 || unit.length == 0) return bad;
    if (number > kYear / unit.milliseconds) return bad;
    total += number * unit.milliseconds;
    if (total > kYear) return bad;
    rest.remove_prefix(digits + unit.length);
  }
  if (total == 0) return bad;
  return std::chrono::milliseconds(total);
}

}  // namespace holdfast
