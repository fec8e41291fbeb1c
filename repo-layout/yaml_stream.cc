#include "repo-layout/yaml_stream.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace holdfast {
namespace {

constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";

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

/// UTF-8 of UTF-16 without its mark; nothing if it is broken.
std::optional<std::string> FromUtf16(std::string_view bytes, bool big_endian) {
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
    AppendUtf8(low_half ? 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00) : unit, text);
    high = 0;
  }
  if (high != 0) return std::nullopt;
  return text;
}

/// Length of the well-formed UTF-8 sequence at the front (RFC 3629); 0 if broken.
std::size_t SequenceLength(std::string_view text, std::uint32_t& point) {
  const auto at = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const std::uint32_t first = at(0);
  std::size_t length = 0;
  std::uint32_t least = 0;
  if (first < 0x80) {
    point = first;
    return 1;
  }
  if (first >= 0xc2 && first < 0xe0) {
    length = 2, point = first & 0x1f, least = 0x80;
  } else if (first >= 0xe0 && first < 0xf0) {
    length = 3, point = first & 0x0f, least = 0x800;
  } else if (first >= 0xf0 && first < 0xf5) {
    length = 4, point = first & 0x07, least = 0x10000;
  }
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0) != 0x80) return 0;
    point = (point << 6) | (at(i) & 0x3f);
  }
  const bool surrogate = point >= 0xd800 && point < 0xe000;
  return point < least || surrogate || point > 0x10ffff ? 0 : length;
}

/// Why this character must not be in a YAML file, or null.
const char* Forbidden(std::uint32_t point) {
  if (point == '\r') return "a carriage return that ends no line";
  if (point == '\t' || point == '\n') return nullptr;
  if (point < 0x20 || point == 0x7f) return "a control character";
  if (point == 0x85 || point == 0x2028 || point == 0x2029) {
    return "a line separator that YAML parsers disagree about";
  }
  if (point >= 0x80 && point < 0xa0) return "a control character";
  if (point == 0xfeff) return "a byte order mark in the middle of the file";
  return nullptr;
}

/// Notes the first character that must not be there.
void CheckCharacters(const std::string& text, std::vector<TextError>& errors) {
  int line = 1;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::uint32_t point = 0;
    const std::size_t length = SequenceLength(std::string_view(text).substr(i), point);
    const char* why = length == 0 ? "a byte that is not UTF-8" : Forbidden(point);
    if (why != nullptr) {
      errors.push_back({line, static_cast<int>(i - line_start) + 1, why});
      return;
    }
    i += length;
    if (point == '\n') {
      ++line;
      line_start = i;
    }
  }
}

/// CR LF becomes LF, in place.
void DropCarriageReturns(std::string& text) {
  std::size_t to = 0;
  for (std::size_t from = 0; from < text.size(); ++from) {
    const bool ends_line = text[from] == '\r' && from + 1 < text.size() && text[from + 1] == '\n';
    if (!ends_line) text[to++] = text[from];
  }
  text.resize(to);
}

bool StartsDocument(std::string_view line) {
  return line.starts_with("---") &&
         (line.size() == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\n');
}

bool IsConflictMarker(std::string_view line) {
  return line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") ||
         line.starts_with("||||||| ");
}

/// True while nothing but comments, blank lines and directives has been seen.
bool IsPreamble(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\n");
  return first == std::string_view::npos || line[first] == '#' || line.starts_with("%YAML");
}

void CutIntoPieces(YamlStream& stream) {
  const std::string_view text = stream.text;
  std::size_t piece_start = 0;
  int piece_line = 1;
  int line_number = 1;
  bool preamble = true;
  const auto finish = [&](std::size_t end) {
    stream.pieces.push_back({text.substr(piece_start, end - piece_start), piece_line});
  };
  for (std::size_t at = 0; at < text.size(); ++line_number) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const std::string_view line = text.substr(at, end - at);
    if (IsConflictMarker(line)) {
      stream.errors.push_back({line_number, 1,
                               "a merge conflict marker: the merge was never finished"});
    }
    if (line.starts_with('%') && !(preamble && line.starts_with("%YAML"))) {
      stream.errors.push_back({line_number, 1,
                               "a line that begins with %; put the value into quotes"});
    }
    if (StartsDocument(line) && !preamble) {
      finish(at);
      piece_start = at;
      piece_line = line_number;
    }
    preamble = preamble && IsPreamble(line);
    at = end;
  }
  if (piece_start < text.size()) finish(text.size());
}

}  // namespace

YamlStream SplitYaml(std::string_view bytes) {
  YamlStream stream;
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) {
    auto text = FromUtf16(bytes.substr(2), bytes.front() == '\xfe');
    if (!text) {
      stream.errors.push_back({1, 1, "broken UTF-16"});
      return stream;
    }
    stream.text = std::move(*text);
  } else {
    if (bytes.starts_with(kUtf8Mark)) bytes.remove_prefix(kUtf8Mark.size());
    stream.text = bytes;
  }
  DropCarriageReturns(stream.text);
  CheckCharacters(stream.text, stream.errors);
  if (stream.errors.empty()) CutIntoPieces(stream);
  return stream;
}

}  // namespace holdfast
