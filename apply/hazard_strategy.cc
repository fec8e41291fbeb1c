// H-E1, H-E2, H-E4: two pods write to one volume. A Deployment starts the new pod before the
// old one stops unless it says Recreate, and its replicas all mount the same claim.

#include <optional>

#include "apply/claim_modes.h"
#include "apply/hazard.h"
#include "apply/managed_fields.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"

namespace holdfast {
namespace {

bool SaysRecreate(const Object& deployment) {
  return StringIn(deployment.json(), "spec", "strategy", "type") == "Recreate";
}

/// A claim that the pods write to and that is not known to be meant for many.
std::optional<std::string> SingleWriterClaim(const Object& workload,
                                             const Outlook& outlook) {
  for (const MountedClaim& mounted : MountedClaims(PodTemplate(workload))) {
    if (mounted.read_only) continue;
    const ObjectRef ref{"", "PersistentVolumeClaim", workload.ref().name_space,
                        mounted.claim};
    if (!IsForManyWriters(ref, outlook)) return mounted.claim;
  }
  return std::nullopt;
}

bool DropsRecreate(const ChangeCase& change) {
  if (change.live == nullptr || !SaysRecreate(*change.live) ||
      SaysRecreate(change.After())) {
    return false;
  }
  const bool in_git =
      !StringIn(change.manifest.object.json(), "spec", "strategy", "type").empty();
  return in_git || change.AfterIsWhole() ||
         WeOwn(*change.live, {"spec", "strategy", "type"});
}

}  // namespace

void GuardStrategy(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!change.ref().Is("apps", "Deployment")) return;
  const Object& after = change.After();
  const auto claim = SingleWriterClaim(after, change.outlook);
  if (!claim) return;
  const Engine* engine = EngineOf(after);
  const bool drops = DropsRecreate(change);
  const bool knows_strategy = change.live == nullptr || change.AfterIsWhole();
  if (drops || (knows_strategy && !SaysRecreate(after))) {
    const bool is_new = change.live == nullptr;
    const bool refuse = drops || (is_new && engine != nullptr);
    findings.push_back({"H-E1", refuse ? Ruling::kRefuse : Ruling::kWarn,
                        change.manifest.WhereIs("/spec/strategy") +
                            ": without strategy Recreate a second pod of " +
                            change.ref().ToString() + " starts on claim " + *claim +
                            " while the first still writes to it",
                        "write spec.strategy: {type: Recreate} into the manifest"});
  }
  if (change.live == nullptr && engine != nullptr && SaysRecreate(after)) {
    findings.push_back(
        {"H-E4", Ruling::kNote,
         change.manifest.WhereIs("/spec/strategy") +
             ": strategy Recreate keeps a second pod away during an upgrade only: a pod "
             "that is deleted by hand is replaced while it still shuts down; a "
             "StatefulSet, or a claim with accessModes: [ReadWriteOncePod], keeps it "
             "away always",
         ""});
  }
  const long long replicas = ReplicasOf(after);
  if (replicas < 2 || !knows_strategy) return;
  findings.push_back({"H-E2", Ruling::kRefuse,
                      change.manifest.WhereIs("/spec/replicas") + ": " +
                          std::to_string(replicas) + " pods of " +
                          change.ref().ToString() + " would write to the one claim " +
                          *claim,
                      "set spec.replicas: 1, or use a StatefulSet, which gives each pod "
                      "a claim of its own"});
}

}  // namespace holdfast
