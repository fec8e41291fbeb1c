// Quantity: a Kubernetes amount, `1Gi`, `500m`, `1e3`; exact at any size.
//
// Two texts of one amount are equal here: `1Gi`, `1024Mi` and `1073741824`.
// No floating point: an amount is a row of decimal digits and a power of ten,
// and a binary suffix is multiplied in, which stays exact.

#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "diff/json.h"

namespace holdfast {

class Quantity {
 public:
  /// Zero.
  Quantity() = default;

  /// Reads the grammar of k8s.io/apimachinery's resource.Quantity: a sign,
  /// digits with or without a point, then one of Ki Mi Gi Ti Pi Ei, n u m k M
  /// G T P E, or a decimal exponent (e3, E-3). Nothing for any other text,
  /// for blanks, for texts longer than kMaxLength, and beyond 10^kMaxExponent.
  static std::optional<Quantity> Parse(std::string_view text);

  /// The same for a JSON string or number; nothing for any other value.
  static std::optional<Quantity> FromJson(const Json& value);

  static constexpr std::size_t kMaxLength = 512;
  static constexpr std::int64_t kMaxExponent = 1'000'000;

  bool is_zero() const { return digits_.empty(); }
  bool negative() const { return negative_; }

  /// A plain decimal number, "1073741824" or "-0.5"; with an exponent where
  /// that would be longer than 64 characters. Parse() gives the same back.
  std::string ToString() const;

  bool operator==(const Quantity&) const = default;
  std::strong_ordering operator<=>(const Quantity& other) const;

 private:
  void Normalize();

  // The amount is digits_ * 10^exponent_. One form for each amount: no zero at
  // either end of digits_; zero is no digits, exponent 0 and not negative.
  bool negative_ = false;
  std::string digits_;
  std::int64_t exponent_ = 0;
};

}  // namespace holdfast
