// H-F16, H-G6: pods are sent to nodes where their volumes are not. A volume on a node's
// disk cannot follow: the old pod stops, and the new one waits for ever.

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "apply/hazard.h"
#include "apply/node_fit.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"
#include "apply/volumes.h"

namespace holdfast {
namespace {

struct BoundVolume {
  const Object* claim = nullptr;
  const Object* volume = nullptr;  ///< Null where it is not known.
};

/// The bound volumes that one pod mounts together: those of a member of a StatefulSet,
/// by its ordinal, or all of them (-1).
std::map<long long, std::vector<BoundVolume>> VolumesByPod(const Object& workload,
                                                           const Snapshot& live) {
  std::map<long long, std::vector<BoundVolume>> pods;
  for (const Object* claim : ClaimsOfWorkload(workload, live)) {
    const std::string name = StringIn(claim->json(), "spec", "volumeName");
    if (name.empty()) continue;
    pods[OrdinalOfClaim(workload, claim->ref().name)].push_back(
        {claim, live.Find({"", "PersistentVolume", "", name})});
  }
  return pods;
}

bool HasNode(const Json& pod_spec, const std::vector<BoundVolume>& volumes,
             const std::vector<const Object*>& nodes) {
  return std::any_of(nodes.begin(), nodes.end(), [&](const Object* node) {
    return Admits(pod_spec, *node) &&
           std::all_of(volumes.begin(), volumes.end(), [&](const BoundVolume& one) {
             return one.volume == nullptr || Reaches(*one.volume, *node);
           });
  });
}

std::string WhereFixed(const Object& volume) {
  for (const Json& term :
       ArrayIn(volume.json(), "spec", "nodeAffinity", "required", "nodeSelectorTerms")) {
    for (const Json& one : ArrayIn(term, "matchExpressions")) {
      const Json& values = ArrayIn(one, "values");
      if (values.size() == 1 && values.front().is_string()) {
        return StringIn(one, "key") + "=" + values.front().get<std::string>();
      }
    }
  }
  return "";
}

bool IsFixed(const BoundVolume& one) {
  return one.volume != nullptr && !WhereFixed(*one.volume).empty();
}

class Placement {
 public:
  Placement(const ChangeCase& change, std::vector<Finding>& findings)
      : change_(change),
        findings_(findings),
        before_(*change.live),
        after_(change.After()) {}

  void Judge() {
    JudgeSpread();
    if (!PlacesDiffer(before_.spec(), after_.spec())) return;
    const Snapshot& live = change_.outlook.live();
    const auto nodes = live.All("", "Node");
    for (const auto& [ordinal, volumes] : VolumesByPod(*change_.live, live)) {
      if (JudgeUnknown(volumes)) return;
      const auto fixed = std::find_if(volumes.begin(), volumes.end(), IsFixed);
      if (fixed == volumes.end()) continue;
      // What could not run before is not lost by this.
      if (!HasNode(before_.spec(), volumes, nodes)) continue;
      if (HasNode(after_.spec(), volumes, nodes)) continue;
      return Add(Ruling::kRefuse,
                 "no node would be left for the pod with claim " +
                     fixed->claim->ref().name + ": its volume " +
                     fixed->volume->ref().name + " is on " + WhereFixed(*fixed->volume) +
                     ", where the pod may not run any more. The old pod would stop and "
                     "the new one wait for ever",
                 "allow the node of the volume in nodeSelector, affinity and "
                 "tolerations; to move the data, copy them into a claim of another name");
    }
  }

 private:
  /// True if what is needed to judge is not there; says so.
  bool JudgeUnknown(const std::vector<BoundVolume>& volumes) {
    const Outlook& outlook = change_.outlook;
    std::string unknown;
    for (const BoundVolume& one : volumes) {
      if (one.volume != nullptr) continue;
      unknown = "the volume of claim " + one.claim->ref().name + " was not read";
    }
    const bool any_fixed = std::any_of(volumes.begin(), volumes.end(), IsFixed);
    if (unknown.empty() && any_fixed) unknown = outlook.Unlisted("", "Node", "");
    if (unknown.empty()) return false;
    const bool asked_nobody = !outlook.input().live_file.empty();
    Add(asked_nobody ? Ruling::kWarn : Ruling::kHold,
        "whether its pods may still run where their volumes are cannot be told: " + unknown,
        "let Holdfast list Node objects and read PersistentVolume objects, then run again");
    return true;
  }

  void JudgeSpread() {
    const bool had = FindIn(before_.spec(), "affinity", "podAntiAffinity") != nullptr;
    const bool has = FindIn(after_.spec(), "affinity", "podAntiAffinity") != nullptr;
    if (!had || has) return;
    Add(Ruling::kWarn,
        "without podAntiAffinity two members may run on one node and be lost together",
        "keep affinity.podAntiAffinity");
  }

  void Add(Ruling ruling, const std::string& reason, std::string remedy) {
    findings_.push_back({"H-F16", ruling,
                         change_.manifest.WhereIs(after_.pointer()) + ": " +
                             change_.ref().ToString() + ": " + reason,
                         std::move(remedy)});
  }

  const ChangeCase& change_;
  std::vector<Finding>& findings_;
  PodTemplate before_;
  PodTemplate after_;
};

}  // namespace

void GuardScheduling(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live == nullptr || !IsStateful(*change.live)) return;
  Placement(change, findings).Judge();
}

void WarnNamedNode(const ChangeCase& change, std::vector<Finding>& findings) {
  const PodTemplate after(change.After());
  const std::string node = StringIn(after.spec(), "nodeName");
  const bool claims = !ClaimTemplateNames(change.manifest.object).empty() ||
                      !MountedClaims(after).empty();
  if (node.empty() || !claims) return;
  const bool had = change.live != nullptr &&
                   StringIn(PodTemplate(*change.live).spec(), "nodeName") == node;
  if (had) return;
  findings.push_back(
      {"H-G6", Ruling::kWarn,
       change.manifest.WhereIs(after.pointer() + "/nodeName") + ": nodeName: " + node +
           " goes past the scheduler, and a claim that waits for its first pod gets its "
           "volume from the scheduler: the pod would wait for the claim and the claim for "
           "the pod",
       "write nodeSelector: {kubernetes.io/hostname: " + node + "} in place of nodeName"});
}

}  // namespace holdfast
