#include "diff/value_text.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace holdfast {
namespace {

/// The work that comparing line by line may cost; beyond it all lines are told.
constexpr std::size_t kMostCells = 1'000'000;

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::size_t Characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

/// The first `count` characters.
std::string_view Head(std::string_view text, std::size_t count) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!IsContinuation(text[i]) && count-- == 0) return text.substr(0, i);
  }
  return text;
}

std::string Shortened(std::string_view text, std::size_t width) {
  const std::size_t length = Characters(text);
  if (length <= width) return std::string(text);
  return std::string(Head(text, width)) + "... (" + std::to_string(length - width) +
         " more characters)";
}

/// A string is written bare unless it would be read as something else.
std::string Scalar(const Json& value) {
  if (!value.is_string()) return DumpJson(value);
  const auto& text = value.get_ref<const std::string&>();
  const bool odd = text.empty() || text.front() == ' ' || text.back() == ' ';
  const auto other = odd ? Result<Json>(Invalid("")) : ParseJson(text);
  if (odd || (other && other->is_primitive())) return DumpJson(value);
  return Printable(text);
}

/// The hash of a masked value, or nothing.
std::optional<std::string> HashOf(const Json& value) {
  const Json* hash = FindIn(value, "hash");
  if (hash == nullptr || value.size() != 1 || !hash->is_string()) return std::nullopt;
  return hash->get<std::string>();
}

std::vector<std::string> LinesOf(const Json& value) {
  std::string text = value.is_string() ? value.get<std::string>() : DumpJsonPretty(value);
  if (text.ends_with('\n')) text.pop_back();
  std::vector<std::string> lines;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

/// The lines that differ, by a longest common subsequence between the common
/// head and the common tail.
std::vector<ValueLine> LineDifference(const std::vector<std::string>& a,
                                      const std::vector<std::string>& b) {
  std::size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  std::size_t tail = 0;
  while (tail < a.size() - head && tail < b.size() - head &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
    ++tail;
  }
  const std::size_t n = a.size() - head - tail;
  const std::size_t m = b.size() - head - tail;
  std::vector<ValueLine> out;
  // common[i][j]: length of what a[i..] and b[j..] have in common.
  const bool affordable = n == 0 || m <= kMostCells / (n + 1);
  std::vector<unsigned> common(affordable ? (n + 1) * (m + 1) : 0, 0U);
  const auto cell = [&](std::size_t i, std::size_t j) -> unsigned& {
    return common[i * (m + 1) + j];
  };
  if (affordable) {
    for (std::size_t i = n; i-- > 0;) {
      for (std::size_t j = m; j-- > 0;) {
        cell(i, j) = a[head + i] == b[head + j]
                         ? cell(i + 1, j + 1) + 1
                         : std::max(cell(i + 1, j), cell(i, j + 1));
      }
    }
  }
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < n || j < m) {
    if (affordable && i < n && j < m && a[head + i] == b[head + j]) {
      ++i;
      ++j;
    } else if (i < n && (j == m || !affordable || cell(i + 1, j) >= cell(i, j + 1))) {
      out.push_back({'-', a[head + i++]});
    } else {
      out.push_back({'+', b[head + j++]});
    }
  }
  return out;
}

std::vector<ValueLine> Folded(std::vector<ValueLine> lines, const ValueLimits& limits) {
  for (ValueLine& line : lines) line.text = Shortened(Printable(line.text), limits.width);
  if (lines.size() > limits.lines) {
    const std::size_t more = lines.size() - limits.lines;
    lines.resize(limits.lines);
    lines.push_back({' ', "... (" + std::to_string(more) + " more lines)"});
  }
  return lines;
}

bool NeedsLines(const Json& value, const ValueLimits& limits) {
  if (value.is_string())
    return value.get_ref<const std::string&>().find('\n') != std::string::npos;
  return value.is_structured() && DumpJson(value).size() > limits.width;
}

/// Two long values that begin alike are shown from shortly before they part.
void DropCommonHead(std::string& a, std::string& b, std::size_t width) {
  constexpr std::size_t kLead = 20;
  if (Characters(a) <= width && Characters(b) <= width) return;
  const std::size_t shorter = std::min(a.size(), b.size());
  std::size_t same = 0;
  while (same < shorter && a[same] == b[same]) ++same;
  if (same < width / 2) return;
  std::size_t cut = same - std::min(same, kLead);
  while (cut > 0 && IsContinuation(a[cut])) --cut;
  a = "..." + a.substr(cut);
  b = "..." + b.substr(cut);
}

}  // namespace

std::string Printable(std::string_view text) {
  // Through JSON once, which replaces what is no UTF-8.
  const std::string quoted = DumpJson(Json(std::string(text)));
  const auto clean = ParseJson(quoted);
  const std::string whole = clean ? clean->get<std::string>() : std::string();
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const auto byte = static_cast<unsigned char>(whole[i]);
    // U+0080 to U+009F are control characters of two bytes.
    const bool c1 = byte == 0xC2 && i + 1 < whole.size() &&
                    static_cast<unsigned char>(whole[i + 1]) < 0xA0;
    if (byte == '\n') {
      out += "\\n";
    } else if (byte == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F || c1) {
      const auto code = c1 ? static_cast<unsigned char>(whole[++i]) : byte;
      out += "\\x";
      out += kDigits[code >> 4];
      out += kDigits[code & 15];
    } else {
      out += whole[i];
    }
  }
  return out;
}

std::vector<ValueLine> ValueLines(const FieldChange& change, const ValueLimits& limits) {
  const std::array<std::pair<char, const std::optional<Json>*>, 2> sides = {
      std::pair{'-', &change.before}, std::pair{'+', &change.after}};
  bool many_lines = false;
  for (const auto& [mark, value] : sides) {
    if (*value && !HashOf(**value))
      many_lines = many_lines || NeedsLines(**value, limits);
  }
  if (many_lines) {
    const auto before =
        change.before ? LinesOf(*change.before) : std::vector<std::string>();
    const auto after = change.after ? LinesOf(*change.after) : std::vector<std::string>();
    auto lines = LineDifference(before, after);
    // Two texts that differ in their last line break only.
    if (!lines.empty()) return Folded(std::move(lines), limits);
  }
  std::array<std::string, 2> texts;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& value = *sides[i].second;
    if (!value) continue;
    const auto hash = HashOf(*value);
    texts[i] = hash ? "secret value" + (hash->empty() ? "" : ", hash " + *hash)
                    : (many_lines ? Printable(DumpJson(*value)) : Scalar(*value));
  }
  if (change.before && change.after) DropCommonHead(texts[0], texts[1], limits.width);
  std::vector<ValueLine> lines;
  for (std::size_t i = 0; i < 2; ++i) {
    if (*sides[i].second) {
      lines.push_back({sides[i].first, Shortened(texts[i], limits.width)});
    }
  }
  return lines;
}

}  // namespace holdfast
