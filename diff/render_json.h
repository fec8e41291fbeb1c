// RenderJson: a ChangeSet for machines. daemon/diff.schema.json describes it.

#pragma once

#include "diff/change.h"
#include "diff/json.h"

namespace holdfast {

/// Which objects of a plan are shown.
enum class Show {
  kChanges,  ///< All but those that stay as they are.
  kAll,
};

/// The document of `diff` and `plan`: apiVersion holdfast.dev/v1, kind Diff.
/// An unmasked secret value becomes {"hash": ""}: masking is done before.
Json RenderJson(const ChangeSet& changes, Show show = Show::kChanges);

}  // namespace holdfast
