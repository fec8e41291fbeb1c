#include "daemon/loop.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "apply/kinds.h"
#include "apply/managed_fields.h"
#include "apply/pod_template.h"
#include "apply/rollout.h"
#include "apply/volumes.h"
#include "daemon/connect.h"
#include "daemon/given_file.h"
#include "daemon/keyed_hash.h"
#include "daemon/run_identity.h"
#include "daemon/log.h"
#include "diff/compare.h"
#include "repo-layout/git_repository.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSlice{200};  // So that SIGTERM is obeyed well within a second.
constexpr milliseconds kFirstRetry{1'000};
constexpr milliseconds kLastRetry{300'000};
constexpr milliseconds kDependencyPause{2'000};

/// A run's events as lines of the log.
class LoggedProgress : public ApplyObserver {
 public:
  LoggedProgress(std::string sync, std::function<std::string(const std::string&)> mask)
      : sync_(std::move(sync)), mask_(std::move(mask)) {}

  void OnSent(const ObjectRef& ref, Action action) override {
    Log(LogLevel::kInfo, sync_, std::string(ToString(action)) + " " + ref.ToString());
  }
  void OnWaiting(const ObjectRef& ref, const Health& health) override {
    Log(LogLevel::kInfo, sync_, ref.ToString() + ": " + mask_(health.sentence));
  }
  void OnDeleted(const ObjectRef& ref) override {
    Log(LogLevel::kInfo, sync_, "deleted " + ref.ToString());
  }

 private:
  std::string sync_;
  std::function<std::string(const std::string&)> mask_;
};

std::string Short(const std::string& commit) { return commit.substr(0, 12); }

bool IsAway(const Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout;
}

std::set<std::string> NamespacesWithClaims(const std::map<ObjectRef, Object>& objects) {
  std::set<std::string> namespaces;
  for (const auto& [ref, object] : objects) {
    const bool has = !MountedClaims(PodTemplate(object)).empty() ||
                     !ClaimTemplateNames(object).empty();
    if (has) namespaces.insert(ref.name_space);
  }
  return namespaces;
}

void LogStopped(const std::string& sync, const ChangeSet& set) {
  const auto log = [&](const std::string& about, const Finding& finding) {
    if (!Stops(finding.ruling)) return;
    Log(LogLevel::kError, sync,
        about + std::string(ToString(finding.ruling)) + ": " + finding.reason + " [" +
            finding.hazard + "]; do: " + finding.remedy);
  };
  for (const Finding& finding : set.findings) log("", finding);
  for (const Change& change : set.changes) {
    for (const Finding& finding : change.findings) log(change.ref.ToString() + ": ", finding);
  }
}

}  // namespace

SyncLoop::SyncLoop(SyncSpec spec, Cluster& cluster, const Clock& clock, ServerSchema& schema,
                   const std::string& inventory_namespace, std::function<bool()> cancelled)
    : spec_(std::move(spec)),
      cluster_(cluster),
      clock_(clock),
      schema_(schema),
      cancelled_(cancelled),
      reconciler_(cluster, clock, schema, MakeKeyedHash(),
                  {.place = {.name_space = inventory_namespace, .sync = spec_.name},
                   .identity = RunIdentity(),
                   .default_namespace = spec_.name_space,
                   .prune = spec_.prune,
                   .on_refusal = spec_.on_refusal,
                   .limits = spec_.limits,
                   .timeout = spec_.timeout,
                   .cancelled = std::move(cancelled),
                   .superseded = [this] { return IsSuperseded(); },
                   .is_dead = HasEnded}),
      backoff_(kFirstRetry, kLastRetry, SystemRandom()),
      status_(cluster, {.name_space = inventory_namespace, .sync = spec_.name}) {}

void SyncLoop::Step(milliseconds up_to) {
  if (PollIsDue()) PollGit();
  if (reconcile_ && clock_.Now() >= next_try_) Reconcile();
  WaitForReason(up_to);
}

/// Git is asked while a run waits too: what mends a broken update must not wait for it.
bool SyncLoop::IsSuperseded() {
  if (PollIsDue()) PollGit();
  return wanted_ != wanted_at_start_;
}

bool SyncLoop::PollIsDue() const { return clock_.Now() >= next_poll_; }

void SyncLoop::PollGit() {
  next_poll_ = clock_.Now() + spec_.interval;
  const auto commit = ResolveRef(spec_.repo, spec_.ref);
  if (!commit.ok()) {
    // What is in force stays in force, and is kept so. Told once, not at each poll.
    if (commit.error().message != git_trouble_) {
      git_trouble_ = commit.error().message;
      Log(LogLevel::kError, spec_.name, git_trouble_);
    }
    return;
  }
  git_trouble_.clear();
  if (*commit == wanted_) return;
  Log(LogLevel::kInfo, spec_.name, spec_.ref + " is at " + Short(*commit));
  wanted_ = *commit;
  reconcile_ = true;
  backoff_.Reset();
  next_try_ = {};
}

Result<Revision> SyncLoop::Read(const std::string& commit) const {
  SourceArgs source{.folder = "",
                    .repo = spec_.repo,
                    .ref = commit,
                    .path = spec_.path,
                    .strict = spec_.strict,
                    .signatures = spec_.signatures};
  auto revision = ReadRevision(source, spec_.name_space);
  if (!revision.ok()) return revision.error();
  revision->ref = spec_.ref;
  return revision;
}

void SyncLoop::Reconcile() {
  if (wanted_.empty()) return;
  reconcile_ = false;
  if (held_) refused_.clear();
  held_ = false;
  const bool begins = wanted_ != recorded_ && wanted_ != refused_;
  if (begins && !MayBegin()) {
    if (std::exchange(drifted_, false)) KeepInForce();
    reconcile_ = true;
    next_try_ = clock_.Now() + kDependencyPause;
    return;
  }
  drifted_ = false;
  if (wanted_ != refused_ || spec_.on_refusal == OnRefusal::kApplyRest) {
    auto revision = Read(wanted_);
    if (!revision.ok()) {
      FailedOnce(revision.error().message);
    } else {
      const Came came = CarryOut(*revision);
      // Begun is admitted: what was admitted before would turn it back.
      if (came == Came::kThrough || came == Came::kHalfWay) {
        in_force_ = std::move(revision).value();
      }
      if (came != Came::kNowhere) return;
    }
  }
  // The last revision that was admitted stays in force, and its drift is healed.
  KeepInForce();
  if (!held_) return;
  reconcile_ = true;
  next_try_ = clock_.Now() + spec_.interval;
}

SyncLoop::Came SyncLoop::CarryOut(const Revision& revision) {
  wanted_at_start_ = wanted_;
  const auto say = [&](const std::string& sentence) {
    Log(LogLevel::kWarn, spec_.name, sentence);
  };
  // Once: from here on others wait for events of this cluster, and what they are told the
  // watches have missed. WatchForDrift() begins anew.
  const bool whole = std::exchange(drift_is_whole_, false) && drift_ != nullptr;
  Judged judged = reconciler_.JudgeToAct(revision, whole ? &drift_->live() : nullptr);
  const auto turn = reconciler_.Begin(revision, judged, say);
  if (!turn.ok()) {
    // Another run is at work, or nobody can tell: it is not for us to write.
    if (turn.error().code != ErrorCode::kCancelled) FailedOnce(turn.error().message);
    return Came::kStopped;
  }
  if (cancelled_()) return Came::kStopped;
  reconciler_.Rescue(revision, judged, say);
  const bool is_wanted = revision.commit == wanted_;
  const auto failed = [&](const std::string& why) {
    // What is wanted failed before, and will be tried again.
    if (is_wanted || !reconcile_) return FailedOnce(why);
    if (!why.empty()) Log(LogLevel::kError, spec_.name, why);
  };
  if (!judged.errors.empty()) {
    if (cancelled_()) return Came::kStopped;
    for (const Error& error : judged.errors) Log(LogLevel::kError, spec_.name, error.message);
    if (is_wanted) Tell(SyncState::Phase::kFailing, judged.errors.front().message);
    failed("");
    return IsAway(judged.errors.front()) ? Came::kStopped : Came::kNowhere;
  }
  // A revision that cannot be read is compared with nothing, so nothing was read for it.
  if (revision.whole) {
    recorded_ = judged.input.inventory.revision;
  } else if (recorded_.empty()) {
    recorded_ = reconciler_.InForce();
  }
  if (!judged.MayGoAhead()) {
    LogStopped(spec_.name, judged.plan.set);
    const std::string sentence = Short(revision.commit) + " is stopped; " +
                                 (judged.rest ? "only what has nothing to do with it is applied"
                                              : "nothing of it was applied");
    Log(LogLevel::kError, spec_.name, sentence);
    if (!is_wanted) return Came::kNowhere;
    refused_ = wanted_;
    held_ = judged.plan.set.verdict() == Ruling::kHold;
    Tell(SyncState::Phase::kHeld, sentence, &judged.plan.set);
    CarryOutRest(judged);
    return Came::kNowhere;
  }
  if (!is_wanted) {
    judged.input = PartOf(judged.input, rest_);
    judged.plan = MakePlan(judged.input);
    if (!judged.MayGoAhead()) {
      LogStopped(spec_.name, judged.plan.set);
      return Came::kNowhere;
    }
  }
  if (is_wanted && recorded_ != wanted_) {
    Tell(SyncState::Phase::kReconciling, "applying " + Short(wanted_), &judged.plan.set);
  }
  LoggedProgress progress(spec_.name, Reconciler::MaskOf(judged));
  const RunReport run = reconciler_.Act(judged, progress);
  if (run.end == RunEnd::kCancelled) return Came::kStopped;
  if (run.end == RunEnd::kSuperseded) {
    Log(LogLevel::kInfo, spec_.name,
        Short(revision.commit) + " is left where it is: " + Short(wanted_) + " is wanted now");
    return Came::kHalfWay;
  }
  if (is_wanted) rest_.clear();
  WatchForDrift(judged.input, rest_.empty() ? Expect::kAlone : Expect::kToo);
  if (run.end != RunEnd::kDone) {
    failed(run.reason);
    return run.end == RunEnd::kUnhealthy ? Came::kThrough : Came::kHalfWay;
  }
  Log(LogLevel::kInfo, spec_.name, "in sync with " + Short(revision.commit));
  if (!is_wanted) return Came::kThrough;
  backoff_.Reset();
  refused_.clear();
  recorded_ = revision.commit;
  Tell(SyncState::Phase::kInSync, "in sync with " + Short(revision.commit), &judged.plan.set);
  return Came::kThrough;
}

void SyncLoop::CarryOutRest(const Judged& judged) {
  rest_.clear();
  if (!judged.rest) return;
  const Rest& rest = *judged.rest;
  LoggedProgress progress(spec_.name, Reconciler::MaskOf(rest.input));
  const RunReport run = reconciler_.Act(rest, progress);
  if (run.end == RunEnd::kCancelled) return;
  for (const Manifest& manifest : rest.input.desired) rest_.insert(manifest.object.ref());
  WatchForDrift(rest.input, Expect::kAlone);
  if (run.end != RunEnd::kDone) FailedOnce(run.reason);
}

void SyncLoop::KeepInForce() {
  if (!in_force_ && !recorded_.empty() && recorded_ != wanted_) {
    // We were started anew since it was admitted.
    auto revision = Read(recorded_);
    if (revision.ok()) {
      in_force_ = std::move(revision).value();
    } else {
      Log(LogLevel::kWarn, spec_.name,
          "what is in force cannot be kept so: " + revision.error().message);
    }
  }
  if (in_force_) CarryOut(*in_force_);
}

bool SyncLoop::MayBegin() {
  std::string waits_for;
  for (const std::string& name : spec_.depends_on) {
    const auto status = status_.Read(name);
    if (!status.ok()) {
      waits_for = name + " (" + status.error().message + ")";
    } else if (!IsReady(*status, spec_.repo, spec_.ref, wanted_)) {
      waits_for = name;
    }
    if (!waits_for.empty()) break;
  }
  if (waits_for != waiting_for_ && !waits_for.empty()) {
    const std::string sentence = "waiting until sync " + waits_for + " is ready";
    Log(LogLevel::kInfo, spec_.name, sentence);
    Tell(SyncState::Phase::kWaiting, sentence);
  }
  waiting_for_ = waits_for;
  return waits_for.empty();
}

void SyncLoop::Tell(SyncState::Phase phase, const std::string& message,
                    const ChangeSet* plan) {
  const Status told = status_.Tell({.phase = phase,
                                    .message = message,
                                    .wanted = wanted_,
                                    .in_force = recorded_,
                                    .repo = spec_.repo,
                                    .ref = spec_.ref,
                                    .path = spec_.path,
                                    .plan = plan});
  // It is there for people; what is to be done does not wait for it.
  if (!told.ok() && !cancelled_()) Log(LogLevel::kWarn, spec_.name, told.error().message);
}

void SyncLoop::FailedOnce(const std::string& why) {
  if (cancelled_()) return;  // What failed was given up since we are to stop.
  const milliseconds pause = backoff_.Next();
  reconcile_ = true;
  next_try_ = clock_.Now() + pause;
  if (!why.empty()) {
    Log(LogLevel::kError, spec_.name, why);
    Tell(SyncState::Phase::kFailing, why);
  }
  Log(LogLevel::kWarn, spec_.name,
      "trying again in " + std::to_string(pause.count()) + " ms");
}

void SyncLoop::WatchForDrift(const PlanInput& input, Expect expect) {
  if (expect == Expect::kAlone) desired_.clear();
  for (const Manifest& manifest : input.desired) {
    desired_.emplace(manifest.object.ref(), manifest.object);
  }
  std::set<std::pair<Gvk, std::string>> kinds;
  for (const auto& [ref, object] : desired_) kinds.emplace(object.gvk(), ref.name_space);
  std::vector<ListCall> calls;
  for (const auto& [gvk, name_space] : kinds) {
    calls.push_back({gvk, name_space, ""});
  }
  drift_ = std::make_unique<WatchCache>(cluster_);
  const Status added = drift_->Add(calls);
  // Claims that templates make are not in Git; that somebody deletes one is to be seen.
  std::vector<ListCall> claims;
  for (const std::string& name_space : NamespacesWithClaims(desired_)) {
    claims.push_back({{"", "v1", "PersistentVolumeClaim"}, name_space, ""});
  }
  drift_->AddIfPossible(claims);
  drift_is_whole_ = added.ok();
  if (!added.ok()) {
    Log(LogLevel::kWarn, spec_.name, "cannot watch for drift: " + added.error().message);
    drift_.reset();
    reconcile_ = true;
    next_try_ = clock_.Now() + spec_.interval;
  }
}

bool SyncLoop::IsOfOurs(const ObjectRef& claim) const {
  return desired_.contains(claim) ||
         std::any_of(desired_.begin(), desired_.end(), [&](const auto& one) {
           if (one.first.name_space != claim.name_space) return false;
           const auto claims = ClaimsOfWorkload(one.second, drift_->live());
           return std::any_of(claims.begin(), claims.end(),
                              [&](const Object* its) { return its->ref() == claim; });
         });
}

bool SyncLoop::HasDrifted(const ObjectRef& ref) const {
  const Object* live = drift_->live().Find(ref);
  // Its volume is to be made sure of before the last pod that uses it stops.
  if (live != nullptr && IsClaim(ref) && live->terminating() && IsOfOurs(ref)) return true;
  const auto desired = desired_.find(ref);
  if (desired == desired_.end()) return false;
  if (live == nullptr) return true;
  // What a rollout holds for the time is no drift.
  const Comparison comparison =
      Compare(WithoutOverridden(desired->second, *live).value_or(desired->second), *live,
              kFieldManager, schema_);
  return comparison.answer != Answer::kSame || comparison.bookkeeping;
}

void SyncLoop::WaitForReason(milliseconds up_to) {
  const Clock::TimePoint until = clock_.Now() + up_to;
  while (!cancelled_() && clock_.Now() < until) {
    if (PollIsDue() || (reconcile_ && clock_.Now() >= next_try_)) return;
    if (drift_ == nullptr) {
      cluster_.WaitForEvents(kSlice);
      continue;
    }
    const auto changed = drift_->WaitForChange(kSlice);
    if (!changed.ok()) {
      if (cancelled_()) return;
      Log(LogLevel::kWarn, spec_.name, changed.error().message);
      cluster_.WaitForEvents(kSlice);
      continue;
    }
    for (const ObjectRef& ref : *changed) {
      if (drifted_ || !HasDrifted(ref)) continue;
      Log(LogLevel::kInfo, spec_.name, ref.ToString() + " is not as Git says any more");
      reconcile_ = drifted_ = true;
      next_try_ = {};  // It does not wait for what failed before.
    }
  }
}

namespace {

void RunOne(const SyncSpec& spec, const CommandLine& line, const Environment& environment) {
  const SteadyClock clock;
  while (!environment.cancelled()) {
    ClusterArgs cluster = line.cluster;
    if (!spec.service_account.empty()) {
      cluster.impersonate = "system:serviceaccount:" +
                            (spec.of_namespace.empty() ? line.inventory_namespace
                                                       : spec.of_namespace) +
                            ":" + spec.service_account;
    }
    auto connected = Connect(cluster, environment);
    if (!connected.ok()) {
      Log(LogLevel::kError, spec.name, connected.error().message);
      for (int i = 0; i < 25 && !environment.cancelled(); ++i) std::this_thread::sleep_for(kSlice);
      continue;
    }
    SyncLoop loop(spec, *connected->cluster, clock, *connected->schema, line.inventory_namespace,
                  environment.cancelled);
    while (!environment.cancelled()) loop.Step(spec.interval);
  }
}

}  // namespace

ExitCode RunLoops(const CommandLine& line, const Environment& environment) {
  StartLog(line.quiet ? LogLevel::kWarn : line.verbose ? LogLevel::kDebug : LogLevel::kInfo);
  const auto text = ReadGivenFile(line.config, "--config " + line.config);
  if (!text.ok()) {
    environment.err << "error: " << text.error().message << "\n";
    return ExitCode::kError;
  }
  const Config config = ParseConfig(*text, line.config);
  for (const Error& error : config.errors) Log(LogLevel::kError, "", error.message);
  if (config.syncs.empty()) {
    environment.err << "error: " << line.config << " has no Sync that could be run\n";
    return ExitCode::kError;
  }
  std::vector<std::thread> threads;
  for (const SyncSpec& spec : config.syncs) {
    if (spec.suspend) {
      Log(LogLevel::kInfo, spec.name, "suspended");
      continue;
    }
    threads.emplace_back([&spec, &line, &environment] { RunOne(spec, line, environment); });
  }
  for (std::thread& thread : threads) thread.join();
  // All suspended: somebody who waits for us to run must not start us again and again.
  while (!environment.cancelled()) std::this_thread::sleep_for(kSlice);
  Log(LogLevel::kInfo, "", "stopped");
  return ExitCode::kOk;
}

}  // namespace holdfast
