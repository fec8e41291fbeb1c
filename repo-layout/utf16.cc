#include "repo-layout/utf16.h"

#include <cstddef>
#include <cstdint>

namespace holdfast {
namespace {

void AppendUtf8(std::uint32_t point, std::string& text) {
  const auto byte = [&](std::uint32_t value) { text += static_cast<char>(value); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xc0 | (point >> 6));
    byte(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    byte(0xe0 | (point >> 12));
    byte(0x80 | ((point >> 6) & 0x3f));
    byte(0x80 | (point & 0x3f));
  } else {
    byte(0xf0 | (point >> 18));
    byte(0x80 | ((point >> 12) & 0x3f));
    byte(0x80 | ((point >> 6) & 0x3f));
    byte(0x80 | (point & 0x3f));
  }
}

}  // namespace

bool IsUtf16(std::string_view bytes) {
  return bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff");
}

std::optional<std::string> FromUtf16(std::string_view bytes) {
  const bool big_endian = bytes.starts_with('\xfe');
  bytes.remove_prefix(2);
  if (bytes.size() % 2 != 0) return std::nullopt;
  std::string text;
  std::uint32_t high = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const auto a = static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]));
    const auto b = static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i + 1]));
    const std::uint32_t unit = big_endian ? (a << 8) | b : (b << 8) | a;
    const bool low_half = unit >= 0xdc00 && unit < 0xe000;
    if ((high != 0) != low_half) return std::nullopt;
    if (unit >= 0xd800 && unit < 0xdc00) {
      high = unit;
      continue;
    }
    AppendUtf8(low_half ? 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00) : unit,
               text);
    high = 0;
  }
  if (high != 0) return std::nullopt;
  return text;
}

}  // namespace holdfast
