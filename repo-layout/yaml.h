// Yaml: the bytes of a YAML file to JSON, as Kubernetes' own parser reads them.
//
// Scalars are typed like go-yaml v2 does, which kubectl and the API server use
// (`on` is a boolean, 0777 is 511, a date is a string), since a value that is
// read otherwise here is a value that nobody reviewed. Where YAML leaves room
// for a reader to guess, this one refuses and says where: keys that stand
// twice, unterminated quotes, lines without a colon, a second document without
// `---`, bytes that are no text.

#pragma once

#include <cstddef>
#include <string_view>

#include "repo-layout/document.h"

namespace holdfast {

struct YamlLimits {
  int depth = 100;  ///< Levels of maps and lists.
  /// Values that one document may hold as written.
  std::size_t nodes = 500'000;
  /// Bytes that the aliases of all documents may unfold to (a value counts as 48).
  std::size_t alias_bytes = 8 * 1024 * 1024;
};

/// All documents of `bytes`, the empty ones left out, and the first error of
/// each document that has one; an error of the text as a whole comes alone.
/// Never throws; time and memory grow with the size of `bytes` and the limits.
YamlFile ParseYaml(std::string_view bytes, const YamlLimits& limits = {});

}  // namespace holdfast
