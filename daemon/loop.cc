#include "daemon/loop.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>
#include <vector>

#include "apply/kinds.h"
#include "apply/managed_fields.h"
#include "daemon/connect.h"
#include "daemon/keyed_hash.h"
#include "daemon/log.h"
#include "diff/compare.h"
#include "repo-layout/git_repository.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSlice{200};  // So that SIGTERM is obeyed well within a second.
constexpr milliseconds kFirstRetry{1'000};
constexpr milliseconds kLastRetry{300'000};

/// A run's events as lines of the log.
class LoggedProgress : public ApplyObserver {
 public:
  LoggedProgress(std::string sync, std::function<std::string(const std::string&)> mask)
      : sync_(std::move(sync)), mask_(std::move(mask)) {}

  void OnSent(const ObjectRef& ref, Action action) override {
    Log(LogLevel::kInfo, sync_, std::string(ToString(action)) + " " + ref.ToString());
  }
  void OnWaiting(const ObjectRef& ref, const Health& health) override {
    Log(LogLevel::kDebug, sync_, ref.ToString() + ": " + mask_(health.sentence));
  }
  void OnDeleted(const ObjectRef& ref) override {
    Log(LogLevel::kInfo, sync_, "deleted " + ref.ToString());
  }

 private:
  std::string sync_;
  std::function<std::string(const std::string&)> mask_;
};

std::string Short(const std::string& commit) { return commit.substr(0, 12); }

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
                   .default_namespace = spec_.name_space,
                   .prune = spec_.prune,
                   .timeout = spec_.timeout,
                   .cancelled = std::move(cancelled)}),
      backoff_(kFirstRetry, kLastRetry, SystemRandom()) {}

void SyncLoop::Step(milliseconds up_to) {
  if (PollIsDue()) PollGit();
  if (reconcile_ && clock_.Now() >= next_try_) Reconcile();
  WaitForReason(up_to);
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
  SourceArgs source{.folder = "", .repo = spec_.repo, .ref = commit, .path = spec_.path};
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
  if (wanted_ != refused_) {
    auto revision = Read(wanted_);
    if (!revision.ok()) return FailedOnce(revision.error().message);
    if (CarryOut(*revision)) {
      in_force_ = std::move(revision).value();
      return;
    }
    if (wanted_ != refused_) return;  // Failed, not refused; it will be tried again.
  }
  // The last revision that was admitted stays in force, and its drift is healed.
  if (in_force_) CarryOut(*in_force_);
  if (!held_) return;
  reconcile_ = true;
  next_try_ = clock_.Now() + spec_.interval;
}

bool SyncLoop::CarryOut(const Revision& revision) {
  Judged judged = reconciler_.Judge(revision, drift_ == nullptr ? nullptr : &drift_->live());
  reconciler_.Rescue(revision, judged, [&](const std::string& sentence) {
    Log(LogLevel::kWarn, spec_.name, sentence);
  });
  if (!judged.errors.empty()) {
    for (const Error& error : judged.errors) Log(LogLevel::kError, spec_.name, error.message);
    FailedOnce("");
    return false;
  }
  if (!judged.MayGoAhead()) {
    LogStopped(spec_.name, judged.plan.set);
    Log(LogLevel::kError, spec_.name,
        Short(revision.commit) + " is stopped; nothing of it was applied");
    if (revision.commit == wanted_) {
      refused_ = wanted_;
      held_ = judged.plan.set.verdict() == Ruling::kHold;
    }
    return false;
  }
  LoggedProgress progress(spec_.name, Reconciler::MaskOf(judged));
  const RunReport run = reconciler_.Act(judged, progress);
  if (run.end == RunEnd::kCancelled) return false;
  WatchForDrift(judged);
  if (run.end != RunEnd::kDone) {
    FailedOnce(run.reason);
    return run.end == RunEnd::kUnhealthy;
  }
  backoff_.Reset();
  if (revision.commit == wanted_) refused_.clear();
  Log(LogLevel::kInfo, spec_.name, "in sync with " + Short(revision.commit));
  return true;
}

void SyncLoop::FailedOnce(const std::string& why) {
  const milliseconds pause = backoff_.Next();
  reconcile_ = true;
  next_try_ = clock_.Now() + pause;
  if (!why.empty()) Log(LogLevel::kError, spec_.name, why);
  Log(LogLevel::kWarn, spec_.name,
      "trying again in " + std::to_string(pause.count()) + " ms");
}

void SyncLoop::WatchForDrift(const Judged& judged) {
  desired_.clear();
  std::set<std::pair<Gvk, std::string>> kinds;
  for (const Manifest& manifest : judged.input.desired) {
    const Object& object = manifest.object;
    desired_.insert_or_assign(object.ref(), object);
    kinds.emplace(object.gvk(), object.ref().name_space);
  }
  std::vector<ListCall> calls;
  for (const auto& [gvk, name_space] : kinds) {
    calls.push_back({gvk, name_space, ""});
  }
  drift_ = std::make_unique<WatchCache>(cluster_);
  if (const Status added = drift_->Add(calls); !added.ok()) {
    Log(LogLevel::kWarn, spec_.name, "cannot watch for drift: " + added.error().message);
    drift_.reset();
    reconcile_ = true;
    next_try_ = clock_.Now() + spec_.interval;
  }
}

bool SyncLoop::HasDrifted(const ObjectRef& ref) const {
  const auto desired = desired_.find(ref);
  if (desired == desired_.end()) return false;
  const Object* live = drift_->live().Find(ref);
  if (live == nullptr) return true;
  // Its volume is to be made sure of before the last pod that uses it stops.
  if (IsClaim(ref) && live->terminating()) return true;
  const Comparison comparison = Compare(desired->second, *live, kFieldManager, schema_);
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
      Log(LogLevel::kWarn, spec_.name, changed.error().message);
      cluster_.WaitForEvents(kSlice);
      continue;
    }
    for (const ObjectRef& ref : *changed) {
      if (reconcile_ || !HasDrifted(ref)) continue;
      Log(LogLevel::kInfo, spec_.name, ref.ToString() + " is not as Git says any more");
      reconcile_ = true;
    }
  }
}

namespace {

void RunOne(const SyncSpec& spec, const CommandLine& line, const Environment& environment) {
  const SteadyClock clock;
  while (!environment.cancelled()) {
    auto connected = Connect(line.cluster, environment);
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
  std::ifstream file(line.config, std::ios::binary);
  if (!file) {
    environment.err << "error: cannot read " << line.config << "\n";
    return ExitCode::kError;
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const Config config = ParseConfig(text, line.config);
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
  Log(LogLevel::kInfo, "", "stopped");
  return ExitCode::kOk;
}

}  // namespace holdfast
