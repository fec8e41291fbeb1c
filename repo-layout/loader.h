// Loader: the manifests of one revision.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "diff/manifest.h"
#include "diff/result.h"
#include "repo-layout/layout.h"
#include "repo-layout/source_finding.h"
#include "repo-layout/tree.h"

namespace holdfast {

struct LoadOptions {
  /// The namespace of objects that name none, where the layout does not say;
  /// only to see that two documents mean the same object.
  std::string default_namespace = "default";
  std::size_t max_file_bytes = 3 * 1024 * 1024;
  std::size_t max_files = 50'000;
};

struct LoadedRevision {
  /// Sorted by source. As written: an object without a namespace has none,
  /// since only the API server knows which kinds have one.
  std::vector<Manifest> manifests;
  /// Everything that is wrong with the revision as a text, sorted. None of it
  /// may be applied while one of these stops.
  std::vector<SourceFinding> findings;
  Layout layout;
  /// Files that are no manifests by the layout, sorted; listed, so that no
  /// file is passed over in silence.
  std::vector<std::string> ignored;
};

/// Reads every file that the layout includes. An Error means that the tree
/// itself could not be listed; whatever is wrong with a file is a finding, for
/// every file and not only the first:
///
///   H-H1 hold    no object at all: it looks like a failed read
///   H-H3 hold    a file that cannot be read, or holds something else than objects
///   H-H3 refuse  an object whose name the server would choose
///   H-H4 refuse  two documents that mean one object; both places are named
///   H-H5 refuse  a folder for another tool (kustomize, Helm), or an object of
///                holdfast.dev where it does not belong
Result<LoadedRevision> LoadManifests(const Tree& tree, const LoadOptions& options = {});

}  // namespace holdfast
