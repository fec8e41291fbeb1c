// SourceFinding: a finding about a place in Git.

#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "diff/change.h"
#include "diff/manifest.h"
#include "diff/object_ref.h"

namespace holdfast {

struct SourceFinding {
  Source source;   ///< Its line is that of the finding; path "" is the whole revision.
  int column = 0;  ///< Counted from 1; 0 where a line says enough.
  std::optional<ObjectRef> ref;  ///< Empty where no object could be read.
  Finding finding;

  /// "mysql/secret.yaml:7:3", "mysql/secret.yaml:7", or "" for the revision.
  std::string Where() const {
    if (source.path.empty()) return "";
    return source.ToString() + (column > 0 ? ":" + std::to_string(column) : "");
  }

  bool operator==(const SourceFinding&) const = default;
};

/// By place, then hazard; so that equal revisions print equal reports.
inline bool operator<(const SourceFinding& a, const SourceFinding& b) {
  return std::tie(a.source.path, a.source.line, a.column, a.finding.hazard,
                  a.finding.reason) < std::tie(b.source.path, b.source.line, b.column,
                                               b.finding.hazard, b.finding.reason);
}

}  // namespace holdfast
