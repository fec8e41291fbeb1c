// Removal: what becomes of each inventory object that Git no longer has.

#pragma once

#include <string>
#include <vector>

#include "apply/plan.h"

namespace holdfast {

struct Removal {
  enum class Fate {
    kDelete,   ///< Live with the inventory's uid: a candidate, the guard decides.
    kKeep,     ///< Left alone on purpose; `reason` says why.
    kUnknown,  ///< Could not be read: neither there nor gone.
  };
  const InventoryEntry* entry = nullptr;
  const Object* live = nullptr;  ///< Null where fate is kUnknown.
  Fate fate = Fate::kKeep;
  std::string reason;
};

/// One for each entry of the inventory that is not desired and not gone, by ref.
std::vector<Removal> FindRemovals(const PlanInput& input);

/// Why `live` is not this sync's to delete, though this sync made it: another one has
/// adopted it since (H-H10), or it is a record of Holdfast itself. Empty if it is. The
/// inventory forgets such an object once Git lacks it.
std::string WhyReleased(const Object& live, const PlanInput& input);

/// The annotation by which `live` opts out of pruning, as "key: value"; empty if
/// there is none. Those of Argo CD, Flux and Helm count.
std::string PruneOptOut(const Object& live);

/// Why `ref` could not be read, or null if no gap of the snapshot covers it.
const Error* GapOver(const Snapshot& live, const ObjectRef& ref);

}  // namespace holdfast
