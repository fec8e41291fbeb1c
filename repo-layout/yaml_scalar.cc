#include "repo-layout/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace holdfast {
namespace {

bool IsOneOf(std::string_view text, const auto& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<std::string_view, 11> kTrue = {"y",    "Y",    "yes", "Yes", "YES", "true",
                                                    "True", "TRUE", "on",  "On",  "ON"};
constexpr std::array<std::string_view, 11> kFalse = {
    "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"};
constexpr std::array<std::string_view, 5> kNull = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 12> kNoNumber = {
    ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF",
    "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

struct Based {
  int base = 10;
  std::string_view digits;
};

/// Go's base 0: a prefix 0x, 0o, 0b or 0 says the base.
Based SplitBase(std::string_view text) {
  if (text.size() < 2 || text[0] != '0') return {10, text};
  switch (text[1]) {
    case 'x': case 'X': return {16, text.substr(2)};
    case 'o': case 'O': return {8, text.substr(2)};
    case 'b': case 'B': return {2, text.substr(2)};
    default: return {8, text.substr(1)};
  }
}

/// A whole number of at most 64 bits, or nothing.
std::optional<Json> WholeNumber(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const Based based = SplitBase(text);
  std::uint64_t value = 0;
  const char* end = based.digits.data() + based.digits.size();
  const auto parsed = std::from_chars(based.digits.data(), end, value, based.base);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!negative) {
    return value <= kMax ? Json(static_cast<std::int64_t>(value)) : Json(value);
  }
  if (value > kMax + 1) return std::nullopt;
  if (value == kMax + 1) return Json(std::numeric_limits<std::int64_t>::min());
  return Json(-static_cast<std::int64_t>(value));
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool LooksLikeFloat(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    return at - from;
  };
  const auto sign = [&] {
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  };
  sign();
  const std::size_t whole = digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0 && whole == 0) return false;
  } else if (whole == 0) {
    return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    sign();
    if (digits() == 0) return false;
  }
  return at == text.size();
}

Result<Json> FloatNumber(std::string_view text, std::string_view as_written) {
  const bool whole = text.find_first_of(".eE") == std::string_view::npos;
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  double value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  // go-yaml leaves 1e400 a string.
  if (parsed.ec != std::errc()) return Json(std::string(as_written));
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (std::fabs(value) <= kExact && std::floor(value) == value) {
    return Json(static_cast<std::int64_t>(value));  // Go prints 8.0 as 8.
  }
  if (whole) {
    return Invalid("the number " + std::string(as_written) +
                   " has more than 64 bits; put it into quotes if it is text");
  }
  return Json(value);
}

}  // namespace

Result<Json> ResolvePlainScalar(std::string_view text) {
  if (IsOneOf(text, kNull)) return Json(nullptr);
  if (IsOneOf(text, kTrue)) return Json(true);
  if (IsOneOf(text, kFalse)) return Json(false);
  if (IsOneOf(text, kNoNumber)) {
    return Invalid(std::string(text) + " is no number that JSON has; put it into quotes if it "
                                       "is text");
  }
  const char first = text.front();
  if (IsDigit(first) || first == '-' || first == '+' || first == '.') {
    std::string plain(text);
    std::erase(plain, '_');
    if (auto number = first == '.' ? std::nullopt : WholeNumber(plain)) return *number;
    if (LooksLikeFloat(plain)) return FloatNumber(plain, text);
  }
  return Json(std::string(text));
}

Result<std::string> KeyText(const Json& key) {
  if (key.is_string()) return key.get<std::string>();
  if (key.is_null()) return Invalid("a key is null; put it into quotes if it is text");
  return DumpJson(key);
}

Result<std::string> DecodeBinary(std::string_view text) {
  std::string bytes;
  std::uint32_t buffer = 0;
  int bits = 0;
  std::size_t padding = 0;
  std::size_t symbols = 0;
  for (const char c : text) {
    int value = -1;
    if (c >= 'A' && c <= 'Z') value = c - 'A';
    if (c >= 'a' && c <= 'z') value = c - 'a' + 26;
    if (IsDigit(c)) value = c - '0' + 52;
    if (c == '+') value = 62;
    if (c == '/') value = 63;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
    ++symbols;
    if (c == '=') {
      ++padding;
      continue;
    }
    if (value < 0 || padding > 0) return Invalid("not base64");
    buffer = (buffer << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>((buffer >> bits) & 0xffU);
    }
  }
  if (symbols % 4 != 0 || padding > 2) return Invalid("not base64");
  return bytes;
}

}  // namespace holdfast
