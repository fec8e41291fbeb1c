// Lint: what no manifest may say, whatever cluster it meets.

#pragma once

#include <vector>

#include "diff/manifest.h"
#include "repo-layout/source_finding.h"

namespace holdfast {

/// The parse-time rules of safety.md over all manifests of a revision, sorted by
/// source. No value of a Secret is in any finding. Pure.
std::vector<SourceFinding> Lint(const std::vector<Manifest>& manifests);

}  // namespace holdfast
