#include "repo-layout/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <system_error>

#include "diff/base64.h"
#include "repo-layout/text_check.h"

namespace holdfast {
namespace {

constexpr std::array<std::string_view, 11> kTrue = {
    "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"};
constexpr std::array<std::string_view, 11> kFalse = {
    "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"};
constexpr std::array<std::string_view, 5> kNull = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 12> kNoNumber = {
    ".inf",  ".Inf",  ".INF",  "+.inf", "+.Inf", "+.INF",
    "-.inf", "-.Inf", "-.INF", ".nan",  ".NaN",  ".NAN"};

template <typename Words>
bool OneOf(std::string_view text, const Words& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::size_t DigitsAt(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && IsDigit(text[end])) ++end;
  return end - at;
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool LooksLikeFloat(std::string_view text) {
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  const std::size_t whole = DigitsAt(text, at);
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = DigitsAt(text, at + 1);
    if (whole == 0 && fraction == 0) return false;
    at += 1 + fraction;
  } else if (whole == 0) {
    return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const std::size_t exponent = DigitsAt(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

/// Go's ParseInt and ParseUint with base 0: a prefix chooses the base, and a
/// leading zero alone means octal.
std::optional<Json> ParseInteger(std::string_view text) {
  const bool negative = text.starts_with('-');
  const bool sign = negative || text.starts_with('+');
  std::string_view digits = text.substr(sign ? 1 : 0);
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    const char letter = static_cast<char>(digits[1] | 0x20);
    base = letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
    digits.remove_prefix(letter == 'x' || letter == 'b' || letter == 'o' ? 2 : 1);
  }
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
  if (digits.empty() || error != std::errc() || stop != end) return std::nullopt;
  constexpr std::uint64_t kMax = INT64_MAX;
  if (negative) {
    if (value > kMax + 1) return std::nullopt;
    return Json(static_cast<std::int64_t>(~value + 1));  // Two's complement.
  }
  if (value <= kMax) return Json(static_cast<std::int64_t>(value));
  if (sign) return std::nullopt;
  return Json(value);
}

/// Up to here every whole number has a double of its own.
constexpr double kTwoTo53 = 9007199254740992.0;

/// A float as Go writes it in JSON: an integral one without a point, so that a
/// field of integers takes `1e3`.
Json JsonOf(double value) {
  if (std::trunc(value) == value && std::fabs(value) <= kTwoTo53) {
    return Json(static_cast<std::int64_t>(value));
  }
  return Json(value);
}

/// REQUIRES LooksLikeFloat(text). Null where the number is too large.
std::optional<double> ParseFloat(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [stop, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  (void)stop;
  if (error == std::errc()) return value;
  const bool tiny = text.find("e-") != text.npos || text.find("E-") != text.npos;
  return tiny ? std::optional<double>(0.0) : std::nullopt;
}

Result<Json> ResolveNumber(std::string_view text) {
  std::string plain(text);
  std::erase(plain, '_');
  if (text[0] == '.') {
    // Go's own ParseFloat reads these, and wants digits around each underscore.
    const bool odd = text.starts_with("._") || text.ends_with('_') ||
                     text.find("__") != text.npos || !LooksLikeFloat(plain);
    const auto value = odd ? std::nullopt : ParseFloat(plain);
    return value ? JsonOf(*value) : Json(std::string(text));
  }
  if (auto integer = ParseInteger(plain)) return *std::move(integer);
  if (!LooksLikeFloat(plain)) return Json(std::string(text));
  const auto value = ParseFloat(plain);
  // Only digits, and no integer: 08, which is 8, or too large.
  const bool has_only_digits = plain.find_first_of(".eE") == plain.npos;
  if (has_only_digits && (!value || std::fabs(*value) > kTwoTo53)) {
    // It is not repeated here: it may be a password.
    return Invalid("the number does not fit 64 bits; quote it if it is meant as a text");
  }
  return value ? JsonOf(*value) : Json(std::string(text));
}

Result<Json> ResolvePlain(std::string_view text) {
  if (OneOf(text, kNull)) return Json(nullptr);
  if (OneOf(text, kTrue)) return Json(true);
  if (OneOf(text, kFalse)) return Json(false);
  if (OneOf(text, kNoNumber)) {
    return Invalid("\"" + std::string(text) +
                   "\" is no number that JSON can hold; "
                   "quote it if it is meant as a text");
  }
  const char first = text[0];
  if (IsDigit(first) || first == '+' || first == '-' || first == '.') {
    return ResolveNumber(text);
  }
  return Json(std::string(text));
}

Result<Json> DecodeBinary(std::string_view text) {
  auto bytes = DecodeBase64(text);
  if (!bytes) return bytes.error().In("!!binary");
  if (!IsUtf8(*bytes)) {
    return Invalid("!!binary holds bytes that are not UTF-8, which JSON cannot hold");
  }
  return Json(*std::move(bytes));
}

std::string TypeOf(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return "a boolean";
  if (value.is_number_integer()) return "an integer";
  if (value.is_number()) return "a number";
  return "a text";
}

/// True for a number that only an unsigned integer holds.
bool IsUnsigned(const Json& value) {
  return value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
}

/// True for an integer as written, and not for 1e3 or 08, which only count as one.
bool IsInteger(std::string_view text) {
  std::string plain(text);
  std::erase(plain, '_');
  return ParseInteger(plain).has_value();
}

/// A scalar with one of YAML's own tags for scalars.
Result<Json> ResolveAs(std::string_view type, std::string_view text) {
  if (type == "str") return Json(std::string(text));
  if (type == "timestamp") {
    return Invalid("the tag !!timestamp is not read; quote the date, which is a text");
  }
  if (type == "binary") return DecodeBinary(text);
  auto value = ResolvePlain(text);
  if (!value) return value;
  const bool fits = (type == "null" && value->is_null()) ||
                    (type == "bool" && value->is_boolean()) ||
                    (type == "int" && value->is_number_integer() && IsInteger(text)) ||
                    (type == "float" && value->is_number() && !IsUnsigned(*value));
  if (fits && type == "float") return JsonOf(value->get<double>());
  if (fits) return value;
  return Invalid("the tag !!" + std::string(type) + " stands before " + TypeOf(*value));
}

/// Go's FormatFloat(value, 'g', -1, 32): as few digits as tell the number from
/// its neighbours, an exponent below 1e-4 and from 1e6 on.
std::string ShortestFloat(double number) {
  const auto value = static_cast<float>(number);
  std::array<char, 64> text{};
  int digits = 1;
  for (; digits < 9; ++digits) {
    std::snprintf(text.data(), text.size(), "%.*e", digits - 1,
                  static_cast<double>(value));
    if (std::strtof(text.data(), nullptr) == value) break;
  }
  const double size = std::fabs(static_cast<double>(value));
  const bool exponent = size != 0 && (size < 1e-4 || size >= 1e6);
  if (!exponent) {
    std::snprintf(text.data(), text.size(), "%.*g", std::max(digits, 6),
                  static_cast<double>(value));
  } else {
    std::snprintf(text.data(), text.size(), "%.*e", digits - 1,
                  static_cast<double>(value));
  }
  return text.data();
}

}  // namespace

Result<Json> ResolveScalar(std::string_view tag, std::string_view text) {
  constexpr std::string_view kYaml = "tag:yaml.org,2002:";
  if (tag == "?" || tag.empty()) return ResolvePlain(text);
  if (!tag.starts_with(kYaml)) return Json(std::string(text));
  const std::string_view type = tag.substr(kYaml.size());
  constexpr std::array<std::string_view, 7> kTypes = {
      "str", "timestamp", "binary", "null", "bool", "int", "float"};
  if (OneOf(type, kTypes)) return ResolveAs(type, text);
  return Json(std::string(text));
}

Result<std::string> KeyOf(const Json& value, std::string_view written) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return std::string(value.get<bool>() ? "true" : "false");
  if (value.is_null()) {
    return Invalid(
        "a key is null; write the key's name, or quote it if it is meant as a text");
  }
  if (!value.is_number())
    return Invalid("a key is a map or a list; a key must be a text");
  if (IsUnsigned(value)) {
    return Invalid("the key " + std::string(written) +
                   " is too large a number; quote it");
  }
  // Go keeps 1e3 a float, and prints it as one here.
  const bool is_float =
      LooksLikeFloat(written) && written.find_first_of(".eE") != written.npos;
  if (!is_float) return DumpJson(value);
  std::string text = ShortestFloat(value.get<double>());
  if (text == written) return text;
  return Invalid("the key " + std::string(written) + " is a number and would become \"" +
                 text + "\"; quote it");
}

}  // namespace holdfast
