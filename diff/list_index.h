// ListIndex: the entries of a list by their names, found without a walk.

#pragma once

#include <map>
#include <vector>

#include "diff/field_path.h"
#include "diff/schema.h"

namespace holdfast {

/// True if StepOf() has a name for `entry`; costs less.
bool IsNamed(const Type& list, const Json& entry);

/// Both outlive the index. A list that is not told apart by keys is walked.
class ListIndex {
 public:
  ListIndex(const Type& type, const Json& list);

  /// The entries that `step` means, as AllMatching() finds them.
  std::vector<const Json*> Find(const PathStep& step) const;
  /// The first of them, or null; of what is no list, the member at `step`.
  const Json* First(const PathStep& step) const;

 private:
  const Type& type_;
  const Json& list_;
  bool by_key_;
  std::map<PathStep, std::vector<const Json*>> entries_;
};

}  // namespace holdfast
