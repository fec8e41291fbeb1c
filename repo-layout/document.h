// YamlDocument: one value of a YAML or JSON file, and where its fields stand.

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "diff/json.h"
#include "diff/manifest.h"

namespace holdfast {

struct YamlDocument {
  Json json;
  int number = 1;  ///< Counted from 1 within the file; empty documents count too.
  int line = 1;    ///< Of its first value, counted from 1.
  std::shared_ptr<const LineMap> lines;
  /// The lines of each member of a list `items` at the top, by pointers that
  /// begin at the member; so that a v1/List can be unfolded. Empty otherwise.
  std::vector<std::shared_ptr<const LineMap>> item_lines;
};

/// Why (a part of) a text could not be read.
struct TextError {
  int line = 1;         ///< Counted from 1.
  int column = 1;       ///< Counted from 1, in bytes.
  std::string message;  ///< One sentence, without the position.

  bool operator==(const TextError&) const = default;
};

/// What a file holds. Nothing may be made of `documents` while there are
/// `errors`, except to find more of them: an object that could not be read must
/// never look like an object that was removed.
struct YamlFile {
  std::vector<YamlDocument> documents;  ///< Empty ones are left out.
  std::vector<TextError> errors;        ///< One for each bad document.
  std::size_t unfolded = 0;             ///< Bytes of `documents` that aliases made.
};

}  // namespace holdfast
