#include "diff/value_text.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "diff/line_diff.h"

namespace holdfast {
namespace {

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

/// What stands for the line break that one of two texts lacks at its end.
constexpr std::string_view kNoBreak = "\\ no line break at the end";

bool IsText(const std::optional<Json>& value) { return value && value->is_string(); }

bool EndsWithBreak(const Json& text) {
  return text.get_ref<const std::string&>().ends_with('\n');
}

std::vector<std::string> TextLines(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  std::vector<std::string> lines;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

/// True for a list whose entries fit on a line each.
bool IsListOfScalars(const Json& value) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const Json& entry) {
           return entry.is_primitive() &&
                  !(entry.is_string() &&
                    entry.get_ref<const std::string&>().find('\n') != std::string::npos);
         });
}

std::vector<std::string> LinesOf(const std::optional<Json>& value) {
  if (!value) return {};
  if (value->is_string()) return TextLines(value->get<std::string>());
  if (!IsListOfScalars(*value)) return TextLines(DumpJsonPretty(*value));
  std::vector<std::string> lines;
  for (const Json& entry : *value) lines.push_back(Scalar(entry));
  return lines;
}

/// Lines, and entries of a list, are numbered for people; those of other values are
/// an artefact of ours.
std::string PlaceOf(const FieldChange& change, std::size_t number) {
  const std::optional<Json>& value = change.after ? change.after : change.before;
  const char* what = value->is_string()        ? "line "
                     : IsListOfScalars(*value) ? "entry "
                                               : nullptr;
  return what == nullptr ? "..." : what + std::to_string(number);
}

std::vector<ValueLine> LineDifference(const FieldChange& change, std::size_t context) {
  auto before = LinesOf(change.before);
  auto after = LinesOf(change.after);
  if (IsText(change.before) && IsText(change.after) &&
      EndsWithBreak(*change.before) != EndsWithBreak(*change.after)) {
    (EndsWithBreak(*change.before) ? after : before).emplace_back(kNoBreak);
  }
  std::vector<ValueLine> out;
  for (const Hunk& hunk : HunksOf(DiffLines(before, after), context)) {
    const std::size_t number = hunk.lines.front().number;
    if (number > 1 || !out.empty()) out.push_back({'@', PlaceOf(change, number)});
    for (const DiffLine& line : hunk.lines) {
      const bool same = line.kind == DiffLine::Kind::kSame;
      const char mark = same ? ' ' : line.kind == DiffLine::Kind::kAdded ? '+' : '-';
      out.push_back({mark, line.text});
    }
  }
  return out;
}

std::vector<ValueLine> Folded(std::vector<ValueLine> lines, const FieldChange& change,
                              const ValueLimits& limits) {
  for (ValueLine& line : lines) {
    line.text = Shortened(Printable(line.text), limits.width);
  }
  if (lines.size() > limits.lines + 1) {  // One more costs no more than saying so.
    const std::size_t more = lines.size() - limits.lines;
    const std::optional<Json>& value = change.after ? change.after : change.before;
    lines.resize(limits.lines);
    lines.push_back({' ', "... (" + std::to_string(more) + " more " +
                              (IsListOfScalars(*value) ? "entries)" : "lines)")});
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
    auto lines = LineDifference(change, limits.context);
    if (!lines.empty()) return Folded(std::move(lines), change, limits);
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
