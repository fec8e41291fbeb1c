// YamlPieces: a YAML stream cut into its documents.

#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "repo-layout/document.h"

namespace holdfast {

/// The text of one document, its `---` line included.
struct YamlPiece {
  std::string_view text;
  int line = 1;    ///< Of its first line, counted from 1 within the file.
  int number = 1;  ///< Of the document, counted from 1.
};

struct YamlPieces {
  std::vector<YamlPiece> pieces;
  std::optional<TextError> error;  ///< A directive where none may stand.
};

/// Cuts at the lines that begin with `---`, and nowhere else: yaml-cpp would
/// also begin a document at a line that is indented less than the first one,
/// or at `%`, and what follows would silently be an object of its own.
/// What is in front of the first `---` is left out when it is only comments.
/// REQUIRES LF line ends and no byte order mark.
YamlPieces CutYaml(std::string_view text);

}  // namespace holdfast
