// Layout: which files of a repository are manifests (`.holdfast.yaml`).

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diff/secret_field.h"
#include "repo-layout/document.h"

namespace holdfast {

struct Layout {
  std::vector<std::string> include = {"**/*.yaml", "**/*.yml", "**/*.json"};
  std::vector<std::string> exclude;
  std::string name_space;  ///< For objects that name none; empty if not said.

  /// Fields of custom kinds that hold secret values.
  SecretFields secret_fields;

  /// True if a file at `path` is to be read as manifests. Approvals never are.
  bool Takes(std::string_view path) const;
  /// True if `path`, a file or a folder, is left out: by `exclude`, or because
  /// approvals are kept there.
  bool LeavesOut(std::string_view path) const;

  bool operator==(const Layout&) const = default;
};

struct ParsedLayout {
  Layout layout;  ///< The default while there are errors.
  std::vector<TextError> errors;
};

/// Reads `.holdfast.yaml`. Whatever is not a Layout of holdfast.dev/v1 is an
/// error with its line, an unknown field included: a misspelled `exclude` would
/// apply what was meant to be left out.
ParsedLayout ParseLayout(std::string_view bytes);

}  // namespace holdfast
