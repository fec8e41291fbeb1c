// Facts: what the rules of the guard want to read besides the objects of a plan.
//
// A fact is needed only where it is used (safety.md 2.6): a plan that deletes nothing and
// touches no claim lists no volumes, so a list of them that is forbidden does not stop an
// image bump. Claims of live workloads are always looked for: somebody may have deleted one.

#pragma once

#include <vector>

#include "apply/inventory.h"
#include "apply/plan.h"
#include "diff/manifest.h"
#include "diff/object_ref.h"
#include "diff/snapshot.h"

namespace holdfast {

struct Facts {
  std::vector<ObjectRef> objects;       ///< To read one by one; sorted.
  std::vector<Snapshot::Listed> lists;  ///< To read whole; sorted.
  /// Namespaces to read whole, every kind that the server has; sorted. What was read is
  /// told by kEverything in `listed`.
  std::vector<std::string> namespaces;

  bool empty() const { return objects.empty() && lists.empty() && namespaces.empty(); }
};

/// Group and kind of an entry of Snapshot::listed, or of a gap, that is about all kinds of
/// a namespace; events left aside.
inline constexpr const char* kEverything = "*";

/// False where the prediction says that nothing changes: then less is needed.
bool MayChange(const Prediction& prediction);

/// What MakePlan and the guard will look for in `input.live` and that is not there,
/// neither as an object nor listed nor as a gap. The reader puts objects, `listed` and
/// `gaps` into it; what stays absent then does not exist.
///
/// Call it once the predictions are there, since an object that does not change needs
/// less, and again after reading: a claim that was found leads to its PersistentVolume.
/// What was asked for is not asked for twice if it is given in `asked`, so that it ends
/// with an empty answer after three rounds at most.
Facts FactsNeeded(const PlanInput& input, const Facts& asked = {});

/// The same where nothing is known yet of what changes: everything counts as changing.
Facts FactsNeeded(const std::vector<Manifest>& desired, const Inventory& inventory);

}  // namespace holdfast
