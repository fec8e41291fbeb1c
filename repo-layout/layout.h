// Layout: which files of a repository are manifests (`.holdfast.yaml`).

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diff/result.h"

namespace holdfast {

struct Layout {
  std::vector<std::string> include = {"**/*.yaml", "**/*.yml", "**/*.json"};
  std::vector<std::string> exclude;
  std::string name_space;  ///< For objects that name none; empty if not said.

  /// True if a file at `path` is to be read as manifests. Approvals never are.
  bool Takes(std::string_view path) const;
};

/// Reads `.holdfast.yaml`. kInvalid with its line for anything that is no Layout
/// of holdfast.dev/v1, an unknown field included.
Result<Layout> ParseLayout(std::string_view bytes);

}  // namespace holdfast
