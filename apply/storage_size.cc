#include "apply/storage_size.h"

#include <cctype>
#include <cmath>

namespace holdfast {

std::optional<long double> StorageBytes(std::string_view text) {
  long double value = 0;
  long double scale = 1;
  std::size_t at = 0;
  bool fraction = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !fraction) {
      fraction = true;
    } else if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      value = value * 10 + (c - '0');
      if (fraction) scale *= 10;
    } else {
      break;
    }
  }
  if (at == 0) return std::nullopt;
  value /= scale;
  const std::string_view unit = text.substr(at);
  constexpr std::string_view kLetters = "kMGTPE";
  if (unit.empty()) return value;
  if (unit == "m") return value / 1000;
  const char letter = unit[0] == 'K' ? 'k' : unit[0];
  const auto power = kLetters.find(letter);
  if (power != std::string_view::npos && unit.size() == 1) {
    return value * std::pow(1000.0L, static_cast<long double>(power + 1));
  }
  if (power != std::string_view::npos && unit.size() == 2 && unit[1] == 'i') {
    return value * std::pow(1024.0L, static_cast<long double>(power + 1));
  }
  const bool exponent = (unit[0] == 'e' || unit[0] == 'E') && unit.size() <= 3;
  if (!exponent) return std::nullopt;
  int number = 0;
  for (const char c : unit.substr(1)) {
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return value * std::pow(10.0L, static_cast<long double>(number));
}

}  // namespace holdfast
