#include "apply/outlook.h"

#include <algorithm>
#include <tuple>

#include "apply/claim_state.h"
#include "apply/depends_on.h"
#include "apply/kinds.h"
#include "apply/leaving_claims.h"
#include "apply/mentions.h"
#include "apply/named_references.h"
#include "apply/operators.h"
#include "apply/pod_template.h"

namespace holdfast {
namespace {

std::string GroupOf(const std::string& api_version) {
  const auto slash = api_version.find('/');
  return slash == std::string::npos ? std::string() : api_version.substr(0, slash);
}

ObjectRef ControllerOf(const Object& object) {
  for (const Json& owner : ArrayIn(object.json(), "metadata", "ownerReferences")) {
    const Json* controller = FindIn(owner, "controller");
    if (controller == nullptr || !controller->is_boolean() || !controller->get<bool>())
      continue;
    return {GroupOf(StringIn(owner, "apiVersion")), StringIn(owner, "kind"),
            object.ref().name_space, StringIn(owner, "name")};
  }
  return {};
}

}  // namespace

ObjectRef RootController(const Object& object, const Snapshot& live) {
  ObjectRef root = object.ref();
  ObjectRef next = ControllerOf(object);
  const std::string hash = object.label("pod-template-hash");
  constexpr int kLongestChain = 8;
  for (int i = 0; i < kLongestChain && !next.name.empty(); ++i) {
    root = next;
    if (const Object* owner = live.Find(root)) {
      next = ControllerOf(*owner);
    } else if (root.Is("apps", "ReplicaSet") && !hash.empty() &&
               root.name.ends_with("-" + hash)) {
      // A Deployment names its ReplicaSets so; no need to read them.
      return {"apps", "Deployment", root.name_space,
              root.name.substr(0, root.name.size() - hash.size() - 1)};
    } else {
      break;
    }
  }
  return root;
}

Outlook::Outlook(const PlanInput& input, const Object* also_deleted)
    : input_(input),
      approvals_({input.approvals, input.used_approvals, input.live, input.revision, input.approval_times, input.follows,
                  input.local_time,
                  input.approval_signers ? &*input.approval_signers : nullptr}),
      purges_(input.partial ? std::vector<Purge>()
                            : FindPurges(approvals_.valid(), input.live)),
      removals_(FindRemovals(input)),
      edges_(FindReferences(input.desired)) {
  std::vector<const Object*> objects;
  desired_.reserve(input.desired.size());
  for (const Manifest& manifest : input.desired) {
    const bool first = desired_.emplace(manifest.object.ref(), &manifest).second;
    if (first) sorted_.push_back(&manifest);
    objects.push_back(&manifest.object);
  }
  std::sort(sorted_.begin(), sorted_.end(), [](const Manifest* a, const Manifest* b) {
    return a->object.ref() < b->object.ref();
  });
  custom_kinds_ = CustomKindsOf(objects);
  for (const Removal& removal : removals_) {
    if (removal.fate == Removal::Fate::kDelete) {
      deleted_.emplace(removal.live->ref(), removal.live);
    }
  }
  for (const Purge& purge : purges_) {
    for (const Object* volume : purge.volumes) deleted_.emplace(volume->ref(), volume);
  }
  if (also_deleted != nullptr)
    deleted_.insert_or_assign(also_deleted->ref(), also_deleted);
  for (const auto& [ref, object] : input.live.objects) {
    for (const Json& owner : ArrayIn(object.json(), "metadata", "ownerReferences")) {
      by_owner_.emplace(StringIn(owner, "uid"), &object);
    }
  }
  for (const Edge& edge : edges_) edges_to_[edge.to].push_back(&edge);
  IndexVolumes();
  IndexWriters();
  if (!deleted_.empty()) {
    IndexUsers();
    IndexPods();
  }
  FindGoing();
  if (!deleted_.empty() || !going_.empty()) storage_.emplace(input.live);
}

void Outlook::IndexWriters() {
  const auto note = [&](const Object& object) {
    const ObjectRef& ref = object.ref();
    // A Job ends, and a ReplicaSet or pod is part of what made it.
    const bool passing = ref.group == "batch" || ref.Is("", "Pod") ||
                         ref.Is("apps", "ReplicaSet") || ReplicasOf(object) == 0;
    if (passing) return;
    for (const MountedClaim& one : MountedClaims(PodTemplate(object))) {
      if (one.read_only) continue;
      writers_[{"", "PersistentVolumeClaim", ref.name_space, one.claim}].push_back(
          &object);
    }
  };
  for (const Manifest* manifest : sorted_) note(manifest->object);
  for (const auto& [ref, object] : input_.live.objects) {
    if (desired_.count(ref) == 0) note(object);
  }
  for (auto& [claim, writers] : writers_) {
    std::sort(writers.begin(), writers.end(),
              [](const Object* a, const Object* b) { return a->ref() < b->ref(); });
  }
}

const std::vector<const Object*>& Outlook::WritersOf(const ObjectRef& claim) const {
  static const std::vector<const Object*> kNone;
  const auto found = writers_.find(claim);
  return found == writers_.end() ? kNone : found->second;
}

const std::vector<const Edge*>& Outlook::EdgesTo(const ObjectRef& ref) const {
  static const std::vector<const Edge*> kNone;
  const auto found = edges_to_.find(ref);
  return found == edges_to_.end() ? kNone : found->second;
}

const WorkloadsByLabel& Outlook::ByLabel() const {
  if (by_label_ == nullptr) by_label_ = std::make_shared<WorkloadsByLabel>(Remaining());
  return *by_label_;
}

const Manifest* Outlook::Desired(const ObjectRef& ref) const {
  const auto found = desired_.find(ref);
  return found == desired_.end() ? nullptr : found->second;
}

std::vector<const Object*> Outlook::Remaining() const {
  std::vector<const Object*> remaining;
  for (const Manifest* manifest : sorted_) {
    if (!Deletes(manifest->object.ref())) remaining.push_back(&manifest->object);
  }
  for (const auto& [ref, object] : input_.live.objects) {
    if (desired_.count(ref) != 0 || Deletes(ref)) continue;
    if (!ArrayIn(object.json(), "metadata", "ownerReferences").empty()) {
      const ObjectRef root = RootController(object, input_.live);
      if (root != ref && (desired_.count(root) != 0 || Deletes(root))) continue;
    }
    remaining.push_back(&object);
  }
  return remaining;
}

void Outlook::IndexUsers() {
  std::vector<const Object*> objects = Remaining();
  std::vector<Edge> edges;
  for (const Object* object : objects) {
    if (IsStatefulSet(object->ref())) {
      remaining_sets_[object->ref().name_space].push_back(object);
    }
    // Few name what goes; the texts are made for these alone.
    const std::vector<Edge> bare = NamedReferencesBare(*object);
    if (std::any_of(bare.begin(), bare.end(),
                    [&](const Edge& edge) { return Deletes(edge.to); })) {
      for (Edge& edge : NamedReferences(*object)) {
        if (edge.strength == EdgeStrength::kHard) edges.push_back(std::move(edge));
      }
    }
    for (Edge& edge : ReadDependsOn(*object, custom_kinds_).edges)
      edges.push_back(std::move(edge));
  }
  bool services = false;
  for (const auto& [ref, object] : deleted_) {
    objects.push_back(object);
    services = services || ref.Is("", "Service");
  }
  if (services) {
    for (Edge& edge : FindMentions(objects, WorkloadsByLabel(objects))) {
      if (!edge.guess && edge.to.Is("", "Service")) edges.push_back(std::move(edge));
    }
  }
  for (Edge& edge : edges) {
    if (!Deletes(edge.to) || Deletes(edge.from)) continue;
    users_[edge.to].push_back(
        {edge.from, edge.why, WhereIs(edge.from, edge.pointer), edge.optional});
  }
  for (auto& [ref, users] : users_) {
    std::sort(users.begin(), users.end(), [](const User& a, const User& b) {
      return std::tie(a.optional, a.who, a.why, a.where) <
             std::tie(b.optional, b.who, b.why, b.where);
    });
  }
}

void Outlook::IndexVolumes() {
  const auto note_class = [&](const Object& volume) {
    volume_classes_.insert(StringIn(volume.json(), "spec", "storageClassName"));
  };
  for (const Manifest* manifest : sorted_) {
    if (IsVolume(manifest->object.ref())) note_class(manifest->object);
  }
  for (const Object* volume : input_.live.All("", "PersistentVolume")) {
    note_class(*volume);
    const Json& claim = MapIn(volume->json(), "spec", "claimRef");
    volumes_by_claim_.emplace(
        std::pair(StringIn(claim, "namespace"), StringIn(claim, "name")), volume);
  }
}

void Outlook::IndexPods() {
  for (const Object* pod : input_.live.All("", "Pod")) {
    const std::string phase = StringIn(pod->json(), "status", "phase");
    if (phase == "Succeeded" || phase == "Failed") continue;
    std::set<ObjectRef> mounted;
    for (const MountedClaim& one : MountedClaims(PodTemplate(*pod))) {
      mounted.insert({"", "PersistentVolumeClaim", pod->ref().name_space, one.claim});
    }
    for (const ObjectRef& claim : mounted) pods_by_claim_.emplace(claim, pod);
  }
}

void Outlook::FindGoing() {
  const auto add = [&](const Object* claim) {
    if (BindingOf(*claim, live()) != Binding::kNever) going_.insert(claim->ref());
  };
  for (const auto& [ref, object] : deleted_) {
    if (IsClaim(ref)) add(object);
    if (ref.Is("", "Namespace")) {
      for (const Object* claim : live().All("", "PersistentVolumeClaim", ref.name)) {
        add(claim);
      }
    }
    const OperatorKind* op = OperatorOf(ref);
    if (op == nullptr || op->by == ClaimSwitch::kNone) continue;
    for (const Object* claim : ClaimsOfResource(*object, *this)) add(claim);
  }
  for (const Manifest* manifest : sorted_) {
    for (const Object* claim : ClaimsOfLeavingPods(*manifest)) add(claim);
  }
  approvals_.NoteGoing(going_);
}

std::vector<const Object*> Outlook::ClaimsOfLeavingPods(const Manifest& manifest) const {
  return ClaimsOfLeavingPods(manifest, input_);
}

std::vector<const Object*> Outlook::ClaimsOfLeavingPods(const Manifest& manifest,
                                                        const PlanInput& input) {
  const Object* set = input.live.Find(manifest.object.ref());
  if (set == nullptr || !IsStatefulSet(set->ref())) return {};
  const auto prediction = input.predictions.find(set->ref());
  const bool answered = prediction != input.predictions.end() && prediction->second.result;
  const Object& after = answered ? *prediction->second.result : manifest.object;
  // Where Git does not say how many, somebody else does.
  if (FindIn(after.json(), "spec", "replicas") == nullptr) return {};
  const auto deletes = [](const Object& one) {
    return StringIn(one.json(), "spec", "persistentVolumeClaimRetentionPolicy",
                    "whenScaled") == "Delete";
  };
  if (!deletes(*set) && !deletes(after)) return {};
  return LeavingClaims(*set, after, input.live);
}

std::vector<const Object*> Outlook::RemainingSets(const std::string& name_space) const {
  const auto found = remaining_sets_.find(name_space);
  return found == remaining_sets_.end() ? std::vector<const Object*>() : found->second;
}

const Approval* Outlook::PurgeOf(const ObjectRef& volume) const {
  for (const Purge& purge : purges_) {
    for (const Object* one : purge.volumes) {
      if (one->ref() == volume) return purge.approval;
    }
  }
  return nullptr;
}

const Object* Outlook::SharesStorage(const Object& volume) const {
  return storage_ ? storage_->OtherAt(volume) : nullptr;
}

const Object* Outlook::SharesServerFolder(const Object& volume) const {
  return storage_ ? storage_->OtherOnServer(volume) : nullptr;
}

std::vector<const Object*> Outlook::PodsUsing(const ObjectRef& claim) const {
  std::vector<const Object*> pods;
  const auto [first, last] = pods_by_claim_.equal_range(claim);
  for (auto it = first; it != last; ++it) pods.push_back(it->second);
  return pods;
}

std::vector<const Object*> Outlook::VolumesFor(const ObjectRef& claim) const {
  std::vector<const Object*> volumes;
  const auto [first, last] =
      volumes_by_claim_.equal_range(std::pair(claim.name_space, claim.name));
  for (auto it = first; it != last; ++it) volumes.push_back(it->second);
  return volumes;
}

const std::vector<User>& Outlook::UsersOf(const ObjectRef& ref) const {
  static const std::vector<User> kNone;
  const auto found = users_.find(ref);
  return found == users_.end() ? kNone : found->second;
}

std::string Outlook::Unlisted(const std::string& group, const std::string& kind,
                              const std::string& name_space) const {
  const std::string where = name_space.empty() ? "" : " of namespace " + name_space;
  if (const Error* why = GapOver(input_.live, {group, kind, name_space, ""})) {
    return "the " + kind + " objects" + where + " could not be read (" + why->message +
           ")";
  }
  if (input_.live.ListsAll(group, kind, name_space)) return "";
  return "the " + kind + " objects" + where + " were not read";
}

std::vector<const Object*> Outlook::OwnedBy(const std::string& uid) const {
  std::vector<const Object*> owned;
  if (uid.empty()) return owned;
  const auto [first, last] = by_owner_.equal_range(uid);
  for (auto it = first; it != last; ++it) owned.push_back(it->second);
  return owned;
}

std::string Outlook::WhereIs(const ObjectRef& ref, const std::string& pointer) const {
  const Manifest* manifest = Desired(ref);
  return manifest == nullptr ? std::string() : manifest->WhereIs(pointer);
}

}  // namespace holdfast
