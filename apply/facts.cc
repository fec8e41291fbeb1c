#include "apply/facts.h"

#include <algorithm>
#include <set>

#include "apply/depends_on.h"
#include "apply/kinds.h"
#include "apply/named_references.h"
#include "apply/needed.h"
#include "apply/pod_template.h"
#include "apply/removal.h"
#include "apply/rollout.h"
#include "apply/stateful.h"

namespace holdfast {
namespace {

/// More claims of one StatefulSet than this are read by one list.
constexpr long long kMostSingleClaims = 20;

class FactFinder {
 public:
  FactFinder(const PlanInput& input, const Facts& asked)
      : input_(input),
        asked_objects_(asked.objects.begin(), asked.objects.end()),
        asked_lists_(asked.lists.begin(), asked.lists.end()) {
    for (const Manifest& manifest : input.desired) desired_.insert(manifest.object.ref());
  }

  Facts Find() {
    for (const auto& [ref, entry] : input_.inventory.entries) {
      if (desired_.count(ref) == 0 && input_.prune) ForDeletion(ref, entry);
    }
    ForNames();
    for (const Manifest& manifest : input_.desired) ForManifest(manifest);
    Facts facts;
    facts.objects.assign(objects_.begin(), objects_.end());
    facts.lists.assign(lists_.begin(), lists_.end());
    return facts;
  }

 private:
  void One(const ObjectRef& ref) {
    if (ref.name.empty() || desired_.count(ref) != 0 || asked_objects_.count(ref) != 0)
      return;
    const bool known = input_.live.Find(ref) != nullptr ||
                       GapOver(input_.live, ref) != nullptr ||
                       input_.live.ListsAll(ref.group, ref.kind, ref.name_space);
    if (!known) objects_.insert(ref);
  }

  void List(const Snapshot::Listed& list) {
    if (asked_lists_.count(list) != 0) return;
    const bool known =
        input_.live.ListsAll(list.group, list.kind, list.name_space) ||
        GapOver(input_.live, {list.group, list.kind, list.name_space, ""}) != nullptr;
    if (!known) lists_.insert(list);
  }

  void ForDeletion(const ObjectRef& ref, const InventoryEntry& entry) {
    const Object* live = input_.live.Find(ref);
    // Gone, another object, or told to stay: nothing will be deleted.
    const bool stays =
        live != nullptr && (live->uid() != entry.uid || !PruneOptOut(*live).empty());
    if (entry.uid.empty() || stays) return;
    List({"", "PersistentVolumeClaim", ref.name_space});
    List({"", "PersistentVolume", ""});
    if (!ref.name_space.empty()) {
      One({"", "Namespace", "", ref.name_space});
      for (const Snapshot::Listed& kind : WorkloadKinds(ref.name_space)) List(kind);
    }
    for (const Snapshot::Listed& kind : KindsThatMayName(ref)) List(kind);
    if (IsStorageClass(ref)) {
      List({"", "PersistentVolumeClaim", ""});
      List({"apps", "StatefulSet", ""});
    }
    if (ref.Is("", "Namespace")) List({"", "PersistentVolumeClaim", ref.name});
  }

  /// What the manifests name. Edges that need two objects to be seen lead to what is
  /// desired as well, so there is nothing to read for them.
  void ForNames() {
    std::vector<const Object*> objects;
    for (const Manifest& manifest : input_.desired) objects.push_back(&manifest.object);
    const auto custom = CustomKindsOf(objects);
    for (const Object* object : objects) {
      for (const Edge& edge : NamedReferences(*object)) ForEdge(edge);
      for (const Edge& edge : ReadDependsOn(*object, custom).edges) ForEdge(edge);
    }
  }

  void ForEdge(const Edge& edge) {
    if (edge.strength != EdgeStrength::kHard) return;
    One(edge.to);
    // A class that is no object may be a name that volumes made by hand carry.
    const bool absent_class = IsStorageClass(edge.to) &&
                              asked_objects_.count(edge.to) != 0 &&
                              input_.live.Find(edge.to) == nullptr;
    if (absent_class) List({"", "PersistentVolume", ""});
  }

  /// True unless the prediction says that nothing changes.
  bool Changes(const ObjectRef& ref) const {
    const auto found = input_.predictions.find(ref);
    if (found == input_.predictions.end()) return true;
    const Prediction& prediction = found->second;
    return !prediction.exists || !prediction.fields.empty() ||
           prediction.rejection.has_value();
  }

  void ForManifest(const Manifest& manifest) {
    const ObjectRef& ref = manifest.object.ref();
    const Object* live = input_.live.Find(ref);
    // The volume of a claim that is on its way out is made sure of, change or not.
    if (live != nullptr && IsClaim(ref) && live->terminating()) ClaimAndVolume(ref);
    if (live != nullptr && IsStatefulSet(ref)) ForRollout(*live);
    if (!Changes(ref)) return;
    if (IsClaim(ref)) {
      ForClaim(manifest.object, live);
      return;
    }
    if (live == nullptr || !IsStateful(*live)) return;
    for (const MountedClaim& mounted : MountedClaims(PodTemplate(*live))) {
      ClaimAndVolume({"", "PersistentVolumeClaim", ref.name_space, mounted.claim});
    }
    ForClaimTemplates(*live, manifest.object);
  }

  /// Which pod holds up a rollout, if any may (H-G3), and what it mounts.
  void ForRollout(const Object& live) {
    const bool concerned = Changes(live.ref()) || IsOverridden(live);
    const bool all_ready =
        IntegerIn(0, live.json(), "status", "readyReplicas") >= ReplicasOf(live);
    if (!concerned || all_ready) return;
    List({"", "Pod", live.ref().name_space});
    for (const Object* pod : StuckPods(live, input_.live, Template::kChanges)) {
      for (const MountedClaim& mounted : MountedClaims(PodTemplate(*pod))) {
        ClaimAndVolume({"", "PersistentVolumeClaim", live.ref().name_space, mounted.claim});
      }
    }
  }

  void ForClaim(const Object& wanted, const Object* live) {
    const bool known_absent = input_.predictions.count(wanted.ref()) != 0;
    if (live == nullptr) {
      // A new claim of an old name: where did the old one leave its data?
      if (known_absent) List({"", "PersistentVolume", ""});
      return;
    }
    One({"storage.k8s.io", "StorageClass", "",
         StringIn(live->json(), "spec", "storageClassName")});
    ClaimAndVolume(live->ref());
  }

  void ForClaimTemplates(const Object& live, const Object& wanted) {
    const long long first = IntegerIn(0, live.json(), "spec", "ordinals", "start");
    const long long count = std::max(ReplicasOf(live), ReplicasOf(wanted));
    if (count > kMostSingleClaims) {
      if (!ClaimTemplateNames(live).empty()) {
        List({"", "PersistentVolumeClaim", live.ref().name_space});
      }
      return;
    }
    for (const std::string& name : ClaimTemplateNames(live)) {
      for (long long i = first; i < first + count; ++i) {
        ClaimAndVolume({"", "PersistentVolumeClaim", live.ref().name_space,
                        name + "-" + live.ref().name + "-" + std::to_string(i)});
      }
    }
  }

  void ClaimAndVolume(const ObjectRef& claim) {
    One(claim);
    const Object* live = input_.live.Find(claim);
    if (live == nullptr) return;
    One({"", "PersistentVolume", "", StringIn(live->json(), "spec", "volumeName")});
  }

  const PlanInput& input_;
  std::set<ObjectRef> asked_objects_;
  std::set<Snapshot::Listed> asked_lists_;
  std::set<ObjectRef> desired_;
  std::set<ObjectRef> objects_;
  std::set<Snapshot::Listed> lists_;
};

}  // namespace

Facts FactsNeeded(const PlanInput& input, const Facts& asked) {
  return FactFinder(input, asked).Find();
}

Facts FactsNeeded(const std::vector<Manifest>& desired, const Inventory& inventory) {
  PlanInput input;
  input.desired = desired;
  input.inventory = inventory;
  return FactsNeeded(input);
}

}  // namespace holdfast
