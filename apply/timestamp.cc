#include "apply/timestamp.h"

namespace holdfast {
namespace {

constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:ddZ";

bool HasShape(std::string_view text) {
  if (text.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == 'd' ? !digit : text[i] != kShape[i]) return false;
  }
  return true;
}

int Number(std::string_view text, std::size_t at, std::size_t length) {
  int number = 0;
  for (const char c : text.substr(at, length)) number = number * 10 + (c - '0');
  return number;
}

bool IsLeap(long long year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int DaysOf(long long year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[month - 1];
}

/// Days from 1970-01-01 to the first of January of `year`, of the Gregorian calendar.
long long DaysBefore(long long year) {
  const auto leaps = [](long long y) { return y / 4 - y / 100 + y / 400; };
  return (year - 1970) * 365 + leaps(year - 1) - leaps(1969);
}

std::string Padded(long long number, std::size_t width) {
  std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

}  // namespace

std::optional<long long> ParseTimestamp(std::string_view text) {
  if (!HasShape(text)) return std::nullopt;
  const int year = Number(text, 0, 4);
  const int month = Number(text, 5, 2);
  const int day = Number(text, 8, 2);
  const int hour = Number(text, 11, 2);
  const int minute = Number(text, 14, 2);
  const int second = Number(text, 17, 2);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > DaysOf(year, month) ||
      hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  long long days = DaysBefore(year) + day - 1;
  for (int before = 1; before < month; ++before) days += DaysOf(year, before);
  return days * 86400 + hour * 3600LL + minute * 60LL + second;
}

std::string FormatTimestamp(long long seconds) {
  if (seconds < 0) return "an unknown time";
  long long day = seconds / 86400;
  const long long rest = seconds % 86400;
  long long year = 1970 + day / 366;
  while (DaysBefore(year + 1) <= day) ++year;
  day -= DaysBefore(year);
  int month = 1;
  while (day >= DaysOf(year, month)) day -= DaysOf(year, month++);
  return Padded(year, 4) + "-" + Padded(month, 2) + "-" + Padded(day + 1, 2) + "T" +
         Padded(rest / 3600, 2) + ":" + Padded(rest / 60 % 60, 2) + ":" +
         Padded(rest % 60, 2) + "Z";
}

}  // namespace holdfast
