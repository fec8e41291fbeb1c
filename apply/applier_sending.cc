// ApplierRun: sending what is ready, each object behind what must come before it.

#include <algorithm>
#include <utility>

#include "apply/adopting.h"
#include "apply/applier_run.h"
#include "apply/claim_state.h"
#include "apply/detacher.h"
#include "apply/left_volumes.h"
#include "apply/ordinals.h"
#include "apply/outlook.h"
#include "apply/pod_template.h"
#include "apply/quarantine.h"
#include "apply/rebinder.h"
#include "apply/recreator.h"
#include "apply/rollout.h"
#include "apply/stateful.h"

namespace holdfast {
namespace {

const Gvk kClaim{"", "v1", "PersistentVolumeClaim"};

constexpr std::chrono::milliseconds kLongestDiscovery{30'000};
constexpr int kTriesWhenOvertaken = 3;
// Its controller writes its status meanwhile.
constexpr int kTriesAsJudged = 10;

Error NotSent(std::string why) { return {ErrorCode::kConflict, std::move(why)}; }

/// The same object, saying that it is the one of `uid` and no other of its name.
Object OfUid(const Object& object, const std::string& uid) {
  Json json = object.json();
  json["metadata"]["uid"] = uid;
  auto made = Object::Make(std::move(json));
  return made.ok() ? std::move(made).value() : object;
}

/// The first of the fields by which members, and their claims with them, would go, and
/// that is not as it was judged; empty if all are.
std::string UnjudgedMembers(const Object& judged, const Object& fresh, const Object& wanted) {
  if (fresh.uid() != judged.uid()) return "metadata.uid";
  const Json& before = judged.json();
  const Json& now = fresh.json();
  const char* const kRetention = "persistentVolumeClaimRetentionPolicy";
  if (StringIn(before, "spec", kRetention, "whenScaled") !=
      StringIn(now, "spec", kRetention, "whenScaled")) {
    return "spec." + std::string(kRetention) + ".whenScaled";
  }
  // Where Git says nothing, an autoscaler may say it each minute.
  const bool counts = FindIn(wanted.json(), "spec", "replicas") != nullptr;
  if (counts && ReplicasOf(judged) != ReplicasOf(fresh)) return "spec.replicas";
  return OrdinalsOf(judged).first != OrdinalsOf(fresh).first ? "spec.ordinals.start" : "";
}

}  // namespace

const Object& ApplierRun::ToSend(const ObjectRef& ref) const {
  const auto prediction = input_.predictions.find(ref);
  if (prediction != input_.predictions.end() && prediction->second.spelled) {
    return *prediction->second.spelled;
  }
  return desired_.at(ref)->object;
}

bool ApplierRun::Start(const std::vector<std::size_t>& ready) {
  if (plan_.steps[ready.front()].phase > kLastPhaseOfHomes && !CheckDeferred())
    return false;
  std::vector<std::size_t> sent;
  std::vector<ApplyCall> calls;
  bool all_done = AdoptFirst(ready);
  for (const std::size_t i : ready) {
    if (states_[i].at == State::kFailed || states_[i].at == State::kUncertain) continue;
    Announce(plan_.steps[i].wave);
    State& state = states_[i];
    state.since = clock_.Now();
    if (!ReserveVolumes(i) || !KeepLeavingVolumes(i) || !BeginRollout(i)) return false;
    if (state.action == Action::kNone) {
      if (!state.object) state.object = *input_.live.Find(RefOf(i));
      state.at = State::kWaiting;
      uids_[RefOf(i)] = state.object->uid();
      continue;
    }
    observer_.OnSent(RefOf(i), state.action);
    if (state.action == Action::kRecreate) {
      if (!MakeAnew(i)) return false;
      continue;
    }
    if (state.action != Action::kCreate && IsStatefulSet(RefOf(i))) {
      all_done = ApplyAsJudged(i) && all_done;
      continue;
    }
    Object wanted = Yielding(i);
    const OnFieldConflict on_conflict = ConflictPolicy(wanted);
    // What was judged to change is not made anew if it has gone meanwhile: nobody asked
    // whether a Job may run again or a claim may come back empty.
    const Object* live = input_.live.Find(RefOf(i));
    if (state.action != Action::kCreate && live != nullptr) {
      if (!KeepsItsClaims(i, *live)) {
        all_done = false;
        continue;
      }
      wanted = OfUid(wanted, live->uid());
    }
    calls.push_back({std::move(wanted), WriteMode::kReal, on_conflict});
    sent.push_back(i);
  }
  if (!calls.empty()) {
    std::vector<ApplyAnswer> answers = ApplyAgainIfOvertaken(calls);
    for (std::size_t k = 0; k < sent.size(); ++k) {
      const bool written = Note(sent[k], std::move(answers[k]));
      all_done = written && EndFreeze(sent[k]) && all_done;
    }
  }
  for (const std::size_t i : ready) LookAt(i);
  WatchClosed(ready);
  return all_done && failure_.empty();
}

std::vector<ApplyAnswer> ApplierRun::ApplyAgainIfOvertaken(
    const std::vector<ApplyCall>& calls) {
  std::vector<ApplyAnswer> answers = cluster_.Apply(calls);
  for (int i = 0; i < kTriesWhenOvertaken; ++i) {
    std::vector<ApplyCall> again;
    std::vector<std::size_t> at;
    for (std::size_t k = 0; k < calls.size(); ++k) {
      const auto* no = std::get_if<Rejection>(&answers[k]);
      if (no == nullptr || no->kind != Rejection::Kind::kConflict) continue;
      again.push_back(calls[k]);
      at.push_back(k);
    }
    if (again.empty()) break;
    std::vector<ApplyAnswer> second = cluster_.Apply(again);
    for (std::size_t k = 0; k < at.size(); ++k) answers[at[k]] = std::move(second[k]);
  }
  return answers;
}

bool ApplierRun::KeepsItsClaims(std::size_t i, const Object& live) {
  std::vector<ObjectKey> keys;
  for (const MountedClaim& mounted : MountedClaims(PodTemplate(live))) {
    keys.push_back({kClaim, live.ref().name_space, mounted.claim});
  }
  if (keys.empty()) return true;
  for (const auto& claim : cluster_.Get(keys)) {
    if (!claim.ok() && claim.error().code == ErrorCode::kNotFound) continue;
    if (!claim.ok()) return Note(i, NotSent("its claims: " + claim.error().message));
    if (!claim->terminating()) continue;
    return Note(i, NotSent("somebody has deleted claim " + claim->ref().name +
                           " since the plan was made: it goes when the pods are replaced, "
                           "and its data may go with it; the next run says what to do"));
  }
  return true;
}

bool ApplierRun::ApplyAsJudged(std::size_t i) {
  const ObjectRef& ref = RefOf(i);
  const Object wanted = Yielding(i);
  const Object& judged = *input_.live.Find(ref);
  for (int k = 0; k < kTriesAsJudged; ++k) {
    auto fresh = std::move(
        cluster_.Get({{judged.gvk(), ref.name_space, ref.name}}).front());
    if (!fresh.ok()) return Note(i, NotSent(fresh.error().message));
    if (const std::string other = UnjudgedMembers(judged, *fresh, wanted); !other.empty()) {
      return Note(i, NotSent("somebody has changed " + other + " since the plan was made"));
    }
    ApplyAnswer answer = std::move(
        cluster_
            .Apply({{wanted.AtResourceVersion(fresh->resource_version()),
                     WriteMode::kReal, ConflictPolicy(wanted)}})
            .front());
    const auto* no = std::get_if<Rejection>(&answer);
    if (no != nullptr && no->kind == Rejection::Kind::kConflict) continue;
    return Note(i, std::move(answer));
  }
  return Note(i, NotSent("it changes faster than it can be written"));
}

bool ApplierRun::BeginRollout(std::size_t i) {
  State& state = states_[i];
  const ObjectRef& ref = RefOf(i);
  const Object* live = IsStatefulSet(ref) ? input_.live.Find(ref) : nullptr;
  // One that is made anew keeps its pods as they are.
  if (live == nullptr || state.action == Action::kRecreate) return true;
  const auto prediction = input_.predictions.find(ref);
  const bool known = prediction != input_.predictions.end() && prediction->second.result;
  const Object* after = known ? &*prediction->second.result : nullptr;
  const bool begins = state.action != Action::kNone &&
                      NeedsBrake(*live, after == nullptr ? ToSend(ref) : *after);
  if (!begins && !IsOverridden(*live)) return true;
  state.roller = std::make_unique<Roller>(cluster_, input_, options_, *desired_.at(ref));
  const Object& forecast = after == nullptr ? ToSend(ref) : *after;
  auto braked = state.roller->Begin(*live, begins ? &forecast : nullptr);
  if (braked.ok()) {
    state.object = std::move(braked).value();
    return true;
  }
  state.at = State::kFailed;
  state.sentence = "its pods could not be held back while the new template is written: " +
                   options_.mask(braked.error().message);
  failure_ = Sentence(ref, state.sentence);
  return false;
}

bool ApplierRun::EndFreeze(std::size_t i) {
  State& state = states_[i];
  const Object* live = input_.live.Find(RefOf(i));
  if (live == nullptr || !IsLeftFrozen(*live, input_.live)) return true;
  const Status thawed = Roller::ThawLeft(cluster_, input_, *live);
  if (thawed.ok()) return true;
  state.at = State::kUncertain;
  state.sentence = "it rests for a rollout that is over, and could not be let go: " +
                   options_.mask(thawed.error().message);
  failure_ = Sentence(RefOf(i), state.sentence);
  return false;
}

Object ApplierRun::Yielding(std::size_t i) const {
  const Object& wanted = ToSend(RefOf(i));
  const State& state = states_[i];
  const Object* live = state.object ? &*state.object : input_.live.Find(RefOf(i));
  return live == nullptr ? wanted : WithoutOverridden(wanted, *live).value_or(wanted);
}

bool ApplierRun::AdoptFirst(const std::vector<std::size_t>& ready) {
  std::vector<std::size_t> adopted;
  std::vector<AdoptCall> calls;
  for (const std::size_t i : ready) {
    const auto prediction = input_.predictions.find(RefOf(i));
    if (states_[i].action == Action::kNone || prediction == input_.predictions.end() ||
        !prediction->second.adoption) {
      continue;
    }
    calls.push_back({*input_.live.Find(RefOf(i)), prediction->second.adoption->kept});
    adopted.push_back(i);
  }
  bool all_done = true;
  std::vector<ApplyAnswer> answers = Adopt(cluster_, calls);
  for (std::size_t k = 0; k < adopted.size(); ++k) {
    if (std::holds_alternative<Object>(answers[k])) continue;
    all_done = Note(adopted[k], std::move(answers[k])) && all_done;
  }
  return all_done;
}

std::vector<const Object*> ApplierRun::VolumesThatComeBack(std::size_t i) const {
  const ObjectRef& ref = RefOf(i);
  const auto prediction = input_.predictions.find(ref);
  const bool known = prediction != input_.predictions.end() && prediction->second.result;
  const Object& after = known ? *prediction->second.result : ToSend(ref);
  std::vector<const Object*> volumes;
  if (IsClaim(ref) && states_[i].action == Action::kCreate) {
    const Rebinding back = FindRebinding(after, input_.live);
    if (back.volume != nullptr) volumes.push_back(back.volume);
  }
  if (states_[i].action != Action::kCreate && states_[i].action != Action::kUpdate) {
    return volumes;
  }
  for (const LeftVolume& one : LeftVolumes(after, input_.live.Find(ref), input_.live)) {
    if (one.comes_back && desired_.count(one.claim) == 0) volumes.push_back(one.volume);
  }
  return volumes;
}

bool ApplierRun::ReserveVolumes(std::size_t i) {
  for (const Object* volume : VolumesThatComeBack(i)) {
    const Status reserved = Rebinder(cluster_, clock_, options_).Reserve(*volume);
    if (reserved.ok()) continue;
    states_[i].at = State::kFailed;
    states_[i].sentence = reserved.error().message;
    failure_ = Sentence(RefOf(i), states_[i].sentence);
    return false;
  }
  return true;
}

bool ApplierRun::KeepLeavingVolumes(std::size_t i) {
  if (states_[i].action != Action::kUpdate || !IsStatefulSet(RefOf(i))) return true;
  const auto claims = Outlook::ClaimsOfLeavingPods(*desired_.at(RefOf(i)), input_);
  Detacher detacher(cluster_, clock_, options_);
  for (const Object* claim : claims) {
    if (BindingOf(*claim, input_.live) == Binding::kNever) continue;
    const Status kept = detacher.Protect(*claim, input_);
    if (kept.ok()) continue;
    states_[i].at = State::kFailed;
    states_[i].sentence = kept.error().In(claim->ref().ToString()).message;
    failure_ = Sentence(RefOf(i), states_[i].sentence);
    return false;
  }
  return true;
}

bool ApplierRun::MakeAnew(std::size_t i) {
  State& state = states_[i];
  Recreator recreator(cluster_, clock_, journal_, options_);
  auto made = recreator.Recreate(
      *desired_.at(RefOf(i)), input_, [&](const std::string& sentence) {
        observer_.OnWaiting(RefOf(i), {HealthState::kInProgress, sentence});
      });
  wrote_ = wrote_ || recreator.wrote();
  if (made.ok()) return Note(i, std::move(made).value());
  state.at = State::kFailed;
  state.sentence = options_.mask(made.error().message);
  failure_ = Sentence(RefOf(i), state.sentence);
  failed_as_ = EndOf(made.error());
  return false;
}

bool ApplierRun::Note(std::size_t i, ApplyAnswer answer) {
  State& state = states_[i];
  if (auto* object = std::get_if<Object>(&answer)) {
    wrote_ = true;
    uids_[RefOf(i)] = object->uid();
    new_kinds_ |= RefOf(i).Is("apiextensions.k8s.io", "CustomResourceDefinition");
    state.object = std::move(*object);
    state.at = State::kWaiting;
    return true;
  }
  if (const auto* no = std::get_if<Rejection>(&answer)) {
    state.at = State::kFailed;
    state.sentence = "the API server declined it: " + options_.mask(no->message);
  } else if (const Error& error = std::get<Error>(answer);
             error.code == ErrorCode::kConflict) {
    // Only we ourselves say so: without the lease nothing is sent (LeasedCluster), nor
    // to a StatefulSet that was not judged so.
    state.at = State::kFailed;
    state.sentence = "not sent: " + error.message;
  } else {
    state.at = State::kUncertain;
    state.sentence = "no answer, so whether it was written is unknown: " +
                     options_.mask(error.message);
  }
  if (failure_.empty()) {
    failure_ = desired_.at(RefOf(i))->source.ToString() + ": " +
               Sentence(RefOf(i), state.sentence);
  }
  return false;
}

bool ApplierRun::AwaitKinds(const std::vector<ApplyCall>& calls) {
  const Clock::TimePoint deadline =
      clock_.Now() +
      std::min<std::chrono::milliseconds>(options_.TimeoutOfStep(), kLongestDiscovery);
  while (true) {
    const auto discovery = cluster_.Rediscover();
    if (!discovery.ok()) {
      failure_ = discovery.error().message;
      return false;
    }
    const bool all = std::all_of(calls.begin(), calls.end(), [&](const ApplyCall& call) {
      return (*discovery)->Find(call.object.gvk()) != nullptr;
    });
    if (all || options_.cancelled() || clock_.Now() >= deadline) return true;
    if (const auto waited = gates_.Wait(kLook); !waited.ok()) {
      failure_ = waited.error().message;
      return false;
    } else {
      Look(*waited);
    }
  }
}

bool ApplierRun::CheckDeferred() {
  if (deferred_checked_) return true;
  deferred_checked_ = true;
  std::vector<std::size_t> asked;
  std::vector<ApplyCall> calls;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (states_[i].deletion || states_[i].action == Action::kNone) continue;
    const auto prediction = input_.predictions.find(RefOf(i));
    if (prediction == input_.predictions.end() ||
        prediction->second.rung != Prediction::Rung::kDeferred) {
      continue;
    }
    const Object& wanted = ToSend(RefOf(i));
    calls.push_back({wanted, WriteMode::kDryRun, ConflictPolicy(wanted)});
    asked.push_back(i);
  }
  if (calls.empty()) return true;
  if (new_kinds_ && !AwaitKinds(calls)) return false;
  bool accepted = true;
  std::vector<ApplyAnswer> answers = cluster_.Apply(calls);
  for (std::size_t k = 0; k < asked.size(); ++k) {
    if (std::holds_alternative<Object>(answers[k])) continue;
    Note(asked[k], std::move(answers[k]));
    states_[asked[k]].at = State::kFailed;  // A dry run leaves nothing uncertain.
    accepted = false;
  }
  return accepted;
}

}  // namespace holdfast
