#include "apply/facts.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "apply/claim_modes.h"
#include "apply/depends_on.h"
#include "apply/kinds.h"
#include "apply/left_volumes.h"
#include "apply/named_references.h"
#include "apply/needed.h"
#include "apply/node_fit.h"
#include "apply/ordinals.h"
#include "apply/pod_template.h"
#include "apply/removal.h"
#include "apply/rollout.h"
#include "apply/stateful.h"
#include "apply/volume_copy.h"
#include "apply/volumes.h"

namespace holdfast {
namespace {

/// More claims of one StatefulSet than this are read by one list.
constexpr long long kMostSingleClaims = 20;

class FactFinder {
 public:
  FactFinder(const PlanInput& input, const Facts& asked)
      : input_(input),
        asked_objects_(asked.objects.begin(), asked.objects.end()),
        asked_lists_(asked.lists.begin(), asked.lists.end()),
        asked_namespaces_(asked.namespaces.begin(), asked.namespaces.end()) {
    for (const Manifest& manifest : input.desired) desired_.insert(manifest.object.ref());
  }

  Facts Find() {
    for (const auto& [ref, entry] : input_.inventory.entries) {
      if (desired_.count(ref) == 0 && input_.prune) ForDeletion(ref, entry);
    }
    for (const Manifest& approval : input_.approvals) ForPurge(approval);
    ForNames();
    for (const auto& [key, entry] : input_.journal) One(entry.ref);
    for (const Manifest& manifest : input_.desired) ForManifest(manifest);
    Facts facts;
    facts.objects.assign(objects_.begin(), objects_.end());
    facts.lists.assign(lists_.begin(), lists_.end());
    facts.namespaces.assign(namespaces_.begin(), namespaces_.end());
    return facts;
  }

 private:
  void One(const ObjectRef& ref) {
    if (ref.name.empty() || desired_.count(ref) != 0 || asked_objects_.count(ref) != 0)
      return;
    const bool known = input_.live.Find(ref) != nullptr ||
                       GapOver(input_.live, ref) != nullptr ||
                       input_.live.ListsAll(ref.group, ref.kind, ref.name_space) ||
                       lists_.count({ref.group, ref.kind, ref.name_space}) != 0;
    if (!known) objects_.insert(ref);
  }

  void List(const Snapshot::Listed& list) {
    if (asked_lists_.count(list) != 0) return;
    const bool known =
        input_.live.ListsAll(list.group, list.kind, list.name_space) ||
        GapOver(input_.live, {list.group, list.kind, list.name_space, ""}) != nullptr;
    if (!known) lists_.insert(list);
  }

  static bool IsNetworkPolicy(const ObjectRef& ref) {
    return ref.Is("networking.k8s.io", "NetworkPolicy");
  }

  void ForDeletion(const ObjectRef& ref, const InventoryEntry& entry) {
    const Object* live = input_.live.Find(ref);
    // Another object, another's, or told to stay: nothing will be deleted.
    const bool stays = live != nullptr && (live->uid() != entry.uid ||
                                           !WhyReleased(*live, input_).empty() ||
                                           !PruneOptOut(*live).empty());
    if (entry.uid.empty() || stays) return;
    List({"", "PersistentVolumeClaim", ref.name_space});
    List({"", "PersistentVolume", ""});
    if (!ref.name_space.empty()) {
      One({"", "Namespace", "", ref.name_space});
      for (const Snapshot::Listed& kind : WorkloadKinds(ref.name_space)) List(kind);
    }
    for (const Snapshot::Listed& kind : KindsThatMayName(ref)) List(kind);
    if (IsClaim(ref)) {
      for (const Snapshot::Listed& kind : ListsForCopy(ref.name_space)) List(kind);
    }
    if (live != nullptr && ref.Is("apiextensions.k8s.io", "CustomResourceDefinition")) {
      List({StringIn(live->json(), "spec", "group"),
            StringIn(live->json(), "spec", "names", "kind"), ""});
    }
    if (IsStorageClass(ref)) {
      List({"", "PersistentVolumeClaim", ""});
      List({"apps", "StatefulSet", ""});
    }
    if (ref.Is("", "Namespace")) ForNamespace(ref.name);
    if (IsNetworkPolicy(ref)) List({ref.group, ref.kind, ref.name_space});
  }

  /// What a namespace takes along (apply/hazard_namespace_deletion.cc).
  void ForNamespace(const std::string& name) {
    List({"", "PersistentVolumeClaim", name});
    for (const Snapshot::Listed& kind : WorkloadKinds(name)) List(kind);
    for (const Snapshot::Listed& kind : ListsForCopy(name)) List(kind);
    const ObjectRef all{kEverything, kEverything, name, ""};
    const bool known = input_.live.ListsAll(kEverything, kEverything, name) ||
                       GapOver(input_.live, all) != nullptr;
    if (!known && asked_namespaces_.count(name) == 0) namespaces_.insert(name);
  }

  /// What an Approval `destroy` is judged by (apply/hazard_purge.cc).
  void ForPurge(const Manifest& approval) {
    const Json& spec = MapIn(approval.object.json(), "spec");
    if (StringIn(spec, "action") != ToString(ApprovalAction::kDestroy)) return;
    List({"", "PersistentVolume", ""});
    List({"", "PersistentVolumeClaim", ""});
    for (const Json& target : ArrayIn(spec, "targets")) {
      const std::string space = StringIn(target, "namespace");
      if (space.empty()) continue;
      One({"", "Namespace", "", space});
      List({"apps", "StatefulSet", space});
      for (const Snapshot::Listed& kind : ListsForCopy(space)) List(kind);
    }
  }

  /// What the manifests name. Edges that need two objects to be seen lead to what is
  /// desired as well, so there is nothing to read for them.
  void ForNames() {
    std::vector<const Object*> objects;
    for (const Manifest& manifest : input_.desired) objects.push_back(&manifest.object);
    const auto custom = CustomKindsOf(objects);
    for (const Object* object : objects) {
      for (const Edge& edge : NamedReferencesBare(*object)) ForEdge(edge);
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

  bool Changes(const ObjectRef& ref) const {
    const auto found = input_.predictions.find(ref);
    return found == input_.predictions.end() || MayChange(found->second);
  }

  void ForManifest(const Manifest& manifest) {
    const ObjectRef& ref = manifest.object.ref();
    const Object* live = input_.live.Find(ref);
    // The volume of a claim that is on its way out is made sure of, change or not.
    if (live != nullptr && IsClaim(ref) && live->terminating()) ClaimAndVolume(ref);
    if (live != nullptr && IsStatefulSet(ref)) ForRollout(*live);
    if (live != nullptr && !IsClaim(ref)) ForDeletedClaims(*live);
    if (!Changes(ref)) return;
    if (IsClaim(ref)) {
      ForClaim(manifest.object, live);
      return;
    }
    // Whether it cuts a database off depends on what the others let in (H-F19).
    if (IsNetworkPolicy(ref)) List({ref.group, ref.kind, ref.name_space});
    ForWriters(manifest.object, live);
    if (live == nullptr) ForNewSet(manifest.object);
    if (live == nullptr || !IsStateful(*live)) return;
    ForPlaces(*live, manifest.object);
    // What the pods run, which their data are of, is not what the template says (H-F10).
    if (EngineOf(*live) != nullptr && !AllOfTemplate(*live)) List({"", "Pod", ref.name_space});
    for (const MountedClaim& mounted : MountedClaims(PodTemplate(*live))) {
      ClaimAndVolume({"", "PersistentVolumeClaim", ref.name_space, mounted.claim});
    }
    ForClaimTemplates(*live, manifest.object);
    ForComingClaims(manifest.object, live);
    // The claims that its pods own are named after the pods (H-B1).
    if (EngineOf(*live) != nullptr && !EphemeralVolumes(*live).empty()) {
      List({"", "Pod", ref.name_space});
      List({"", "PersistentVolumeClaim", ref.name_space});
    }
    // Claims that go with their pods: is their volume another's too?
    if (StringIn(live->json(), "spec", "persistentVolumeClaimRetentionPolicy",
                 "whenScaled") == "Delete") {
      List({"", "PersistentVolume", ""});
    }
  }

  /// Somebody may have deleted a claim of the workload. One that is not in Git, as those
  /// that its template makes, nothing else would see (H-A2).
  void ForDeletedClaims(const Object& live) {
    const std::string& space = live.ref().name_space;
    if (!ClaimTemplateNames(live).empty()) List({"", "PersistentVolumeClaim", space});
    for (const MountedClaim& mounted : MountedClaims(PodTemplate(live))) {
      One({"", "PersistentVolumeClaim", space, mounted.claim});
    }
    for (const Object* claim : ClaimsOfWorkload(live, input_.live)) {
      if (claim->terminating()) ClaimAndVolume(claim->ref());
    }
  }

  /// Who begins to write to a claim that is there must be the only one (H-E3).
  void ForWriters(const Object& wanted, const Object* live) {
    const ObjectRef& ref = wanted.ref();
    if (ref.group == "batch" || ReplicasOf(wanted) == 0) return;
    std::set<std::string> wrote;
    if (live != nullptr && ReplicasOf(*live) != 0) {
      for (const MountedClaim& one : MountedClaims(PodTemplate(*live))) {
        if (!one.read_only) wrote.insert(one.claim);
      }
    }
    for (const MountedClaim& one : MountedClaims(PodTemplate(wanted))) {
      const ObjectRef claim{"", "PersistentVolumeClaim", ref.name_space, one.claim};
      if (one.read_only || wrote.count(one.claim) != 0) continue;
      if (input_.live.Find(claim) == nullptr) continue;
      for (const char* kind : {"DaemonSet", "Deployment", "StatefulSet"}) {
        List({"apps", kind, ref.name_space});
      }
    }
  }

  /// Where did earlier claims leave their data, whose names new members take (H-C6)? One
  /// that names no class would be of the default.
  void ForComingClaims(const Object& wanted, const Object* live) {
    if (!MakesClaims(wanted, live)) return;
    List({"", "PersistentVolume", ""});
    for (const LeftVolume& one : LeftVolumes(wanted, live, input_.live)) {
      One(one.claim);
      List({"storage.k8s.io", "StorageClass", ""});
    }
  }

  /// A set that is made again finds the claims of its earlier self (H-C7) or the volumes
  /// that they left, and one that names no class takes the default (H-G7).
  void ForNewSet(const Object& wanted) {
    if (!IsStatefulSet(wanted.ref()) || input_.predictions.count(wanted.ref()) == 0) return;
    const Engine* engine = EngineOf(wanted);
    if (engine != nullptr && engine->needs_decommission) ForClaimTemplates(wanted, wanted);
    ForComingClaims(wanted, nullptr);
    for (const Json& one : ArrayIn(wanted.json(), "spec", "volumeClaimTemplates")) {
      if (OmitsStorageClass(one)) List({"storage.k8s.io", "StorageClass", ""});
    }
  }

  /// Pods that are sent elsewhere must still reach their volumes (H-F16).
  void ForPlaces(const Object& live, const Object& wanted) {
    const auto found = input_.predictions.find(wanted.ref());
    const bool known = found != input_.predictions.end() && found->second.result;
    const Object& after = known ? *found->second.result : wanted;
    if (PlacesDiffer(PodTemplate(live).spec(), PodTemplate(after).spec())) {
      List({"", "Node", ""});
    }
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
      if (known_absent && OmitsStorageClass(wanted.json())) {
        List({"storage.k8s.io", "StorageClass", ""});
      }
      return;
    }
    One({"storage.k8s.io", "StorageClass", "",
         StringIn(live->json(), "spec", "storageClassName")});
    ClaimAndVolume(live->ref());
  }

  void ForClaimTemplates(const Object& live, const Object& wanted) {
    const Ordinals was = OrdinalsOf(live);
    const Ordinals is = OrdinalsOf(wanted);
    const long long first = std::min(was.first, is.first);
    const long long end = std::max(was.end, is.end);
    if (end - first > kMostSingleClaims) {
      if (!ClaimTemplateNames(live).empty()) {
        List({"", "PersistentVolumeClaim", live.ref().name_space});
      }
      return;
    }
    for (const std::string& name : ClaimTemplateNames(live)) {
      for (long long i = first; i < end; ++i) {
        GrowingClaim(ClaimOfMember(live, name, i));
      }
    }
  }

  void ClaimAndVolume(const ObjectRef& claim) {
    One(claim);
    const Object* live = input_.live.Find(claim);
    if (live == nullptr) return;
    One({"", "PersistentVolume", "", StringIn(live->json(), "spec", "volumeName")});
  }

  /// The same, and whether it could grow.
  void GrowingClaim(const ObjectRef& claim) {
    ClaimAndVolume(claim);
    const Object* live = input_.live.Find(claim);
    if (live == nullptr) return;
    One({"storage.k8s.io", "StorageClass", "",
         StringIn(live->json(), "spec", "storageClassName")});
  }

  const PlanInput& input_;
  std::unordered_set<ObjectRef> asked_objects_;
  std::set<Snapshot::Listed> asked_lists_;
  std::set<std::string> asked_namespaces_;
  std::unordered_set<ObjectRef> desired_;
  std::set<ObjectRef> objects_;
  std::set<Snapshot::Listed> lists_;
  std::set<std::string> namespaces_;
};

}  // namespace

bool MayChange(const Prediction& prediction) {
  return !prediction.exists || !prediction.fields.empty() ||
         prediction.rejection.has_value();
}

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
