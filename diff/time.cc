#include "diff/time.h"

#include <cstddef>

namespace holdfast {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

int Number(std::string_view text, std::size_t at, std::size_t digits) {
  int value = 0;
  for (std::size_t i = at; i < at + digits; ++i) value = value * 10 + (text[i] - '0');
  return value;
}

/// True if `text` begins like `form`, whose zeros stand for any digit.
bool HasForm(std::string_view text, std::string_view form) {
  if (text.size() < form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == '0' ? !IsDigit(text[i]) : text[i] != form[i]) return false;
  }
  return true;
}

/// Days since 1970-01-01 (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
std::int64_t DaysOf(int year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const int of_era = year - era * 400;
  const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int of_days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
  return std::int64_t{era} * 146097 + of_days - 719468;
}

/// Takes ".123" off the text; microseconds.
std::int64_t TakeFraction(std::string_view& text) {
  if (text.empty() || text[0] != '.') return 0;
  std::int64_t micros = 0;
  std::int64_t unit = 100'000;
  std::size_t i = 1;
  for (; i < text.size() && IsDigit(text[i]); ++i, unit /= 10)
    micros += unit * (text[i] - '0');
  if (i > 1) text.remove_prefix(i);
  return micros;
}

}  // namespace

std::optional<std::int64_t> ParseTime(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (!HasForm(text, kForm)) return std::nullopt;
  const int month = Number(text, 5, 2);
  const int day = Number(text, 8, 2);
  const int hour = Number(text, 11, 2);
  const int minute = Number(text, 14, 2);
  const int second = Number(text, 17, 2);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 ||
      second > 59) {
    return std::nullopt;
  }
  std::int64_t seconds = DaysOf(Number(text, 0, 4), month, day) * 86'400 + hour * 3600 +
                         minute * 60 + second;
  text.remove_prefix(kForm.size());
  const std::int64_t micros = TakeFraction(text);
  if (text != "Z") {
    if (text.size() != 6 || !(HasForm(text, "+00:00") || HasForm(text, "-00:00"))) {
      return std::nullopt;
    }
    const int zone = Number(text, 1, 2) * 3600 + Number(text, 4, 2) * 60;
    seconds -= text[0] == '+' ? zone : -zone;
  }
  return seconds * 1'000'000 + micros;
}

}  // namespace holdfast
