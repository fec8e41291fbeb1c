#include "repo-layout/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <exception>
#include <istream>
#include <optional>
#include <streambuf>
#include <string>
#include <utility>

#include "repo-layout/document_builder.h"
#include "repo-layout/text_check.h"
#include "repo-layout/utf16.h"
#include "repo-layout/yaml_pieces.h"

namespace holdfast {
namespace {

/// An istream over text that somebody else keeps.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    // The get area is never written to; streambuf's interface is older than const.
    char* const begin = const_cast<char*>(text.data());  // NOLINT
    setg(begin, begin, begin + text.size());
  }
};

/// Stops the parser once the builder has a problem. Caught in this file.
struct Stop {};

/// Hands yaml-cpp's events to a DocumentBuilder, the places moved to where the
/// piece stands in its file.
class Adapter : public YAML::EventHandler {
 public:
  Adapter(DocumentBuilder* builder, std::string_view text, int first_line)
      : builder_(builder), text_(text), first_line_(first_line) {}

  DocumentBuilder::Place PlaceOf(const YAML::Mark& mark) const {
    return {mark.line + first_line_, mark.column + 1};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    Check(builder_->Begin(PlaceOf(mark)));
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Check(builder_->Null(PlaceOf(mark), FormAt(mark), anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Check(builder_->Alias(PlaceOf(mark), anchor));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Check(builder_->Scalar(PlaceOf(mark), tag, value, anchor));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    Check(builder_->OpenList(PlaceOf(mark), StyleOf(style), anchor));
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    Check(builder_->OpenMap(PlaceOf(mark), StyleOf(style), anchor));
  }
  void OnSequenceEnd() override { Check(builder_->Close()); }
  void OnMapEnd() override { Check(builder_->Close()); }

 private:
  static void Check(bool ok) {
    if (!ok) throw Stop();
  }

  static DocumentBuilder::Style StyleOf(YAML::EmitterStyle::value style) {
    return style == YAML::EmitterStyle::Flow ? DocumentBuilder::Style::kFlow
                                             : DocumentBuilder::Style::kBlock;
  }

  /// yaml-cpp reports `null`, `~` and an empty place alike; a text tells them apart.
  DocumentBuilder::NullForm FormAt(const YAML::Mark& mark) const {
    const auto at = static_cast<std::size_t>(std::max(mark.pos, 0));
    std::string_view rest = text_.substr(std::min(at, text_.size()));
    if (rest.starts_with('&')) {  // The mark is in front of the anchor.
      rest.remove_prefix(std::min(rest.find(' '), rest.size()));
      rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    }
    // At the end of the text the parser itself complains, of what is still open.
    constexpr std::array<std::string_view, 5> kWords = {"~", "null", "Null", "NULL",
                                                        "...\n"};
    const bool written =
        std::any_of(kWords.begin(), kWords.end(),
                    [&](std::string_view word) { return rest.starts_with(word); });
    return written ? DocumentBuilder::NullForm::kWritten
                   : DocumentBuilder::NullForm::kEmpty;
  }

  DocumentBuilder* builder_;
  std::string_view text_;
  int first_line_;
};

constexpr const char* kTab =
    "a tab stands where YAML counts blanks; indent with blanks only";

bool Holds(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

/// yaml-cpp's complaint at `place`, in words that say better what to do.
TextError InOurWords(const std::string& message, DocumentBuilder::Place place,
                     const DocumentBuilder& builder) {
  struct Words {
    std::string_view theirs;
    std::string_view ours;
  };
  constexpr std::array<Words, 5> kWords = {{
      {"illegal map value",
       "a second \": \" on one line, a key at a wrong indentation, or a line above "
       "without a "
       "colon; quote a text that holds \": \""},
      {"end of map not found",
       "the indentation does not fit the lines above, or a line has no colon after its "
       "key"},
      {"end of sequence not found",
       "the indentation does not fit the list above, or a \"-\" is missing"},
      {"bad file", "nested too deeply"},
      {"unknown token",
       "begins with a character that YAML keeps for itself; quote the text"},
  }};
  // What is not closed is noticed at the end of the text, far from the mistake.
  if (Holds(message, "flow not found")) {
    const auto begin = builder.innermost();
    return {begin.line, begin.column,
            "a bracket that is opened here is never closed, or a comma is missing in it"};
  }
  if (Holds(message, "illegal document indicator in scalar") ||
      Holds(message, "illegal EOF in scalar")) {
    const auto last = builder.last();
    return {last.line, last.column,
            "a quote that is opened on line " + std::to_string(last.line) +
                " or below is never closed"};
  }
  for (const Words& words : kWords) {
    if (Holds(message, words.theirs))
      return {place.line, place.column, std::string(words.ours)};
  }
  return {place.line, place.column, "not YAML: " + message};
}

/// True if a tab is among the blanks in front of line `number`, counted from 0.
bool TabIndents(std::string_view text, int number) {
  for (; number > 0 && !text.empty(); --number) {
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  return text.substr(0, text.find_first_not_of(" \t")).find('\t') != text.npos;
}

/// Parses `text`, which begins on `first_line`, into `document`, and takes what its
/// aliases unfold to from the limit of those that follow.
std::optional<TextError> ParsePiece(std::string_view text, int first_line,
                                    YamlLimits* limits, YamlDocument* document) {
  ViewBuffer buffer(text);
  std::istream stream(&buffer);
  DocumentBuilder builder(*limits);
  Adapter adapter(&builder, text, first_line);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(adapter)) {
    }
    limits->alias_bytes -= builder.unfolded();
    *document = builder.Take();
    return std::nullopt;
  } catch (const Stop&) {
    return builder.error();
  } catch (const YAML::Exception& error) {
    auto place = adapter.PlaceOf(error.mark);
    if (error.mark.is_null()) place = builder.last();
    if (TabIndents(text, place.line - first_line)) {
      return TextError{place.line, place.column, kTab};
    }
    return InOurWords(error.msg, place, builder);
  } catch (const std::exception& error) {
    return TextError{builder.last().line, builder.last().column,
                     std::string("could not be parsed: ") + error.what()};
  }
}

/// Parses one document. A line break that is missing at the end is put there, as
/// kubectl does: a block scalar that ends the file keeps its own. The end of the
/// text is marked with "...": without it yaml-cpp takes an unterminated quote for
/// a text that ends with the file.
std::optional<TextError> ParseMarked(const YamlPiece& piece, YamlLimits* limits,
                                     YamlDocument* document) {
  std::string marked;
  marked.reserve(piece.text.size() + 5);
  marked += piece.text;
  if (!marked.ends_with('\n')) marked += '\n';
  marked += "...\n";
  return ParsePiece(marked, piece.line, limits, document);
}

/// `bytes` in UTF-8 and without a byte order mark; `storage` holds the text
/// where it had to change.
std::string_view InUtf8(std::string_view bytes, std::string* storage) {
  if (IsUtf16(bytes)) {
    auto text = FromUtf16(bytes);
    if (!text) return bytes;  // CheckText says what is wrong with it.
    *storage = *std::move(text);
    bytes = *storage;
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  return bytes;
}

}  // namespace

YamlFile ParseYaml(std::string_view bytes, const YamlLimits& limits) {
  YamlFile file;
  std::string storage;
  std::string_view text = InUtf8(bytes, &storage);
  if (auto error = CheckText(text)) {
    file.errors.push_back(*std::move(error));
    return file;
  }
  if (text.find('\r') !=
      text.npos) {  // Each is in front of a line feed, or CheckText had said so.
    std::string without(text);
    std::erase(without, '\r');
    storage = std::move(without);
    text = storage;
  }
  auto cut = CutYaml(text);
  if (cut.error) {
    file.errors.push_back(*std::move(cut.error));
    return file;
  }
  YamlLimits left = limits;
  for (const YamlPiece& piece : cut.pieces) {
    YamlDocument document;
    if (auto error = ParseMarked(piece, &left, &document)) {
      file.errors.push_back(*std::move(error));
    } else if (!document.json.is_null()) {
      document.number = piece.number;
      file.documents.push_back(std::move(document));
    }
  }
  file.unfolded = limits.alias_bytes - left.alias_bytes;
  return file;
}

}  // namespace holdfast
