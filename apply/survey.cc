#include "apply/survey.h"

#include <algorithm>
#include <set>
#include <utility>

#include "apply/intent.h"
#include "apply/job_hash.h"
#include "apply/live_reader.h"
#include "apply/removal.h"
#include "apply/rollout.h"
#include "diff/normalize.h"

namespace holdfast {
namespace {

std::vector<Wanted> LiveOf(const std::vector<Manifest>& desired,
                           const Inventory& inventory) {
  std::vector<Wanted> wanted;
  std::set<std::string> namespaces;
  for (const Manifest& manifest : desired) {
    const ObjectRef& ref = manifest.object.ref();
    wanted.push_back({ref, manifest.object.gvk().version});
    if (!ref.name_space.empty()) namespaces.insert(ref.name_space);
  }
  for (const auto& [ref, entry] : inventory.entries)
    wanted.push_back({ref, entry.version});
  for (const std::string& name : namespaces)
    wanted.push_back({{"", "Namespace", "", name}, ""});
  return wanted;
}

/// The Namespaces of `desired` that were never applied: they may not be there yet.
std::vector<Wanted> NewNamespaces(const std::vector<Manifest>& desired,
                                  const Inventory& inventory) {
  std::vector<Wanted> fresh;
  for (const Manifest& manifest : desired) {
    const ObjectRef& ref = manifest.object.ref();
    if (!ref.Is("", "Namespace") || inventory.entries.contains(ref)) continue;
    fresh.push_back({ref, manifest.object.gvk().version});
  }
  return fresh;
}

/// Reads what is live of `wanted`. New Namespaces first: what would be in one that is not
/// there is not asked for.
void ReadWanted(Cluster& cluster, const Discovery& discovery,
                const std::vector<Wanted>& new_namespaces, std::vector<Wanted> wanted,
                Snapshot& live) {
  ReadLive(cluster, discovery, new_namespaces, {}, live);
  if (!live.gaps.empty()) return;
  std::set<std::string> absent;
  for (const Wanted& fresh : new_namespaces) {
    if (live.Find(fresh.ref) == nullptr) absent.insert(fresh.ref.name);
  }
  std::erase_if(wanted, [&](const Wanted& want) {
    const ObjectRef& ref = want.ref;
    return absent.contains(ref.Is("", "Namespace") ? ref.name : ref.name_space);
  });
  ReadLive(cluster, discovery, wanted, {}, live);
}

/// The sets for which something rests: they may be those of another sync, and whether they
/// are there decides whether it is let go (apply/rollout.h).
void ReadRolling(Cluster& cluster, const Discovery& discovery, Snapshot& live) {
  std::vector<Wanted> sets;
  for (const auto& [ref, object] : live.objects) {
    if (const auto set = FrozenBy(object)) sets.push_back({*set, ""});
  }
  ReadLive(cluster, discovery, sets, {}, live);
}

/// The kinds that are served now: what comes with this very plan has no schema yet.
std::vector<Gvk> KindsOf(const Resolved& resolved) {
  std::vector<Gvk> kinds;
  for (const Manifest& manifest : resolved.manifests) {
    if (!resolved.Comes(manifest.object.gvk())) kinds.push_back(manifest.object.gvk());
  }
  return kinds;
}

/// Takes over those of `wanted` that a watch follows at present. What it does not have is
/// asked for: it may have come this very moment.
void TakeWatched(const Snapshot& watched, const std::vector<Wanted>& wanted, Snapshot& live) {
  for (const Wanted& want : wanted) {
    const ObjectRef& ref = want.ref;
    const Object* object = watched.Find(ref);
    const bool followed = watched.ListsAll(ref.group, ref.kind, ref.name_space);
    if (object != nullptr && followed && object->gvk().version == want.version) {
      live.Put(*object);
    }
  }
}

/// Errors of what the plan itself is about: without it there is no plan.
void NoteUnread(const Snapshot& live, std::vector<Error>& errors) {
  for (const Snapshot::Gap& gap : live.gaps) {
    const bool list = gap.what.name.empty();
    errors.push_back(gap.why.In(list ? "reading every " + gap.what.kind
                                     : "reading " + gap.what.ToString()));
  }
}

/// H-I3: what a group of kinds has that nobody can ask about now may use or own whatever
/// is deleted.
void HoldDeletions(const Discovery& discovery, PlanInput& input) {
  if (discovery.failed_groups.empty()) return;
  const std::vector<Removal> removals = FindRemovals(input);
  const bool deletes =
      std::any_of(removals.begin(), removals.end(), [](const Removal& removal) {
        return removal.fate == Removal::Fate::kDelete;
      });
  if (!deletes) return;
  std::string groups;
  for (const std::string& group : discovery.failed_groups) {
    groups += (groups.empty() ? "" : ", ") + group;
  }
  input.revision_findings.push_back(
      {"H-I3", Ruling::kHold,
       "the API server cannot tell at present what " + groups +
           " serves: objects of it may use or own what would be deleted",
       "find out why it is away: kubectl get apiservices; remove the APIService if nothing "
       "stands behind it any more; nothing is deleted before"});
}

/// Whether the revision follows what is in force, and what approvals of a rewind name;
/// who signed the approvals.
void AskHistory(const SurveyCall& call, PlanInput& input) {
  if (call.signers) {
    input.approval_signers = input.approvals.empty()
                                 ? ApprovalSigners{}
                                 : call.signers(input.inventory.revision);
  }
  if (!call.follows) return;
  std::set<std::string> commits = {input.inventory.revision};
  for (const Manifest& approval : input.approvals) {
    commits.insert(StringIn(approval.object.json(), "spec", "to"));
  }
  commits.erase("");
  for (const std::string& commit : commits) {
    const auto follows = call.follows(commit);
    if (follows.ok()) input.follows[commit] = *follows;
  }
}

}  // namespace

SurveyStart StartSurvey(SurveyCall call, const Discovery& discovery,
                        Inventory inventory) {
  SurveyStart start;
  PlanInput& input = start.survey.input;
  input.sync = call.place.sync;
  input.apply_set = call.place.ApplySetId();
  input.revision = call.revision;
  input.ref = call.ref;
  input.prune = call.prune;
  input.limits = call.limits;
  input.inventory_namespace = call.place.name_space;
  input.inventory = std::move(inventory);
  input.approvals = std::move(call.approvals);
  input.local_time = call.local_time;
  input.approval_times = std::move(call.approval_times);
  AskHistory(call, input);
  input.repo = call.repo;
  input.path = call.path;
  input.left_out = std::move(call.left_out);
  input.revision_findings = std::move(call.revision_findings);
  input.secret_fields = std::move(call.secret_fields);

  std::map<Source, ObjectRef> by_source;
  start.resolved = Resolve(std::move(call.manifests), discovery, call.default_namespace);
  start.survey.errors = start.resolved.errors;
  for (Manifest& manifest : start.resolved.manifests) {
    by_source.emplace(manifest.source, manifest.object.ref());
    // A Secret goes out with data only: the server forgets which key of data a
    // key of stringData became, and would keep it for ever once Git drops it.
    manifest.object =
        Normalize(manifest.object).WithLabel(kPartOfLabel, input.apply_set);
    const ObjectRef& ref = manifest.object.ref();
    if (ref.Is("batch", "Job")) input.job_hashes[ref] = HashOfJob(manifest.object);
  }
  for (const auto& [source, finding] : call.object_findings) {
    const auto ref = by_source.find(source);
    if (ref == by_source.end()) continue;
    input.object_findings.emplace(ref->second, finding);
    if (Stops(finding.ruling)) start.refused.push_back(ref->second);
  }
  return start;
}

Result<Survey> SurveyCluster(Cluster& cluster, InventoryStore& store,
                             ApprovalStore& approvals, Journal& journal,
                             ServerSchema& schema, SurveyCall call) {
  HOLDFAST_TRY_ASSIGN(const std::string cluster_uid, cluster.Uid());
  HOLDFAST_TRY_ASSIGN(const Discovery* discovery, cluster.Discover());
  HOLDFAST_TRY_ASSIGN(Inventory inventory, store.Load());

  const KeyedHash hash = call.hash;
  const Snapshot* watched = call.watched;
  SurveyStart start = StartSurvey(std::move(call), *discovery, std::move(inventory));
  Survey& survey = start.survey;
  Resolved& resolved = start.resolved;
  PlanInput& input = survey.input;
  if (!input.approvals.empty()) {
    HOLDFAST_TRY_ASSIGN(input.used_approvals, approvals.Load());
  }
  HOLDFAST_TRY_ASSIGN(input.journal, journal.Load());
  Snapshot& live = input.live;
  live.cluster_uid = cluster_uid;
  const std::vector<Wanted> wanted = LiveOf(resolved.manifests, input.inventory);
  if (watched != nullptr) TakeWatched(*watched, wanted, live);
  ReadWanted(cluster, *discovery, NewNamespaces(resolved.manifests, input.inventory), wanted,
             live);
  ConfirmIntents(input);
  NoteUnread(live, survey.errors);
  ReadRolling(cluster, *discovery, live);
  if (survey.errors.empty()) {
    schema.Learn(cluster, KindsOf(resolved));
    Predictions predictions =
        Predict(cluster, resolved, live,
                {.schema = &schema,
                 .hash = hash,
                 .leave_out = std::move(start.refused),
                 .secret_fields = input.secret_fields});
    input.predictions = std::move(predictions.of);
    survey.errors = std::move(predictions.errors);
  }
  input.desired = std::move(resolved.manifests);
  if (survey.errors.empty()) {
    ReadFacts(cluster, *discovery, input);
    HoldDeletions(*discovery, input);
  }
  live.server_time = cluster.ServerTime();
  return std::move(survey);
}

}  // namespace holdfast
