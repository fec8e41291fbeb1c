// Approvals: the files `approvals/*.yaml` of a revision, read and not judged.
//
// They are never applied, and the layout has no say over them. What they mean is known
// only where the cluster is (safety.md 2.4); here is what they are as documents.

#pragma once

#include <string>
#include <vector>

#include "diff/manifest.h"
#include "repo-layout/source_finding.h"
#include "repo-layout/tree.h"

namespace holdfast {

/// Of which an Approval stands below it.
inline constexpr const char* kApprovalsFolder = "approvals/";

struct LoadedApprovals {
  std::vector<Manifest> documents;  ///< Sorted by source.
  /// H-H3 hold for a file that cannot be read: what it approves is not known, nor what it
  /// was meant to say. H-H5 warn for what is no document of an object, and for a file
  /// that is not taken since it is no `approvals/*.yaml`.
  std::vector<SourceFinding> findings;
};

/// `entries` is what `tree` lists.
LoadedApprovals LoadApprovals(const Tree& tree, const std::vector<TreeEntry>& entries);

}  // namespace holdfast
