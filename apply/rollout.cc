#include "apply/rollout.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "apply/health_reason.h"
#include "apply/kinds.h"
#include "apply/managed_fields.h"
#include "apply/pod_template.h"
#include "apply/references.h"
#include "apply/removal.h"
#include "apply/timestamp.h"
#include "diff/ownership.h"

namespace holdfast {
namespace {

bool IsScaler(const ObjectRef& ref) {
  return ref.Is("autoscaling", "HorizontalPodAutoscaler");
}
bool IsCronJob(const ObjectRef& ref) { return ref.Is("batch", "CronJob"); }

/// RFC 6901: the fields of a kind that an override may hold.
std::vector<std::string> OverriddenFields(const ObjectRef& ref) {
  if (IsStatefulSet(ref)) return {"/spec/updateStrategy/rollingUpdate/partition"};
  if (IsCronJob(ref)) return {"/spec/suspend"};
  if (IsScaler(ref)) {
    return {"/spec/behavior/scaleUp/selectPolicy", "/spec/behavior/scaleDown/selectPolicy"};
  }
  return {};
}

const char* AnnotationFor(const ObjectRef& ref) {
  return IsStatefulSet(ref) ? kRolloutAnnotation : kFrozenAnnotation;
}

bool Rolls(const Object& set) {
  const std::string type = StringIn(set.json(), "spec", "updateStrategy", "type");
  return IsStatefulSet(set.ref()) && (type.empty() || type == "RollingUpdate");
}

/// Another manager than ours holds the partition: a person's brake. At 0 it brakes nothing,
/// and whoever has made the set holds that, since the server filled it in.
bool IsHeldByOthers(const Object& set) {
  if (PartitionOf(set) == 0) return false;
  for (const ManagedEntry& entry : Ownership::Of(set).entries) {
    if (entry.manager == kRolloutManager) continue;
    if (entry.manager == kFieldManager && entry.operation == "Apply") continue;
    const auto path = FieldPath::Parse("spec.updateStrategy.rollingUpdate.partition");
    if (path.ok() && entry.fields.Has(*path)) return true;
  }
  return false;
}

const Json& TemplateOf(const Object& set) { return MapIn(set.json(), "spec", "template"); }

long long FirstOrdinal(const Object& set) {
  return IntegerIn(0, set.json(), "spec", "ordinals", "start");
}

/// The pod's number among those of `set`, counted from 0; -1 if it is none of them.
long long IndexOf(const Object& set, const Object& pod) {
  const std::string head = set.ref().name + "-";
  const std::string& name = pod.ref().name;
  if (!name.starts_with(head) || name.size() == head.size()) return -1;
  long long ordinal = 0;
  for (const char c : name.substr(head.size())) {
    if (c < '0' || c > '9') return -1;
    ordinal = ordinal * 10 + (c - '0');
  }
  return ordinal - FirstOrdinal(set);
}

bool IsOfNewest(const Object& set, const Object& pod) {
  return pod.label("controller-revision-hash") ==
         StringIn(set.json(), "status", "updateRevision");
}

Object Partial(const Object& object, Json members) {
  members["apiVersion"] = object.gvk().ApiVersion();
  members["kind"] = object.gvk().kind;
  members["metadata"]["name"] = object.ref().name;
  members["metadata"]["namespace"] = object.ref().name_space;
  // Of this object and of no other: the server declines it for one that came after.
  if (!object.uid().empty()) members["metadata"]["uid"] = object.uid();
  auto made = Object::Make(std::move(members));
  return made.ok() ? std::move(made).value() : object;
}

class Stepper {
 public:
  Stepper(const Object& set, const Snapshot& around)
      : set_(set),
        around_(around),
        replicas_(ReplicasOf(set)),
        health_(HealthOf(set, around)) {
    for (const Object* pod : PodsOf(set.ref(), around)) pods_[IndexOf(set, *pod)] = pod;
  }

  RolloutStep Next(long long floor) const {
    const long long brake = std::min(PartitionOf(set_), replicas_);
    if (health_.state == HealthState::kUnknown ||
        health_.state == HealthState::kTerminating) {
      return Wait(health_.sentence);
    }
    for (long long i = 0; i < replicas_; ++i) {
      if (i < brake ? IsReadyAt(i) || i == brake - 1 : IsNewAt(i)) continue;
      return Wait(Progress(brake));
    }
    const bool spare = std::any_of(pods_.begin(), pods_.end(), [&](const auto& pod) {
      return pod.first < 0 || pod.first >= replicas_;
    });
    // With minReadySeconds a pod is ready before it counts; the pods are seen before the
    // controller has counted them.
    const long long ready =
        std::max(IntegerIn(0, set_.json(), "status", "readyReplicas"), ReadyPods());
    const long long available = IntegerIn(0, set_.json(), "status", "availableReplicas");
    if (spare || available < ready) return Wait(Progress(brake));
    long long next = brake;
    while (next > floor && IsNewAt(next - 1)) --next;
    if (next <= floor) return {RolloutStep::Kind::kDone, floor, health_};
    if (std::string lost = WouldGoWith(next - 1); !lost.empty()) return Wait(std::move(lost));
    return {RolloutStep::Kind::kLower, next - 1, health_};
  }

 private:
  const Object* PodAt(long long index) const {
    const auto found = pods_.find(index);
    return found == pods_.end() ? nullptr : found->second;
  }
  long long ReadyPods() const {
    return std::count_if(pods_.begin(), pods_.end(),
                         [](const auto& pod) { return IsReady(*pod.second); });
  }
  /// A claim that somebody has deleted goes when its pod does, and its data may go with it
  /// (H-A2). Why the pod is therefore kept; empty if it may be given up.
  std::string WouldGoWith(long long index) const {
    const Object* pod = PodAt(index);
    if (pod == nullptr) return "";
    const std::string& space = set_.ref().name_space;
    for (const MountedClaim& mounted : MountedClaims(PodTemplate(*pod))) {
      const Object* claim =
          around_.Find({"", "PersistentVolumeClaim", space, mounted.claim});
      const std::string kept = pod->ref().name + " is kept as it is: ";
      if (claim == nullptr && !around_.ListsAll("", "PersistentVolumeClaim", space)) {
        return kept + "nothing is known at present of its claim " + mounted.claim;
      }
      if (claim != nullptr && claim->terminating()) {
        return kept + "somebody has deleted its claim " + mounted.claim +
               ", which goes when the pod stops, with its data unless its volume is Retain; "
               "the next sync makes it so and says what to do";
      }
    }
    return "";
  }
  bool IsReadyAt(long long index) const {
    const Object* pod = PodAt(index);
    return pod != nullptr && !pod->terminating() && IsReady(*pod);
  }
  bool IsNewAt(long long index) const {
    return IsReadyAt(index) && IsOfNewest(set_, *PodAt(index));
  }

  /// "cassandra-2 has the new template, the others wait for it; 2 of 3 pods ready; ..."
  std::string Progress(long long brake) const {
    const std::string pod = set_.ref().name + "-" +
                            std::to_string(brake + FirstOrdinal(set_));
    const std::string head =
        brake >= replicas_ ? "no pod is replaced before the others are ready; "
                           : "new template as far as " + pod + "; ";
    return head + health_.sentence;
  }

  RolloutStep Wait(std::string sentence) const {
    Health health = health_;
    // Held at the brake is not a state that somebody else has to end.
    if (OpensGate(health)) health.state = HealthState::kInProgress;
    health.sentence = std::move(sentence);
    return {RolloutStep::Kind::kWait, 0, std::move(health)};
  }

  const Object& set_;
  const Snapshot& around_;
  const long long replicas_;
  const Health health_;
  std::map<long long, const Object*> pods_;
};

}  // namespace

bool IsOverridden(const Object& live) {
  if (live.annotation(AnnotationFor(live.ref())).empty()) return false;
  const Json& entries = ArrayIn(live.json(), "metadata", "managedFields");
  // A file may have been written without them; the annotation has to do then.
  return entries.empty() || std::any_of(entries.begin(), entries.end(), [](const Json& entry) {
    return StringIn(entry, "manager") == kRolloutManager;
  });
}

std::optional<Object> WithoutOverridden(const Object& wanted, const Object& live) {
  if (!IsOverridden(live)) return std::nullopt;
  Json json = wanted.json();
  for (const std::string& field : OverriddenFields(wanted.ref())) {
    const Json::json_pointer at(field);
    if (!json.contains(at)) continue;
    json[at.parent_pointer()].erase(at.back());
  }
  auto made = Object::Make(std::move(json));
  if (!made.ok()) return std::nullopt;
  return std::move(made).value();
}

bool AllOfTemplate(const Object& workload) {
  const Json& json = workload.json();
  const auto reports = [&](const char* field) { return IntegerIn(0, json, "status", field); };
  if (workload.ref().kind == "DaemonSet") {
    if (reports("updatedNumberScheduled") != reports("currentNumberScheduled")) return false;
  } else if (reports("updatedReplicas") != reports("replicas")) {
    return false;
  }
  return reports("observedGeneration") >= IntegerIn(0, json, "metadata", "generation");
}

long long PartitionOf(const Object& set) {
  return IntegerIn(0, set.json(), "spec", "updateStrategy", "rollingUpdate", "partition");
}

bool NeedsBrake(const Object& live, const Object& after) {
  if (!Rolls(after) || ReplicasOf(live) == 0) return false;
  if (IsHeldByOthers(live)) return false;
  if (PartitionOf(after) >= ReplicasOf(live)) return false;
  if (TemplateOf(live) != TemplateOf(after)) return true;
  const bool paused = StringIn(live.json(), "status", "currentRevision") !=
                      StringIn(live.json(), "status", "updateRevision");
  return paused && (!Rolls(live) || PartitionOf(after) < PartitionOf(live));
}

long long FirstPartition(const Object& live, const Object& after) {
  const long long replicas = ReplicasOf(live);
  if (TemplateOf(live) != TemplateOf(after) || !Rolls(live)) return replicas;
  return std::min(PartitionOf(live), replicas);
}

RolloutStep NextStep(const Object& set, const Snapshot& around, long long floor) {
  return Stepper(set, around).Next(floor);
}

bool NeverReady(const Object& pod) {
  for (const Json& condition : ArrayIn(pod.json(), "status", "conditions")) {
    if (StringIn(condition, "type") != "Ready") continue;
    if (StringIn(condition, "status") == "True") return false;
    // Set once when the pod starts; a later transition means that it was True between.
    const auto changed = ParseTimestamp(StringIn(condition, "lastTransitionTime"));
    const auto started = ParseTimestamp(StringIn(pod.json(), "status", "startTime"));
    constexpr long long kSlack = 1;  // Seconds: both are rounded down.
    return changed && started && *changed <= *started + kSlack;
  }
  // No node has taken it on.
  return StringIn(pod.json(), "status", "phase") == "Pending";
}

std::vector<const Object*> StuckPods(const Object& set, const Snapshot& around,
                                     Template changes) {
  std::vector<const Object*> stuck;
  const bool in_turn =
      StringIn(set.json(), "spec", "podManagementPolicy") != "Parallel" && Rolls(set);
  if (!in_turn) return stuck;
  for (const Object* pod : PodsOf(set.ref(), around)) {
    const bool is_old = changes == Template::kChanges || !IsOfNewest(set, *pod);
    if (is_old && !pod->terminating() && !IsReady(*pod) && NeverReady(*pod)) {
      stuck.push_back(pod);
    }
  }
  return stuck;
}

Object Brake(const Object& set, long long partition, const std::vector<ObjectRef>& frozen) {
  std::string names;
  for (const ObjectRef& ref : frozen) {
    names += (names.empty() ? "" : ",") + ref.kind + "/" + ref.name;
  }
  Json json = Json::object();
  json["metadata"]["annotations"][kRolloutAnnotation] = names.empty() ? "nothing" : names;
  json["spec"]["updateStrategy"]["rollingUpdate"]["partition"] = partition;
  // There is no partition beside OnDelete: with one write it rolls, and is held.
  if (!Rolls(set)) json["spec"]["updateStrategy"]["type"] = "RollingUpdate";
  return Partial(set, std::move(json));
}

Object Freeze(const Object& object, const ObjectRef& set) {
  Json json = Json::object();
  json["metadata"]["annotations"][kFrozenAnnotation] = set.kind + "/" + set.name;
  if (IsCronJob(object.ref())) {
    json["spec"]["suspend"] = true;
  } else {
    for (const char* way : {"scaleUp", "scaleDown"}) {
      json["spec"]["behavior"][way]["selectPolicy"] = "Disabled";
    }
  }
  return Partial(object, std::move(json));
}

Object Release(const Object& object) { return Partial(object, Json::object()); }

std::vector<ObjectRef> FrozenFor(const Object& set) {
  std::vector<ObjectRef> refs;
  std::string left = set.annotation(kRolloutAnnotation);
  while (!left.empty()) {
    const auto comma = left.find(',');
    const std::string one = left.substr(0, comma);
    left = comma == std::string::npos ? "" : left.substr(comma + 1);
    const auto slash = one.find('/');
    if (slash == std::string::npos) continue;
    auto ref = BuiltInKindNamed(one.substr(0, slash));
    if (!ref) continue;
    ref->name_space = set.ref().name_space;
    ref->name = one.substr(slash + 1);
    refs.push_back(std::move(*ref));
  }
  return refs;
}

std::optional<ObjectRef> FrozenBy(const Object& live) {
  const ObjectRef& ref = live.ref();
  if (!(IsCronJob(ref) || IsScaler(ref)) || !IsOverridden(live)) return std::nullopt;
  const std::string set = live.annotation(kFrozenAnnotation);
  const auto slash = set.find('/');
  if (slash == std::string::npos) return std::nullopt;
  return ObjectRef{"apps", "StatefulSet", ref.name_space, set.substr(slash + 1)};
}

bool IsLeftFrozen(const Object& live, const Snapshot& around) {
  const auto by = FrozenBy(live);
  if (!by) return false;
  const Object* set = around.Find(*by);
  return set == nullptr ? GapOver(around, *by) == nullptr : !IsOverridden(*set);
}

Object Thawed(const Object& after, const Object& wanted) {
  Json json = after.json();
  for (const std::string& field : OverriddenFields(after.ref())) {
    const Json::json_pointer at(field);
    if (wanted.json().contains(at)) {
      json[at] = wanted.json()[at];
    } else if (json.contains(at)) {
      json[at.parent_pointer()].erase(at.back());
    }
  }
  auto made = Object::Make(std::move(json));
  return made.ok() ? std::move(made).value() : after;
}

std::vector<const Object*> Interfering(const Object& set,
                                       const std::vector<const Object*>& objects) {
  std::map<ObjectRef, const Object*> found;
  for (const Object* object : objects) {
    if (!IsScaler(object->ref()) || IsOverridden(*object)) continue;
    const Json& target = MapIn(object->json(), "spec", "scaleTargetRef");
    const bool is_ours = StringIn(target, "kind") == set.ref().kind &&
                         StringIn(target, "name") == set.ref().name &&
                         object->ref().name_space == set.ref().name_space;
    if (is_ours) found.emplace(object->ref(), object);
  }
  std::map<ObjectRef, const Object*> jobs;
  for (const Object* object : objects) {
    const Json* suspended = FindIn(object->json(), "spec", "suspend");
    const bool rests = suspended != nullptr && *suspended == true;
    if (IsCronJob(object->ref()) && !rests && !IsOverridden(*object)) {
      jobs.emplace(object->ref(), object);
    }
  }
  // What it names: the set itself, by the Service before it or by an annotation.
  for (const Edge& edge : FindReferences(objects)) {
    const auto job = jobs.find(edge.from);
    if (job != jobs.end() && edge.to == set.ref() && !edge.guess) found.insert(*job);
  }
  for (const auto& [ref, job] : jobs) {
    const PodTemplate pods(*job);
    for (const MountedClaim& mounted : MountedClaims(pods)) {
      if (OrdinalOfClaim(set, mounted.claim) >= 0) found.emplace(ref, job);
    }
  }
  std::vector<const Object*> interfering;
  for (const auto& [ref, object] : found) interfering.push_back(object);
  return interfering;
}

}  // namespace holdfast
