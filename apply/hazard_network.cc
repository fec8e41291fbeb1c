// H-F19: a NetworkPolicy that cuts a database off, from its clients or its members from
// one another. Halves of a ring that do not see each other both take writes.

#include <string>
#include <vector>

#include "apply/hazard.h"
#include "apply/network_reach.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"

namespace holdfast {
namespace {

constexpr const char* kGroup = "networking.k8s.io";

/// A server with data of its own; not a client that runs from the engine's image.
bool IsServer(const Object& workload) {
  return IsStateful(workload) && (!ClaimTemplateNames(workload).empty() ||
                                  !MountedClaims(PodTemplate(workload)).empty());
}

bool IsPolicy(const ObjectRef& ref) { return ref.Is(kGroup, "NetworkPolicy"); }

std::vector<const Object*> PoliciesOf(const std::vector<const Object*>& objects,
                                      const std::string& name_space) {
  std::vector<const Object*> policies;
  for (const Object* one : objects) {
    if (IsPolicy(one->ref()) && one->ref().name_space == name_space) policies.push_back(one);
  }
  return policies;
}

/// What `policy`, as it is or will be, does to a database.
void Judge(const Object& policy, const Outlook& outlook, const std::string& where,
           std::vector<Finding>& findings) {
  const std::string& name_space = policy.ref().name_space;
  const auto remaining = outlook.Remaining();
  const auto after = PoliciesOf(remaining, name_space);
  const auto before = outlook.live().All(kGroup, "NetworkPolicy", name_space);
  for (const Object* workload : remaining) {
    if (workload->ref().name_space != name_space || !IsServer(*workload)) continue;
    if (!Isolates(policy, *workload)) continue;
    const std::string cut = CutOff(*workload, after);
    // Who was cut off already is none of this change's doing.
    if (CutOff(*workload, before).find(cut) != std::string::npos) continue;
    const std::string unknown = outlook.Unlisted(kGroup, "NetworkPolicy", name_space);
    const bool asked_nobody = !outlook.input().live_file.empty();
    // Of what is yet to come nobody is a client, and no member talks to another.
    const bool runs = outlook.live().Find(workload->ref()) != nullptr;
    const bool hold = runs && !unknown.empty() && !asked_nobody;
    findings.push_back(
        {"H-F19", hold ? Ruling::kHold : runs ? Ruling::kApproval : Ruling::kWarn,
         where + ": this would cut " + workload->ref().ToString() + " off: " + cut +
             (unknown.empty() ? ""
                              : "; whether another policy lets them in cannot be told: " +
                                    unknown),
         hold ? "let Holdfast list NetworkPolicy objects, then run again"
         : runs
             ? "add a NetworkPolicy that lets them in, in the same commit; or approve "
               "it: holdfast approve > approvals/" +
                   policy.ref().name + ".yaml, and commit it"
             : "add a NetworkPolicy that lets them in"});
    if (runs) return;
  }
}

}  // namespace

void GuardNetworkPolicy(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!IsPolicy(change.ref())) return;
  const bool unchanged = change.live != nullptr && change.After() == *change.live;
  if (unchanged) return;
  Judge(change.manifest.object, change.outlook,
        change.manifest.WhereIs("/spec/podSelector"), findings);
}

void GuardOpeningDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  if (!IsPolicy(deletion.live.ref())) return;
  Judge(deletion.live, deletion.outlook,
        "NetworkPolicy " + deletion.live.ref().name + " goes", findings);
}

}  // namespace holdfast
