#include "apply/applier.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "apply/applier_run.h"
#include "apply/pruner.h"
#include "apply/rollout.h"
#include "apply/stateful.h"

namespace holdfast {
namespace {

constexpr int kFirstDeletePhase = 100;

/// Namespaces that come with this run, and in which pods do.
std::set<std::string> NewNamespacesOfPods(const PlanInput& input) {
  std::set<std::string> namespaces;
  for (const Manifest& manifest : input.desired) {
    const ObjectRef& ref = manifest.object.ref();
    const bool is_new = input.live.Find({"", "Namespace", "", ref.name_space}) == nullptr;
    if (ref.Is("", "Pod") && is_new) namespaces.insert(ref.name_space);
  }
  return namespaces;
}

}  // namespace

ApplierRun::ApplierRun(const Plan& plan, const PlanInput& input, Cluster& cluster,
                       const Clock& clock, Journal& journal, ApplyObserver& observer,
                       const ApplierOptions& options,
                       std::map<ObjectRef, std::string>& uids)
    : plan_(plan),
      input_(input),
      cluster_(cluster),
      clock_(clock),
      journal_(journal),
      observer_(observer),
      options_(options),
      uids_(uids),
      gates_(cluster, input.live, NewNamespacesOfPods(input)) {
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

RunReport ApplierRun::Execute() {
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

std::vector<std::size_t> ApplierRun::Ready() const {
  int phase = std::numeric_limits<int>::max();
  std::vector<std::size_t> ready;
  const bool homes_only = WaitsForHomes();
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const Step& step = plan_.steps[i];
    if (states_[i].deletion || states_[i].at != State::kPending) continue;
    if (step.phase > phase || (homes_only && step.phase > kLastPhaseOfHomes)) continue;
    const bool needs_met =
        std::all_of(step.needs.begin(), step.needs.end(),
                    [&](auto need) { return states_[need].at == State::kOpen; });
    if (!needs_met) continue;
    if (step.phase < phase) ready.clear();
    phase = step.phase;
    ready.push_back(i);
  }
  return ready;
}

bool ApplierRun::WaitsForHomes() const {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const State& state = states_[i];
    if (state.deletion || plan_.steps[i].phase > kLastPhaseOfHomes) continue;
    if (state.at == State::kPending) return true;
    if (state.at == State::kWaiting && state.action != Action::kNone) return true;
  }
  return false;
}

void ApplierRun::Announce(int wave) {
  if (wave <= announced_) return;
  announced_ = wave;
  observer_.OnWave(wave, waves_);
}

RunReport ApplierRun::Prune() {
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

RunReport ApplierRun::End(RunEnd end, std::string reason) const {
  RunReport report{.end = end, .reason = std::move(reason), .outcomes = {}};
  // Who reads "stopped" relies on it that nothing of the revision was written.
  if (end == RunEnd::kStopped && wrote_) report.end = RunEnd::kFailed;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const State& state = states_[i];
    Outcome outcome{.ref = RefOf(i), .action = state.action, .reason = state.sentence};
    switch (state.at) {
      case State::kPending:
        outcome.state = Outcome::State::kNotReached;
        break;
      case State::kWaiting:
        outcome.state =
            state.gate_failed ? Outcome::State::kFailed : Outcome::State::kWaiting;
        break;
      case State::kOpen:
        outcome.state = state.action == Action::kNone ? Outcome::State::kUnchanged
                                                      : Outcome::State::kApplied;
        break;
      case State::kFailed:
        outcome.state = Outcome::State::kFailed;
        break;
      case State::kUncertain:
        outcome.state = Outcome::State::kUncertain;
        break;
      case State::kDeleted:
        outcome.state = Outcome::State::kDeleted;
        break;
    }
    report.outcomes.push_back(std::move(outcome));
  }
  return report;
}

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
  ApplierRun run(plan, input, cluster_, clock_, journal_, observer_, options_, uids);
  return run.Execute();
}

}  // namespace holdfast
