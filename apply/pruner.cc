#include "apply/pruner.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "apply/at_work.h"
#include "apply/claim_state.h"
#include "apply/detacher.h"
#include "apply/gates.h"
#include "apply/guard.h"
#include "apply/kinds.h"
#include "apply/live_reader.h"
#include "apply/stateful.h"
#include "apply/watch_cache.h"

namespace holdfast {
namespace {

constexpr std::chrono::milliseconds kLook{200};
// Controllers write the status of what they stop: each time its resourceVersion is another.
constexpr int kTries = 5;

std::string Finalizers(const Object& object) {
  std::string names;
  for (const Json& name : ArrayIn(object.json(), "metadata", "finalizers")) {
    if (name.is_string()) names += (names.empty() ? "" : ", ") + name.get<std::string>();
  }
  return names.empty() ? "none" : names;
}

Status IsWhole(const PlanInput& facts) {
  for (const auto& gap : facts.live.gaps) {
    const bool stopped = gap.why.code == ErrorCode::kCancelled;
    return Error{stopped ? ErrorCode::kCancelled : ErrorCode::kUnavailable,
                 "nothing is deleted, since " + gap.what.ToString() +
                     " could not be read: " + gap.why.message};
  }
  return {};
}

/// kConflict with the findings that stop; ok if none does.
Status Refusal(const std::vector<Finding>& findings) {
  std::string reasons;
  for (const Finding& finding : findings) {
    if (!Stops(finding.ruling)) continue;
    reasons +=
        (reasons.empty() ? "" : "; ") + finding.reason + " [" + finding.hazard + "]";
  }
  if (reasons.empty()) return {};
  return Error{ErrorCode::kConflict,
               "judged again before the deletion and refused: " + reasons};
}

Error ChangesAllTheTime() {
  return {ErrorCode::kUnavailable,
          "it changed each time between being read and being deleted; run again"};
}

RunEnd EndOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kConflict: return RunEnd::kStopped;
    case ErrorCode::kTimeout: return RunEnd::kUnhealthy;
    case ErrorCode::kCancelled: return RunEnd::kCancelled;
    default: return RunEnd::kFailed;
  }
}

}  // namespace

Pruner::Pruner(Cluster& cluster, const Clock& clock, ApplyObserver& observer,
               const ApplierOptions& options)
    : cluster_(cluster), clock_(clock), observer_(observer), options_(options) {}

PruneReport Pruner::Delete(const std::vector<ObjectRef>& refs, const PlanInput& input) {
  PruneReport report{.deleted = std::vector<bool>(refs.size(), false)};
  const auto stop = [&](const Error& error) {
    report.end = EndOf(error);
    report.reason = error.message;
    return report;
  };
  PlanInput facts;
  const auto read = [&]() -> Status {
    facts = ReadAgain(refs, input);
    return IsWhole(facts);
  };
  if (const Status whole = read(); !whole.ok()) return stop(whole.error());
  for (int tries = 1;; ++tries) {
    const auto stopped = Stop(refs, facts);
    if (!stopped.ok()) return stop(stopped.error());
    if (*stopped == Try::kDone) break;
    if (tries == kTries) return stop(ChangesAllTheTime());
    if (const Status whole = read(); !whole.ok()) return stop(whole.error());
  }
  std::optional<Outlook> outlook(facts);
  std::vector<Object> deleted;
  // All of them dry before the first for good: a refusal in the middle of a
  // wave would leave half of it deleted.
  for (const WriteMode mode : {WriteMode::kDryRun, WriteMode::kReal}) {
    for (std::size_t i = 0; i < refs.size(); ++i) {
      std::optional<Object> sent;  // Its deletion was sent, and not confirmed.
      for (int tries = 1;; ++tries) {
        if (options_.cancelled()) return stop({ErrorCode::kCancelled, "stopped on request"});
        const Object* fresh = facts.live.Find(refs[i]);
        if (sent && (fresh == nullptr || fresh->terminating())) {
          deleted.push_back(std::move(*sent));  // By us: only the answer was lost.
          break;
        }
        if (fresh == nullptr) {
          report.deleted[i] = true;
          break;
        }
        const auto done = DeleteOne(*fresh, *outlook, mode);
        if (!done.ok()) return stop(done.error().In(refs[i].ToString()));
        if (*done == Try::kDone) {
          if (mode == WriteMode::kReal) deleted.push_back(*fresh);
          break;
        }
        if (tries == kTries) return stop(ChangesAllTheTime().In(refs[i].ToString()));
        if (mode == WriteMode::kReal) sent = *fresh;
        if (const Status whole = read(); !whole.ok()) return stop(whole.error());
        outlook.emplace(facts);
      }
    }
  }
  std::vector<const Object*> going;
  for (const Object& object : deleted) going.push_back(&object);
  if (const Status gone = WaitUntilGone(going, facts.live); !gone.ok()) {
    return stop(gone.error());
  }
  Detacher detacher(cluster_, clock_, options_);
  for (const Object* gone : going) {
    if (!IsClaim(gone->ref())) continue;
    if (const Status kept = detacher.Verify(*gone); !kept.ok()) {
      return stop(kept.error().In(gone->ref().ToString()));
    }
  }
  for (std::size_t i = 0; i < refs.size(); ++i) {
    report.deleted[i] = true;
    observer_.OnDeleted(refs[i]);
  }
  return report;
}

PruneReport Pruner::Prepare(const std::vector<ObjectRef>& refs, const PlanInput& input) {
  PruneReport report;
  const bool any = std::any_of(refs.begin(), refs.end(),
                               [](const ObjectRef& ref) { return IsClaim(ref); });
  if (!any) return report;
  const PlanInput facts = ReadAgain(refs, input);
  Status done = IsWhole(facts);
  Detacher detacher(cluster_, clock_, options_);
  for (const ObjectRef& ref : refs) {
    if (!done.ok()) break;
    const Object* claim = IsClaim(ref) ? facts.live.Find(ref) : nullptr;
    if (claim == nullptr || BindingOf(*claim, facts.live) == Binding::kNever) continue;
    if (options_.cancelled()) {
      done = Error{ErrorCode::kCancelled, "stopped on request"};
      break;
    }
    done = Refusal(JudgeDeletion(*claim, facts));
    if (done.ok()) {
      wrote_ = true;
      done = detacher.Protect(*claim, facts);
    }
    if (!done.ok()) done = done.error().In(ref.ToString());
  }
  if (done.ok()) return report;
  report.end = EndOf(done.error());
  report.reason = done.error().message;
  return report;
}

Result<Pruner::Try> Pruner::Stop(const std::vector<ObjectRef>& refs,
                                 const PlanInput& facts) {
  Try all = Try::kDone;
  for (const ObjectRef& ref : refs) {
    const Object* workload = facts.live.Find(ref);
    const bool works = workload != nullptr && HasReplicas(ref) && IsStateful(*workload) &&
                       !AtWork(*workload, facts.live).empty();
    if (!works) continue;
    if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
    HOLDFAST_TRY(Refusal(JudgeDeletion(*workload, facts)).In(ref.ToString()));
    all = Try::kChanged;
    const auto stopped = StopOne(*workload);
    if (!stopped.ok()) return stopped.error().In(ref.ToString());
    if (*stopped == Try::kChanged) break;
    HOLDFAST_TRY(WaitUntilStopped(*workload).In(ref.ToString()));
  }
  return all;
}

Result<Pruner::Try> Pruner::StopOne(const Object& workload) {
  if (IntegerIn(1, workload.json(), "spec", "replicas") == 0) return Try::kDone;
  Json json = workload.json();
  json["spec"]["replicas"] = 0;
  HOLDFAST_TRY_ASSIGN(const Object stopped, Object::Make(std::move(json)));
  const ApplyAnswer answer = cluster_.Replace(stopped);
  if (const auto* error = std::get_if<Error>(&answer)) {
    wrote_ = true;  // It may have been carried out: what is live then will tell.
    if (error->code == ErrorCode::kCancelled) return *error;
    return Try::kChanged;
  }
  if (const auto* no = std::get_if<Rejection>(&answer)) {
    if (no->kind == Rejection::Kind::kConflict) return Try::kChanged;
    return Error{ErrorCode::kConflict, "stopping it: the API server declined it: " +
                                           options_.mask(no->message)};
  }
  wrote_ = true;
  return Try::kDone;
}

Status Pruner::WaitUntilStopped(const Object& workload) {
  const ObjectRef& ref = workload.ref();
  WatchCache watched(cluster_);
  HOLDFAST_TRY(watched.Add({{workload.gvk(), ref.name_space, ""},
                            {Gvk{"", "v1", "Pod"}, ref.name_space, ""}}));
  const Clock::TimePoint deadline = clock_.Now() + options_.timeout;
  while (true) {
    const Object* now = watched.live().Find(ref);
    if (now == nullptr) return {};
    const std::string at_work = AtWork(*now, watched.live());
    if (at_work.empty()) return {};
    if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
    if (clock_.Now() >= deadline) {
      return Error{ErrorCode::kTimeout, "it does not stop: " + at_work};
    }
    if (const auto waited = watched.WaitForChange(kLook); !waited.ok()) {
      return waited.error();
    }
  }
}

PlanInput Pruner::ReadAgain(const std::vector<ObjectRef>& refs, const PlanInput& input) {
  PlanInput facts = input;
  facts.live = Snapshot{};
  facts.live.cluster_uid = input.live.cluster_uid;
  const auto discovery = cluster_.Discover();
  if (!discovery.ok()) {
    facts.live.gaps.push_back({refs.front(), discovery.error()});
    return facts;
  }
  // Those of later waves too: whether they go or stay decides over these.
  std::set<ObjectRef> desired;
  for (const Manifest& manifest : input.desired) desired.insert(manifest.object.ref());
  std::vector<Wanted> wanted;
  for (const auto& [ref, entry] : input.inventory.entries) {
    if (!desired.contains(ref)) wanted.push_back({ref, entry.version});
  }
  ReadLive(cluster_, **discovery, wanted, {}, facts.live);
  ReadFacts(cluster_, **discovery, facts);
  facts.live.server_time = cluster_.ServerTime();
  return facts;
}

Result<Pruner::Try> Pruner::DeleteOne(const Object& fresh, const Outlook& outlook,
                                      WriteMode mode) {
  const auto& entries = outlook.input().inventory.entries;
  const auto entry = entries.find(fresh.ref());
  if (entry == entries.end()) {
    return Internal("a deletion of an object that is not in the inventory was planned");
  }
  auto judged = Guard::RequestPermit(fresh, entry->second.uid, outlook);
  if (const auto* findings = std::get_if<std::vector<Finding>>(&judged)) {
    HOLDFAST_TRY(Refusal(*findings));
    return Internal("a deletion was refused by findings that stop nothing");
  }
  const Status done = cluster_.Delete(std::move(std::get<Permit>(judged)), mode);
  wrote_ = wrote_ || mode == WriteMode::kReal;  // Without an answer too: it may be done.
  if (done.ok()) return Try::kDone;
  switch (done.error().code) {
    case ErrorCode::kConflict: return Try::kChanged;
    // No answer: what became of it is seen by reading it again.
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout: return Try::kChanged;
    default: return done.error();
  }
}

Status Pruner::WaitUntilGone(const std::vector<const Object*>& going, const Snapshot& before) {
  if (going.empty()) return {};
  Gates gates(cluster_, before);
  HOLDFAST_TRY(gates.Watch(going));
  const Clock::TimePoint deadline = clock_.Now() + options_.timeout;
  while (true) {
    const auto still = std::find_if(going.begin(), going.end(), [&](const Object* object) {
      const Object* live = gates.Live(object->ref());
      return live != nullptr && live->uid() == object->uid();
    });
    if (still == going.end()) return {};
    if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
    if (clock_.Now() >= deadline) {
      return Error{ErrorCode::kTimeout,
                   (*still)->ref().ToString() + ": still Terminating; finalizers: " +
                       Finalizers(*gates.Live((*still)->ref()))};
    }
    HOLDFAST_TRY(gates.Wait(kLook));
  }
}

}  // namespace holdfast
