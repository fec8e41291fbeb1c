// Loader: a Tree to Manifests; every bad file reported, none skipped in silence.

#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "diff/manifest.h"
#include "diff/result.h"
#include "repo-layout/layout.h"
#include "repo-layout/source_finding.h"
#include "repo-layout/tree.h"

namespace holdfast {

struct LoadedRevision {
  /// Sorted by source. As written: an object that names no namespace has none,
  /// since only the API server knows which kinds have one.
  std::vector<Manifest> manifests;
  std::vector<Manifest> approvals;  ///< The documents of approvals/, not judged.
  /// What keeps the manifests from being all that Git wants. If any of them
  /// stops, the manifests must not be compared with a cluster: what is missing
  /// would look like a deletion. Sorted by source; each reason begins with it, is
  /// one line, and holds no control character: names come from a foreign repository.
  ///
  ///   H-H1 hold    no object at all: that looks like a failed read
  ///   H-H3 hold    a file that cannot be read, or holds something else than objects
  ///   H-H3 refuse  an object whose name the server would choose anew each time
  ///   H-H4 refuse  two documents that mean one object; both places are named
  ///   H-H5 refuse  a folder that another tool builds (kustomize, Helm), or an
  ///                object of holdfast.dev where it has no effect
  ///   H-H5 warn    a file that is left out only for the capital letters in its name
  std::vector<SourceFinding> findings;
  Layout layout;
  /// Files below the root that the layout does not take, sorted.
  std::vector<std::string> ignored;
  /// What objects those of them hold that look like manifests, as far as they can be
  /// read and kMaxLeftOutBytes suffice: an object that was ours and stands in such a file
  /// was not removed, its file was (H-H5).
  std::map<ObjectRef, Source> left_out;
};

/// What all files may hold together, with what their aliases unfold to: the
/// objects take some thirty times the memory. Above it nothing more is read, and
/// a finding (H-H3) says so.
inline constexpr std::size_t kMaxRevisionBytes = 64U << 20U;

/// What is read of files that are left out.
inline constexpr std::size_t kMaxLeftOutBytes = 8U << 20U;

/// Two documents are the same object if group, kind, namespace and name agree;
/// one that names no namespace counts as in the layout's namespace, or where
/// that says none, in `default_namespace`. An Error only if the tree cannot be
/// listed.
Result<LoadedRevision> LoadTree(const Tree& tree, const std::string& default_namespace);

}  // namespace holdfast
