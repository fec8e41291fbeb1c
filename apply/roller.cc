#include "apply/roller.h"

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include "apply/guard.h"
#include "apply/kinds.h"
#include "apply/managed_fields.h"
#include "apply/pod_template.h"
#include "apply/rollout.h"

namespace holdfast {
namespace {

/// What can interfere with a StatefulSet, and the Services by which it is named.
constexpr std::pair<const char*, const char*> kAround[] = {
    {"autoscaling", "HorizontalPodAutoscaler"}, {"batch", "CronJob"}, {"", "Service"}};

Result<std::vector<Object>> ReadAround(Cluster& cluster, const std::string& name_space) {
  HOLDFAST_TRY_ASSIGN(const Discovery* discovery, cluster.Discover());
  std::vector<ListCall> calls;
  for (const auto& [group, kind] : kAround) {
    const ApiResource* served = discovery->FindKind(group, kind);
    if (served != nullptr) calls.push_back({served->gvk, name_space, ""});
  }
  std::vector<Object> objects;
  for (auto& list : cluster.List(calls)) {
    if (!list.ok()) return list.error();
    for (Object& object : list->objects) objects.push_back(std::move(object));
  }
  return objects;
}

Result<Object> Written(ApplyAnswer answer, const ApplierOptions& options) {
  if (auto* object = std::get_if<Object>(&answer)) return std::move(*object);
  if (auto* error = std::get_if<Error>(&answer)) return std::move(*error);
  return Error{ErrorCode::kConflict, "the API server declined it: " +
                                         options.mask(std::get<Rejection>(answer).message)};
}

const Manifest* DesiredIn(const PlanInput& input, const ObjectRef& ref) {
  for (const Manifest& manifest : input.desired) {
    if (manifest.object.ref() == ref) return &manifest;
  }
  return nullptr;
}

/// Git's own value of an overridden field comes back before the override goes, or the
/// field would fall to its default in between.
Status LetGo(Cluster& cluster, const PlanInput& input, const Object& live) {
  std::vector<ApplyCall> calls;
  const Manifest* desired = DesiredIn(input, live.ref());
  const auto yielding =
      desired == nullptr ? std::nullopt : WithoutOverridden(desired->object, live);
  if (yielding && !(*yielding == desired->object)) {
    calls.push_back({desired->object, WriteMode::kReal, OnFieldConflict::kTakeOver});
  }
  calls.push_back(
      {Release(live), WriteMode::kReal, OnFieldConflict::kReject, kRolloutManager});
  for (const ApplyCall& call : calls) {
    const ApplyAnswer answer = std::move(cluster.Apply({call}).front());
    if (const auto* error = std::get_if<Error>(&answer)) return *error;
    if (const auto* no = std::get_if<Rejection>(&answer);
        no != nullptr && no->kind != Rejection::Kind::kConflict) {
      return Error{ErrorCode::kConflict, no->message};
    }
  }
  return {};
}

Status ThawAll(Cluster& cluster, const PlanInput& input, const Object& set) {
  const std::vector<ObjectRef> frozen = FrozenFor(set);
  if (frozen.empty()) return {};
  HOLDFAST_TRY_ASSIGN(const Discovery* discovery, cluster.Discover());
  std::vector<ObjectKey> keys;
  for (const ObjectRef& ref : frozen) {
    const ApiResource* served = discovery->FindKind(ref.group, ref.kind);
    if (served != nullptr) keys.push_back({served->gvk, ref.name_space, ref.name});
  }
  for (const auto& live : cluster.Get(keys)) {
    if (!live.ok() && live.error().code == ErrorCode::kNotFound) continue;
    if (!live.ok()) return live.error();
    if (!IsOverridden(*live)) continue;
    HOLDFAST_TRY(LetGo(cluster, input, *live).In(live->ref().ToString()));
  }
  return {};
}

}  // namespace

Roller::Roller(Cluster& cluster, const PlanInput& input, const ApplierOptions& options,
               const Manifest& manifest)
    : cluster_(cluster), input_(input), options_(options), manifest_(manifest) {}

Result<Object> Roller::Send(const Object& object, OnFieldConflict on_conflict,
                            const std::string& manager) {
  ApplyCall call{object, WriteMode::kReal, on_conflict, manager};
  return Written(std::move(cluster_.Apply({call}).front()), options_);
}

Result<Object> Roller::Begin(const Object& live, const Object* after) {
  HOLDFAST_TRY_ASSIGN(std::vector<Object> others,
                      ReadAround(cluster_, live.ref().name_space));
  std::vector<const Object*> objects = {&live};
  for (const Object& other : others) objects.push_back(&other);
  const std::vector<const Object*> interfering = Interfering(live, objects);
  std::vector<ObjectRef> frozen = FrozenFor(live);
  for (const Object* one : interfering) frozen.push_back(one->ref());
  for (const Object& other : others) {
    // By a set of this name that has gone since.
    if (FrozenBy(other) == live.ref()) frozen.push_back(other.ref());
  }
  std::sort(frozen.begin(), frozen.end());
  frozen.erase(std::unique(frozen.begin(), frozen.end()), frozen.end());

  const bool goes_on = after == nullptr || !NeedsBrake(live, *after);
  const long long partition =
      goes_on ? std::min(PartitionOf(live), ReplicasOf(live)) : FirstPartition(live, *after);
  // Git's own partition is ours to lift for the time; nobody else's is that brakes anything.
  const bool ours =
      PartitionOf(live) == 0 ||
      WeOwn(live, {"spec", "updateStrategy", "rollingUpdate", "partition"});
  HOLDFAST_TRY_ASSIGN(Object braked,
                      Send(Brake(live, partition, frozen),
                           ours ? OnFieldConflict::kTakeOver : OnFieldConflict::kReject,
                           kRolloutManager));
  for (const Object* one : interfering) {
    const auto done =
        Send(Freeze(*one, live.ref()), OnFieldConflict::kTakeOver, kRolloutManager);
    if (!done.ok()) return done.error().In(one->ref().ToString());
  }
  return braked;
}

Object Roller::Yielding(const Object& wanted, const Object& live) const {
  return WithoutOverridden(wanted, live).value_or(wanted);
}

Result<Roller::Progress> Roller::Advance(const Object& set, const Snapshot& around) {
  const long long floor = PartitionOf(manifest_.object);
  RolloutStep step = NextStep(set, around, floor);
  switch (step.kind) {
    case RolloutStep::Kind::kWait:
      for (const Object* pod : StuckPods(set, around, Template::kStays)) {
        if (step.health.state == HealthState::kUnknown) break;
        if (restarted_.contains(pod->uid())) continue;
        HOLDFAST_TRY(Restart(set, *pod));
        break;
      }
      return Progress{std::move(step.health), set};
    case RolloutStep::Kind::kLower: {
      HOLDFAST_TRY_ASSIGN(Object braked,
                          Send(Brake(set, step.partition, FrozenFor(set)),
                               OnFieldConflict::kReject, kRolloutManager));
      return Progress{NextStep(braked, around, floor).health, std::move(braked), true};
    }
    case RolloutStep::Kind::kDone:
      return Finish(set, std::move(step.health));
  }
  return Internal("a rollout took no step");
}

Result<Roller::Progress> Roller::Finish(const Object& set, Health health) {
  HOLDFAST_TRY(ThawAll(cluster_, input_, set));
  const long long floor = PartitionOf(manifest_.object);
  const bool in_git = FindIn(manifest_.object.json(), "spec", "updateStrategy",
                             "rollingUpdate", "partition") != nullptr;
  Object at_floor = set;
  if (in_git) {
    // With the same value in both, the field becomes Git's without a conflict.
    if (PartitionOf(set) != floor) {
      HOLDFAST_TRY_ASSIGN(at_floor, Send(Brake(set, floor, {}), OnFieldConflict::kReject,
                                         kRolloutManager));
    }
    HOLDFAST_TRY_ASSIGN(at_floor, Send(manifest_.object, OnFieldConflict::kReject,
                                       kFieldManager));
  }
  HOLDFAST_TRY_ASSIGN(Object released, Send(Release(set), OnFieldConflict::kReject,
                                            kRolloutManager));
  return Progress{std::move(health), std::move(released), true, true};
}

Status Roller::Restart(const Object& set, const Object& pod) {
  if (options_.cancelled()) return {};
  const ObjectRef& ref = pod.ref();
  std::vector<ObjectKey> keys = {{pod.gvk(), ref.name_space, ref.name},
                                 {set.gvk(), ref.name_space, set.ref().name}};
  for (const MountedClaim& mounted : MountedClaims(PodTemplate(pod))) {
    keys.push_back({{"", "v1", "PersistentVolumeClaim"}, ref.name_space, mounted.claim});
  }
  PlanInput facts = input_;
  auto fresh = cluster_.Get(keys);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (fresh[i].ok()) {
      facts.live.Put(std::move(fresh[i]).value());
    } else if (fresh[i].error().code == ErrorCode::kNotFound && i == 0) {
      return {};
    } else if (fresh[i].error().code != ErrorCode::kNotFound) {
      return fresh[i].error();
    }
  }
  facts.live.server_time = cluster_.ServerTime();
  auto judged = Guard::RequestRestart(ref, set.ref(), facts);
  // Without an approval the pod stays; what is said of it is in the plan.
  if (!std::holds_alternative<Permit>(judged)) return {};
  restarted_.insert(pod.uid());
  return cluster_.Delete(std::move(std::get<Permit>(judged)), WriteMode::kReal)
      .In(ref.ToString());
}

Status Roller::Thaw(Cluster& cluster, const PlanInput& input, const Object& set) {
  return ThawAll(cluster, input, set);
}

Status Roller::ThawLeft(Cluster& cluster, const PlanInput& input, const Object& live) {
  const ObjectRef& ref = live.ref();
  const auto get = [&](const Gvk& gvk, const std::string& name) {
    return std::move(cluster.Get({{gvk, ref.name_space, name}}).front());
  };
  // In this order: a rollout notes on the set what it freezes before it does.
  const auto now = get(live.gvk(), ref.name);
  if (!now.ok() && now.error().code == ErrorCode::kNotFound) return {};
  if (!now.ok()) return now.error();
  const auto by = FrozenBy(*now);
  if (!by) return {};
  auto set = get({"apps", "v1", "StatefulSet"}, by->name);
  if (!set.ok() && set.error().code != ErrorCode::kNotFound) return set.error();
  Snapshot around;
  if (set.ok()) around.Put(std::move(set).value());
  if (!IsLeftFrozen(*now, around)) return {};
  return LetGo(cluster, input, *now);
}

}  // namespace holdfast
