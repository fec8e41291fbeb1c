// Selection: which workloads a label selector picks.

#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "diff/object.h"

namespace holdfast {

/// Workloads by the labels that their pods carry. Holds views: the objects must
/// outlive it.
class WorkloadsByLabel {
 public:
  explicit WorkloadsByLabel(const std::vector<const Object*>& objects);

  /// The workloads in `name_space` whose pods carry every label of `labels`; none
  /// for an empty selector, which selects by no meaning of its own.
  std::vector<const Object*> Selected(const std::string& name_space,
                                      const Json& labels) const;

 private:
  using Key = std::tuple<std::string, std::string, std::string>;
  std::map<Key, std::vector<const Object*>> by_label_;
};

/// True if `labels` has every entry of `selector`.
bool HasLabels(const Json& labels, const Json& selector);

/// The plain label part of the selector of a Service, PodDisruptionBudget or
/// NetworkPolicy; empty for any other kind.
const Json& SelectorOf(const Object& object);

}  // namespace holdfast
