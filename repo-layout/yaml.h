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
  std::size_t bytes = 3 * 1024 * 1024;
  int depth = 100;
  /// Bytes that aliases of one document may unfold to (a node counts as 48).
  std::size_t alias_bytes = 8 * 1024 * 1024;
};

/// All documents of `text`, the empty ones left out, and the first problem of
/// each document that has one; problems of the text as a whole come alone.
ParsedText ParseYaml(std::string_view text, const YamlLimits& limits = {});

}  // namespace holdfast
