#include "apply/survey_file.h"

#include <doctest/doctest.h>

#include "diff/core_schema.h"
#include "tests/apply/example_objects.h"

namespace holdfast {
namespace {

const InventoryPlace kPlace{.name_space = "holdfast-system", .sync = "default"};

SurveyCall CallOf(const std::vector<Object>& desired) {
  SurveyCall call;
  call.place = kPlace;
  for (const Object& object : desired) call.manifests.push_back(InGit(object));
  call.hash = [](std::string_view value) {
    return "hash of " + std::to_string(value.size());
  };
  return call;
}

struct Answer {
  Survey survey;
  Plan plan;
};

Answer Ask(const std::vector<Object>& live, const std::vector<Object>& desired) {
  const CoreSchema schema;
  Answer answer{SurveyFile({"live.yaml", live}, schema, CallOf(desired)), {}};
  REQUIRE(answer.survey.errors.empty());
  answer.plan = MakePlan(answer.survey.input);
  return answer;
}

/// As we have applied it: our label, and managedFields that say so of `fields`.
Object Applied(const Object& object, const std::string& fields) {
  Json json = AsLive(object.WithLabel(kPartOfLabel, kPlace.ApplySetId())).json();
  json["metadata"]["managedFields"] =
      J("[{'manager':'holdfast','operation':'Apply','apiVersion':'" +
        object.gvk().ApiVersion() +
        "','fieldsType':'FieldsV1','fieldsV1':{'f:metadata':{"
        "'f:labels':{'f:applyset.kubernetes.io/part-of':{}}}," +
        fields + "}}]");
  return Object::Make(json).value();
}

Object Map() { return Make("v1 ConfigMap default/a", "'data':{'k':'v'}"); }

std::string Reasons(const Plan& plan) {
  std::string text;
  for (const Finding& finding : plan.set.findings) {
    text += std::string(ToString(finding.ruling)) + ": " + finding.reason + "\n";
  }
  return text;
}

bool Says(const Plan& plan, const std::string& words) {
  CAPTURE(Reasons(plan));
  return Reasons(plan).find(words) != std::string::npos;
}

TEST_CASE("an object of the file is compared, one that it lacks is created") {
  const Object live = Applied(Map(), "'f:data':{'f:k':{}}");
  const Object other = Make("v1 ConfigMap default/b", "'data':{'k':'v'}");
  const Answer same = Ask({live}, {Map()});
  CHECK(ChangeOf(same.plan, "ConfigMap default/a")->action == Action::kNone);
  CHECK_FALSE(same.plan.set.changes_anything());
  CHECK(same.plan.set.live_file == "live.yaml");

  const Object changed = Make("v1 ConfigMap default/a", "'data':{'k':'w'}");
  const Answer differ = Ask({live}, {changed, other});
  const Change* change = ChangeOf(differ.plan, "ConfigMap default/a");
  CHECK(change->action == Action::kUpdate);
  REQUIRE(change->fields.size() == 1);
  CHECK(change->fields[0].path == "data.k");
  CHECK(change->unsure.empty());
  CHECK(ChangeOf(differ.plan, "ConfigMap default/b")->action == Action::kCreate);
}

TEST_CASE("a field that Git dropped is seen where managedFields tell") {
  const Object live = Applied(Map(), "'f:data':{'f:k':{}}");
  const Answer answer = Ask({live}, {Make("v1 ConfigMap default/a")});
  const Change* change = ChangeOf(answer.plan, "ConfigMap default/a");
  REQUIRE(change->fields.size() == 1);
  CHECK(change->fields[0].path == "data.k");
  CHECK_FALSE(change->fields[0].after.has_value());
}

TEST_CASE("without managedFields nothing is claimed of what Git may have dropped") {
  const Object live = AsLive(Map().WithLabel(kPartOfLabel, kPlace.ApplySetId()));
  const Answer answer = Ask({live}, {Map()});
  const Change* change = ChangeOf(answer.plan, "ConfigMap default/a");
  CHECK(change->action == Action::kNone);
  CHECK(change->unsure.find("managedFields") != std::string::npos);
  CHECK(answer.plan.set.changes_anything());
  CHECK(Says(answer.plan, "is not known of ConfigMap default/a"));
  CHECK(answer.plan.set.verdict() == Ruling::kWarn);
  // The same where a difference is known beside it.
  const Answer differs =
      Ask({live}, {Make("v1 ConfigMap default/a", "'data':{'k':'w'}")});
  CHECK_FALSE(ChangeOf(differs.plan, "ConfigMap default/a")->unsure.empty());
}

TEST_CASE("what rests for a set that the file lacks is a difference") {
  const auto backup = [](const std::string& suspend) {
    return Make("batch/v1 CronJob default/backup",
                "'spec':{" + suspend +
                    "'schedule':'@daily','jobTemplate':{'spec':{'template':{'spec':{"
                    "'restartPolicy':'Never','containers':[{'name':'c','image':'dump:1'}]}}}}}");
  };
  Json resting = AsLive(backup("'suspend':true,").WithLabel(kPartOfLabel, kPlace.ApplySetId())
                            .WithAnnotation("holdfast.dev/frozen", "StatefulSet/ring"))
                     .json();
  resting["metadata"]["managedFields"] =
      J("[{'manager':'holdfast-rollout','operation':'Apply','apiVersion':'batch/v1',"
        "'fieldsType':'FieldsV1','fieldsV1':{'f:spec':{'f:suspend':{}}}}]");
  const Answer answer = Ask({Object::Make(resting).value()}, {backup("")});
  const Change* change = ChangeOf(answer.plan, "CronJob default/backup");
  CHECK(change->action == Action::kUpdate);
  REQUIRE(change->fields.size() == 1);
  CHECK(change->fields[0].path == "spec.suspend");
}

TEST_CASE("what is not ours by its label is adopted") {
  const Answer answer = Ask({AsLive(Map())}, {Map()});
  CHECK(ChangeOf(answer.plan, "ConfigMap default/a")->action == Action::kAdopt);
}

TEST_CASE("without an inventory no deletion is shown, and that is said") {
  const Answer answer = Ask({AsLive(Map()), AsLive(MysqlService())}, {Map()});
  CHECK(answer.plan.set.changes.size() == 1);
  CHECK(Says(answer.plan, "no inventory of sync default"));
}

Object InventoryOf(const Object& object) {
  std::map<ObjectRef, InventoryEntry> entries;
  entries[object.ref()] = {object.ref(), object.gvk().version, AsLive(object).uid(), "h"};
  return AsLive(
             Make("v1 ConfigMap holdfast-system/holdfast-inventory-default", "",
                  "'labels':{'applyset.kubernetes.io/id':'" + kPlace.ApplySetId() + "'}"))
      .WithLabel("x", "y");
}

Object WithData(const Object& object, const Json& data) {
  Json json = object.json();
  json["data"] = data;
  return Object::Make(json).value();
}

TEST_CASE(
    "with the inventory in the file a deletion is judged, and held for want of facts") {
  const Object claim = Claim("mysql", kBound);
  const std::map<ObjectRef, InventoryEntry> entries = {
      {claim.ref(), {claim.ref(), "v1", AsLive(claim).uid(), "h"}},
      {Map().ref(), {Map().ref(), "v1", AsLive(Map()).uid(), "h"}}};
  const Object stored = WithData(
      InventoryOf(claim),
      {{"inventory.json", R"({"sync": "default", "cluster": "c1", "parts": []})"},
       {"entries.json", DumpJson(EntriesToJson(entries))}});
  Json kube_system = Make("v1 Namespace kube-system").json();
  kube_system["metadata"]["uid"] = "c1";
  const Answer answer = Ask(
      {stored, AsLive(claim), AsLive(Map()), Object::Make(kube_system).value()}, {Map()});
  CHECK(answer.plan.set.cluster == "c1");
  const Change* change = ChangeOf(answer.plan, "PersistentVolumeClaim default/mysql");
  REQUIRE(change != nullptr);
  CHECK(change->action == Action::kDelete);
  CHECK(Stops(change->worst()));
  CHECK(Says(answer.plan, "every PersistentVolume"));
  CHECK_FALSE(Says(answer.plan, "no inventory"));
}

TEST_CASE("an inventory that cannot be understood is an error, not an empty one") {
  const Object stored = WithData(InventoryOf(Map()), {{"inventory.json", "{"}});
  const CoreSchema schema;
  const Survey survey = SurveyFile({"live.yaml", {stored}}, schema, CallOf({Map()}));
  REQUIRE(survey.errors.size() == 1);
  CHECK(survey.errors[0].message.starts_with("live.yaml: "));
}

TEST_CASE("what a manifest names and the file lacks is unknown, not missing") {
  const Object claim = Claim("mysql");
  const Answer answer = Ask({}, {claim});
  const Change* change = ChangeOf(answer.plan, "PersistentVolumeClaim default/mysql");
  CHECK(change->worst() == Ruling::kWarn);
  REQUIRE_FALSE(change->findings.empty());
  CHECK(change->findings[0].reason.find("whether it is there is not known") !=
        std::string::npos);
}

TEST_CASE("a change that the server would not take is refused without it") {
  const Object live = Applied(Mysql(), "'f:spec':{'f:replicas':{}}");
  Json json = Mysql().json();
  json["spec"]["selector"]["matchLabels"]["tier"] = "other";
  const Answer answer = Ask({live}, {Object::Make(json).value(), MysqlSecret()});
  const Change* change = ChangeOf(answer.plan, "Deployment default/wordpress-mysql");
  CHECK(change->worst() == Ruling::kRefuse);
  CHECK(Joined(Brief(change->findings)).find("H-D6 refuse") != std::string::npos);
}

TEST_CASE("kinds without a server") {
  const std::string crd_spec =
      "'spec':{'group':'example.com','scope':'Cluster','names':{'kind':'Widget','plural':"
      "'widgets'},'versions':[{'name':'v1','served':true}]}";
  const Object crd = Make(
      "apiextensions.k8s.io/v1 CustomResourceDefinition widgets.example.com", crd_spec);
  const Object widget = Make("example.com/v1 Widget w");
  struct Row {
    std::string what;
    std::vector<Object> live;
    std::vector<Object> desired;
    std::string ref;
    bool assumed;
  };
  const Row rows[] = {
      {"a built-in kind gets a namespace",
       {},
       {Make("v1 ConfigMap a")},
       "ConfigMap default/a",
       false},
      {"one of the cluster's scope gets none",
       {},
       {Make("v1 Namespace n/a")},
       "Namespace a",
       false},
      {"a kind that the file defines",
       {AsLive(crd)},
       {widget},
       "Widget.example.com w",
       false},
      {"a kind that Git defines", {}, {crd, widget}, "Widget.example.com w", false},
      {"a kind of which the file has an object",
       {AsLive(Make("example.com/v1 Widget n/x"))},
       {widget},
       "Widget.example.com default/w",
       false},
      {"a kind that nobody knows, as it is written",
       {},
       {widget},
       "Widget.example.com w",
       true},
      {"one that is written with a namespace",
       {},
       {Make("example.com/v1 Widget n/w")},
       "Widget.example.com n/w",
       true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const Answer answer = Ask(row.live, row.desired);
    CHECK(ChangeOf(answer.plan, row.ref) != nullptr);
    CHECK((Reasons(answer.plan).find("is taken as it is written") != std::string::npos) ==
          row.assumed);
  }
}

TEST_CASE("no value of a Secret gets out of a file") {
  const Object live =
      AsLive(Make("v1 Secret default/s", "'data':{'p':'b2xkLW1hcmtlcg=='}"));
  const Object wanted = Make("v1 Secret default/s", "'stringData':{'p':'new-marker'}");
  const Answer answer = Ask({live}, {wanted});
  const Change* change = ChangeOf(answer.plan, "Secret default/s");
  REQUIRE(change->fields.size() == 1);
  CHECK(*change->fields[0].before == J("{'hash':'hash of 10'}"));
  CHECK(*change->fields[0].after == J("{'hash':'hash of 10'}"));
}

}  // namespace
}  // namespace holdfast
