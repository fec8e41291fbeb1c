#include "daemon/reconciler.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "apply/digest.h"
#include "apply/recreation.h"
#include "apply/recreator.h"
#include "apply/removal.h"
#include "apply/rescue.h"
#include "apply/rollout.h"
#include "apply/survey.h"

namespace holdfast {
namespace {

/// How long another run is waited for, where nobody has given a time.
constexpr std::chrono::minutes kLongestTurn{10};

/// What the inventory says while a run is under way: all that was ours, and all
/// that may become ours. An object that is live and carries our label goes in
/// with its uid; another one only once it has been written: until then a commit
/// that drops it must not delete it.
Inventory WithIntent(const PlanInput& input) {
  Inventory next = input.inventory;
  next.sync = input.sync;
  next.cluster_uid = input.live.cluster_uid;
  next.repo = input.repo;
  next.path = input.path;
  for (const Manifest& manifest : input.desired) {
    const ObjectRef& ref = manifest.object.ref();
    InventoryEntry& entry = next.Enter(ref);
    entry.version = manifest.object.gvk().version;
    const Object* live = input.live.Find(ref);
    // What is made in its place is another one; a Job that has run is not made again.
    if (live == nullptr && entry.finished.empty()) entry.uid.clear();
    if (live != nullptr && live->label(kPartOfLabel) == input.apply_set) entry.uid = live->uid();
  }
  return next;
}

std::string HashOf(const Object& object) {
  return Sha256Hex(DumpJson(object.json())).substr(0, 16);
}

/// What the inventory says after a run. An object stays in it until it is known
/// to be gone, or to be another's.
Inventory After(Inventory inventory, const PlanInput& input, const RunReport& report,
                const std::map<ObjectRef, std::string>& uids) {
  std::set<ObjectRef> desired;
  for (const Manifest& manifest : input.desired) {
    const ObjectRef& ref = manifest.object.ref();
    desired.insert(ref);
    const auto uid = uids.find(ref);
    if (uid == uids.end()) continue;
    InventoryEntry& entry = inventory.entries[ref];
    entry.uid = uid->second;
    entry.hash = HashOf(manifest.object);
  }
  for (const Outcome& outcome : report.outcomes) {
    if (outcome.state == Outcome::State::kDeleted) inventory.Drop(outcome.ref);
    // The gate of a Job is open when it has run to its end; a suspended one has a reason.
    const bool open = outcome.state == Outcome::State::kApplied ||
                      outcome.state == Outcome::State::kUnchanged;
    const auto hash = input.job_hashes.find(outcome.ref);
    if (open && outcome.reason.empty() && hash != input.job_hashes.end()) {
      inventory.entries[outcome.ref].finished = hash->second;
    }
  }
  for (const auto& [ref, entry] : input.inventory.entries) {
    const Object* live = input.live.Find(ref);
    const bool is_ours = live != nullptr && WhyReleased(*live, input).empty();
    if (!desired.contains(ref) && !is_ours) inventory.Drop(ref);
  }
  const bool carried_out = report.end == RunEnd::kDone || report.end == RunEnd::kUnhealthy;
  if (carried_out && !input.partial) {
    inventory.revision = input.revision;
  }
  return inventory;
}

bool Same(const Inventory& a, const Inventory& b) {
  return a.exists == b.exists && a.sync == b.sync && a.cluster_uid == b.cluster_uid &&
         a.repo == b.repo && a.path == b.path && a.revision == b.revision &&
         a.entries == b.entries && a.finished_jobs == b.finished_jobs;
}

SurveyCall CallFor(const Revision& revision, const ReconcilerOptions& options,
                   long long local_time, KeyedHash hash) {
  return {.place = options.place,
          .repo = revision.repo,
          .path = revision.path,
          .revision = revision.commit,
          .ref = revision.ref,
          .manifests = revision.manifests,
          .approvals = revision.approvals,
          .approval_times = revision.approval_times,
          .follows = revision.follows,
          .signers = revision.signers,
          .default_namespace = revision.default_namespace.empty() ? options.default_namespace
                                                                  : revision.default_namespace,
          .revision_findings = revision.findings,
          .object_findings = revision.object_findings,
          .left_out = revision.left_out,
          .prune = options.prune,
          .limits = options.limits,
          .local_time = local_time,
          .hash = std::move(hash),
          .secret_fields = revision.secret_fields};
}

/// True if the plan may be carried out and takes nothing away.
bool OnlyAdds(const Judged& judged) {
  const auto& changes = judged.plan.set.changes;
  return judged.MayGoAhead() && std::none_of(changes.begin(), changes.end(), [](const Change& one) {
           return one.action == Action::kDelete || one.action == Action::kDetach ||
                  one.action == Action::kRecreate;
         });
}

Judged Decide(Survey survey, OnRefusal on_refusal) {
  Judged judged;
  judged.errors = std::move(survey.errors);
  judged.input = std::move(survey.input);
  if (!judged.errors.empty()) return judged;
  judged.plan = MakePlan(judged.input);
  if (on_refusal == OnRefusal::kApplyRest && !judged.MayGoAhead()) {
    judged.rest = RestOf(judged.input, judged.plan);
  }
  return judged;
}

}  // namespace

Reconciler::Reconciler(Cluster& cluster, const Clock& clock, ServerSchema& schema,
                       KeyedHash hash, ReconcilerOptions options)
    : clock_(clock),
      lease_(cluster, clock,
             {.place = options.place,
              .identity = options.identity,
              .is_dead = options.is_dead,
              .cancelled = options.cancelled}),
      cluster_(cluster, lease_, options.place.name_space),
      schema_(schema),
      hash_(std::move(hash)),
      options_(std::move(options)),
      store_(cluster_, options_.place),
      approvals_(cluster_, options_.place),
      journal_(cluster_, options_.place, options_.identity) {}

Judged Reconciler::JudgeUnread(const Revision& revision, const InventoryPlace& place) {
  Judged judged;
  judged.plan.set.sync = place.sync;
  judged.plan.set.revision = revision.commit;
  judged.plan.set.ref = revision.ref;
  judged.plan.set.findings = revision.findings;
  for (const auto& [source, finding] : revision.object_findings) {
    Finding placed = finding;
    placed.reason = source.ToString() + ": " + placed.reason;
    judged.plan.set.findings.push_back(std::move(placed));
  }
  return judged;
}

Judged Reconciler::Judge(const Revision& revision, const Snapshot* watched) {
  if (!revision.whole) return JudgeUnread(revision, options_.place);
  Judged judged = JudgeOnce(revision, watched);
  if (watched == nullptr || OnlyAdds(judged)) return judged;
  return JudgeOnce(revision, nullptr);
}

Judged Reconciler::JudgeOnce(const Revision& revision, const Snapshot* watched) {
  SurveyCall call = CallFor(revision, options_, clock_.SecondsSinceEpoch(), hash_);
  call.watched = watched;
  auto survey = SurveyCluster(cluster_, store_, approvals_, journal_, schema_, std::move(call));
  if (!survey.ok()) {
    Judged judged;
    judged.errors.push_back(survey.error());
    return judged;
  }
  return Decide(std::move(survey).value(), options_.on_refusal);
}

Judged Reconciler::JudgeToAct(const Revision& revision, const Snapshot* watched) {
  if (!revision.whole) return JudgeUnread(revision, options_.place);
  if (const Status looked = lease_.Look(); !looked.ok()) {
    Judged judged;
    judged.errors.push_back(looked.error());
    return judged;
  }
  return Judge(revision, watched);
}

std::string Reconciler::InForce() {
  const auto inventory = store_.Load();
  return inventory.ok() ? inventory->revision : "";
}

bool Reconciler::MayWrite(const Judged& judged) const {
  const PlanInput& input = judged.input;
  if (!input.journal.empty()) return true;
  if (!judged.errors.empty()) return false;
  if (!ClaimsToRescue(input).empty()) return true;
  if (judged.rest && judged.rest->plan.set.changes_anything()) return true;
  if (!judged.MayGoAhead()) return false;
  // A rollout that an earlier run has begun goes on, though nothing else changes.
  const bool rolling =
      std::any_of(input.desired.begin(), input.desired.end(), [&](const Manifest& manifest) {
        const Object* live = input.live.Find(manifest.object.ref());
        return live != nullptr && IsOverridden(*live);
      });
  return rolling || judged.plan.set.changes_anything() || !judged.plan.approvals.empty() ||
         !input.inventory.exists || input.inventory.revision != input.revision;
}

Result<Reconciler::Turn> Reconciler::Begin(
    const Revision& revision, Judged& judged,
    const std::function<void(const std::string&)>& say) {
  cluster_.ForgetWrites();
  if (!MayWrite(judged)) return Turn(lease_);
  HOLDFAST_TRY_ASSIGN(const auto taken, lease_.Take(options_.timeout.value_or(kLongestTurn), say));
  Turn turn(lease_);
  if (taken == Lease::Taken::kAfterOthers) judged = Judge(revision);
  EndHalfDone(revision, judged, say);
  return turn;
}

void Reconciler::EndHalfDone(const Revision& revision, Judged& judged,
                             const std::function<void(const std::string&)>& say) {
  if (judged.input.journal.empty()) return;
  const ApplierOptions options{.timeout = options_.timeout,
                               .cancelled = [this] { return options_.cancelled() || lease_.lost(); },
                               .mask = MaskOf(judged),
                               .evidence_namespace = options_.place.name_space};
  Recreator recreator(cluster_, clock_, journal_, options);
  Inventory inventory = judged.input.inventory;
  std::vector<JournalEntry> ended;
  for (const auto& [key, entry] : judged.input.journal) {
    if (entry.act != kRecreateAct) continue;
    const auto heir =
        recreator.Finish(entry, [&, of = entry.ref.ToString()](const std::string& sentence) {
          say(of + ": " + sentence);
        });
    if (!heir.ok()) {
      judged.errors.push_back(heir.error());
      return;
    }
    const auto ours = inventory.entries.find(entry.ref);
    const bool takes_over =
        !heir->empty() && ours != inventory.entries.end() && ours->second.uid == entry.uid;
    if (takes_over) ours->second.uid = *heir;
    ended.push_back(entry);
  }
  if (ended.empty()) return;
  Status done;
  if (!Same(judged.input.inventory, inventory)) done = store_.Save(inventory);
  for (const JournalEntry& entry : ended) {
    if (done.ok()) done = journal_.Close(entry);
  }
  judged = Judge(revision);
  if (!done.ok()) judged.errors.push_back(done.error());
}

Judged Reconciler::JudgeFile(const Revision& revision, LiveObjects live, const Schema& schema,
                             KeyedHash hash, const ReconcilerOptions& options) {
  if (!revision.whole) return JudgeUnread(revision, options.place);
  return Decide(
      SurveyFile(std::move(live), schema, CallFor(revision, options, 0, std::move(hash))),
      options.on_refusal);
}

void Reconciler::Rescue(const Revision& revision, Judged& judged,
                        const std::function<void(const std::string&)>& say) {
  if (!judged.errors.empty() || ClaimsToRescue(judged.input).empty()) return;
  const RescueReport report =
      RescueClaims(cluster_, clock_,
                   {.timeout = options_.timeout,
                    .cancelled = options_.cancelled,
                    .mask = MaskOf(judged),
                    .evidence_namespace = options_.place.name_space},
                   judged.input);
  for (const ObjectRef& claim : report.saved) {
    say(claim.ToString() + " was deleted by somebody: its volume is Retain now");
  }
  for (const Error& error : report.failed) {
    say("the data of a deleted claim are in danger: " + error.message);
  }
  if (!report.saved.empty()) judged = Judge(revision);
}

std::function<std::string(const std::string&)> Reconciler::MaskOf(const PlanInput& input) {
  std::vector<Object> secrets;
  const SecretFields& fields = input.secret_fields;
  for (const Manifest& manifest : input.desired) {
    if (MayHoldSecrets(manifest.object.ref(), fields)) secrets.push_back(manifest.object);
  }
  for (const auto& [ref, object] : input.live.objects) {
    if (MayHoldSecrets(ref, fields)) secrets.push_back(object);
  }
  const auto mask = std::make_shared<TextMask>(std::move(secrets), fields);
  return [mask](const std::string& text) { return mask->Apply(text); };
}

RunReport Reconciler::Act(const PlanInput& input, const Plan& plan, ApplyObserver& observer) {
  RunReport report = CarryOut(input, plan, observer);
  if (lease_.lost()) {
    report.end = cluster_.wrote() ? RunEnd::kFailed : RunEnd::kStopped;
    report.reason = lease_.why_lost();
  }
  return report;
}

RunReport Reconciler::CarryOut(const PlanInput& input, const Plan& plan,
                               ApplyObserver& observer) {
  Inventory inventory = WithIntent(input);
  const auto fail = [](const Error& error) {
    return RunReport{.end = RunEnd::kFailed, .reason = error.message, .outcomes = {}};
  };
  Inventory stored = input.inventory;
  if (plan.set.changes_anything() && !Same(stored, inventory)) {
    if (const Status saved = store_.Save(inventory); !saved.ok()) return fail(saved.error());
    stored = inventory;
  }
  const std::vector<Approval>& approvals = plan.approvals;
  const auto note = [&](ApprovalStore::State state) {
    return approvals_.Note(approvals, state, input.revision, input.live.server_time);
  };
  if (const Status noted = note(ApprovalStore::State::kBegun); !noted.ok()) {
    return fail(noted.error());
  }
  std::map<ObjectRef, std::string> uids;
  Applier applier(cluster_, clock_, journal_, observer,
                  {.timeout = options_.timeout,
                   .cancelled = [this] { return options_.cancelled() || lease_.lost(); },
                   .superseded = options_.superseded,
                   .mask = MaskOf(input),
                   .evidence_namespace = options_.place.name_space});
  RunReport report = applier.Run(plan, input, uids);
  // Whoever asks us to stop wants no further request. The intent names all of it already,
  // and what was created is recognized by the next run (apply/intent.h).
  if (report.end == RunEnd::kCancelled) return report;
  // Until then a later run of the same revision may finish what was approved.
  if (report.end == RunEnd::kDone) {
    if (const Status noted = note(ApprovalStore::State::kDone); !noted.ok()) {
      report.end = RunEnd::kFailed;
      report.reason += (report.reason.empty() ? "" : "; ") + noted.error().message;
    }
  }
  Inventory after = After(inventory, input, report, uids);
  after.exists = true;
  if (Same(stored, after)) return report;
  if (!lease_.held()) {
    // What Begin() could not foresee: there was nothing to write but this.
    const auto taken = lease_.Take(std::chrono::milliseconds(0), [](const std::string&) {});
    if (!taken.ok()) return fail(taken.error());
  }
  if (const Status saved = store_.Save(after); !saved.ok()) {
    // What was applied stays applied, and the intent names it already.
    if (report.end == RunEnd::kDone || report.end == RunEnd::kUnhealthy) {
      report.end = RunEnd::kFailed;
    }
    report.reason += (report.reason.empty() ? "" : "; ") + saved.error().message;
    return report;
  }
  for (const auto& [key, entry] : JournalEntries(journal_.open())) {
    if (entry.act != kRecreateAct || entry.step != kMadeStep) continue;
    // If that fails, the next run closes it.
    (void)journal_.Close(entry);
  }
  return report;
}

}  // namespace holdfast
