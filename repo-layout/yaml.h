// Yaml: bytes to JSON documents with line numbers.
//
// YAML as Kubernetes' own parser reads it (sigs.k8s.io/yaml), only stricter:
// whatever two parsers could read in two ways is an error with line and column.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "diff/json.h"
#include "diff/manifest.h"
#include "repo-layout/yaml_stream.h"

namespace holdfast {

/// Limits of one document, far above any manifest: a hostile file must not cost
/// more than its size.
inline constexpr int kMaxYamlDepth = 100;
inline constexpr std::size_t kMaxYamlNodes = 200'000;  ///< With aliases expanded.

struct YamlDocument {
  Json json;
  int number = 1;  ///< Within the file, counted from 1; empty documents count.
  int line = 1;    ///< Of its first key.
  std::shared_ptr<const LineMap> lines;
};

struct YamlFile {
  std::vector<YamlDocument> documents;  ///< Empty ones are left out.
  /// One for each bad document. The good ones are in `documents` all the same,
  /// for messages; a file with any error is not to be used.
  std::vector<TextError> errors;
};

/// Never throws; bounded in time and memory by the size of `bytes`.
YamlFile ParseYaml(std::string_view bytes);

}  // namespace holdfast
