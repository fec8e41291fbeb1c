#include "diff/quantity.h"

#include <algorithm>
#include <charconv>

namespace holdfast {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// digits = digits * 1024.
void MultiplyBy1024(std::string& digits) {
  unsigned carry = 0;
  for (auto it = digits.rbegin(); it != digits.rend(); ++it) {
    carry += static_cast<unsigned>(*it - '0') * 1024;
    *it = static_cast<char>('0' + carry % 10);
    carry /= 10;
  }
  std::string head;
  for (; carry > 0; carry /= 10) head += static_cast<char>('0' + carry % 10);
  std::reverse(head.begin(), head.end());
  digits.insert(0, head);
}

struct Suffix {
  std::int64_t ten = 0;  ///< Power of ten.
  int kibi = 0;          ///< Power of 1024.
};

std::optional<Suffix> DecimalExponent(std::string_view text) {
  if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) return std::nullopt;
  text.remove_prefix(1);
  const bool minus = text[0] == '-';
  if (minus || text[0] == '+') text.remove_prefix(1);
  constexpr std::size_t kMaxDigits = 9;
  if (text.empty() || text.size() > kMaxDigits) return std::nullopt;
  if (!std::all_of(text.begin(), text.end(), IsDigit)) return std::nullopt;
  std::int64_t exponent = 0;
  std::from_chars(text.data(), text.data() + text.size(), exponent);
  return Suffix{minus ? -exponent : exponent, 0};
}

std::optional<Suffix> ParseSuffix(std::string_view text) {
  if (text.empty()) return Suffix{};
  constexpr std::string_view kBinary = "KMGTPE";
  if (text.size() == 2 && text[1] == 'i') {
    const auto power = kBinary.find(text[0]);
    if (power == std::string_view::npos) return std::nullopt;
    return Suffix{0, static_cast<int>(power) + 1};
  }
  if (text.size() == 1) {
    constexpr std::string_view kDecimal = "num kMGTPE";  // 10^-9 to 10^18 by threes
    const auto power = kDecimal.find(text[0]);
    if (power == std::string_view::npos || text[0] == ' ') return std::nullopt;
    return Suffix{static_cast<std::int64_t>(power) * 3 - 9, 0};
  }
  return DecimalExponent(text);
}

}  // namespace

std::optional<Quantity> Quantity::Parse(std::string_view text) {
  if (text.empty() || text.size() > kMaxLength) return std::nullopt;
  Quantity result;
  result.negative_ = text[0] == '-';
  if (text[0] == '-' || text[0] == '+') text.remove_prefix(1);
  std::size_t at = 0;
  bool point = false;
  std::int64_t decimals = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !point) {
      point = true;
    } else if (IsDigit(text[at])) {
      result.digits_ += text[at];
      if (point) ++decimals;
    } else {
      break;
    }
  }
  if (result.digits_.empty()) return std::nullopt;
  const auto suffix = ParseSuffix(text.substr(at));
  if (!suffix) return std::nullopt;
  for (int i = 0; i < suffix->kibi; ++i) MultiplyBy1024(result.digits_);
  result.exponent_ = suffix->ten - decimals;
  result.Normalize();
  // So that what is printed can be read again, however the digits are cut.
  if (result.exponent_ > kMaxExponent || result.exponent_ < -kMaxExponent)
    return std::nullopt;
  return result;
}

std::optional<Quantity> Quantity::FromJson(const Json& value) {
  if (value.is_string()) return Parse(value.get_ref<const std::string&>());
  if (value.is_number()) return Parse(DumpJson(value));
  return std::nullopt;
}

void Quantity::Normalize() {
  digits_.erase(0, digits_.find_first_not_of('0'));
  const std::size_t last = digits_.find_last_not_of('0');
  if (last == std::string::npos) {
    *this = Quantity();
    return;
  }
  exponent_ += static_cast<std::int64_t>(digits_.size() - last - 1);
  digits_.erase(last + 1);
}

std::string Quantity::ToString() const {
  if (is_zero()) return "0";
  constexpr std::int64_t kLongest = 64;
  const auto size = static_cast<std::int64_t>(digits_.size());
  const std::string sign = negative_ ? "-" : "";
  if (exponent_ >= 0 && size + exponent_ <= kLongest) {
    return sign + digits_ + std::string(static_cast<std::size_t>(exponent_), '0');
  }
  if (exponent_ < 0 && size <= kLongest && -exponent_ <= kLongest) {
    if (-exponent_ < size) {
      const auto whole = static_cast<std::size_t>(size + exponent_);
      return sign + digits_.substr(0, whole) + "." + digits_.substr(whole);
    }
    const auto zeros = static_cast<std::size_t>(-exponent_ - size);
    return sign + "0." + std::string(zeros, '0') + digits_;
  }
  return sign + digits_ + "e" + std::to_string(exponent_);
}

std::strong_ordering Quantity::operator<=>(const Quantity& other) const {
  const auto sign = [](const Quantity& q) {
    return q.is_zero() ? 0 : q.negative_ ? -1 : 1;
  };
  if (const auto order = sign(*this) <=> sign(other); order != 0) return order;
  if (is_zero()) return std::strong_ordering::equal;
  // The place of the first digit decides, then the digits: there are no
  // leading zeros, and a missing digit at the end is a zero.
  const auto magnitude = [](const Quantity& q) {
    return static_cast<std::int64_t>(q.digits_.size()) + q.exponent_;
  };
  auto order = magnitude(*this) <=> magnitude(other);
  if (order == 0) order = digits_.compare(other.digits_) <=> 0;
  if (!negative_) return order;
  return order < 0 ? std::strong_ordering::greater
                   : (order > 0 ? std::strong_ordering::less : order);
}

}  // namespace holdfast
