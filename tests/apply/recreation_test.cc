// H-D2, H-D3: claim templates that change (apply/hazard_template.cc, apply/recreation.h).

#include "apply/recreation.h"

#include <functional>

#include "apply/approval_draft.h"
#include "apply/claim_growth.h"
#include "apply/guard.h"
#include "apply/template_change.h"
#include "tests/apply/approval_rows.h"
#include "tests/apply/judged.h"

namespace holdfast {
namespace {

constexpr const char* kSize =
    "spec.volumeClaimTemplates[metadata.name=\"data\"].spec.resources.requests.storage";

Object Edited(const Object& object, const std::string& merge_patch) {
  Json json = object.json();
  json.merge_patch(J(merge_patch));
  return Object::Make(std::move(json)).value();
}

Object WithTemplates(const Object& set, const std::string& templates) {
  Json json = set.json();
  json["spec"]["volumeClaimTemplates"] = J(templates);
  return Object::Make(std::move(json)).value();
}

std::string TemplateOf(const std::string& size, const std::string& name = "data") {
  return "{'metadata':{'name':'" + name +
         "'},'spec':{'storageClassName':'grow','resources':{'requests':{'storage':'" + size +
         "'}}}}";
}

Object Set(const std::string& size) {
  return WithTemplates(
      Edited(Cassandra("'replicas':2"),
             "{'metadata':{'generation':3},'status':{'observedGeneration':3,'replicas':2,"
             "'updatedReplicas':2,'readyReplicas':2,'currentRevision':'r1','updateRevision':'r1'}}"),
      "[" + TemplateOf(size) + "]");
}

Object GrowClass(bool grows = true) {
  return Make("storage.k8s.io/v1 StorageClass grow",
              grows ? "'allowVolumeExpansion':true" : "'provisioner':'p'");
}

Object Member(int ordinal, const std::string& size = "10Gi") {
  return Make("v1 PersistentVolumeClaim default/data-cassandra-" + std::to_string(ordinal),
              "'spec':{'storageClassName':'grow','resources':{'requests':{'storage':'" + size +
                  "'}}},'status':{'phase':'Bound','capacity':{'storage':'" + size + "'}}");
}

FieldChange Changed(const std::string& path) { return {path, Json("a"), Json("b"), ""}; }

/// The templates grow from 10Gi to 20Gi, and all is well.
struct Case {
  Object before = Set("10Gi");
  Object after = Set("20Gi");
  std::vector<FieldChange> fields = {Changed(kSize)};
  std::vector<Object> around = {GrowClass(), Member(0), Member(1), CassandraService()};
  JournalEntries journal;
  std::vector<Manifest> approvals;

  World Build() const {
    World world;
    world.Rejected(before, after,
                   {Rejection::Kind::kInvalid,
                    422,
                    "x is invalid: spec: Forbidden: updates to statefulset spec",
                    {{"spec", "Forbidden: updates to statefulset spec for fields other than",
                      ""}}});
    world.input.predictions[after.ref()].fields = fields;
    for (const Object& object : around) world.Live(object);
    world.input.journal = journal;
    world.input.approvals = approvals;
    world.input.live.server_time = kNoon;
    return world;
  }
  std::string Findings() const {
    std::string told;
    for (const std::string& one : Brief(FindingsOf())) {
      if (one.starts_with("H-D") || one.starts_with("H-I")) told += (told.empty() ? "" : ", ") + one;
    }
    return told;
  }
  std::vector<Finding> FindingsOf() const {
    const World world = Build();
    const Plan plan = MakePlan(world.input);
    const Change* change = ChangeOf(plan, after.ref().ToString());
    REQUIRE(change != nullptr);
    CheckWords(change->findings);
    return change->findings;
  }
};

Manifest Approved(const std::string& uid) {
  return InApprovals(DetachSpec("{'action':'resize-recreate','targets':[{'kind':'StatefulSet',"
                                "'namespace':'default','name':'cassandra','uid':'" +
                                uid + "'}]}"));
}

TEST_CASE("volumes of a StatefulSet grow by an approval, where nothing stands against it") {
  struct Row {
    std::string sentence;
    std::function<void(Case&)> given;
    std::string findings;
  };
  const auto live = [](const std::string& patch) {
    return [patch](Case& one) { one.before = Edited(one.before, patch); };
  };
  const Row rows[] = {
      {"all is well", [](Case&) {}, "H-D3 approval"},
      {"a claim has grown already", [](Case& one) { one.around[1] = Member(0, "20Gi"); },
       "H-D3 approval"},
      {"a claim is larger than asked for", [](Case& one) { one.around[1] = Member(0, "30Gi"); },
       "H-D3 approval"},
      {"a smaller size", [](Case& one) { std::swap(one.before, one.after); }, "H-D3 refuse"},
      {"another name",
       [](Case& one) {
         one.after = WithTemplates(one.after, "[" + TemplateOf("10Gi", "files") + "]");
       },
       "H-D3 refuse"},
      {"one template more",
       [](Case& one) {
         one.after = WithTemplates(
             one.after, "[" + TemplateOf("10Gi") + "," + TemplateOf("1Gi", "log") + "]");
       },
       "H-D3 refuse"},
      {"another class for those to come",
       [](Case& one) {
         one.fields = {Changed("spec.volumeClaimTemplates[metadata.name=\"data\"].spec."
                               "storageClassName")};
       },
       "H-D2 refuse"},
      {"a label of the templates",
       [](Case& one) {
         one.after = one.before;
         one.fields = {Changed("spec.volumeClaimTemplates[metadata.name=\"data\"].metadata."
                               "labels.team")};
       },
       "H-D2 approval"},
      {"the image changes too",
       [](Case& one) { one.fields.push_back(Changed("spec.template.spec.containers")); },
       "H-D3 refuse"},
      {"the class does not grow", [](Case& one) { one.around[0] = GrowClass(false); },
       "H-D3 refuse"},
      {"the class is not there", [](Case& one) { one.around.erase(one.around.begin()); },
       "H-D3 refuse"},
      {"a claim is not there", [](Case& one) { one.around.erase(one.around.begin() + 1); },
       "H-D3 hold"},
      {"a claim is on its way out",
       [](Case& one) {
         one.around[1] =
             Edited(Member(0), "{'metadata':{'deletionTimestamp':'2026-11-24T12:00:00Z'}}");
       },
       "H-D3 hold"},
      {"a claim has an owner",
       [](Case& one) {
         one.around[1] = Edited(Member(0), "{'metadata':{'ownerReferences':[{'uid':'u'}]}}");
       },
       "H-D3 refuse"},
      {"the claims go with the set",
       live("{'spec':{'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Delete'}}}"),
       "H-D3 refuse"},
      {"the claims go with members that leave",
       live("{'spec':{'persistentVolumeClaimRetentionPolicy':{'whenScaled':'Delete'}}}"),
       "H-D3 refuse"},
      {"the set has an owner", live("{'metadata':{'ownerReferences':[{'uid':'u'}]}}"),
       "H-D3 refuse"},
      {"the set has a finalizer", live("{'metadata':{'finalizers':['x/y']}}"), "H-D3 refuse"},
      {"a rollout is under way", live("{'status':{'updateRevision':'r2'}}"), "H-D3 hold"},
      {"a pod is not ready", live("{'status':{'readyReplicas':1}}"), "H-D3 hold"},
      {"its last change has not been seen", live("{'status':{'observedGeneration':2}}"),
       "H-D3 hold"},
      {"it has no status yet", live("{'status':null}"), "H-D3 hold"},
      {"another act on it is under way",
       [](Case& one) {
         one.journal.emplace("x", JournalEntry{.act = "partition",
                                               .gvk = one.before.gvk(),
                                               .ref = one.before.ref(),
                                               .uid = "uid-cassandra"});
       },
       "H-D3 hold"},
      {"approved", [](Case& one) { one.approvals = {Approved("uid-cassandra")}; }, ""},
      {"approved for one that is no more",
       [](Case& one) { one.approvals = {Approved("uid-earlier")}; }, "H-D3 approval"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    Case one;
    row.given(one);
    CHECK(one.Findings() == row.findings);
  }
}

TEST_CASE("an approved growth is an act of its own, and says what it does") {
  Case one;
  one.approvals = {Approved("uid-cassandra")};
  const World world = one.Build();
  const Plan plan = MakePlan(world.input);
  const Change* change = ChangeOf(plan, "StatefulSet default/cassandra");
  REQUIRE(change != nullptr);
  CHECK(change->action == Action::kRecreate);
  REQUIRE(change->effects.size() == 2);
  CHECK(change->effects[0] ==
        "grows data-cassandra-1, data-cassandra-0, one at a time; this cannot be taken back");
  REQUIRE(plan.approvals.size() == 1);
  for (const VolumeReport& volume : plan.set.volumes) {
    CHECK(ToString(volume.fate) == "grown");
  }
  CHECK(plan.set.volumes.size() == 2);
}

TEST_CASE("the approval is written with the uid of the set, and lifts what it was written for") {
  Case one;
  World world = one.Build();
  const ApprovalDrafts drafts = DraftApprovals(world.input, MakePlan(world.input));
  REQUIRE(drafts.documents.size() == 1);
  CHECK(StringIn(drafts.documents[0], "spec", "action") == "resize-recreate");
  world.input.approvals = {InApprovals(drafts.documents[0]["spec"])};
  CHECK_FALSE(Stops(MakePlan(world.input).set.verdict()));
}

TEST_CASE("the permit to delete it around its pods: only when every claim has grown") {
  Case one;
  one.approvals = {Approved("uid-cassandra")};
  const auto ask = [](const Case& given, const std::string& uid) {
    const World world = given.Build();
    return Guard::RequestRecreation(*world.input.live.Find(given.before.ref()), uid,
                                    world.input.desired.front(), world.input);
  };
  CHECK_FALSE(std::holds_alternative<Permit>(ask(one, "uid-cassandra")));
  one.around[1] = Member(0, "20Gi");
  CHECK_FALSE(std::holds_alternative<Permit>(ask(one, "uid-cassandra")));
  one.around[2] = Member(1, "20Gi");
  const auto granted = ask(one, "uid-cassandra");
  REQUIRE(std::holds_alternative<Permit>(granted));
  CHECK(std::get<Permit>(granted).dependents() == Permit::Dependents::kStay);
  CHECK_FALSE(std::holds_alternative<Permit>(ask(one, "uid-earlier")));
  one.approvals.clear();
  CHECK_FALSE(std::holds_alternative<Permit>(ask(one, "uid-cassandra")));
}

TEST_CASE("a set that is being made anew stops every plan until it is there again") {
  Case one;
  JournalEntry entry{.act = std::string(kRecreateAct),
                     .gvk = one.before.gvk(),
                     .ref = one.before.ref(),
                     .uid = "uid-cassandra",
                     .step = std::string(kRecreatingStep)};
  World world;
  world.input.journal.emplace(entry.Key(), entry);
  // Git has nothing to do with it any more, and that changes nothing.
  CHECK(MakePlan(world.input).set.verdict() == Ruling::kHold);
  world.Live(one.before);
  CHECK_FALSE(Stops(MakePlan(world.input).set.verdict()));
  entry.step = kGrowingStep;
  World growing;
  growing.input.journal.emplace(entry.Key(), entry);
  CHECK_FALSE(Stops(MakePlan(growing.input).set.verdict()));
}

TEST_CASE("the set that is made is the one that was there, but for its templates") {
  const Object before = AsLive(Edited(
      Set("10Gi"), "{'metadata':{'labels':{'team':'db'},'annotations':{'a':'b'},"
                   "'managedFields':[{'manager':'kubectl'}],'creationTimestamp':'x'},"
                   "'spec':{'replicas':5}}"));
  const Object made = MadeAnew(before, Set("20Gi"));
  CHECK(made.label("team") == "db");
  CHECK(made.annotation("a") == "b");
  CHECK(IntegerIn(0, made.json(), "spec", "replicas") == 5);
  CHECK(made.json()["spec"]["template"] == before.json()["spec"]["template"]);
  CHECK(made.json()["spec"]["volumeClaimTemplates"] ==
        Set("20Gi").json()["spec"]["volumeClaimTemplates"]);
  CHECK(made.uid().empty());
  CHECK(FindIn(made.json(), "status") == nullptr);
  CHECK(made.json()["metadata"].size() == 4);
}

TEST_CASE("how far a growth has come") {
  struct Row {
    std::string sentence;
    std::string status;
    bool done;
    bool failed;
    std::string words;
  };
  const std::string at = "'phase':'Bound','capacity':{'storage':";
  const auto condition = [](const std::string& type) {
    return ",'conditions':[{'type':'" + type + "','status':'True','message':'no space'}]";
  };
  const Row rows[] = {
      {"grown", at + "'20Gi'}", true, false, ""},
      {"more than asked for", at + "'30Gi'}", true, false, ""},
      {"not yet", at + "'10Gi'}", false, false, "from 10Gi to 20Gi"},
      {"no capacity told", "'phase':'Bound'", false, false, "to 20Gi"},
      {"the file system is next", at + "'20Gi'}" + condition("FileSystemResizePending"), false,
       false, "file system"},
      {"the controller failed", at + "'10Gi'}" + condition("ControllerResizeError"), false, false,
       "ControllerResizeError: no space"},
      {"the node failed", at + "'10Gi'}" + condition("NodeResizeError"), false, false,
       "NodeResizeError: no space"},
      {"infeasible",
       at + "'10Gi'},'allocatedResourceStatuses':{'storage':'ControllerResizeInfeasible'}", false,
       true, "ControllerResizeInfeasible"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    const Object claim = Make(
        "v1 PersistentVolumeClaim default/c",
        "'spec':{'resources':{'requests':{'storage':'20Gi'}}},'status':{" + row.status + "}");
    const GrowthState state = GrowthOf(claim);
    CHECK(state.done == row.done);
    CHECK(state.failed == row.failed);
    CHECK(state.sentence.find(row.words) != std::string::npos);
  }
}

TEST_CASE("pods are taken over when each of them has the new set as its owner") {
  const JournalEntry entry{
      .act = std::string(kRecreateAct),
      .ref = {"apps", "StatefulSet", "default", "cassandra"},
      .before = J("{'updateRevision':'r1','pods':{'cassandra-0':{'uid':'p0','restarts':0}}}")};
  const auto waits = [&](const Object& set, const std::string& pod_uid,
                         const std::string& owner) {
    World world;
    world.Live(Make("v1 Pod default/cassandra-0", "",
                    "'uid':'" + pod_uid + "','ownerReferences':[{'controller':true,'uid':'" +
                        owner + "'}]"));
    return WhatAdoptionWaitsFor(entry, AsLive(set), world.input.live);
  };
  const Object set = Set("20Gi");
  CHECK(waits(set, "p0", "uid-cassandra").empty());
  CHECK_FALSE(waits(set, "p0", "uid-earlier").empty());
  // A pod that is another one by now is the controller's own.
  CHECK(waits(set, "p1", "uid-earlier").empty());
  CHECK_FALSE(waits(Edited(set, "{'status':{'updateRevision':'r2'}}"), "p0", "uid-cassandra")
                  .empty());
  CHECK_FALSE(waits(Edited(set, "{'status':{'currentRevision':'r2','updateRevision':'r2'}}"),
                    "p0", "uid-cassandra")
                  .empty());
  CHECK_FALSE(
      waits(Edited(set, "{'status':{'observedGeneration':2}}"), "p0", "uid-cassandra").empty());
}

}  // namespace
}  // namespace holdfast
