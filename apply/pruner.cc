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
#include "apply/health_reason.h"
#include "apply/kinds.h"
#include "apply/live_reader.h"
#include "apply/managed_fields.h"
#include "apply/purger.h"
#include "apply/removal.h"
#include "apply/stateful.h"
#include "apply/watch_cache.h"
#include "diff/applied_part.h"

namespace holdfast {
namespace {

constexpr std::chrono::milliseconds kLook{200};
constexpr std::chrono::milliseconds kPatience{1'000};
// Controllers write the status of what they stop: each time its resourceVersion is another.
constexpr int kTries = 5;

/// Why what was deleted is there yet; `around` is what was read beside it.
std::string StillThere(const Object& object, const Snapshot& around) {
  const std::string provisioner = object.annotation("pv.kubernetes.io/provisioned-by");
  if (IsVolume(object.ref()) && !object.terminating()) {
    return "it is given up, and its provisioner " + provisioner +
           " has not destroyed it yet; look whether that runs: it goes as soon as it does";
  }
  return "still Terminating; " + WhatHolds(object, around);
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

/// The claims among `refs`, and those in namespaces among them, as they are now.
std::vector<Object> ClaimsThatGo(const std::vector<ObjectRef>& refs, const Snapshot& now) {
  std::vector<Object> claims;
  for (const ObjectRef& ref : refs) {
    const Object* object = now.Find(ref);
    if (object == nullptr) continue;
    if (IsClaim(ref)) claims.push_back(*object);
    if (!ref.Is("", "Namespace")) continue;
    for (const Object* claim : now.All("", "PersistentVolumeClaim", ref.name)) {
      claims.push_back(*claim);
    }
  }
  return claims;
}

}  // namespace

Pruner::Pruner(Cluster& cluster, const Clock& clock, ApplyObserver& observer,
               const ApplierOptions& options)
    : cluster_(cluster), clock_(clock), observer_(observer), options_(options) {}

PruneReport Pruner::Delete(const std::vector<ObjectRef>& refs, const PlanInput& input) {
  PruneReport report{.deleted = std::vector<bool>(refs.size(), false)};
  const auto stop = [&](const Error& error) {
    report.end = EndOf(error);
    if (report.end == RunEnd::kCancelled && !options_.cancelled()) {
      report.end = RunEnd::kSuperseded;
    }
    report.reason = error.message;
    return report;
  };
  PlanInput facts;
  const auto read = [&]() -> Status {
    HOLDFAST_TRY(MakeSureOfCluster(input));
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
  // Once they are gone, and what is read again knows them no more, they tell which volumes
  // must be there.
  const std::vector<Object> claims = ClaimsThatGo(refs, facts.live);
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
  for (const Object& claim : claims) {
    if (const Status kept = detacher.Verify(claim); !kept.ok()) {
      return stop(kept.error().In(claim.ref().ToString()));
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
  const auto takes_claims = [](const ObjectRef& ref) {
    return IsClaim(ref) || ref.Is("", "Namespace") || OperatorOf(ref) != nullptr;
  };
  if (std::none_of(refs.begin(), refs.end(), takes_claims)) return report;
  Status done = MakeSureOfCluster(input);
  if (done.ok()) {
    const PlanInput facts = ReadAgain(refs, input);
    done = IsWhole(facts);
    if (done.ok()) done = MakeSure(refs, facts);
  }
  if (done.ok()) return report;
  report.end = EndOf(done.error());
  report.reason = done.error().message;
  return report;
}

Status Pruner::MakeSure(const std::vector<ObjectRef>& refs, const PlanInput& facts) {
  const Outlook outlook(facts);
  for (const ObjectRef& ref : refs) {
    const Object* object = facts.live.Find(ref);
    if (object == nullptr) continue;
    HOLDFAST_TRY(Refusal(JudgeDeletion(*object, outlook)).In(ref.ToString()));
  }
  Detacher detacher(cluster_, clock_, options_);
  for (const ObjectRef& claim : outlook.going()) {
    if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
    wrote_ = true;
    HOLDFAST_TRY(
        detacher.Protect(*facts.live.Find(claim), facts).In(claim.ToString()));
  }
  for (const ObjectRef& ref : refs) {
    const OperatorKind* op = OperatorOf(ref);
    const Object* resource = op == nullptr ? nullptr : facts.live.Find(ref);
    if (resource == nullptr) continue;
    if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
    HOLDFAST_TRY(TellToKeepClaims(*op, *resource).In(ref.ToString()));
  }
  return {};
}

Status Pruner::TellToKeepClaims(const OperatorKind& op, const Object& resource) {
  if (KeepsClaims(op, resource)) return {};
  const std::string what = "making sure of " + DescribeOptOut(op);
  auto changes = OptOut(op, resource);
  if (!changes) return Internal(what + ": there is no way to");
  (*changes)["metadata"]["uid"] = resource.uid();
  (*changes)["metadata"]["resourceVersion"] = resource.resource_version();
  wrote_ = true;
  const ApplyAnswer answer = std::move(
      cluster_.Patch({{resource, std::move(*changes), WriteMode::kReal}}).front());
  if (const auto* error = std::get_if<Error>(&answer)) return error->In(what);
  if (const auto* no = std::get_if<Rejection>(&answer)) {
    return Error{ErrorCode::kConflict, what + ": the API server declined it: " +
                                           options_.mask(no->message)};
  }
  const ObjectRef& ref = resource.ref();
  auto now = std::move(cluster_.Get({{resource.gvk(), ref.name_space, ref.name}}).front());
  if (!now.ok()) return now.error().In(what);
  if (KeepsClaims(op, *now)) return {};
  return Error{ErrorCode::kConflict,
               what + ": read back it says otherwise: something puts it back"};
}

Result<Pruner::Try> Pruner::Stop(const std::vector<ObjectRef>& refs,
                                 const PlanInput& facts) {
  Try all = Try::kDone;
  for (const ObjectRef& ref : refs) {
    const Object* workload = facts.live.Find(ref);
    const bool may_stop = workload != nullptr && (ref.Is("batch", "CronJob") ||
                                                  (HasReplicas(ref) && IsStateful(*workload)));
    if (!may_stop || AtWork(*workload, facts.live).empty()) continue;
    // Not ours, or ours no more: its deletion is refused, and it works on.
    const auto entry = facts.inventory.entries.find(ref);
    const bool is_ours = entry != facts.inventory.entries.end() &&
                         entry->second.uid == workload->uid() &&
                         WhyReleased(*workload, facts).empty() && PruneOptOut(*workload).empty();
    if (!is_ours) continue;
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
  const bool is_cron = workload.ref().Is("batch", "CronJob");
  const char* field = is_cron ? "suspend" : "replicas";
  const Json at_rest = is_cron ? Json(true) : Json(0);
  const Json* now = FindIn(workload.json(), "spec", field);
  if (now != nullptr && *now == at_rest) return Try::kDone;
  // Applied, and not just updated: who takes the deletion back in Git finds the field ours.
  const auto applied = AppliedPart(workload, kFieldManager);
  Json json = applied ? applied->json() : workload.json();
  json["spec"][field] = at_rest;
  json["metadata"]["uid"] = workload.uid();
  json["metadata"]["resourceVersion"] = workload.resource_version();
  HOLDFAST_TRY_ASSIGN(const Object stopped, Object::Make(std::move(json)));
  const ApplyAnswer answer =
      applied ? std::move(cluster_
                              .Apply({{stopped, WriteMode::kReal, OnFieldConflict::kTakeOver}})
                              .front())
              : cluster_.Replace(stopped);
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
  const Clock::TimePoint deadline = clock_.Now() + options_.TimeoutOfStep();
  while (true) {
    const Object* now = watched.live().Find(ref);
    if (now == nullptr) return {};
    const std::string at_work = AtWork(*now, watched.live());
    if (at_work.empty()) return {};
    if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
    if (options_.superseded()) {
      return Error{ErrorCode::kCancelled, "another revision is wanted by now"};
    }
    if (clock_.Now() >= deadline) {
      return Error{ErrorCode::kTimeout, "it does not stop: " + at_work};
    }
    if (const auto waited = watched.WaitForChange(kLook); !waited.ok()) {
      return waited.error();
    }
  }
}

Status Pruner::MakeSureOfCluster(const PlanInput& input) {
  const std::string what = "making sure that this is the cluster that was judged";
  auto system = std::move(cluster_.Get({{{"", "v1", "Namespace"}, "", "kube-system"}}).front());
  if (!system.ok()) return system.error().In(what);
  if (system->uid() == input.live.cluster_uid) return {};
  return Error{ErrorCode::kConflict,
               "nothing is deleted, since another cluster answers at " + cluster_.Address() +
                   " now: its namespace kube-system has uid " + system->uid() + " and not " +
                   input.live.cluster_uid};
}

PlanInput Pruner::ReadAgain(const std::vector<ObjectRef>& refs, const PlanInput& input) {
  PlanInput facts = input;
  facts.live = Snapshot{};
  facts.live.cluster_uid = input.live.cluster_uid;
  // A group that cannot tell any more what it serves is a gap by now.
  const auto discovery = cluster_.Rediscover();
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
  if (const Approval* by = outlook.PurgeOf(fresh.ref())) {
    return GiveUp(fresh, *by, outlook, mode);
  }
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
  // Asked for before, by a run that was broken off: what is left is to wait.
  if (fresh.terminating()) return Try::kDone;
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

Result<Pruner::Try> Pruner::GiveUp(const Object& volume, const Approval& by,
                                   const Outlook& outlook, WriteMode mode) {
  // Who names a volume names it by its uid; the purge is found by it.
  auto judged = Guard::RequestPermit(volume, volume.uid(), outlook);
  if (const auto* findings = std::get_if<std::vector<Finding>>(&judged)) {
    HOLDFAST_TRY(Refusal(*findings));
    return Internal("a deletion was refused by findings that stop nothing");
  }
  wrote_ = wrote_ || mode == WriteMode::kReal;
  HOLDFAST_TRY(Purger(cluster_).GiveUp(std::move(std::get<Permit>(judged)), volume, by, mode));
  return Try::kDone;
}

Status Pruner::WaitUntilGone(const std::vector<const Object*>& going, const Snapshot& before) {
  if (going.empty()) return {};
  Gates gates(cluster_, before);
  HOLDFAST_TRY(gates.Watch(going));
  const Clock::TimePoint deadline = clock_.Now() + options_.TimeoutOfStep();
  const Clock::TimePoint told_from = clock_.Now() + kPatience;
  std::string told;
  while (true) {
    const auto still = std::find_if(going.begin(), going.end(), [&](const Object* object) {
      const Object* live = gates.Live(object->ref());
      return live != nullptr && live->uid() == object->uid();
    });
    if (still == going.end()) return {};
    if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
    const ObjectRef& ref = (*still)->ref();
    const std::string holds = StillThere(*gates.Live(ref), gates.around());
    if (clock_.Now() >= deadline) {
      return Error{ErrorCode::kTimeout, ref.ToString() + ": " + holds};
    }
    // Most are gone at once; of the others people hear what keeps them.
    if (clock_.Now() >= told_from && holds != told) {
      told = holds;
      observer_.OnWaiting(ref, {HealthState::kTerminating, holds});
    }
    if (const auto waited = gates.Wait(kLook); !waited.ok()) return waited.error();
  }
}

}  // namespace holdfast
