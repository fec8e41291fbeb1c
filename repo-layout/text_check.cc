#include "repo-layout/text_check.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

namespace holdfast {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 0;  ///< 0: not UTF-8.
};

/// The character that `text` begins with (RFC 3629: no overlong form, no surrogate).
Character Decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  std::size_t bytes = 0;
  std::uint32_t code = 0;
  std::uint32_t least = 0;
  if ((first & 0xE0) == 0xC0) {
    bytes = 2, code = first & 0x1FU, least = 0x80;
  } else if ((first & 0xF0) == 0xE0) {
    bytes = 3, code = first & 0x0FU, least = 0x800;
  } else if ((first & 0xF8) == 0xF0) {
    bytes = 4, code = first & 0x07U, least = 0x10000;
  }
  if (bytes == 0 || text.size() < bytes) return {};
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < least || surrogate || code > 0x10FFFF) return {};
  return {code, bytes};
}

std::string InHex(std::uint32_t code) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "U+%04X", static_cast<unsigned>(code));
  return text.data();
}

/// Why a character may not stand in a manifest, or "".
std::string WhyRefused(std::uint32_t code) {
  if (code == 0) return "holds a NUL byte: this is no text file";
  if (code < 0x20 && code != '\t' && code != '\n' && code != '\r') {
    return "holds the control character " + InHex(code) + "; remove it";
  }
  if (code == 0x85 || code == 0x2028 || code == 0x2029) {
    return "holds the line break " + InHex(code) +
           ", which readers of YAML do not agree about; use a plain line feed";
  }
  if (code >= 0x7F && code < 0xA0) {
    return "holds the control character " + InHex(code) + "; remove it";
  }
  if (code == 0xFEFF) {
    return "holds a byte order mark in the middle of the text; remove it";
  }
  if (code == 0xFFFE || code == 0xFFFF) {
    return "holds " + InHex(code) + ", which is no character; remove it";
  }
  return "";
}

/// Why a whole line may not stand in a manifest, or "".
std::string WhyLineRefused(std::string_view rest) {
  for (const std::string_view marker : {"<<<<<<< ", "||||||| ", ">>>>>>> "}) {
    if (rest.starts_with(marker)) {
      return "a merge conflict was committed unresolved (\"" +
             std::string(marker.substr(0, 7)) +
             "\"); choose one side, remove the markers and commit again";
    }
  }
  return "";
}

std::string WhyFileRefused(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return "is broken UTF-16; save it as UTF-8";
  }
  if (text.starts_with("version https://git-lfs.github.com/spec/")) {
    return "is a pointer of Git LFS and not the file itself, which Git does not hold; "
           "commit the manifest as an ordinary file";
  }
  return "";
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const Character character = Decode(text);
    if (character.bytes == 0) return false;
    text.remove_prefix(character.bytes);
  }
  return true;
}

std::optional<TextError> CheckText(std::string_view text) {
  if (std::string why = WhyFileRefused(text); !why.empty()) return TextError{1, 1, why};
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::size_t at = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  std::size_t line_start = at;
  int line = 1;
  const auto problem = [&](std::string message) {
    return TextError{line, static_cast<int>(at - line_start) + 1, std::move(message)};
  };
  while (at < text.size()) {
    if (at == line_start && (text[at] == '<' || text[at] == '|' || text[at] == '>')) {
      std::string why = WhyLineRefused(text.substr(at));
      if (!why.empty()) return problem(std::move(why));
    }
    const auto first = static_cast<unsigned char>(text[at]);
    if (first >= 0x20 && first < 0x7F) {  // Nearly every byte there is.
      ++at;
      continue;
    }
    const Character character = Decode(text.substr(at));
    if (character.bytes == 0) {
      return problem("holds bytes that are not UTF-8; save it as UTF-8");
    }
    if (std::string why = WhyRefused(character.code); !why.empty()) {
      return problem(std::move(why));
    }
    if (first == '\r' && !text.substr(at + 1).starts_with('\n')) {
      return problem(
          "holds a carriage return without a line feed; save it with LF line ends");
    }
    at += character.bytes;
    if (first == '\n') {
      ++line;
      line_start = at;
    }
  }
  return std::nullopt;
}

}  // namespace holdfast
