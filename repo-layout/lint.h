// Lint: what no manifest may say, seen without a cluster.

#pragma once

#include <string>
#include <vector>

#include "diff/manifest.h"
#include "repo-layout/source_finding.h"

namespace holdfast {

struct LintOptions {
  /// The namespace of objects that name none; only to follow references.
  std::string default_namespace = "default";
};

/// Judges every manifest by every rule of the table in lint.cc. Sorted; empty
/// where there is nothing to say. Never holds the value of a Secret.
///
/// Pure: the same manifests give the same findings.
std::vector<SourceFinding> Lint(const std::vector<Manifest>& manifests,
                                const LintOptions& options = {});

}  // namespace holdfast
