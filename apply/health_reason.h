// HealthReason: why a pod or another object does not get on, in words.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diff/object.h"
#include "diff/snapshot.h"

namespace holdfast {

struct PodTrouble {
  std::string sentence;   ///< "cassandra-2: image pull back-off (cassandra:9)".
  bool is_final = false;  ///< Will not change without a person.
};

/// Why `pod` is not Ready; empty if it is.
std::optional<PodTrouble> TroubleOf(const Object& pod);

bool IsReady(const Object& pod);

/// The pods that `workload` made, sorted.
std::vector<const Object*> PodsOf(const ObjectRef& workload, const Snapshot& around);

/// The worst trouble of any of `pods`: a final one first, then one with a reason; empty
/// if all are ready. A pod that does not say itself why it waits is told with its Events.
std::optional<PodTrouble> WorstTrouble(const std::vector<const Object*>& pods,
                                       const Snapshot& around);

/// The last Warning about `workload`, or about the ReplicaSets by which it makes its pods.
std::string WarningOfMaker(const ObjectRef& workload, const Snapshot& around);

/// The message of the last Warning among the Events about `ref`; empty if there is none.
std::string LastWarning(const ObjectRef& ref, const Snapshot& around);

/// How often Events with this reason were told about `object` and no earlier one of its name,
/// as far as they are still there.
long long TimesTold(const Object& object, std::string_view reason, const Snapshot& around);

/// Why an object that is being deleted is still there: its finalizers, what a namespace
/// says of its contents, the pods that mount a claim. A clause.
std::string WhatHolds(const Object& terminating, const Snapshot& around);

/// `text` without a line break and shortened, to be part of a sentence.
std::string OneLine(const std::string& text);

}  // namespace holdfast
