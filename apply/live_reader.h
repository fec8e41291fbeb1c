// LiveReader: many live objects in few requests.

#pragma once

#include <string>
#include <vector>

#include "apply/cluster.h"
#include "apply/plan.h"
#include "diff/snapshot.h"

namespace holdfast {

/// What to read: an object of a kind at a version ("" is the server's preferred one).
struct Wanted {
  ObjectRef ref;
  std::string version;
};

/// Adds to `snapshot` what is live of `wanted` and all objects of `lists`.
///
/// Quorum reads. Few objects of one kind in one namespace are read one by one,
/// many by a list, all concurrently. What the server does not have is absent
/// afterwards; what could not be read becomes a gap with its reason, never an
/// absence. A kind that is not served at all has no objects, unless discovery of
/// its group failed, which is a gap.
void ReadLive(Cluster& cluster, const Discovery& discovery, const std::vector<Wanted>& wanted,
              const std::vector<Snapshot::Listed>& lists, Snapshot& snapshot);

/// Adds the facts that the plan's rules ask for (apply/facts.h), round by round:
/// a claim that is found leads to its volume.
void ReadFacts(Cluster& cluster, const Discovery& discovery, PlanInput& input);

}  // namespace holdfast
