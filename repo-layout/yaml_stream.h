// YamlStream: a YAML file as text, before anything is parsed.
//
// yaml-cpp accepts much in silence that Kubernetes' own parser refuses: broken
// UTF-8, control characters, a `%` that swallows a line, text after a document
// that begins a new one. What it must not see is refused here, and the file is
// cut into its documents, so that each piece can be held to one.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// Something wrong with a text; line and column are counted from 1.
struct TextError {
  int line = 1;
  int column = 1;
  std::string message;
};

struct YamlPiece {
  std::string_view text;  ///< Into YamlStream::text; begins with its `---` line if it has one.
  int first_line = 1;
};

struct YamlStream {
  std::string text;  ///< UTF-8 without a byte order mark, lines end with \n.
  std::vector<YamlPiece> pieces;
  std::vector<TextError> errors;  ///< If any, the pieces must not be parsed.
};

/// Accepts UTF-8 and UTF-16 (by its byte order mark), and lines that end with
/// CR LF. Names merge conflict markers as what they are.
YamlStream SplitYaml(std::string_view bytes);

}  // namespace holdfast
