#include "apply/http_date.h"

#include <charconv>
#include <chrono>
#include <cstddef>

namespace holdfast {
namespace {

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

/// The decimal number in `text`, or -1 if that is not all there is in it.
int Number(std::string_view text) {
  int value = -1;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0 ? value
                                                                                : -1;
}

}  // namespace

std::optional<long long> ParseHttpDate(std::string_view text) {
  // Positions are fixed:  Tue, 24 Nov 2026 09:06:00 GMT
  constexpr std::size_t kSize = 29;
  if (text.size() != kSize || text.substr(25) != " GMT") return std::nullopt;
  const std::size_t month_at = kMonths.find(text.substr(8, 3));
  const int day = Number(text.substr(5, 2));
  const int year = Number(text.substr(12, 4));
  const int hour = Number(text.substr(17, 2));
  const int minute = Number(text.substr(20, 2));
  const int second = Number(text.substr(23, 2));
  if (month_at == std::string_view::npos || month_at % 3 != 0 || hour < 0 || minute < 0 ||
      second < 0 || hour > 23 || minute > 59 || second > 60) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{
      std::chrono::year(year),
      std::chrono::month(static_cast<unsigned>(month_at / 3 + 1)),
      std::chrono::day(static_cast<unsigned>(day))};
  if (year < 0 || day < 0 || !date.ok()) return std::nullopt;
  const long long days = std::chrono::sys_days(date).time_since_epoch().count();
  return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

}  // namespace holdfast
