// ApplierRun: waiting at gates, and when that is of no use.

#include <utility>

#include "apply/applier_run.h"
#include "apply/gate_timeout.h"

namespace holdfast {
namespace {

constexpr std::chrono::milliseconds kPauseOfSteps{1'000};
// What waits for longer has a reason, and it is in the Events.
constexpr std::chrono::milliseconds kPatience{1'000};

bool MayPass(const Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout;
}

}  // namespace

void ApplierRun::Look(const std::set<ObjectRef>& concerned) {
  if (concerned.contains(ObjectRef{})) {
    for (std::size_t i = 0; i < states_.size(); ++i) LookAt(i);
    return;
  }
  for (const ObjectRef& ref : concerned) {
    const auto found = index_.find(ref);
    if (found != index_.end()) LookAt(found->second);
  }
}

void ApplierRun::LookAt(std::size_t i) {
  State& state = states_[i];
  if (state.at != State::kWaiting) return;
  Health health = gates_.Of(*state.object);
  if (state.roller && !Roll(i, health)) return;
  if (OpensGate(health)) {
    state.at = State::kOpen;
    --open_left_;
    may_be_ready_ = true;
    state.sentence = health.state == HealthState::kPendingManual ? health.sentence : "";
    observer_.OnReady(RefOf(i), health);
    return;
  }
  if (health.sentence != state.sentence) {
    state.sentence = health.sentence;
    observer_.OnWaiting(RefOf(i), health);
  }
  state.gate_failed = health.state == HealthState::kFailed;
}

bool ApplierRun::Roll(std::size_t i, Health& health) {
  State& state = states_[i];
  // Gone, replaced, going, or not seen in its newest state: no time for a step.
  const Object* live = gates_.Live(RefOf(i));
  const bool is_lost = health.state == HealthState::kFailed &&
                       (live == nullptr || live->uid() != state.object->uid());
  if (is_lost || health.state == HealthState::kUnknown ||
      health.state == HealthState::kTerminating) {
    return true;
  }
  auto progress = state.roller->Advance(gates_.Newest(*state.object), gates_.around());
  if (!progress.ok() && MayPass(progress.error())) {
    // The brake holds meanwhile, and every step may be taken twice.
    state.again_at = clock_.Now() + kPauseOfSteps;
    health = {HealthState::kInProgress, options_.mask(progress.error().message)};
    return true;
  }
  if (!progress.ok()) {
    state.at = State::kUncertain;
    state.sentence = options_.mask(progress.error().message);
    failure_ = Sentence(RefOf(i), state.sentence);
    return false;
  }
  if (progress->stepped) {
    state.object = std::move(progress->set);
    state.since = clock_.Now();  // Each pod has its own time.
  }
  if (progress->finished) {
    state.roller.reset();
    health = gates_.Of(*state.object);
  } else {
    health = std::move(progress->health);
  }
  return true;
}

void ApplierRun::LookAgain() {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    State& state = states_[i];
    if (state.again_at && clock_.Now() >= *state.again_at) {
      state.again_at.reset();
      LookAt(i);
    }
    if (state.at != State::kWaiting || state.asked || RefOf(i).name_space.empty())
      continue;
    if (clock_.Now() - state.since < kPatience) continue;
    state.asked = true;
    gates_.WatchEvents(RefOf(i).name_space);
    LookAt(i);
  }
}

void ApplierRun::WatchClosed(const std::vector<std::size_t>& steps) {
  std::vector<const Object*> closed;
  for (const std::size_t i : steps) {
    if (states_[i].at == State::kWaiting) closed.push_back(&*states_[i].object);
  }
  if (closed.empty()) return;
  if (const Status watched = gates_.Watch(closed); !watched.ok()) {
    failure_ = watched.error().message;
  }
  for (const std::size_t i : steps) LookAt(i);
}

std::optional<std::string> ApplierRun::Stuck() const {
  std::optional<std::string>
      changed;  // What this run changed and that does not get ready.
  std::optional<std::string> before;  // What was as wanted, and is not ready.
  bool waiting = false;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const State& state = states_[i];
    if (state.at != State::kWaiting) continue;
    waiting = true;
    const bool ours = state.action != Action::kNone || state.roller;
    auto why = Hopeless(i);
    if (!why) {
      // What was broken before may stay so; only what this run changed is worth waiting
      // for, unless there is nothing else.
      if (ours) return std::nullopt;
      continue;
    }
    auto& first = ours ? changed : before;
    if (!first) first = std::move(why);
  }
  if (!waiting) return "nothing is left that may be sent: the plan's order has a gap";
  if (changed) return changed;
  return AnyHopeful() ? std::nullopt : before;
}

bool ApplierRun::AnyHopeful() const {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (states_[i].at == State::kWaiting && !Hopeless(i)) return true;
  }
  return false;
}

std::optional<std::string> ApplierRun::Hopeless(std::size_t i) const {
  const State& state = states_[i];
  if (state.gate_failed) return Sentence(RefOf(i), state.sentence);
  const auto own = state.roller ? kTimeOfPod : GateTimeout(gates_.Newest(*state.object));
  const auto timeout = options_.timeout.value_or(own);
  if (clock_.Now() - state.since < timeout) return std::nullopt;
  const auto limit = std::chrono::duration_cast<std::chrono::seconds>(timeout);
  return Sentence(RefOf(i), "not healthy within " + std::to_string(limit.count()) +
                                " s: " + state.sentence);
}

}  // namespace holdfast
