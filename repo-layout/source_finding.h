// SourceFinding: a remark about a place in Git.

#pragma once

#include <optional>
#include <vector>

#include "diff/change.h"
#include "diff/manifest.h"
#include "diff/object_ref.h"

namespace holdfast {

struct SourceFinding {
  /// Of the manifest where `ref` is set, so that a finding finds its object; else
  /// where the mistake is, with line 0 for a whole file and path "" for all of it.
  Source source;
  int column = 0;                ///< Counted from 1; 0 where it is about a whole line.
  std::optional<ObjectRef> ref;  ///< The object it is about, if it is one.
  Finding finding;
};

}  // namespace holdfast
