#include "diff/base64.h"

#include <cstddef>
#include <cstdint>

namespace holdfast {
namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlSafe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string Encode(std::string_view bytes, std::string_view alphabet) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char byte : bytes) {
    held = held << 8U | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 6;) {
      bits -= 6;
      text += alphabet[held >> bits & 63U];
    }
  }
  if (bits > 0) text += alphabet[held << (6 - bits) & 63U];
  return text;
}

}  // namespace

std::string EncodeBase64(std::string_view bytes) {
  std::string text = Encode(bytes, kStandard);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::string EncodeBase64Url(std::string_view bytes) { return Encode(bytes, kUrlSafe); }

Result<std::string> DecodeBase64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t held = 0;
  int bits = 0;
  std::size_t digits = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::size_t value = kStandard.find(c);
    if (value == std::string_view::npos) {
      return Invalid("not base64: it holds a character of no meaning there");
    }
    if (padding > 0) return Invalid("not base64: it goes on behind its padding");
    ++digits;
    held = held << 6U | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(held >> bits & 0xFFU);
    }
  }
  // A text cut short must not pass for a shorter one.
  if ((digits + padding) % 4 != 0 || padding > 2) {
    return Invalid("not base64: it is cut short");
  }
  return bytes;
}

}  // namespace holdfast
