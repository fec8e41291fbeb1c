#include "apply/rescue.h"

#include <set>

#include "apply/claim_state.h"
#include "apply/detacher.h"
#include "apply/kinds.h"
#include "apply/quarantine.h"
#include "apply/volumes.h"

namespace holdfast {

std::vector<const Object*> ClaimsToRescue(const PlanInput& input) {
  std::set<ObjectRef> ours;
  for (const auto& [ref, entry] : input.inventory.entries) ours.insert(ref);
  for (const Manifest& manifest : input.desired) {
    ours.insert(manifest.object.ref());
    const Object* live = input.live.Find(manifest.object.ref());
    if (live == nullptr || IsClaim(live->ref())) continue;
    for (const Object* claim : ClaimsOfWorkload(*live, input.live)) {
      ours.insert(claim->ref());
    }
  }
  std::vector<const Object*> claims;
  for (const auto& [ref, object] : input.live.objects) {
    if (!IsClaim(ref) || !object.terminating() || ours.count(ref) == 0) continue;
    const Object* volume = VolumeOf(object, input.live);
    if (volume != nullptr && !IsKeptFor(*volume, object.uid())) claims.push_back(&object);
  }
  return claims;
}

RescueReport RescueClaims(Cluster& cluster, const Clock& clock,
                          const ApplierOptions& options, const PlanInput& input) {
  RescueReport report;
  Detacher detacher(cluster, clock, options);
  for (const Object* claim : ClaimsToRescue(input)) {
    const Status done = detacher.Protect(*claim, input);
    if (done.ok()) {
      report.saved.push_back(claim->ref());
    } else {
      report.failed.push_back(done.error().In(claim->ref().ToString()));
    }
  }
  return report;
}

}  // namespace holdfast
