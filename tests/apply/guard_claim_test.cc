// The decision table for the deletion of a claim (safety.md 2.2), row by row.

#include <functional>

#include "apply/approval_draft.h"
#include "apply/guard.h"
#include "tests/apply/approval_rows.h"
#include "tests/apply/example_objects.h"

namespace holdfast {
namespace {

/// MySQL's claim and volume, both ours, removed from Git; all that uses them is gone.
World Removing(const std::string& policy = "Delete") {
  World world;
  world.ListsAll().Unchanged(Make("v1 ConfigMap default/stays"));
  world.Removed(Claim("mysql", kBound)).Live(VolumeFor("mysql", policy));
  world.input.live.server_time = kNoon;
  return world;
}

World Approved(World world, const Json& spec = DetachSpec()) {
  world.input.approvals.push_back(InApprovals(spec));
  return world;
}

Object PodOf(const std::string& owner, const std::string& phase = "Running") {
  return Make(
      "v1 Pod default/p",
      "'spec':{'containers':[],'volumes':[{'name':'d','persistentVolumeClaim':{'"
      "claimName':'mysql'}}]},'status':{'phase':'" +
          phase + "'}",
      "'ownerReferences':[{'controller':true,'kind':'Deployment','apiVersion':'apps/"
      "v1','name':'" +
          owner + "','uid':'u'}]");
}

const Change& ClaimChange(const Plan& plan) {
  const Change* change = ChangeOf(plan, "PersistentVolumeClaim default/mysql");
  REQUIRE(change != nullptr);
  return *change;
}

TEST_CASE("a claim that is removed from Git") {
  struct Row {
    std::string sentence;
    World world;
    std::string findings;  ///< Of the claim; empty: it may go.
    std::string word;      ///< In the reason.
    Action action = Action::kDelete;
  };
  World unlisted = Approved(Removing());
  unlisted.Gap("", "PersistentVolume");
  World no_pods = Approved(Removing());
  no_pods.Gap("", "Pod");
  World no_volume = Approved(Removing());
  no_volume.input.live.objects.erase({"", "PersistentVolume", "", "pv-mysql"});
  World of_another = Approved(Removing());
  {
    Json json = VolumeFor("mysql").json();
    json["spec"]["claimRef"]["uid"] = "another";
    of_another.Live(*Object::Make(json));
  }
  World protected_claim = Approved(Removing());
  protected_claim.Removed(
      Make("v1 PersistentVolumeClaim default/mysql",
           "'spec':{'volumeName':'pv-mysql'},'status':{'phase':'Bound'}",
           "'annotations':{'holdfast.dev/protect':'true'}"));
  World mounted = Approved(Removing());
  mounted.Unchanged(Mysql("'replicas':0,'strategy':{'type':'Recreate'}"));
  World terminating = Approved(Removing());
  terminating.Removed(Make("v1 PersistentVolumeClaim default/mysql",
                           "'spec':{'volumeName':'pv-mysql'},'status':{'phase':'Bound'}",
                           "'deletionTimestamp':'2026-01-01T00:00:00Z'"));
  World terminating_kept = terminating;
  terminating_kept.Live(VolumeFor("mysql", "Retain"));
  World used = Approved(Removing());
  used.Live(PodOf("other"));
  World ended = Approved(Removing());
  ended.Live(PodOf("other", "Succeeded"));
  World two = Removing();
  two.Removed(Claim("wordpress", kBound)).Live(VolumeFor("wordpress"));
  const Json both = DetachSpec(
      "{'batch':2,'targets':[{'kind':'PersistentVolumeClaim','namespace':'default','name'"
      ":"
      "'mysql','uid':'uid-mysql','pv':'pv-mysql','pvUid':'uid-pv-mysql'},{'kind':"
      "'PersistentVolumeClaim','namespace':'default','name':'wordpress','uid':"
      "'uid-wordpress','pv':'pv-wordpress','pvUid':'uid-pv-wordpress'}]}");
  World pending;
  pending.ListsAll().Unchanged(Make("v1 ConfigMap default/stays"));
  pending.Removed(Claim("mysql", ""))
      .Removed(
          Make("v1 PersistentVolumeClaim default/mysql", "'status':{'phase':'Pending'}"));
  World reserved = pending;
  reserved.Live(VolumeFor("mysql"));
  World on_its_way = pending;
  on_its_way.Removed(Make("v1 PersistentVolumeClaim default/mysql",
                          "'status':{'phase':'Pending'}",
                          "'annotations':{'volume.kubernetes.io/selected-node':'n'}"));
  World lost = Removing();
  lost.Removed(Make("v1 PersistentVolumeClaim default/mysql",
                    "'spec':{'volumeName':'pv-mysql'},'status':{'phase':'Lost'}"));
  lost.input.live.objects.erase({"", "PersistentVolume", "", "pv-mysql"});
  const Json of_lost = DetachSpec(
      "{'targets':[{'kind':'PersistentVolumeClaim','namespace':'default','name':'mysql','"
      "uid'"
      ":'uid-mysql','pv':'pv-mysql','pvUid':''}]}");
  const std::string folder =
      "'hostPath':{'path':'/data/a'},'nodeAffinity':{'required':{'nodeSelectorTerms':[{'"
      "matchExpressions':[{'key':'kubernetes.io/hostname','values':['n1']}]}]}}";
  World shared = Approved(Removing());
  shared.Live(VolumeFor("mysql", "Delete", folder));
  shared.Live(VolumeFor("x", "Delete", "'local':{'path':'/data/a/b'}"));
  World apart = Approved(Removing());
  apart.Live(VolumeFor("mysql", "Delete", folder));
  apart.Live(VolumeFor("x", "Delete", "'local':{'path':'/data/ab'}"));

  const Row rows[] = {
      {"row 13: Delete, nothing approved", Removing(), "H-A1 refuse", "destroyed"},
      {"row 11: Retain, nothing approved", Removing("Retain"), "H-A1 approval",
       "no claim would reach"},
      {"row 15: Delete, approved", Approved(Removing()), "", "quarantine",
       Action::kDetach},
      {"row 12: Retain, approved", Approved(Removing("Retain")), "", "quarantine",
       Action::kDetach},
      {"Recycle counts as Delete", Removing("Recycle"), "H-A1 refuse", "destroyed"},
      {"row 0: volumes unknown", unlisted, "H-A1 hold, H-B1 hold", "cannot be told"},
      {"row 0: pods unknown", no_pods, "H-A1 hold", "cannot be told"},
      {"row 0: Bound, and the volume is not there", no_volume, "H-A1 hold",
       "is not there"},
      {"row 0: Bound, and the volume is another claim's", of_another, "H-A1 hold", ""},
      {"row 1: protected", protected_claim, "H-A1 refuse", ""},
      {"row 3: a workload in Git still mounts it, at 0 replicas", mounted, "H-A1 refuse",
       "still mounts it"},
      {"row 4: Terminating, and its volume would go", terminating, "H-A2 hold", ""},
      {"row 5: Terminating, and its volume stays", terminating_kept, "", "already"},
      {"row 6: a pod of somebody else uses it", used, "H-A1 refuse", "has it mounted"},
      {"row 6: a pod that has ended does not", ended, "", "quarantine", Action::kDetach},
      {"row 7: never bound", pending, "", "never had a volume"},
      {"row 9: a volume waits for it", reserved, "H-A1 hold", "on its way"},
      {"row 9: a node is chosen", on_its_way, "H-A1 hold", "on its way"},
      {"row 10: Lost", lost, "H-A1 approval", "last trace"},
      {"row 10: Lost, approved", Approved(lost, of_lost), "", "evidence",
       Action::kDetach},
      {"row 18: another volume lies within", shared, "H-A1 refuse", "folder"},
      {"row 18: one beside it does not count", apart, "", "quarantine", Action::kDetach},
      {"row 26: two claims, none approved", two, "H-A1 refuse", ""},
      {"row 26: two claims, one named", Approved(two), "H-A1 refuse", "does not name"},
      {"row 26: two claims, both named", Approved(two, both), "", "", Action::kDetach},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    const Plan plan = MakePlan(row.world.input);
    const Change& change = ClaimChange(plan);
    CheckWords(change.findings);
    CHECK(Joined(Brief(change.findings)) == row.findings);
    REQUIRE_FALSE(change.findings.empty());
    CAPTURE(change.findings.front().reason);
    CHECK(change.findings.front().reason.find(row.word) != std::string::npos);
    CHECK(change.action == row.action);
  }
}

TEST_CASE("what is not an approval, and the finding says why") {
  struct Row {
    std::string sentence;
    std::string changes;
    std::string why;
  };
  const std::string target =
      "'kind':'PersistentVolumeClaim','namespace':'default','name':'mysql'";
  const Row rows[] = {
      {"another cluster", "{'cluster':'c2'}", "for another cluster"},
      {"not yet", "{'notBefore':'2026-11-24T12:00:01Z'}",
       "begins at 2026-11-24T12:00:01Z"},
      {"the very second of its end",
       "{'notBefore':'2026-11-20T12:00:00Z','expires':'2026-11-24T12:00:00Z'}",
       "expired at 2026-11-24T12:00:00Z"},
      {"too far ahead",
       "{'notBefore':'2026-12-24T00:00:00Z','expires':'2026-12-25T00:00:00Z'}",
       "begins at"},
      {"a claim made anew",
       "{'targets':[{" + target +
           ",'uid':'old','pv':'pv-mysql','pvUid':'uid-pv-mysql'}]}",
       "made anew"},
      {"another volume",
       "{'targets':[{" + target +
           ",'uid':'uid-mysql','pv':'pv-x','pvUid':'uid-pv-mysql'}]}",
       "names volume \"pv-x\""},
      {"a volume made anew",
       "{'targets':[{" + target + ",'uid':'uid-mysql','pv':'pv-mysql','pvUid':'old'}]}",
       "its pvUid is old"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    const World world = Approved(Removing(), DetachSpec(row.changes));
    const Change change = ClaimChange(MakePlan(world.input));
    CHECK(Joined(Brief(change.findings)) == "H-A1 refuse");
    CAPTURE(change.findings.front().reason);
    CHECK(change.findings.front().reason.find("approvals/drop.yaml:1") !=
          std::string::npos);
    CHECK(change.findings.front().reason.find(row.why) != std::string::npos);
  }
  World timeless = Approved(Removing());
  timeless.input.live.server_time = 0;
  CHECK(Joined(Brief(ClaimChange(MakePlan(timeless.input)).findings)) == "H-A1 refuse");
  World skewed = Approved(Removing());
  skewed.input.local_time = kNoon + 61;
  CHECK(Joined(Brief(ClaimChange(MakePlan(skewed.input)).findings)) == "H-A1 refuse");
  skewed.input.local_time = kNoon + 60;
  CHECK(Joined(Brief(ClaimChange(MakePlan(skewed.input)).findings)).empty());
}

TEST_CASE("an approval ends seven days after its commit") {
  World world = Approved(Removing());
  world.input.revision = "c2";
  const auto judged = [&] {
    return Joined(Brief(ClaimChange(MakePlan(world.input)).findings));
  };
  CHECK(judged() == "H-A1 refuse");  // When it was committed is not known.
  const long long expires = kNoon + 46 * 3600;
  world.input.approval_times["approvals/drop.yaml"] = expires - kLongestApproval;
  CHECK(judged().empty());
  world.input.approval_times["approvals/drop.yaml"] -= 1;
  CHECK(judged() == "H-A1 refuse");
}

TEST_CASE("history that is rewound holds, until a person says that it is meant") {
  const std::string to = "0123456789012345678901234567890123456789";
  World world;
  world.Unchanged(Make("v1 ConfigMap default/stays"));
  world.input.live.server_time = kNoon;
  world.input.revision = "new";
  world.input.inventory.revision = "old";
  world.input.approval_times["approvals/drop.yaml"] = kNoon;
  const auto verdict = [&] { return MakePlan(world.input).set.verdict(); };
  CHECK(verdict() == Ruling::kHold);  // The old commit is not there any more.
  world.input.follows["old"] = false;
  CHECK(verdict() == Ruling::kHold);
  const ApprovalDrafts drafts = DraftApprovals(world.input, MakePlan(world.input));
  REQUIRE(drafts.documents.size() == 1);
  CHECK(drafts.documents.front()["spec"]["action"] == "rewind");
  World approved = world;
  approved.input.approvals.push_back(
      InApprovals(DetachSpec("{'action':'rewind','targets':null,'to':'" + to + "'}")));
  CHECK(MakePlan(approved.input).set.verdict() == Ruling::kHold);
  approved.input.follows[to] = true;
  CHECK_FALSE(Stops(MakePlan(approved.input).set.verdict()));
  world.input.follows["old"] = true;
  CHECK_FALSE(Stops(verdict()));
  world.input.follows.clear();
  world.input.inventory.revision = "new";
  CHECK_FALSE(Stops(verdict()));
  world.input.inventory.revision = "";
  CHECK_FALSE(Stops(verdict()));
}

TEST_CASE("an approval counts once") {
  const std::string id = DumpJson(DetachSpec());
  World done = Approved(Removing());
  done.input.used_approvals[id] = {id, "drop", "c1", kNoon, true};
  CHECK(Joined(Brief(ClaimChange(MakePlan(done.input)).findings)) == "H-A1 refuse");
  // Another name does not make it another approval.
  World renamed = Removing();
  renamed.input.used_approvals = done.input.used_approvals;
  renamed.input.approvals.push_back(InApprovals(DetachSpec(), "again"));
  CHECK(Joined(Brief(ClaimChange(MakePlan(renamed.input)).findings)) == "H-A1 refuse");
  // What a killed run has begun is finished, also when Git has moved on.
  World begun = Approved(Removing());
  begun.input.revision = "c2";
  begun.input.approval_times["approvals/drop.yaml"] = kNoon;
  begun.input.used_approvals[id] = {id, "drop", "c1", kNoon, false};
  CHECK(Joined(Brief(ClaimChange(MakePlan(begun.input)).findings)).empty());
}

TEST_CASE("the guard's permit wants done what the plan foresees") {
  World world = Approved(Removing());
  const Object claim = *world.input.live.Find(Claim("mysql").ref());
  const auto permit = [&] {
    return std::holds_alternative<Permit>(
        Guard::RequestPermit(claim, claim.uid(), world.input));
  };
  CHECK_FALSE(permit());  // The volume is not Retain yet.
  world.Live(VolumeFor("mysql", "Retain"));
  CHECK(permit());
  world.Live(PodOf("wordpress-mysql"));
  CHECK_FALSE(permit());
  world.Removed(Mysql());  // Its workload goes too, but has not gone.
  CHECK_FALSE(permit());
  world.input.live.objects.erase({"", "Pod", "default", "p"});
  world.input.live.objects.erase(Mysql().ref());
  CHECK(permit());
  world.input.live.server_time = kNoon + 7 * 86400;  // The approval expires meanwhile.
  CHECK_FALSE(permit());
}

TEST_CASE("a workload goes with its claims, stopped first") {
  World world = Removing();
  world.Removed(Mysql()).Live(MysqlSecret());
  const ObjectRef ref = Mysql().ref();
  CHECK(Joined(Brief(ChangeOf(MakePlan(world.input), ref.ToString())->findings)) ==
        "H-B8 approval");
  world = Approved(world);
  const Plan plan = MakePlan(world.input);
  CHECK(Joined(Brief(ChangeOf(plan, ref.ToString())->findings)).empty());
  CHECK_FALSE(Stops(plan.set.verdict()));
  REQUIRE(plan.approvals.size() == 1);
  CHECK(plan.approvals.front().name == "drop");
  const Object live = *world.input.live.Find(ref);
  CHECK(std::holds_alternative<std::vector<Finding>>(
      Guard::RequestPermit(live, live.uid(), world.input)));
  // First the workload, then the claim.
  CHECK(ChangeOf(plan, ref.ToString())->wave < ClaimChange(plan).wave);
}

TEST_CASE("an approval of something that is not planned has no effect, and says so") {
  World world;
  world.Unchanged(Claim("mysql", kBound)).Live(VolumeFor("mysql"));
  world.input.live.server_time = kNoon;
  world.input.approvals.push_back(InApprovals(DetachSpec()));
  const Plan plan = MakePlan(world.input);
  CHECK(plan.approvals.empty());
  REQUIRE(plan.set.findings.size() == 1);
  CHECK(plan.set.findings.front().ruling == Ruling::kWarn);
  CHECK(plan.set.findings.front().reason.find("approvals/drop.yaml:1") == 0);
}

TEST_CASE("the draft is what lifts the finding") {
  World world = Removing();
  world.Removed(Claim("wordpress", kBound)).Live(VolumeFor("wordpress", "Retain"));
  world.Removed(Mysql()).Live(MysqlSecret());
  const ApprovalDrafts drafts = DraftApprovals(world.input, MakePlan(world.input));
  REQUIRE(drafts.documents.size() == 1);
  CHECK(drafts.documents.front()["spec"]["batch"] == 2);
  world.input.approvals.push_back({Object::Make(drafts.documents.front()).value(),
                                   {"approvals/a.yaml", 1, 1},
                                   nullptr});
  CHECK_FALSE(Stops(MakePlan(world.input).set.verdict()));
}

TEST_CASE("any other finding that waits for an approval is accepted by hazard and uid") {
  World world;
  world.Changed(Cassandra("'replicas':1"),
                Cassandra("'replicas':1,'persistentVolumeClaimRetentionPolicy':{'"
                          "whenDeleted':'Delete'}"));
  world.Live(CassandraService()).Live(LocalPath());
  world.input.live.server_time = kNoon;
  const ObjectRef ref = Cassandra("").ref();
  const auto judged = [&](const std::string& hazard, const std::string& uid) {
    World again = world;
    again.input.approvals.push_back(
        InApprovals(AcceptSpec("{'hazard':'" + hazard +
                               "','targets':[{'kind':'StatefulSet','namespace':'default',"
                               "'name':'cassandra','uid':'" +
                               uid + "'}]}")));
    return Joined(Brief(ChangeOf(MakePlan(again.input), ref.ToString())->findings));
  };
  CHECK(judged("H-B2", "uid-cassandra").empty());
  CHECK(judged("H-B2", "old") == "H-B2 approval");
  CHECK(judged("H-A1", "uid-cassandra") == "H-B2 approval");
}

TEST_CASE("a mass change is approved by its exact number") {
  World world;
  world.ListsAll().Unchanged(Make("v1 ConfigMap default/stays"));
  for (int i = 0; i < 12; ++i) {
    world.Removed(Make("v1 ConfigMap default/c" + std::to_string(i)));
  }
  world.input.live.server_time = kNoon;
  CHECK(MakePlan(world.input).set.verdict() == Ruling::kApproval);
  for (const int number : {11, 12, 13}) {
    World again = world;
    again.input.approvals.push_back(InApprovals(
        AcceptSpec("{'hazard':'H-H1','deletions':" + std::to_string(number) + "}")));
    CHECK(Stops(MakePlan(again.input).set.verdict()) == (number != 12));
  }
}

TEST_CASE("where signatures are asked for, an approval counts by who signed it") {
  World world;
  world.Changed(Cassandra("'replicas':1"), Cassandra("'replicas':1,'persistentVolumeClaimRetentionPolicy':"
                                         "{'whenDeleted':'Delete'}"));
  world.Live(CassandraService()).Live(LocalPath());
  world.input.live.server_time = kNoon;
  world.input.approvals.push_back(InApprovals(
      AcceptSpec("{'hazard':'H-B2','targets':[{'kind':'StatefulSet','namespace':'default',"
                 "'name':'cassandra','uid':'uid-cassandra'}]}")));
  const auto plan_of = [&](const std::optional<ApprovalSigners>& signers) {
    World again = world;
    again.input.approval_signers = signers;
    return MakePlan(again.input);
  };
  const auto why_not = [&](const std::optional<ApprovalSigners>& signers) {
    const Plan plan = plan_of(signers);
    CHECK(plan.set.verdict() == Ruling::kApproval);
    CHECK(plan.approvals.empty());
    return plan.set.findings.front().reason;
  };
  CHECK(plan_of(std::nullopt).approvals.size() == 1);
  CHECK(plan_of(std::nullopt).approvals.front().signer.empty());
  const Plan good = plan_of(ApprovalSigners{{"approvals/drop.yaml", {"alice@x", ""}}});
  REQUIRE(good.approvals.size() == 1);
  CHECK(good.approvals.front().signer == "alice@x");
  CHECK_FALSE(Stops(good.set.verdict()));
  CHECK(why_not(ApprovalSigners{}).find("who signed it cannot be told") !=
        std::string::npos);
  CHECK(why_not(ApprovalSigners{{"approvals/drop.yaml", {"", "it is not signed"}}})
            .find("it is not signed") != std::string::npos);
}

TEST_CASE("a member leaves once the engine has let it go") {
  World world;
  world.ListsAll().Changed(Cassandra("'replicas':4"), Cassandra("'replicas':3"));
  world.Live(CassandraService()).Live(LocalPath());
  for (const char* name : {"data-cassandra-0", "data-cassandra-1", "data-cassandra-2",
                           "data-cassandra-3"}) {
    world.Live(Claim(name, kBound)).Live(VolumeFor(name));
  }
  world.input.live.server_time = kNoon;
  const auto judged = [&](const std::string& changes) {
    World again = world;
    Json spec = DetachSpec(
        "{'action':'scale-down','decommissioned':true,'targets':[{'kind':"
        "'PersistentVolumeClaim','namespace':'default','name':'data-cassandra-3','uid':"
        "'uid-data-cassandra-3','pv':'pv-data-cassandra-3','pvUid':"
        "'uid-pv-data-cassandra-3'}]}");
    spec.merge_patch(J(changes));
    again.input.approvals.push_back(InApprovals(spec));
    return Joined(Brief(
        ChangeOf(MakePlan(again.input), "StatefulSet default/cassandra")->findings));
  };
  CHECK(judged("{}").empty());
  CHECK(judged("{'decommissioned':false}") == "H-F6 refuse");
  CHECK(judged("{'action':'detach','decommissioned':null}") == "H-F6 refuse");
}

}  // namespace
}  // namespace holdfast
