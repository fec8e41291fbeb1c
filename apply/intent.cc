#include "apply/intent.h"

#include "apply/managed_fields.h"

namespace holdfast {

void ConfirmIntents(PlanInput& input) {
  for (auto& [ref, entry] : input.inventory.entries) {
    const Object* live = entry.uid.empty() ? input.live.Find(ref) : nullptr;
    if (live == nullptr || live->label(kPartOfLabel) != input.apply_set) continue;
    if (WeOwn(*live, {"metadata", "labels", kPartOfLabel})) entry.uid = live->uid();
  }
}

}  // namespace holdfast
