#include "apply/applier.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "apply/adopting.h"
#include "apply/detacher.h"
#include "apply/claim_state.h"
#include "apply/gates.h"
#include "apply/kinds.h"
#include "apply/outlook.h"
#include "apply/pruner.h"
#include "apply/quarantine.h"
#include "apply/rebinder.h"
#include "apply/recreator.h"
#include "apply/roller.h"
#include "apply/rollout.h"
#include "apply/stateful.h"

namespace holdfast {
namespace {

constexpr int kFirstDeletePhase = 100;
// CustomResourceDefinitions and Namespaces: what deferred objects wait for.
constexpr int kLastPhaseOfHomes = 2;
// So that a request to stop is seen soon, whatever the cluster does.
constexpr std::chrono::milliseconds kLook{200};
constexpr std::chrono::milliseconds kLongestDiscovery{30'000};
constexpr int kTriesWhenOvertaken = 3;
constexpr std::chrono::milliseconds kPauseOfSteps{1'000};
// What waits for longer has a reason, and it is in the Events.
constexpr std::chrono::milliseconds kPatience{1'000};

std::string Sentence(const ObjectRef& ref, const std::string& what) {
  return ref.ToString() + ": " + what;
}

/// One run of one plan.
class Run {
 public:
  Run(const Plan& plan, const PlanInput& input, Cluster& cluster, const Clock& clock,
      Journal& journal, ApplyObserver& observer, const ApplierOptions& options,
      std::map<ObjectRef, std::string>& uids)
      : plan_(plan),
        input_(input),
        cluster_(cluster),
        clock_(clock),
        journal_(journal),
        observer_(observer),
        options_(options),
        uids_(uids),
        gates_(cluster, input.live) {
    for (const Manifest& manifest : input.desired) {
      desired_.emplace(manifest.object.ref(), &manifest);
    }
    for (const Step& step : plan.steps) {
      const Action action = plan.set.changes[step.change].action;
      index_.emplace(step.ref, states_.size());
      states_.push_back({.deletion = step.phase >= kFirstDeletePhase, .action = action});
      if (states_.back().deletion) {
        ++deletions_;
      } else {
        ++open_left_;
      }
      waves_ = std::max(waves_, step.wave);
    }
  }

  RunReport Execute() {
    while (open_left_ > 0) {
      if (options_.cancelled()) return End(RunEnd::kCancelled, "stopped on request");
      if (options_.superseded()) {
        return End(RunEnd::kSuperseded, "another revision is wanted by now");
      }
      const std::vector<std::size_t> ready =
          std::exchange(may_be_ready_, false) ? Ready() : std::vector<std::size_t>();
      if (!ready.empty()) {
        may_be_ready_ = true;
        if (!Start(ready)) {
          // Whoever stops us breaks off the requests that are under way.
          if (options_.cancelled()) return End(RunEnd::kCancelled, "stopped on request");
          return End(failed_as_, failure_);
        }
        continue;
      }
      if (const auto stuck = Stuck()) {
        // What cannot be seen is not known to be unhealthy.
        const auto blind = gates_.Blind();
        return blind ? End(RunEnd::kFailed, *stuck + "; " + *blind)
                     : End(RunEnd::kUnhealthy, *stuck);
      }
      LookAgain();
      const auto concerned = gates_.Wait(kLook);
      if (!concerned.ok()) return End(RunEnd::kFailed, concerned.error().message);
      Look(*concerned);
      if (!failure_.empty()) return End(RunEnd::kFailed, failure_);
    }
    return Prune();
  }

 private:
  struct State {
    bool deletion = false;
    Action action = Action::kNone;
    enum { kPending, kWaiting, kOpen, kFailed, kUncertain, kDeleted } at = kPending;
    std::optional<Object> object{};  ///< As written or found; its gate is looked at.
    std::string sentence{};        ///< What it waits for, or why it failed.
    bool gate_failed = false;      ///< Its gate says that waiting will not help.
    bool asked = false;  ///< For the Events of its namespace.
    std::optional<Clock::TimePoint> again_at{};  ///< To take a step that got no answer.
    std::unique_ptr<Roller> roller{};  ///< While its brake is on.
    Clock::TimePoint since{};
  };

  const ObjectRef& RefOf(std::size_t i) const { return plan_.steps[i].ref; }

  const Object& ToSend(const ObjectRef& ref) const {
    const auto prediction = input_.predictions.find(ref);
    if (prediction != input_.predictions.end() && prediction->second.spelled) {
      return *prediction->second.spelled;
    }
    return desired_.at(ref)->object;
  }

  /// The steps that may be sent now: those of the lowest phase whose needs are met.
  std::vector<std::size_t> Ready() const {
    int phase = std::numeric_limits<int>::max();
    std::vector<std::size_t> ready;
    const bool homes_only = WaitsForHomes();
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const Step& step = plan_.steps[i];
      if (states_[i].deletion || states_[i].at != State::kPending) continue;
      if (step.phase > phase || (homes_only && step.phase > kLastPhaseOfHomes)) continue;
      const bool needs_met = std::all_of(step.needs.begin(), step.needs.end(), [&](auto need) {
        return states_[need].at == State::kOpen;
      });
      if (!needs_met) continue;
      if (step.phase < phase) ready.clear();
      phase = step.phase;
      ready.push_back(i);
    }
    return ready;
  }

  /// True until each kind and namespace that this run makes or changes is there: then the
  /// server can try all the rest, before any of it is written.
  bool WaitsForHomes() const {
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const State& state = states_[i];
      if (state.deletion || plan_.steps[i].phase > kLastPhaseOfHomes) continue;
      if (state.at == State::kPending) return true;
      if (state.at == State::kWaiting && state.action != Action::kNone) return true;
    }
    return false;
  }

  /// Sends `ready`; false if the server declined or did not answer for any.
  bool Start(const std::vector<std::size_t>& ready) {
    if (plan_.steps[ready.front()].phase > kLastPhaseOfHomes && !CheckDeferred()) return false;
    std::vector<std::size_t> sent;
    std::vector<ApplyCall> calls;
    bool all_done = AdoptFirst(ready);
    for (const std::size_t i : ready) {
      if (states_[i].at == State::kFailed || states_[i].at == State::kUncertain) continue;
      Announce(plan_.steps[i].wave);
      State& state = states_[i];
      state.since = clock_.Now();
      if (!ReserveVolume(i) || !KeepLeavingVolumes(i) || !BeginRollout(i)) return false;
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
      const Object wanted = Yielding(i);
      calls.push_back({wanted, WriteMode::kReal, ConflictPolicy(wanted)});
      sent.push_back(i);
    }
    if (!calls.empty()) {
      std::vector<ApplyAnswer> answers = ApplyAgainIfOvertaken(calls);
      for (std::size_t k = 0; k < sent.size(); ++k) {
        all_done = Note(sent[k], std::move(answers[k])) && all_done;
      }
    }
    for (const std::size_t i : ready) LookAt(i);
    WatchClosed(ready);
    return all_done && failure_.empty();
  }

  /// Somebody else's write of the same moment (409, another resourceVersion) heals by
  /// applying once more: what is sent does not depend on what was there. A field that
  /// another manager holds is a 409 too, and nothing but a person heals that.
  std::vector<ApplyAnswer> ApplyAgainIfOvertaken(const std::vector<ApplyCall>& calls) {
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

  /// Sets the brake where writing the object would replace pods, or where an earlier run
  /// has left it on; false if it cannot be set: then the template is not written.
  bool BeginRollout(std::size_t i) {
    State& state = states_[i];
    const ObjectRef& ref = RefOf(i);
    const Object* live = IsStatefulSet(ref) ? input_.live.Find(ref) : nullptr;
    // One that is made anew keeps its pods as they are.
    if (live == nullptr || state.action == Action::kRecreate) return true;
    const auto prediction = input_.predictions.find(ref);
    const bool known = prediction != input_.predictions.end() && prediction->second.result;
    const Object* after = known ? &*prediction->second.result : nullptr;
    const bool begins =
        state.action != Action::kNone && NeedsBrake(*live, after == nullptr ? ToSend(ref) : *after);
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

  /// What to send: without the fields that a rollout or a freeze holds.
  Object Yielding(std::size_t i) const {
    const Object& wanted = ToSend(RefOf(i));
    const State& state = states_[i];
    const Object* live = state.object ? &*state.object : input_.live.Find(RefOf(i));
    return live == nullptr ? wanted : WithoutOverridden(wanted, *live).value_or(wanted);
  }

  /// The fields of those who wrote before us become ours; false if any could not.
  bool AdoptFirst(const std::vector<std::size_t>& ready) {
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

  /// A claim that comes back gets its quarantined volume reserved before it is made.
  bool ReserveVolume(std::size_t i) {
    if (states_[i].action != Action::kCreate || !IsClaim(RefOf(i))) return true;
    const auto prediction = input_.predictions.find(RefOf(i));
    const bool known =
        prediction != input_.predictions.end() && prediction->second.result;
    const Rebinding back =
        FindRebinding(known ? *prediction->second.result : ToSend(RefOf(i)), input_.live);
    if (back.volume == nullptr) return true;
    const Status reserved = Rebinder(cluster_, clock_, options_).Reserve(*back.volume);
    if (reserved.ok()) return true;
    states_[i].at = State::kFailed;
    states_[i].sentence = reserved.error().message;
    failure_ = Sentence(RefOf(i), states_[i].sentence);
    return false;
  }

  /// The volumes of claims that Kubernetes deletes with the pods that leave are made sure
  /// of before the StatefulSet gets smaller; the plan holds the approval.
  bool KeepLeavingVolumes(std::size_t i) {
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

  /// An act of its own, to its end.
  bool MakeAnew(std::size_t i) {
    State& state = states_[i];
    Recreator recreator(cluster_, clock_, journal_, options_);
    auto made = recreator.Recreate(
        *desired_.at(RefOf(i)), input_, [&](const std::string& sentence) {
          observer_.OnWaiting(RefOf(i), {HealthState::kInProgress, sentence});
        });
    if (made.ok()) return Note(i, std::move(made).value());
    state.at = State::kFailed;
    state.sentence = options_.mask(made.error().message);
    failure_ = Sentence(RefOf(i), state.sentence);
    failed_as_ = EndOf(made.error());
    return false;
  }

  /// Takes in the server's answer to one write; false unless it was written.
  bool Note(std::size_t i, ApplyAnswer answer) {
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
      // Only we ourselves say so: without the lease nothing is sent (LeasedCluster).
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

  /// A definition is established a moment before the server's discovery tells of its
  /// kind. Waits until it tells of all that is to be applied; false if the server cannot
  /// be asked. What it never tells of is for the dry run to complain about.
  bool AwaitKinds(const std::vector<ApplyCall>& calls) {
    const Clock::TimePoint deadline =
        clock_.Now() + std::min<std::chrono::milliseconds>(options_.timeout, kLongestDiscovery);
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

  /// Dry-runs whatever could not be asked before its namespace or kind was
  /// there, all at once and before any of it is written.
  bool CheckDeferred() {
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

  void Look(const std::set<ObjectRef>& concerned) {
    if (concerned.contains(ObjectRef{})) {
      for (std::size_t i = 0; i < states_.size(); ++i) LookAt(i);
      return;
    }
    for (const ObjectRef& ref : concerned) {
      const auto found = index_.find(ref);
      if (found != index_.end()) LookAt(found->second);
    }
  }

  void LookAt(std::size_t i) {
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

  /// Takes the next step of a rollout, if it is time for one; `health` is then what is to
  /// be told. False if it could not be taken.
  bool Roll(std::size_t i, Health& health) {
    State& state = states_[i];
    // Not seen in its newest state, gone, or going: no time for a step.
    if (health.state == HealthState::kUnknown || health.state == HealthState::kTerminating) {
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

  static bool MayPass(const Error& error) {
    return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout;
  }

  /// Steps of a rollout that got no answer are tried again; and what has waited for a
  /// moment is told with the reasons that Events give.
  void LookAgain() {
    for (std::size_t i = 0; i < states_.size(); ++i) {
      State& state = states_[i];
      if (state.again_at && clock_.Now() >= *state.again_at) {
        state.again_at.reset();
        LookAt(i);
      }
      if (state.at != State::kWaiting || state.asked || RefOf(i).name_space.empty()) continue;
      if (clock_.Now() - state.since < kPatience) continue;
      state.asked = true;
      gates_.WatchEvents(RefOf(i).name_space);
      LookAt(i);
    }
  }

  void WatchClosed(const std::vector<std::size_t>& steps) {
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

  /// Why waiting on is of no use, if so: nothing that may still become ready is on its way.
  std::optional<std::string> Stuck() const {
    std::optional<std::string> changed;  // What this run changed and that does not get ready.
    std::optional<std::string> before;   // What was as wanted, and is not ready.
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

  bool AnyHopeful() const {
    for (std::size_t i = 0; i < states_.size(); ++i) {
      if (states_[i].at == State::kWaiting && !Hopeless(i)) return true;
    }
    return false;
  }

  std::optional<std::string> Hopeless(std::size_t i) const {
    const State& state = states_[i];
    if (state.gate_failed) return Sentence(RefOf(i), state.sentence);
    if (clock_.Now() - state.since < options_.timeout) return std::nullopt;
    const auto limit = std::chrono::duration_cast<std::chrono::seconds>(options_.timeout);
    return Sentence(RefOf(i), "not healthy within " + std::to_string(limit.count()) +
                                  " s: " + state.sentence);
  }

  void Announce(int wave) {
    if (wave <= announced_) return;
    announced_ = wave;
    observer_.OnWave(wave, waves_);
  }

  RunReport Prune() {
    if (deletions_ == 0) return End(RunEnd::kDone, "");
    std::vector<std::size_t> doomed;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      if (states_[i].deletion) doomed.push_back(i);
    }
    for (const std::size_t i : doomed) {
      const Object* live = input_.live.Find(RefOf(i));
      if (live == nullptr || !IsStatefulSet(RefOf(i)) || !IsOverridden(*live)) continue;
      if (const Status thawed = Roller::Thaw(cluster_, input_, *live); !thawed.ok()) {
        return End(RunEnd::kFailed, thawed.error().In(RefOf(i).ToString()).message);
      }
    }
    Pruner pruner(cluster_, clock_, observer_, options_);
    std::vector<ObjectRef> all;
    for (const std::size_t i : doomed) all.push_back(RefOf(i));
    const PruneReport prepared = pruner.Prepare(all, input_);
    wrote_ = wrote_ || pruner.wrote();
    if (prepared.end != RunEnd::kDone) {
      return End(prepared.end, prepared.reason);
    }
    for (auto next = doomed.begin(); next != doomed.end();) {
      // One wave: the deletions that wait for the same ones before them.
      const int wave = plan_.steps[*next].wave;
      Announce(wave);
      const auto end = std::find_if(
          next, doomed.end(), [&](std::size_t i) { return plan_.steps[i].wave != wave; });
      const std::vector<std::size_t> now(next, end);
      next = end;
      std::vector<ObjectRef> refs;
      for (const std::size_t i : now) refs.push_back(RefOf(i));
      const PruneReport report = pruner.Delete(refs, input_);
      wrote_ = wrote_ || pruner.wrote();
      for (std::size_t k = 0; k < now.size(); ++k) {
        if (report.deleted[k]) {
          states_[now[k]].at = State::kDeleted;
          uids_.erase(RefOf(now[k]));
        } else {
          states_[now[k]].sentence = report.reason;
        }
      }
      if (report.end != RunEnd::kDone) return End(report.end, report.reason);
    }
    return End(RunEnd::kDone, "");
  }

  RunReport End(RunEnd end, std::string reason) const {
    RunReport report{.end = end, .reason = std::move(reason), .outcomes = {}};
    // Who reads "stopped" relies on it that nothing of the revision was written.
    if (end == RunEnd::kStopped && wrote_) report.end = RunEnd::kFailed;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const State& state = states_[i];
      Outcome outcome{.ref = RefOf(i), .action = state.action, .reason = state.sentence};
      switch (state.at) {
        case State::kPending: outcome.state = Outcome::State::kNotReached; break;
        case State::kWaiting:
          outcome.state =
              state.gate_failed ? Outcome::State::kFailed : Outcome::State::kWaiting;
          break;
        case State::kOpen:
          outcome.state = state.action == Action::kNone ? Outcome::State::kUnchanged
                                                        : Outcome::State::kApplied;
          break;
        case State::kFailed: outcome.state = Outcome::State::kFailed; break;
        case State::kUncertain: outcome.state = Outcome::State::kUncertain; break;
        case State::kDeleted: outcome.state = Outcome::State::kDeleted; break;
      }
      report.outcomes.push_back(std::move(outcome));
    }
    return report;
  }

  const Plan& plan_;
  const PlanInput& input_;
  Cluster& cluster_;
  const Clock& clock_;
  Journal& journal_;
  ApplyObserver& observer_;
  const ApplierOptions& options_;
  std::map<ObjectRef, std::string>& uids_;
  Gates gates_;
  std::map<ObjectRef, const Manifest*> desired_;
  std::vector<State> states_;  ///< One for each step.
  std::map<ObjectRef, std::size_t> index_;
  bool may_be_ready_ = true;   ///< Something was sent or got ready since the last look.
  std::size_t open_left_ = 0;  ///< Applies whose gate is still closed.
  std::size_t deletions_ = 0;
  int waves_ = 0;
  int announced_ = 0;
  bool new_kinds_ = false;  ///< A CustomResourceDefinition was written.
  bool wrote_ = false;  ///< Anything but bookkeeping.
  bool deferred_checked_ = false;
  std::string failure_;
  RunEnd failed_as_ = RunEnd::kFailed;
};

}  // namespace

OnFieldConflict ConflictPolicy(const Object& object) {
  return IsStateful(object) ? OnFieldConflict::kReject : OnFieldConflict::kTakeOver;
}

Applier::Applier(Cluster& cluster, const Clock& clock, Journal& journal,
                 ApplyObserver& observer, ApplierOptions options)
    : cluster_(cluster),
      clock_(clock),
      journal_(journal),
      observer_(observer),
      options_(std::move(options)) {}

RunReport Applier::Run(const Plan& plan, const PlanInput& input,
                       std::map<ObjectRef, std::string>& uids) {
  holdfast::Run run(plan, input, cluster_, clock_, journal_, observer_, options_, uids);
  return run.Execute();
}

}  // namespace holdfast
