#include "repo-layout/json_file.h"

#include <charconv>
#include <memory>
#include <string>
#include <utility>

namespace holdfast {
namespace {

/// Walks a text that is known to be JSON and notes where each value begins.
class LineFinder {
 public:
  LineFinder(std::string_view text, LineMap& lines) : text_(text), lines_(lines) {}

  void Value(const std::string& pointer) {
    SkipBlanks();
    if (!pointer.empty()) lines_.Add(pointer, line_);
    switch (Peek()) {
      case '{': return Object(pointer);
      case '[': return Array(pointer);
      case '"': String(); return;
      default:
        while (at_ < text_.size() && text_.substr(at_, 1).find_first_of(",]} \t\r\n") ==
                                         std::string_view::npos) {
          ++at_;
        }
    }
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void SkipBlanks() {
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      else if (text_[at_] != ' ' && text_[at_] != '\t' && text_[at_] != '\r') return;
    }
  }

  /// The string that begins here, its escapes left as they are: only a key that
  /// needs none is ever looked up.
  std::string String() {
    const std::size_t from = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    return std::string(text_.substr(from, at_++ - from));
  }

  void Object(const std::string& pointer) {
    ++at_;
    for (SkipBlanks(); Peek() == '"'; SkipBlanks()) {
      std::string key;
      for (const char c : String()) key += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
      SkipBlanks();
      ++at_;  // ':'
      Value(pointer + "/" + key);
      SkipBlanks();
      if (Peek() == ',') ++at_;
    }
    ++at_;
  }

  void Array(const std::string& pointer) {
    ++at_;
    SkipBlanks();
    for (std::size_t i = 0; at_ < text_.size() && Peek() != ']'; ++i) {
      Value(pointer + "/" + std::to_string(i));
      SkipBlanks();
      if (Peek() == ',') ++at_;
      SkipBlanks();
    }
    ++at_;
  }

  std::string_view text_;
  LineMap& lines_;
  std::size_t at_ = 0;
  int line_ = 1;
};

/// "line 3, column 7: not JSON: ..." into its parts.
TextError FromMessage(const std::string& message) {
  TextError error{1, 1, message};
  constexpr std::string_view kLine = "line ";
  constexpr std::string_view kColumn = ", column ";
  const std::string_view text = message;
  const auto column = text.find(kColumn);
  if (!text.starts_with(kLine) || column == std::string_view::npos) return error;
  const auto end = text.find(": ", column);
  if (end == std::string_view::npos) return error;
  std::from_chars(text.data() + kLine.size(), text.data() + column, error.line);
  std::from_chars(text.data() + column + kColumn.size(), text.data() + end, error.column);
  error.message = message.substr(end + 2);
  return error;
}

}  // namespace

YamlFile ParseJsonFile(std::string_view bytes) {
  YamlFile file;
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  auto json = ParseJson(bytes);
  if (!json.ok()) {
    file.errors.push_back(FromMessage(json.error().message));
    return file;
  }
  auto lines = std::make_shared<LineMap>();
  LineFinder(bytes, *lines).Value("");
  lines->Seal();
  file.documents.push_back({.json = std::move(json).value(), .lines = std::move(lines)});
  return file;
}

}  // namespace holdfast
