#include "tests/histories/world.h"

#include <algorithm>
#include <utility>

#include "apply/kinds.h"
#include "apply/pod_template.h"
#include "tests/histories/mortal_cluster.h"

namespace holdfast::histories {
namespace {

const Gvk kPod{"", "v1", "Pod"};
const Gvk kClaim{"", "v1", "PersistentVolumeClaim"};
const Gvk kVolume{"", "v1", "PersistentVolume"};
const Gvk kSet{"apps", "v1", "StatefulSet"};
const Gvk kDeployment{"apps", "v1", "Deployment"};

ObjectKey KeyOf(const Object& object) {
  return {object.gvk(), object.ref().name_space, object.ref().name};
}

bool OwnsAny(const Object& object, const std::set<std::string>& owners) {
  for (const Json& owner : ArrayIn(object.json(), "metadata", "ownerReferences")) {
    if (owners.contains(StringIn(owner, "uid"))) return true;
  }
  return false;
}

std::string Retention(const Object& set, const char* when) {
  return StringIn(set.json(), "spec", "persistentVolumeClaimRetentionPolicy", when);
}

/// The ordinal of a claim of this set, or -1.
long long OrdinalOf(const Object& set, const std::string& claim) {
  for (const Json& from : ArrayIn(set.json(), "spec", "volumeClaimTemplates")) {
    const std::string prefix =
        StringIn(from, "metadata", "name") + "-" + set.ref().name + "-";
    if (!claim.starts_with(prefix)) continue;
    long long ordinal = 0;
    for (const char c : claim.substr(prefix.size())) {
      if (c < '0' || c > '9') return -1;
      ordinal = ordinal * 10 + (c - '0');
    }
    return ordinal;
  }
  return -1;
}

}  // namespace

const std::vector<StepKind>& StepKinds() {
  static const std::vector<StepKind> kKinds = {
      {"drop-document", StepGroup::kEdit, 6, &World::DropDocument},
      {"drop-file", StepGroup::kEdit, 3, &World::DropFile},
      {"drop-database", StepGroup::kEdit, 6, &World::DropDatabase},
      {"empty-folder", StepGroup::kEdit, 1, &World::EmptyFolder},
      {"rename", StepGroup::kEdit, 2, &World::Rename},
      {"move", StepGroup::kEdit, 2, &World::Move},
      {"move-file", StepGroup::kEdit, 1, &World::MoveFile},
      {"resize", StepGroup::kEdit, 2, &World::Resize},
      {"change-class", StepGroup::kEdit, 1, &World::ChangeClass},
      {"scale", StepGroup::kEdit, 4, &World::Scale},
      {"change-retention", StepGroup::kEdit, 5, &World::ChangeRetention},
      {"change-selector", StepGroup::kEdit, 1, &World::ChangeSelector},
      {"change-strategy", StepGroup::kEdit, 2, &World::ChangeStrategy},
      {"change-mount", StepGroup::kEdit, 2, &World::ChangeMount},
      {"change-image", StepGroup::kEdit, 2, &World::ChangeImage},
      {"change-policy", StepGroup::kEdit, 1, &World::ChangePolicy},
      {"annotate", StepGroup::kEdit, 1, &World::Annotate},
      {"add-owner", StepGroup::kEdit, 1, &World::AddOwner},
      {"add-volume", StepGroup::kEdit, 3, &World::AddVolume},
      {"change-volume", StepGroup::kEdit, 2, &World::ChangeVolume},
      {"drop-volume", StepGroup::kEdit, 2, &World::DropVolume},
      {"drop-owner", StepGroup::kEdit, 2, &World::DropOwner},
      {"retire", StepGroup::kEdit, 3, &World::Retire},
      {"add-namespace", StepGroup::kEdit, 2, &World::AddNamespace},
      {"add-harmless", StepGroup::kEdit, 1, &World::AddHarmless},
      {"duplicate", StepGroup::kEdit, 1, &World::Duplicate},
      {"leave-markers", StepGroup::kEdit, 1, &World::LeaveMarkers},
      {"revert", StepGroup::kEdit, 3, &World::Revert},
      {"rewind", StepGroup::kEdit, 1, &World::Rewind},
      {"bring-back", StepGroup::kEdit, 4, &World::BringBack},
      {"approve", StepGroup::kApproval, 12, &World::Approve},
      {"forge", StepGroup::kApproval, 2, &World::Forge},
      {"bring-back-approval", StepGroup::kApproval, 2, &World::BringBackApproval},
      {"drop-approvals", StepGroup::kApproval, 1, &World::DropApprovals},
      {"sync", StepGroup::kRun, 16, &World::Sync},
      {"crash-sync", StepGroup::kRun, 8, &World::CrashSync},
      {"restart-pods", StepGroup::kAccident, 4, &World::RestartPods},
      {"restart-pod", StepGroup::kAccident, 2, &World::RestartPod},
      {"delete-by-hand", StepGroup::kAccident, 4, &World::DeleteByHand},
      {"delete-claim", StepGroup::kAccident, 1, &World::DeleteClaim},
      {"own-claim", StepGroup::kAccident, 2, &World::OwnClaim},
      {"arm-retention", StepGroup::kAccident, 1, &World::ArmRetention},
      {"edit-by-hand", StepGroup::kAccident, 5, &World::EditByHand},
      {"work", StepGroup::kAccident, 4, &World::Work},
      {"wait", StepGroup::kAccident, 1, &World::Wait},
      {"lose-inventory", StepGroup::kAccident, 1, &World::LoseInventory},
  };
  return kKinds;
}

World::World(memory::Bed& bed, const Clock& clock, ServerSchema& schema,
             WorldOptions options)
    : bed_(bed),
      clock_(clock),
      schema_(schema),
      options_(std::move(options)),
      repository_(options_.prefix, options_.base) {
  for (const memory::Destroyed& one : bed_.destroyed()) known_.insert(one.claim_uid);
  if (options_.opened) return;
  for (const char* suffix : {"-a", "-b"}) {
    auto space = Object::Make({{"apiVersion", "v1"},
                               {"kind", "Namespace"},
                               {"metadata", {{"name", options_.prefix + suffix}}}});
    (void)bed_.Create(*space);
  }
  Carry(0, 0, 0);
  bed_.Settle();
}

std::optional<std::string> World::Play(const Step& step) {
  for (const StepKind& kind : StepKinds()) {
    if (step.what == kind.name) (this->*kind.play)(step);
  }
  if (!broken_) broken_ = Loss();
  return broken_;
}

std::optional<std::string> World::End() {
  for (int i = 0; i < 2 && !broken_; ++i) {
    bed_.Settle();
    RestartPods({});
    bed_.Settle();
    broken_ = Loss();
    if (broken_) *broken_ += ", when every pod was restarted in the end";
  }
  return broken_;
}

std::optional<std::string> World::Loss() {
  for (const memory::Destroyed& one : bed_.destroyed()) {
    const bool of_others = !one.claim.starts_with(options_.prefix + "-");
    const auto held = volumes_.find(one.volume);
    const bool theirs = theirs_.contains(one.claim_uid) ||
                        (held != volumes_.end() && theirs_.contains(held->second));
    if (of_others || theirs || known_.contains(one.claim_uid)) continue;
    return "the data of claim " + one.claim + " (volume " + one.volume +
           ") are destroyed";
  }
  return VolumeThatGoes();
}

std::optional<std::string> World::VolumeThatGoes() {
  (void)LiveClaims();
  std::map<std::string, bool> stays;
  for (const Object& volume : LiveVolumes()) {
    const std::string& name = volume.ref().name;
    stays[name] = !volume.terminating();
    const Json& holder = MapIn(volume.json(), "spec", "claimRef");
    const std::string& uid = StringIn(holder, "uid");
    // A real bed has volumes of other histories too. What strangers write into claimRef
    // makes nobody its owner.
    const bool ours = StringIn(holder, "namespace").starts_with(options_.prefix + "-");
    if (ours && claims_.contains(uid)) volumes_[name] = uid;
  }
  for (const auto& [name, claim] : volumes_) {
    const auto found = stays.find(name);
    const bool is_there = found != stays.end();
    if ((is_there && found->second) || theirs_.contains(claim)) continue;
    return "volume " + name + (is_there ? " is being deleted" : " is gone");
  }
  return std::nullopt;
}

Reconciler World::MakeReconciler(Cluster& cluster,
                                 const std::function<bool()>& cancelled) {
  return Reconciler(cluster, clock_, schema_, [](std::string_view) { return "h"; },
                    {.place = {.name_space = "holdfast-system", .sync = options_.prefix},
                     .default_namespace = options_.prefix + "-a",
                     .prune = true,
                     .limits = {},
                     .timeout = options_.timeout,
                     .cancelled = cancelled,
                     // Runs follow one another: whoever holds the lease yet was killed.
                     .is_dead = [](const std::string&) { return true; }});
}

Judged World::JudgeHead() {
  return MakeReconciler(bed_.cluster(), [] { return false; }).Judge(repository_.Read());
}

void World::Carry(int die_at, std::uint32_t how, std::uint32_t between) {
  MortalCluster cluster(bed_.cluster());
  if (die_at > 0) {
    cluster.DieAt(die_at, how % 2 == 0 ? LastWords::kUnsent : LastWords::kUnheard);
  }
  Reconciler reconciler = MakeReconciler(cluster, [&cluster] { return cluster.dead(); });
  const Revision revision = repository_.Read();
  Judged judged = reconciler.JudgeToAct(revision);
  if (cluster.writes() > 0) broken_ = "judging has written to the cluster";
  const auto turn = reconciler.Begin(revision, judged, [&](const std::string& said) {
    Say("begin: " + said);
  });
  if (!turn.ok()) return Say("sync: " + turn.error().message);
  reconciler.Rescue(revision, judged, [&](const std::string& said) {
    ++tally_["rescues"];
    Say("rescue: " + said);
  });
  if (cluster.dead()) {
    ++tally_["runs killed while judging"];
    return Say("sync: killed while judging");
  }
  if (!judged.errors.empty()) {
    ++tally_["revisions with errors"];
    return Say("sync: " + judged.errors.front().message);
  }
  if (!judged.MayGoAhead()) {
    ++tally_["revisions stopped"];
    std::string why;
    for (const Finding& finding : judged.plan.set.findings) {
      if (Stops(finding.ruling)) why += " " + finding.hazard;
    }
    for (const Change& change : judged.plan.set.changes) {
      for (const Finding& finding : change.findings) {
        if (Stops(finding.ruling))
          why += " " + finding.hazard + "(" + change.ref.ToString() + ")";
      }
    }
    return Say("sync: stopped:" + why);
  }
  // Others work between the judgement and the act.
  if (between % 4 == 1) RestartPods({});
  if (between % 4 == 2) EditByHand({"", between / 4, between / 8});
  if (between % 16 == 3) DeleteByHand({"", between / 4, between / 8});
  ApplyObserver nobody;
  const RunReport report = reconciler.Act(judged, nobody);
  int deleted = 0;
  for (const Outcome& outcome : report.outcomes) {
    deleted += outcome.state == Outcome::State::kDeleted ? 1 : 0;
    if (outcome.state == Outcome::State::kDeleted && IsClaim(outcome.ref)) {
      ++tally_["claims deleted"];
    }
  }
  tally_["objects deleted"] += deleted;
  ++tally_[cluster.dead() ? "runs killed while acting" : "revisions carried out"];
  Say("sync: acted, end " + std::to_string(static_cast<int>(report.end)) +
      (cluster.dead() ? ", killed" : "") +
      (report.reason.empty() ? "" : ": " + report.reason));
}

void World::Sync(const Step& step) { Carry(0, 0, step.b); }

void World::CrashSync(const Step& step) {
  // Judging is some twenty requests; acting some ten more.
  Carry(static_cast<int>(step.a % 60) + 1, step.b, step.b / 2);
}

std::vector<Object> World::LiveObjects(const Gvk& gvk, bool of_namespaces) {
  std::vector<ListCall> calls;
  if (of_namespaces) {
    for (const char* suffix : {"-a", "-b"})
      calls.push_back({gvk, options_.prefix + suffix, ""});
  } else {
    calls.push_back({gvk, "", ""});
  }
  std::vector<Object> objects;
  for (auto& list : bed_.cluster().List(calls)) {
    if (!list.ok()) continue;
    for (Object& object : list->objects) {
      // A real bed has volumes of other histories too.
      const std::string of = StringIn(object.json(), "spec", "claimRef", "namespace");
      if (of_namespaces || of.starts_with(options_.prefix + "-")) {
        objects.push_back(std::move(object));
      }
    }
  }
  return objects;
}

void World::RestartPods(const Step&) {
  for (const Object& pod : LiveObjects(kPod, true)) {
    (void)bed_.Delete(KeyOf(pod), memory::Propagation::kBackground);
  }
  Say("cluster: every pod is restarted");
}

void World::RestartPod(const Step& step) {
  const std::vector<Object> pods = LiveObjects(kPod, true);
  if (pods.empty()) return;
  const Object& pod = pods[step.a % pods.size()];
  (void)bed_.Delete(KeyOf(pod), memory::Propagation::kBackground);
  Say("cluster: " + pod.ref().ToString() + " is restarted");
}

std::vector<Object> World::LiveClaims() {
  std::vector<Object> claims = LiveObjects(kClaim, true);
  for (const Object& claim : claims) claims_.insert(claim.uid());
  return claims;
}

std::vector<Object> World::LiveVolumes() {
  auto lists = bed_.cluster().List({{kVolume, "", ""}});
  return lists[0].ok() ? std::move(lists[0]->objects) : std::vector<Object>();
}

void World::Doom(const Object& claim, const std::vector<Object>& volumes) {
  const std::string& name = StringIn(claim.json(), "spec", "volumeName");
  for (const Object& volume : volumes) {
    if (volume.ref().name == name && !volume.terminating() &&
        StringIn(volume.json(), "spec", "persistentVolumeReclaimPolicy") == "Retain") {
      doomed_.insert(claim.uid());
      return;
    }
  }
  theirs_.insert(claim.uid());
}

/// Whoever deletes a set with whenDeleted: Delete, or scales it down with whenScaled:
/// Delete, has deleted the claims of these members.
void World::BlameMembersFrom(const Object& set, long long first) {
  const std::vector<Object> volumes = LiveVolumes();
  for (const Object& claim : LiveClaims()) {
    if (claim.ref().name_space != set.ref().name_space) continue;
    if (OrdinalOf(set, claim.ref().name) >= first) Doom(claim, volumes);
  }
}

void World::Blame(const Object& deleted) {
  const ObjectRef& ref = deleted.ref();
  const std::vector<Object> volumes = LiveVolumes();
  if (IsClaim(ref)) Doom(deleted, volumes);
  if (IsVolume(ref)) {
    theirs_.insert(StringIn(deleted.json(), "spec", "claimRef", "uid"));
    if (const auto held = volumes_.find(ref.name); held != volumes_.end())
      theirs_.insert(held->second);
  }
  if (IsStatefulSet(ref) && Retention(deleted, "whenDeleted") == "Delete") {
    BlameMembersFrom(deleted, 0);
  }
  if (ref.Is("", "Pod")) return;  // A restart must cost nobody anything.
  const std::set<std::string> gone = {deleted.uid()};
  for (const Object& claim : LiveClaims()) {
    const bool in_it = ref.Is("", "Namespace") && claim.ref().name_space == ref.name;
    if (in_it || OwnsAny(claim, gone)) Doom(claim, volumes);
  }
}

void World::DeleteLive(const Object& object) {
  Blame(object);
  (void)bed_.Delete(KeyOf(object), memory::Propagation::kBackground);
  ++tally_["deletions by hand"];
  Say("by hand: delete " + object.ref().ToString());
}

void World::DeleteByHand(const Step& step) {
  static const std::vector<Gvk> kKinds = {
      kClaim, kSet,    kDeployment,          {"", "v1", "Service"},
      kClaim, kVolume, {"", "v1", "Secret"}, {"", "v1", "ConfigMap"}};
  const Gvk& kind = kKinds[step.a % kKinds.size()];
  const std::vector<Object> objects = LiveObjects(kind, kind != kVolume);
  if (!objects.empty()) DeleteLive(objects[step.b % objects.size()]);
}

/// One whose volume stays, as people do when they believe that it is kept for good.
void World::DeleteClaim(const Step& step) {
  const std::vector<Object> volumes = LiveVolumes();
  std::vector<Object> kept;
  for (const Object& claim : LiveClaims()) {
    for (const Object& volume : volumes) {
      if (volume.ref().name == StringIn(claim.json(), "spec", "volumeName") &&
          StringIn(volume.json(), "spec", "persistentVolumeReclaimPolicy") == "Retain") {
        kept.push_back(claim);
      }
    }
  }
  if (!kept.empty()) DeleteLive(kept[step.a % kept.size()]);
}

/// As an operator, or who copies from one: something of its namespace owns a claim.
void World::OwnClaim(const Step& step) {
  static const std::vector<Gvk> kOwners = {
      {"", "v1", "ConfigMap"}, {"", "v1", "Secret"}, {"", "v1", "Service"}, kSet, kDeployment};
  const std::vector<Object> claims = LiveClaims();
  if (claims.empty()) return;
  const Object& claim = claims[step.a % claims.size()];
  std::vector<Object> owners;
  for (const Gvk& kind : kOwners) {
    for (const Object& one : LiveObjects(kind, true)) {
      if (one.ref().name_space == claim.ref().name_space && !one.terminating())
        owners.push_back(one);
    }
  }
  if (owners.empty()) return;
  const Object& owner = owners[step.b % owners.size()];
  Json names = ArrayIn(claim.json(), "metadata", "ownerReferences");
  names.push_back({{"apiVersion", owner.gvk().ApiVersion()},
                   {"kind", owner.ref().kind},
                   {"name", owner.ref().name},
                   {"uid", owner.uid()}});
  (void)bed_.Edit(KeyOf(claim), {{"metadata", {{"ownerReferences", names}}}});
  ++tally_["claims that are given an owner"];
  Say("by hand: " + owner.ref().ToString() + " owns " + claim.ref().ToString());
}

void World::ArmRetention(const Step& step) {
  const std::vector<Object> sets = LiveObjects(kSet, true);
  if (sets.empty()) return;
  const Object& set = sets[step.a % sets.size()];
  if (set.terminating()) return;
  (void)bed_.Edit(
      KeyOf(set),
      {{"spec", {{"persistentVolumeClaimRetentionPolicy", {{"whenDeleted", "Delete"}}}}}});
  ++tally_["sets that would take their claims along"];
  Say("by hand: " + set.ref().ToString() + " whenDeleted: Delete");
}

void World::EditByHand(const Step& step) {
  static const std::vector<Gvk> kKinds = {kSet, kDeployment, kVolume, kSet, kClaim};
  const Gvk& kind = kKinds[step.a % kKinds.size()];
  const std::vector<Object> objects = LiveObjects(kind, kind != kVolume);
  if (objects.empty()) return;
  const Object& object = objects[step.b % objects.size()];
  const std::uint32_t choice = step.b / 4;
  Json changes;
  if (kind == kVolume) {
    const char* policy = choice % 2 == 0 ? "Retain" : "Delete";
    const std::string& holder = StringIn(object.json(), "spec", "claimRef", "uid");
    const bool released = StringIn(object.json(), "status", "phase") == "Released";
    if (choice % 2 == 1 && (released || doomed_.contains(holder))) theirs_.insert(holder);
    // A claim that is on its way out takes its volume along then.
    for (const Object& claim : LiveObjects(kClaim, true)) {
      const bool its = claim.uid() == StringIn(object.json(), "spec", "claimRef", "uid");
      if (its && claim.terminating() && choice % 2 == 1) theirs_.insert(claim.uid());
    }
    changes = {{"spec", {{"persistentVolumeReclaimPolicy", policy}}}};
  } else if (kind == kClaim) {
    changes = {{"metadata", {{"labels", {{"by", "hand"}}}}}};
  } else if (kind == kSet && choice % 2 == 0) {
    const char* when = choice % 4 == 0 ? "whenDeleted" : "whenScaled";
    const char* what = choice % 3 == 0 ? "Retain" : "Delete";
    if (*what == 'D' && choice % 4 != 0) BlameMembersFrom(object, ReplicasOf(object));
    if (*what == 'D' && object.terminating()) BlameMembersFrom(object, 0);
    changes = {{"spec", {{"persistentVolumeClaimRetentionPolicy", {{when, what}}}}}};
  } else {
    const long long replicas = choice % 5;
    if (kind == kSet && Retention(object, "whenScaled") == "Delete") {
      BlameMembersFrom(object, replicas);
    }
    changes = {{"spec", {{"replicas", replicas}}}};
  }
  (void)bed_.Edit(KeyOf(object), changes);
  ++tally_["edits by hand"];
  Say("by hand: edit " + object.ref().ToString() + " " + DumpJson(changes));
}

void World::Work(const Step& step) {
  int left = static_cast<int>(step.a % 12);
  (void)bed_.Await([&] { return left-- <= 0; });
  if (step.b % 3 == 0) bed_.Settle();
}

void World::Wait(const Step& step) {
  if (options_.pass_time) options_.pass_time(std::chrono::hours(step.a % 100));
  Say("hours pass");
}

void World::LoseInventory(const Step& step) {
  if (step.a % 2 == 0) return;
  (void)bed_.Delete({{"", "v1", "ConfigMap"},
                     "holdfast-system",
                     "holdfast-inventory-" + options_.prefix},
                    memory::Propagation::kBackground);
  Say("by hand: the inventory is deleted");
}

}  // namespace holdfast::histories
