#include "repo-layout/yaml_pieces.h"

#include <cstddef>

namespace holdfast {
namespace {

bool BeginsDocument(std::string_view line) {
  if (!line.starts_with("---")) return false;
  return line.size() == 3 || line[3] == ' ' || line[3] == '\t';
}

/// True for a line that says nothing: blank, or a comment.
bool IsIdle(std::string_view line) {
  const auto first = line.find_first_not_of(" \t");
  return first == line.npos || line[first] == '#';
}

bool IsVersionDirective(std::string_view line) {
  return line.starts_with("%YAML ") || line.starts_with("%YAML\t");
}

}  // namespace

YamlPieces CutYaml(std::string_view text) {
  YamlPieces result;
  std::size_t piece_start = 0;
  int piece_line = 1;
  bool idle = true;          // Nothing but comments since piece_start.
  bool before_first = true;  // No `---` yet.
  int directive_line = 0;    // Of a %YAML that waits for its `---`.
  const auto end_piece = [&](std::size_t end) {
    if (before_first && idle) return;
    result.pieces.push_back({text.substr(piece_start, end - piece_start), piece_line,
                             static_cast<int>(result.pieces.size()) + 1});
  };
  int line_number = 0;
  for (std::size_t at = 0; at < text.size();) {
    ++line_number;
    const auto line_break = text.find('\n', at);
    const std::size_t end = line_break == text.npos ? text.size() : line_break;
    const std::string_view line = text.substr(at, end - at);
    if (BeginsDocument(line)) {
      end_piece(at);
      piece_start = at;
      piece_line = line_number;
      before_first = idle = false;
      directive_line = 0;
    } else if (line.starts_with("---")) {
      result.error = TextError{line_number, 1,
                               "a line begins with \"---\" and goes on at once; it is no "
                               "separator of documents, nor would kubectl read it"};
      return result;
    } else if (line.starts_with('%')) {
      if (!IsVersionDirective(line) || !before_first || !idle || directive_line != 0) {
        result.error = TextError{
            line_number, 1, "a line begins with \"%\", which YAML keeps for directives"};
        return result;
      }
      directive_line = line_number;
    } else if (!IsIdle(line)) {
      if (directive_line != 0) break;
      idle = false;
    }
    at = end + 1;
  }
  if (directive_line != 0) {
    result.error =
        TextError{directive_line, 1, "a %YAML directive without a \"---\" line after it"};
    return result;
  }
  end_piece(text.size());
  return result;
}

}  // namespace holdfast
