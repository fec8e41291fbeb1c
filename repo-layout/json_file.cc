#include "repo-layout/json_file.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include "repo-layout/line_recorder.h"
#include "repo-layout/text_check.h"

namespace holdfast {
namespace {

/// Walks a JSON text for the lines of its fields. ParseJson judges the text;
/// this walk stops wherever the text is not what it expects, and never reads
/// outside of it.
class LineWalk {
 public:
  explicit LineWalk(std::string_view text) : text_(text) {}

  void Run() {
    SkipBlanks();
    lines_.Root(line_);
    Value(0);
  }
  LineRecorder& lines() { return lines_; }
  /// What ParseJson takes, or says without a place.
  const std::optional<TextError>& problem() const { return problem_; }

 private:
  bool Value(int depth) {
    SkipBlanks();
    if (at_ >= text_.size() || depth > kMaxJsonDepth) return false;
    if (text_[at_] == '{') return Map(depth);
    if (text_[at_] == '[') return List(depth);
    if (text_[at_] == '"') return Text(nullptr);
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(" \t\r\n,]}", begin), text_.size());
    return Number(text_.substr(begin, at_ - begin), begin);
  }

  /// A whole number that a double would round is not what anybody wrote.
  bool Number(std::string_view text, std::size_t begin) {
    const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
    if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos)
      return true;
    std::int64_t whole = 0;
    std::uint64_t natural = 0;
    const char* const end = text.data() + text.size();
    if (std::from_chars(text.data(), end, whole).ec == std::errc() ||
        std::from_chars(text.data(), end, natural).ec == std::errc()) {
      return true;
    }
    problem_ = TextError{line_, static_cast<int>(begin - line_start_) + 1,
                         "the number does not fit 64 bits; quote it if it is meant as a text"};
    return false;
  }

  bool Map(int depth) {
    std::set<std::string> keys;
    Take('{');
    if (Take('}')) return true;
    do {
      SkipBlanks();
      const int line = line_;
      const int column = static_cast<int>(at_ - line_start_) + 1;
      std::string key;
      if (!Text(&key) || !Take(':')) return false;
      if (!keys.insert(key).second) return Twice(key, line, column);
      lines_.EnterKey(key, line);
      if (!Value(depth + 1)) return false;
      lines_.Leave();
    } while (Take(','));
    return Take('}');
  }

  bool List(int depth) {
    Take('[');
    if (Take(']')) return true;
    std::size_t index = 0;
    do {
      SkipBlanks();
      lines_.EnterIndex(index++, line_);
      if (!Value(depth + 1)) return false;
      lines_.Leave();
    } while (Take(','));
    return Take(']');
  }

  bool Twice(const std::string& key, int line, int column) {
    problem_ =
        TextError{line, column,
                  "the key \"" + key + "\" stands twice in one map, first on line " +
                      std::to_string(lines_.LineOfKey(key)) + "; remove one of them"};
    return false;
  }

  /// A string, its escapes undone into `value` if that is not null.
  bool Text(std::string* value) {
    if (at_ >= text_.size() || text_[at_] != '"') return false;
    const std::size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n') {
      at_ += text_[at_] == '\\' ? 2 : 1;
    }
    if (at_ >= text_.size() || text_[at_] != '"') return false;
    ++at_;
    if (value == nullptr) return true;
    const auto parsed = ParseJson(text_.substr(begin, at_ - begin));
    if (!parsed || !parsed->is_string()) return false;
    *value = parsed->get<std::string>();
    return true;
  }

  bool Take(char wanted) {
    SkipBlanks();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  void SkipBlanks() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
  LineRecorder lines_;
  std::optional<TextError> problem_;
};

/// Takes "line 3, column 5: " off the front of a message of ParseJson.
TextError ProblemOf(std::string_view message) {
  TextError problem{1, 1, std::string(message)};
  int line = 0;
  int column = 0;
  constexpr std::string_view kLine = "line ";
  constexpr std::string_view kColumn = ", column ";
  if (!message.starts_with(kLine)) return problem;
  const char* const end = message.data() + message.size();
  const auto [after_line, bad_line] =
      std::from_chars(message.data() + kLine.size(), end, line);
  const std::string_view rest(after_line, static_cast<std::size_t>(end - after_line));
  if (bad_line != std::errc() || !rest.starts_with(kColumn)) return problem;
  const auto [after, bad_column] =
      std::from_chars(rest.data() + kColumn.size(), end, column);
  const std::string_view words(after, static_cast<std::size_t>(end - after));
  if (bad_column != std::errc() || !words.starts_with(": ")) return problem;
  return {line, column, std::string(words.substr(2))};
}

}  // namespace

YamlFile ParseJsonFile(std::string_view text) {
  YamlFile parsed;
  if (auto problem = CheckText(text)) {
    parsed.errors.push_back(*std::move(problem));
    return parsed;
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  auto json = ParseJson(text);
  LineWalk walk(text);
  walk.Run();
  if (!json || walk.problem()) {
    parsed.errors.push_back(walk.problem() ? *walk.problem()
                                           : ProblemOf(json.error().message));
    return parsed;
  }
  YamlDocument document;
  document.json = std::move(json).value();
  document.line = 1;
  walk.lines().MoveTo(&document);
  document.line = document.lines->LineOf("");
  if (!document.json.is_null()) parsed.documents.push_back(std::move(document));
  return parsed;
}

}  // namespace holdfast
