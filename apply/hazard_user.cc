// H-F13: the pods of a database run as another user or group. Kubernetes hands every file
// of the volume to the new group at the next mount, which takes long and is not undone by
// a revert; and what the group cannot open, the server cannot read.

#include <map>

#include "apply/hazard.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"
#include "apply/volumes.h"

namespace holdfast {
namespace {

constexpr const char* kFields[] = {"runAsUser", "runAsGroup", "fsGroup",
                                   "fsGroupChangePolicy", "supplementalGroups"};

std::string Shown(const Json* value) {
  return value == nullptr || value->is_null() ? "unset" : DumpJson(*value);
}

/// "runAsUser from 999 to 1001", the first field that differs; "" if none does.
std::string Difference(const Json& before, const Json& after) {
  for (const char* field : kFields) {
    const std::string was = Shown(FindIn(before, "securityContext", field));
    const std::string is = Shown(FindIn(after, "securityContext", field));
    if (was != is) return std::string(field) + " from " + was + " to " + is;
  }
  return "";
}

}  // namespace

void GuardUser(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live == nullptr || !IsStateful(*change.live)) return;
  const Object& after = change.After();
  const PodTemplate before_pods(*change.live);
  const PodTemplate after_pods(after);
  const bool has_claims = !ClaimTemplateNames(*change.live).empty() ||
                          !MountedClaims(before_pods).empty();
  if (!has_claims) return;
  std::string difference = Difference(before_pods.spec(), after_pods.spec());
  std::map<std::string, const Json*> before;
  for (const ContainerAt& one : before_pods.Containers()) {
    if (!one.init) before[StringIn(*one.json, "name")] = one.json;
  }
  for (const ContainerAt& one : after_pods.Containers()) {
    const auto was = before.find(StringIn(*one.json, "name"));
    if (!difference.empty() || one.init || was == before.end()) continue;
    difference = Difference(*was->second, *one.json);
  }
  if (difference.empty()) return;
  findings.push_back(
      {"H-F13", Ruling::kApproval,
       change.manifest.WhereIs(after_pods.pointer() + "/securityContext") + ": " +
           change.ref().ToString() + " would run with " + difference +
           ": Kubernetes hands all files of its volumes to the new group when they are "
           "mounted next, which can take long, and putting it back does not undo it",
       "keep the user and the groups; or, if the server runs as the new user, approve it: "
       "holdfast approve > approvals/" +
           change.ref().name + ".yaml, and commit it"});
}

}  // namespace holdfast
