// MergedOrder: in which order server-side apply leaves the entries of a list.

#pragma once

#include <vector>

#include "diff/field_path.h"

namespace holdfast {

/// The names of the entries of `live` after `desired` is merged into it, those
/// that only `live` has among them: entries that both have come in the order of
/// `desired`, the others stay by their neighbours. As structured-merge-diff does
/// it (typed/merge.go, visitListItems). REQUIRES that no name stands twice.
std::vector<PathStep> MergedOrder(const std::vector<PathStep>& live,
                                  const std::vector<PathStep>& desired);

}  // namespace holdfast
