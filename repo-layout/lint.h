// Lint: what no manifest may say, whatever cluster it meets.

#pragma once

#include <string>
#include <vector>

#include "diff/manifest.h"
#include "repo-layout/source_finding.h"

namespace holdfast {

enum class LintPolicy {
  kStandard,
  kStrict,  ///< Refuses what is a warning else: a database image whose tag moves (H-F10).
};

/// The parse-time rules of safety.md over all manifests of a revision. Each
/// finding carries the object and the Source of its manifest, unchanged, and
/// every one that stops a remedy; a field's own line is in the reason. Sorted by
/// source. The value of a Secret is in none of them.
///
/// An object that names no namespace is taken to be in `default_namespace`,
/// only to follow what one object says about another.
///
/// Pure: the same manifests give the same findings.
std::vector<SourceFinding> Lint(const std::vector<Manifest>& manifests,
                                const std::string& default_namespace = "default",
                                LintPolicy policy = LintPolicy::kStandard);

}  // namespace holdfast
