// Layout: `.holdfast.yaml`, which files of a repository are manifests.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "repo-layout/document.h"

namespace holdfast {

/// The default is the layout of a repository without the file.
struct Layout {
  std::vector<std::string> include = {"**/*.yaml", "**/*.yml", "**/*.json"};
  std::vector<std::string> exclude;
  std::string name_space;  ///< Of objects that name none; empty: not said here.

  /// True if the file at `path` is to be read as manifests.
  bool Includes(std::string_view path) const;
  /// True if `exclude` names `path`, or everything below it.
  bool Excludes(std::string_view path) const;

  bool operator==(const Layout&) const = default;
};

struct ParsedLayout {
  Layout layout;
  std::vector<TextProblem> problems;  ///< `layout` is the default while there are any.
};

/// A field nobody knows is a problem, with its line: a misspelled `exclude`
/// would otherwise apply what was meant to be left out.
ParsedLayout ParseLayout(std::string_view text);

}  // namespace holdfast
