#include "apply/recreator.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "apply/claim_growth.h"
#include "apply/guard.h"
#include "apply/health.h"
#include "apply/live_reader.h"
#include "apply/managed_fields.h"
#include "apply/pod_template.h"
#include "apply/recreation.h"
#include "apply/template_change.h"
#include "apply/watch_cache.h"

namespace holdfast {
namespace {

const Gvk kPod{"", "v1", "Pod"};
constexpr std::chrono::milliseconds kLook{200};
/// How often the status of an object may change between our read and our patch.
constexpr int kTries = 5;

Error Declined(const ApplyAnswer& answer, const std::string& what) {
  if (const auto* error = std::get_if<Error>(&answer)) return error->In(what);
  return Error{ErrorCode::kConflict, what + ": the API server declined it: " +
                                         std::get<Rejection>(answer).message};
}

long long RestartsOf(const Object& pod) {
  long long restarts = 0;
  for (const Json& container : ArrayIn(pod.json(), "status", "containerStatuses")) {
    restarts += IntegerIn(0, container, "restartCount");
  }
  return restarts;
}

/// {"db-0": {"uid": ..., "restarts": 0}, ...} of the pods that `uid` controls.
Json PodsOf(const Snapshot& live, const std::string& name_space, const std::string& uid) {
  Json pods = Json::object();
  for (const Object* pod : live.All("", "Pod", name_space)) {
    if (ControllerUid(*pod) != uid) continue;
    pods[pod->ref().name] = {{"uid", pod->uid()}, {"restarts", RestartsOf(*pod)}};
  }
  return pods;
}

/// What the plan was made of is what there is: read whole, and nobody has changed the set
/// since.
Status IsAsPlanned(const ObjectRef& ref, const Snapshot& planned, const Snapshot& now) {
  for (const auto& gap : now.gaps) {
    return Error{ErrorCode::kConflict, gap.what.ToString() + " could not be read: " +
                                           gap.why.message + "; nothing is deleted"};
  }
  const Object* before = planned.Find(ref);
  const Object* live = now.Find(ref);
  const bool same = before != nullptr && live != nullptr && before->uid() == live->uid() &&
                    IntegerIn(0, before->json(), "metadata", "generation") ==
                        IntegerIn(-1, live->json(), "metadata", "generation");
  if (same) return {};
  return Error{ErrorCode::kConflict,
               "somebody has changed the StatefulSet since the plan was made; nothing is "
               "deleted"};
}

/// spec without the claim templates, which the server fills in by itself.
Json SpecToCompare(const Object& set) {
  Json spec = MapIn(set.json(), "spec");
  spec.erase("volumeClaimTemplates");
  return spec;
}

/// Where two values part, for people: "template.spec.containers"; "" if nowhere.
std::string FirstDifference(const Json& a, const Json& b, const std::string& path = "") {
  if (a == b) return "";
  if (!a.is_object() || !b.is_object()) return path;
  for (const Json* side : {&a, &b}) {
    for (const auto& [key, value] : side->items()) {
      const Json* left = FindIn(a, key);
      const Json* right = FindIn(b, key);
      const std::string here = path.empty() ? key : path + "." + key;
      if (left == nullptr || right == nullptr) return here;
      if (*left != *right) return FirstDifference(*left, *right, here);
    }
  }
  return path;
}

}  // namespace

Recreator::Recreator(Cluster& cluster, const Clock& clock, Journal& journal,
                     const ApplierOptions& options)
    : cluster_(cluster), clock_(clock), journal_(journal), options_(options) {}

Result<Object> Recreator::Recreate(const Manifest& manifest, const PlanInput& input,
                                   const Say& say) {
  PlanInput facts = ReadAgain(manifest, input);
  HOLDFAST_TRY(IsAsPlanned(manifest.object.ref(), input.live, facts.live));
  HOLDFAST_TRY_ASSIGN(JournalEntry entry, Begin(manifest, facts));
  HOLDFAST_TRY(GrowClaims(manifest, facts, say));

  facts = ReadAgain(manifest, input);
  HOLDFAST_TRY(IsAsPlanned(manifest.object.ref(), input.live, facts.live));
  const Object* live = facts.live.Find(manifest.object.ref());
  HOLDFAST_TRY(TryDry(entry, *live));
  for (const WriteMode mode : {WriteMode::kDryRun, WriteMode::kReal}) {
    if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
    auto judged = Guard::RequestRecreation(*live, entry.uid, manifest, facts);
    if (const auto* against = std::get_if<std::vector<Finding>>(&judged)) {
      return Error{ErrorCode::kConflict,
                   "judged again before it is made anew and refused: " +
                       against->front().reason + " [" + against->front().hazard + "]"};
    }
    if (mode == WriteMode::kReal) {
      entry.step = kRecreatingStep;
      HOLDFAST_TRY(journal_.Open(entry));
      wrote_ = true;
    }
    HOLDFAST_TRY(cluster_.Delete(std::move(std::get<Permit>(judged)), mode));
  }
  return MakeAndAdopt(entry, say);
}

PlanInput Recreator::ReadAgain(const Manifest& manifest, const PlanInput& input) {
  PlanInput facts = input;
  // What the plan is to others has been judged; this is about one object.
  facts.desired = {manifest};
  facts.inventory.entries.clear();
  facts.live = Snapshot{};
  facts.live.cluster_uid = input.live.cluster_uid;
  facts.journal = journal_.open();
  const ObjectRef& ref = manifest.object.ref();
  const auto discovery = cluster_.Discover();
  if (!discovery.ok()) {
    facts.live.gaps.push_back({ref, discovery.error()});
    return facts;
  }
  ReadLive(cluster_, **discovery, {{ref, manifest.object.gvk().version}},
           {{"", "Pod", ref.name_space}}, facts.live);
  ReadFacts(cluster_, **discovery, facts);
  facts.live.server_time = cluster_.ServerTime();
  return facts;
}

Result<JournalEntry> Recreator::Begin(const Manifest& manifest, const PlanInput& facts) {
  const ObjectRef& ref = manifest.object.ref();
  const Object* live = facts.live.Find(ref);
  const auto against = Guard::AgainstRecreation(*live, manifest, facts);
  if (!against.empty()) {
    return Error{ErrorCode::kConflict, "judged again and refused: " +
                                           against.front().reason + " [" +
                                           against.front().hazard + "]"};
  }
  const Json pods = PodsOf(facts.live, ref.name_space, live->uid());
  if (static_cast<long long>(pods.size()) != ReplicasOf(*live)) {
    return Error{ErrorCode::kConflict, std::to_string(pods.size()) + " of " +
                                           std::to_string(ReplicasOf(*live)) +
                                           " pods are there"};
  }
  JournalEntry entry{
      .act = std::string(kRecreateAct),
      .gvk = live->gvk(),
      .ref = ref,
      .uid = live->uid(),
      .step = std::string(kGrowingStep),
      .revision = facts.revision,
      .before = {{"object", live->json()},
                 {"pods", pods},
                 {"updateRevision", StringIn(live->json(), "status", "updateRevision")}},
      .after = {{"object", MadeAnew(*live, manifest.object).json()}}};
  HOLDFAST_TRY(journal_.Open(entry));
  return journal_.open().at(entry.Key());
}

Status Recreator::GrowClaims(const Manifest& manifest, const PlanInput& facts,
                             const Say& say) {
  const Object& live = *facts.live.Find(manifest.object.ref());
  for (const GrowingClaim& one : GrowingClaims(live, manifest.object, facts.live)) {
    if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
    const std::string name = one.claim->ref().ToString();
    const PatchCall call{
        *one.claim,
        {{"metadata",
          {{"uid", one.claim->uid()}, {"resourceVersion", one.claim->resource_version()}}},
         {"spec", {{"resources", {{"requests", {{"storage", one.to}}}}}}}},
        WriteMode::kReal};
    wrote_ = true;  // Without an answer too: it may be done.
    const ApplyAnswer answer = std::move(cluster_.Patch({call}).front());
    if (!std::holds_alternative<Object>(answer)) {
      return Declined(answer, "growing " + name + " to " + one.to);
    }
    HOLDFAST_TRY(AwaitGrowth(std::get<Object>(answer), say).In(name));
  }
  return {};
}

Status Recreator::AwaitGrowth(const Object& claim, const Say& say) {
  WatchCache watched(cluster_);
  HOLDFAST_TRY(watched.Add({{claim.gvk(), claim.ref().name_space, ""}}));
  const Clock::TimePoint deadline = clock_.Now() + options_.TimeoutOfStep();
  std::string said;
  while (true) {
    const Object* now = watched.live().Find(claim.ref());
    if (now == nullptr || now->uid() != claim.uid()) {
      return Error{ErrorCode::kConflict, "it is gone, while it was growing"};
    }
    const GrowthState state = GrowthOf(*now);
    if (state.done) return {};
    if (state.failed) return Error{ErrorCode::kTimeout, state.sentence};
    if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
    if (clock_.Now() >= deadline) {
      return Error{ErrorCode::kTimeout, "not within the time-out: " + state.sentence};
    }
    if (state.sentence != said) say(claim.ref().ToString() + ": " + state.sentence);
    said = state.sentence;
    if (const auto waited = watched.WaitForChange(kLook); !waited.ok()) {
      return waited.error();
    }
  }
}

Status Recreator::TryDry(const JournalEntry& entry, const Object& live) {
  // Under its own name it is there already.
  Json json = MapIn(entry.after, "object");
  json["metadata"]["name"] = live.ref().name.substr(0, 40) + "-holdfast-trial";
  HOLDFAST_TRY_ASSIGN(const Object trial, Object::Make(std::move(json)));
  const ApplyAnswer answer =
      std::move(cluster_.Apply({{trial, WriteMode::kDryRun}}).front());
  const auto* made = std::get_if<Object>(&answer);
  if (made == nullptr) return Declined(answer, "trying the new StatefulSet");
  const std::string other = FirstDifference(SpecToCompare(live), SpecToCompare(*made));
  if (other.empty()) return {};
  return Error{ErrorCode::kConflict,
               "made anew it would differ in spec." + other +
                   " too (an admission webhook may change it), so its pods might be "
                   "restarted; nothing was deleted"};
}

Result<Object> Recreator::MakeAndAdopt(JournalEntry entry, const Say& say) {
  HOLDFAST_TRY_ASSIGN(std::optional<Object> there, AwaitDeletion(entry, say));
  if (!there) {
    HOLDFAST_TRY_ASSIGN(there, Make(entry));
  }
  HOLDFAST_TRY(PutBackOwnership(entry, *there));
  HOLDFAST_TRY_ASSIGN(Object adopted, AwaitAdoption(entry, *there, say));
  entry.step = kMadeStep;
  entry.after["uid"] = adopted.uid();
  HOLDFAST_TRY(journal_.Open(entry));
  // Not ours to undo, but nobody should have to find it out.
  const Json& before = MapIn(entry.before, "pods");
  WatchCache watched(cluster_);
  HOLDFAST_TRY(watched.Add({{kPod, entry.ref.name_space, ""}}));
  for (const auto& [name, pod] : before.items()) {
    const Object* now = watched.live().Find({"", "Pod", entry.ref.name_space, name});
    const bool same = now != nullptr && now->uid() == StringIn(pod, "uid") &&
                      RestartsOf(*now) == IntegerIn(0, pod, "restarts");
    if (!same) say("Pod " + name + " was restarted or replaced meanwhile, not by this run");
  }
  return adopted;
}

Result<std::optional<Object>> Recreator::AwaitDeletion(const JournalEntry& entry,
                                                       const Say& say) {
  WatchCache watched(cluster_);
  HOLDFAST_TRY(watched.Add({{entry.gvk, entry.ref.name_space, ""}}));
  const Clock::TimePoint deadline = clock_.Now() + options_.TimeoutOfStep();
  bool said = false;
  while (true) {
    const Object* now = watched.live().Find(entry.ref);
    if (now == nullptr) return std::optional<Object>();
    if (now->uid() != entry.uid) return std::optional(*now);
    if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
    if (clock_.Now() >= deadline) {
      return Error{ErrorCode::kTimeout, "the old StatefulSet does not go; its pods stay"};
    }
    if (!std::exchange(said, true)) {
      say("waits until its pods are let go");
    }
    if (const auto waited = watched.WaitForChange(kLook); !waited.ok()) {
      return waited.error();
    }
  }
}

Result<Object> Recreator::Make(const JournalEntry& entry) {
  HOLDFAST_TRY_ASSIGN(const Object wanted, Object::Make(MapIn(entry.after, "object")));
  ApplyAnswer answer = cluster_.Create(wanted);
  if (auto* made = std::get_if<Object>(&answer)) return std::move(*made);
  const auto* no = std::get_if<Rejection>(&answer);
  if (no == nullptr || no->kind != Rejection::Kind::kConflict) {
    return Declined(answer, "making " + entry.ref.ToString() + " anew");
  }
  // It came meanwhile.
  return std::move(
      cluster_.Get({{entry.gvk, entry.ref.name_space, entry.ref.name}}).front());
}

Status Recreator::PutBackOwnership(const JournalEntry& entry, const Object& made) {
  Json fields = Json::array();
  for (const Json& one : ArrayIn(entry.before, "object", "metadata", "managedFields")) {
    if (StringIn(one, "subresource").empty()) fields.push_back(one);
  }
  if (fields.empty()) return {};
  Object now = made;
  for (int i = 0; i < kTries; ++i) {
    bool made_by_us = false;
    Json all = fields;
    for (const Json& one : ArrayIn(now.json(), "metadata", "managedFields")) {
      made_by_us |= StringIn(one, "manager") == kFieldManager &&
                    StringIn(one, "operation") == "Update";
      if (!StringIn(one, "subresource").empty()) all.push_back(one);
    }
    if (!made_by_us) return {};
    const ApplyAnswer answer = std::move(
        cluster_
            .Patch({{now,
                     {{"metadata",
                       {{"uid", now.uid()},
                        {"resourceVersion", now.resource_version()},
                        {"managedFields", std::move(all)}}}},
                     WriteMode::kReal}})
            .front());
    if (std::holds_alternative<Object>(answer)) return {};
    const auto* no = std::get_if<Rejection>(&answer);
    if (no == nullptr || no->kind != Rejection::Kind::kConflict) {
      return Declined(answer, "putting back who holds the fields of " + entry.ref.ToString());
    }
    HOLDFAST_TRY_ASSIGN(
        now, std::move(
                 cluster_.Get({{entry.gvk, entry.ref.name_space, entry.ref.name}}).front()));
  }
  return Error{ErrorCode::kConflict,
               entry.ref.ToString() + " changes faster than it can be written"};
}

Result<Object> Recreator::AwaitAdoption(const JournalEntry& entry, const Object& made,
                                        const Say& say) {
  WatchCache watched(cluster_);
  HOLDFAST_TRY(watched.Add({{entry.gvk, entry.ref.name_space, ""},
                            {kPod, entry.ref.name_space, ""}}));
  const Clock::TimePoint deadline = clock_.Now() + options_.TimeoutOfStep();
  std::string said;
  while (true) {
    const Object* set = watched.live().Find(entry.ref);
    if (set == nullptr || set->uid() != made.uid()) {
      return Error{ErrorCode::kConflict, "somebody deleted the new StatefulSet"};
    }
    const std::string waits = WhatAdoptionWaitsFor(entry, *set, watched.live());
    if (waits.empty()) return *set;
    if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
    if (clock_.Now() >= deadline) {
      return Error{ErrorCode::kTimeout, "the pods are not taken over: " + waits};
    }
    if (waits != said) say(waits);
    said = waits;
    if (const auto waited = watched.WaitForChange(kLook); !waited.ok()) {
      return waited.error();
    }
  }
}

Result<std::string> Recreator::Finish(const JournalEntry& entry, const Say& say) {
  if (entry.step == kMadeStep) return StringIn(entry.after, "uid");
  if (entry.step != kRecreatingStep) return std::string();
  auto read = std::move(
      cluster_.Get({{entry.gvk, entry.ref.name_space, entry.ref.name}}).front());
  if (!read.ok() && read.error().code != ErrorCode::kNotFound) {
    return read.error().In("reading " + entry.ref.ToString());
  }
  if (read.ok() && !read->terminating()) {
    if (read->uid() == entry.uid) return std::string();
    if (MapIn(read->json(), "spec", "selector") !=
        MapIn(entry.after, "object", "spec", "selector")) {
      say("was being made anew, and somebody has made another one of its name");
      return std::string();
    }
  }
  const auto home =
      std::move(cluster_.Get({{{"", "v1", "Namespace"}, "", entry.ref.name_space}}).front());
  if (!home.ok() && home.error().code == ErrorCode::kNotFound) {
    say("was being made anew, and its namespace is gone");
    return std::string();
  }
  say("was being made anew around its pods (begun " + entry.since + " by " + entry.by +
      "): this is finished first");
  const auto made = MakeAndAdopt(entry, say);
  if (!made.ok()) return made.error().In("finishing " + entry.ref.ToString());
  return made->uid();
}

}  // namespace holdfast
