#include "apply/applier.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "apply/adopting.h"
#include "apply/gates.h"
#include "apply/kinds.h"
#include "apply/pruner.h"
#include "apply/quarantine.h"
#include "apply/rebinder.h"
#include "apply/stateful.h"

namespace holdfast {
namespace {

constexpr int kFirstDeletePhase = 100;
// CustomResourceDefinitions and Namespaces: what deferred objects wait for.
constexpr int kLastPhaseOfHomes = 2;
// So that a request to stop is seen soon, whatever the cluster does.
constexpr std::chrono::milliseconds kLook{200};
constexpr std::chrono::milliseconds kLongestDiscovery{30'000};

std::string Sentence(const ObjectRef& ref, const std::string& what) {
  return ref.ToString() + ": " + what;
}

/// One run of one plan.
class Run {
 public:
  Run(const Plan& plan, const PlanInput& input, Cluster& cluster, const Clock& clock,
      ApplyObserver& observer, const ApplierOptions& options,
      std::map<ObjectRef, std::string>& uids)
      : plan_(plan),
        input_(input),
        cluster_(cluster),
        clock_(clock),
        observer_(observer),
        options_(options),
        uids_(uids),
        gates_(cluster, input.live) {
    for (const Manifest& manifest : input.desired) {
      desired_.emplace(manifest.object.ref(), &manifest);
    }
    for (const Step& step : plan.steps) {
      const Action action = plan.set.changes[step.change].action;
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
      const std::vector<std::size_t> ready = Ready();
      if (!ready.empty()) {
        if (!Start(ready)) return End(RunEnd::kFailed, failure_);
        continue;
      }
      if (const auto stuck = Stuck()) {
        // What cannot be seen is not known to be unhealthy.
        const auto blind = gates_.Blind();
        return blind ? End(RunEnd::kFailed, *stuck + "; " + *blind)
                     : End(RunEnd::kUnhealthy, *stuck);
      }
      if (const Status waited = gates_.Wait(kLook); !waited.ok()) {
        return End(RunEnd::kFailed, waited.error().message);
      }
      LookAtGates();
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

  /// The steps that may be sent now.
  std::vector<std::size_t> Ready() const {
    // A phase begins when all that was changed in the phases before it is
    // ready. What was there unchanged and is broken holds up only those that
    // name it: the rest may be what repairs it.
    int phase = std::numeric_limits<int>::max();
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const State& state = states_[i];
      const bool holds_up = state.at == State::kPending ||
                            (state.at == State::kWaiting && state.action != Action::kNone);
      if (!state.deletion && holds_up) phase = std::min(phase, plan_.steps[i].phase);
    }
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const Step& step = plan_.steps[i];
      if (states_[i].deletion || states_[i].at != State::kPending || step.phase != phase) {
        continue;
      }
      const bool needs_met = std::all_of(step.needs.begin(), step.needs.end(), [&](auto need) {
        return states_[need].at == State::kOpen;
      });
      if (needs_met) ready.push_back(i);
    }
    return ready;
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
      const Object& wanted = ToSend(RefOf(i));
      if (!ReserveVolume(i)) return false;
      if (state.action == Action::kNone) {
        state.object = *input_.live.Find(RefOf(i));
        state.at = State::kWaiting;
        uids_[RefOf(i)] = state.object->uid();
        continue;
      }
      observer_.OnSent(RefOf(i), state.action);
      calls.push_back({wanted, WriteMode::kReal, ConflictPolicy(wanted)});
      sent.push_back(i);
    }
    if (!calls.empty()) {
      std::vector<ApplyAnswer> answers = cluster_.Apply(calls);
      for (std::size_t k = 0; k < sent.size(); ++k) {
        all_done = Note(sent[k], std::move(answers[k])) && all_done;
      }
    }
    LookAtGates();
    WatchClosed(ready);
    return all_done;
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
    } else {
      state.at = State::kUncertain;
      state.sentence = "no answer, so whether it was written is unknown: " +
                       options_.mask(std::get<Error>(answer).message);
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
      if (const Status waited = gates_.Wait(kLook); !waited.ok()) {
        failure_ = waited.error().message;
        return false;
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

  void LookAtGates() {
    for (std::size_t i = 0; i < states_.size(); ++i) {
      State& state = states_[i];
      if (state.at != State::kWaiting) continue;
      const Health health = gates_.Of(*state.object);
      if (OpensGate(health)) {
        state.at = State::kOpen;
        --open_left_;
        state.sentence = health.state == HealthState::kPendingManual ? health.sentence : "";
        observer_.OnReady(RefOf(i), health);
        continue;
      }
      if (health.sentence != state.sentence) {
        state.sentence = health.sentence;
        observer_.OnWaiting(RefOf(i), health);
      }
      state.gate_failed = health.state == HealthState::kFailed;
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
    LookAtGates();
  }

  /// Why waiting on is of no use, if so.
  std::optional<std::string> Stuck() const {
    // What this run changed and broke ends it at once. What was broken before
    // ends it only when nothing else is on its way.
    std::optional<std::string> broken_before;
    bool under_way = false;
    bool waiting = false;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const State& state = states_[i];
      if (state.at != State::kWaiting) continue;
      waiting = true;
      const std::optional<std::string> why = Hopeless(i);
      if (state.action != Action::kNone) {
        if (why) return why;
        under_way = true;
      } else if (why && !broken_before) {
        broken_before = why;
      }
    }
    if (!waiting) return "nothing is left that may be sent: the plan's order has a gap";
    return under_way ? std::nullopt : broken_before;
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
  ApplyObserver& observer_;
  const ApplierOptions& options_;
  std::map<ObjectRef, std::string>& uids_;
  Gates gates_;
  std::map<ObjectRef, const Manifest*> desired_;
  std::vector<State> states_;  ///< One for each step.
  std::size_t open_left_ = 0;  ///< Applies whose gate is still closed.
  std::size_t deletions_ = 0;
  int waves_ = 0;
  int announced_ = 0;
  bool new_kinds_ = false;  ///< A CustomResourceDefinition was written.
  bool wrote_ = false;  ///< Anything but bookkeeping.
  bool deferred_checked_ = false;
  std::string failure_;
};

}  // namespace

OnFieldConflict ConflictPolicy(const Object& object) {
  return IsStateful(object) ? OnFieldConflict::kReject : OnFieldConflict::kTakeOver;
}

Applier::Applier(Cluster& cluster, const Clock& clock, ApplyObserver& observer,
                 ApplierOptions options)
    : cluster_(cluster), clock_(clock), observer_(observer), options_(std::move(options)) {}

RunReport Applier::Run(const Plan& plan, const PlanInput& input,
                       std::map<ObjectRef, std::string>& uids) {
  holdfast::Run run(plan, input, cluster_, clock_, observer_, options_, uids);
  return run.Execute();
}

}  // namespace holdfast
