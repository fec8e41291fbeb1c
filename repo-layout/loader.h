// Loader: a Tree to Manifests; every bad file reported, none skipped in silence.

#pragma once

#include <string>
#include <vector>

#include "diff/manifest.h"
#include "diff/result.h"
#include "repo-layout/layout.h"
#include "repo-layout/source_finding.h"
#include "repo-layout/tree.h"

namespace holdfast {

struct LoadedRevision {
  std::vector<Manifest> manifests;  ///< Sorted by source.
  /// What keeps the manifests from being all that Git wants: a file that cannot
  /// be read or parsed (H-H3), two documents of one identity (H-H4), no object at
  /// all (H-H1). If any of them stops, the manifests must not be compared with a
  /// cluster: what is missing would look like a deletion. Sorted by source.
  std::vector<SourceFinding> findings;
  Layout layout;
  /// Files below the root that the layout does not take, sorted.
  std::vector<std::string> ignored;
};

/// Two documents are the same object if group, kind, namespace and name agree;
/// one that names no namespace counts as in `default_namespace` (or the
/// layout's). An Error only if the tree cannot be listed.
Result<LoadedRevision> LoadTree(const Tree& tree, const std::string& default_namespace);

}  // namespace holdfast
