// What an API server answers: reads, server-side apply, conflicts, preconditions,
// watches.

#include <algorithm>

#include "apply/guard.h"
#include "apply/live_reader.h"
#include "tests/memory-cluster/contract.h"

namespace holdfast::memory {
namespace {

const char* kMap = "v1 ConfigMap x";

ApplyAnswer Apply(Play& play, const Object& object,
                  OnFieldConflict on_conflict = OnFieldConflict::kReject,
                  WriteMode mode = WriteMode::kReal) {
  return play.cluster().Apply({{object, mode, on_conflict}}).front();
}

/// The object that `answer` is; a failure is noted.
Json Done(Play& play, const ApplyAnswer& answer) {
  if (const auto* object = std::get_if<Object>(&answer)) return object->json();
  const auto* no = std::get_if<Rejection>(&answer);
  play.Expect(false, no != nullptr ? no->message : std::get<Error>(answer).message);
  return Json::object();
}

/// Expects a no of this kind that names this field.
void No(Play& play, const ApplyAnswer& answer, Rejection::Kind kind,
        const std::string& field, const std::string& what) {
  const auto* no = std::get_if<Rejection>(&answer);
  if (!play.Expect(no != nullptr, what + " is declined")) return;
  play.Expect(
      no->kind == kind,
      what + ": kind " + std::to_string(static_cast<int>(no->kind)) + ": " + no->message);
  if (field.empty()) return;
  const bool named = std::any_of(no->causes.begin(), no->causes.end(),
                                 [&](const auto& cause) { return cause.field == field; });
  play.Expect(named, what + " names " + field + ", but says " + no->message);
}

Object Map(Play& play, const std::string& data) {
  return play.Make(kMap, "'data':{" + data + "}");
}

Object Deployment(Play& play, const std::string& spec) {
  return play.Make(
      "apps/v1 Deployment d",
      "'spec':{" + spec +
          ",'selector':{'matchLabels':{'a':'d'}},'template':{"
          "'metadata':{'labels':{'a':'d'}},'spec':{'containers':[{'name':'c','image':"
          "'example.org/c:1','env':[{'name':'A','value':'1'}]}]}}}");
}

void Reads(Play& play) {
  const auto answers =
      play.cluster().Get({play.Key("v1 ConfigMap none"),
                          {{"example.org", "v1", "None"}, play.space(), "x"}});
  play.Expect(answers[0].error().code == ErrorCode::kNotFound,
              "an object that is not there");
  play.Expect(answers[1].error().code == ErrorCode::kInvalid,
              "a kind that is not served");
  play.Create(Map(play, "'a':'1'"));
  const auto lists = play.cluster().List(
      {{{"", "v1", "ConfigMap"}, play.space(), ""}, {{"", "v1", "ConfigMap"}, "", ""}});
  const auto holds = [&](const ObjectList& list) {
    return std::any_of(
        list.objects.begin(), list.objects.end(), [&](const Object& object) {
          return object.ref() == Map(play, "").ref() && !object.uid().empty() &&
                 !object.resource_version().empty();
        });
  };
  play.Expect(holds(*lists[0]) && holds(*lists[1]), "it is listed");
  play.Expect(!play.cluster().Uid()->empty() && play.cluster().ServerTime() > 0,
              "identity and time");
}

void Creates(Play& play) {
  const Json made = Done(play, play.cluster().Create(Map(play, "'a':'1'")));
  const Json& entries = ArrayIn(made, "metadata", "managedFields");
  play.Expect(entries.size() == 1 && StringIn(entries[0], "operation") == "Update" &&
                  FindIn(entries[0], "fieldsV1", "f:data", "f:a") != nullptr,
              "what is created belongs to its creator: " + DumpJson(entries));
  No(play, play.cluster().Create(Map(play, "'a':'1'")), Rejection::Kind::kConflict, "",
     "a second create");
  const Object lost =
      Object::Make(play.J("{'apiVersion':'v1','kind':'ConfigMap','metadata':{"
                          "'name':'x','namespace':'NS-none'}}"))
          .value();
  No(play, play.cluster().Create(lost), Rejection::Kind::kNotFound, "",
     "a create without its namespace");
}

void AppliesOnce(Play& play) {
  const Json first = Done(play, Apply(play, Map(play, "'a':'1'")));
  const Json second = Done(play, Apply(play, Map(play, "'a':'1'")));
  play.Expect(StringIn(first, "metadata", "resourceVersion") ==
                  StringIn(second, "metadata", "resourceVersion"),
              "the same apply changes nothing");
  const Json& entries = ArrayIn(second, "metadata", "managedFields");
  play.Expect(entries.size() == 1 && StringIn(entries[0], "manager") == "holdfast" &&
                  StringIn(entries[0], "operation") == "Apply" &&
                  FindIn(entries[0], "fieldsV1", "f:data", "f:a") != nullptr,
              "the field is ours: " + DumpJson(entries));
}

void OfOneUid(Play& play) {
  const Json made = Done(play, Apply(play, Map(play, "'a':'1'")));
  const std::string uid = StringIn(made, "metadata", "uid");
  const auto of_uid = [&](const std::string& one) {
    return play.Make(kMap, "'data':{'a':'2'}", "'uid':'" + one + "'");
  };
  No(play, Apply(play, of_uid("another")), Rejection::Kind::kInvalid, "metadata.uid",
     "an apply to the object of another uid");
  const Json again = Done(play, Apply(play, of_uid(uid)));
  play.Expect(StringIn(again, "data", "a") == "2", "an apply to the object of this uid");
  play.Delete(kMap);
  play.AwaitGone(kMap);
  No(play, Apply(play, of_uid(uid)), Rejection::Kind::kConflict, "",
     "an apply to what has gone");
  play.Expect(play.Gone(kMap), "what has gone is not made anew");
}

void DryRuns(Play& play) {
  Apply(play, Map(play, "'a':'1'"), OnFieldConflict::kReject, WriteMode::kDryRun);
  play.Expect(play.Gone(kMap), "a dry run makes nothing");
  const Json first = Done(play, Apply(play, Map(play, "'a':'1'")));
  const Json tried = Done(play, Apply(play, Map(play, "'a':'2'"),
                                      OnFieldConflict::kReject, WriteMode::kDryRun));
  play.Expect(StringIn(tried, "data", "a") == "2", "a dry run tells what would be");
  play.Expect(StringIn(tried, "metadata", "resourceVersion") ==
                  StringIn(first, "metadata", "resourceVersion"),
              "at the version that it was tried on");
  play.Expect(play.Is(kMap, "/data/a", "1"), "a dry run changes nothing");
}

void DropsFields(Play& play) {
  Done(play, Apply(play, Map(play, "'a':'1','b':'2'")));
  const Json after = Done(play, Apply(play, Map(play, "'a':'1'")));
  play.Expect(StringIn(after, "data", "b").empty(), "a field that is ours alone goes");
  Done(play,
       Apply(play, Deployment(play, "'replicas':0,'strategy':{'type':'Recreate'}")));
  const Json reset = Done(play, Apply(play, Deployment(play, "'paused':true")));
  play.Expect(IntegerIn(-1, reset, "spec", "replicas") == 1, "replicas fall back to 1");
  play.Expect(StringIn(reset, "spec", "strategy", "type") == "RollingUpdate",
              "the strategy falls back to RollingUpdate");
}

void SharesFields(Play& play) {
  Done(play, Apply(play, Map(play, "'a':'1','b':'2'")));
  play.Edit(kMap, "{'data':{'c':'3'}}");
  const Json after = Done(play, Apply(play, Map(play, "'a':'1','c':'3'")));
  play.Expect(StringIn(after, "data", "c") == "3", "the same value is no conflict");
  const Json last = Done(play, Apply(play, Map(play, "'a':'1'")));
  play.Expect(StringIn(last, "data", "c") == "3", "what somebody else has too stays");
}

void ServesManagers(Play& play) {
  Done(play, Apply(play, Map(play, "'a':'1'")));
  const auto as_another = [&](const std::string& data) {
    const ApplyCall call{Map(play, data), WriteMode::kReal, OnFieldConflict::kReject,
                         "holdfast-rollout"};
    return Done(play, play.cluster().Apply({call}).front());
  };
  const Json both = as_another("'b':'2'");
  play.Expect(StringIn(both, "data", "a") == "1" && StringIn(both, "data", "b") == "2",
              "each has a field of its own");
  const Json ours = as_another("");
  play.Expect(StringIn(ours, "data", "a") == "1", "what another leaves out stays ours");
  play.Expect(StringIn(ours, "data", "b").empty(), "what it alone had goes");
}

void Conflicts(Play& play) {
  Done(play, Apply(play, Map(play, "'a':'1'")));
  play.Edit(kMap, "{'data':{'a':'2'}}");
  const ApplyAnswer answer = Apply(play, Map(play, "'a':'1'"));
  No(play, answer, Rejection::Kind::kFieldConflict, ".data.a",
     "a field of somebody else");
  if (const auto* no = std::get_if<Rejection>(&answer)) {
    play.Expect(!no->causes.empty() && no->causes[0].manager == "kubectl-edit",
                "the conflict names who has it");
  }
  play.Expect(play.Is(kMap, "/data/a", "2"), "a conflict changes nothing");
  const Json taken =
      Done(play, Apply(play, Map(play, "'a':'1'"), OnFieldConflict::kTakeOver));
  play.Expect(StringIn(taken, "data", "a") == "1", "taking over sets it");
  play.Expect(
      DumpJson(ArrayIn(taken, "metadata", "managedFields")).find("kubectl-edit") ==
          std::string::npos,
      "and the other has lost it");
}

void MergesLists(Play& play) {
  Done(play, Apply(play, Deployment(play, "'replicas':0")));
  play.Edit(
      "apps/v1 Deployment d",
      "{'spec':{'template':{'spec':{'containers':[{'name':'c','image':'example.org/c:1',"
      "'env':[{'name':'A','value':'1'},{'name':'B','value':'2'}]}]}}}}");
  const Json after =
      Done(play, Apply(play, Deployment(play, "'replicas':0,'paused':true")));
  const Json& containers = ArrayIn(after, "spec", "template", "spec", "containers");
  play.Expect(!containers.empty() && ArrayIn(containers[0], "env").size() == 2,
              "entries of others stay in a list with keys");
}

void OldVersions(Play& play) {
  Object old = play.Create(Map(play, "'a':'1'"));
  play.Edit(kMap, "{'data':{'a':'2'}}");
  No(play, play.cluster().Replace(old), Rejection::Kind::kConflict, "",
     "a replace of an old version");
  PatchCall patch{old, play.J("{'data':{'a':'3'}}"), WriteMode::kReal};
  patch.changes["metadata"]["resourceVersion"] = old.resource_version();
  No(play, play.cluster().Patch({patch}).front(), Rejection::Kind::kConflict, "",
     "a patch of an old version");
  play.Expect(play.Is(kMap, "/data/a", "2"), "neither changed anything");
  const Object fresh = Object::Make(play.Live(kMap)).value();
  Json json = fresh.json();
  json["data"] = {{"b", "4"}};
  Done(play, play.cluster().Replace(Object::Make(json).value()));
  play.Expect(play.Is(kMap, "/data", R"({"b":"4"})"), "a replace replaces");
}

/// The guard's Permit for `object`, which nothing speaks against.
std::optional<Permit> PermitFor(Play& play, const Object& object) {
  PlanInput input;
  input.inventory.exists = true;
  input.inventory.entries[object.ref()] = {object.ref(), "v1", object.uid(), "hash"};
  input.live.Put(object);
  ReadFacts(play.cluster(), **play.cluster().Discover(), input);
  auto judged = Guard::RequestPermit(object, object.uid(), input);
  if (auto* permit = std::get_if<Permit>(&judged)) return std::move(*permit);
  play.Expect(false, std::get<std::vector<Finding>>(judged).front().reason);
  return std::nullopt;
}

void Deletes(Play& play) {
  const Object old = play.Create(Map(play, "'a':'1'"));
  auto permit = PermitFor(play, old);
  if (!permit) return;
  play.Edit(kMap, "{'data':{'a':'2'}}");
  const Status stale = play.cluster().Delete(std::move(*permit), WriteMode::kReal);
  play.Expect(!stale.ok() && stale.error().code == ErrorCode::kConflict,
              "another version than the judged one stays");
  const Object fresh = Object::Make(play.Live(kMap)).value();
  permit = PermitFor(play, fresh);
  play.Expect(play.cluster().Delete(std::move(*permit), WriteMode::kDryRun).ok() &&
                  !play.Gone(kMap),
              "a dry run deletes nothing");
  permit = PermitFor(play, fresh);
  auto again = PermitFor(play, fresh);
  auto other = PermitFor(play, fresh);
  play.Expect(
      play.cluster().Delete(std::move(*permit), WriteMode::kReal).ok() && play.Gone(kMap),
      "the judged one goes");
  play.Expect(play.cluster().Delete(std::move(*again), WriteMode::kReal).ok(),
              "what is gone already is no failure");
  play.Create(Map(play, "'a':'1'"));
  const Status same_name = play.cluster().Delete(std::move(*other), WriteMode::kReal);
  play.Expect(!same_name.ok() && same_name.error().code == ErrorCode::kConflict &&
                  !play.Gone(kMap),
              "another object of the same name stays");
}

void Watches(Play& play) {
  const ListCall maps{{"", "v1", "ConfigMap"}, play.space(), ""};
  const auto list = play.cluster().List({maps});
  const WatchId watch = play.cluster().Watch(maps, list[0]->resource_version);
  play.Create(Map(play, "'a':'1'"));
  play.Edit(kMap, "{'data':{'a':'2'}}");
  play.Delete(kMap);
  std::vector<std::string> told;
  const bool all = play.bed().Await([&] {
    for (const WatchEvent& event :
         play.cluster().WaitForEvents(std::chrono::milliseconds(200))) {
      if (event.watch != watch || !event.object || event.object->ref().name != "x")
        continue;
      told.push_back((event.kind == WatchEvent::Kind::kGone ? "gone " : "changed ") +
                     StringIn(event.object->json(), "data", "a"));
    }
    return told.size() >= 3;
  });
  play.Expect(all && told == std::vector<std::string>{"changed 1", "changed 2", "gone 2"},
              "what happens is told in its order");
  play.cluster().Unwatch(watch);
}

void FixedFields(Play& play) {
  constexpr auto kInvalid = Rejection::Kind::kInvalid;
  Done(play, Apply(play, play.Set(0, "")));
  No(play, Apply(play, play.Set(0, "", "2Gi")), kInvalid, "spec",
     "a larger claim template");
  Json other = play.Set(0, "").json();
  other["spec"]["serviceName"] = "other";
  No(play, Apply(play, Object::Make(other).value()), kInvalid, "spec",
     "another serviceName");

  Done(play, Apply(play, Deployment(play, "'replicas':0")));
  Json selector = Deployment(play, "'replicas':0").json();
  selector["spec"]["selector"]["matchLabels"]["b"] = "e";
  selector["spec"]["template"]["metadata"]["labels"]["b"] = "e";
  No(play, Apply(play, Object::Make(selector).value()), kInvalid, "spec.selector",
     "another selector");
  selector = Deployment(play, "'replicas':0").json();
  selector["spec"]["template"]["metadata"]["labels"] = {{"c", "f"}};
  No(play, Apply(play, Object::Make(selector).value()), kInvalid,
     "spec.template.metadata.labels", "a template that the selector misses");

  const std::string head = "storage.k8s.io/v1 StorageClass /" + play.space();
  Done(play, Apply(play, play.Make(head, "'provisioner':'example.org/disk'")));
  No(play,
     Apply(play,
           play.Make(head, "'provisioner':'example.org/disk','reclaimPolicy':'Retain'")),
     kInvalid, "reclaimPolicy", "another reclaim policy of a class");
}

void FixedClaims(Play& play) {
  play.MakeClass("Delete");
  const Object claim = play.MakeBoundClaim();
  const auto spec = [&](const std::string& of_class, const std::string& size) {
    return play.Make("v1 PersistentVolumeClaim data",
                     "'spec':{'storageClassName':'" + of_class +
                         "','accessModes':["
                         "'ReadWriteOnce'],'resources':{'requests':{'storage':'" +
                         size + "'}}}");
  };
  constexpr auto kForce = OnFieldConflict::kTakeOver;
  No(play, Apply(play, spec("NS", "512Mi"), kForce), Rejection::Kind::kInvalid,
     "spec.resources.requests.storage", "a smaller claim");
  No(play, Apply(play, spec("NS", "2Gi"), kForce), Rejection::Kind::kForbidden, "",
     "a larger claim of a class that does not grow");
  No(play, Apply(play, spec("other", "1Gi"), kForce), Rejection::Kind::kInvalid, "spec",
     "another class of a claim");
  const Json adopted = Done(play, Apply(play, spec("NS", "1Gi"), kForce));
  play.Expect(StringIn(adopted, "spec", "volumeName") ==
                  StringIn(claim.json(), "spec", "volumeName"),
              "an apply without volumeName leaves it");
}

/// Whose a spec is that the server fills in whole.
void Spaces(Play& play) {
  const Json space = play.Live("v1 Namespace /" + play.space());
  play.Expect(ArrayIn(space, "spec", "finalizers") == Json::array({"kubernetes"}),
              "a namespace waits until it is empty");
  for (const Json& entry : ArrayIn(space, "metadata", "managedFields")) {
    play.Expect(FindIn(entry, "fieldsV1", "f:spec") == nullptr,
                StringIn(entry, "manager") + " has nothing of its spec");
  }
}

}  // namespace

std::vector<Row> RowsOfTheServer() {
  return {
      {"reads", "reads tell an object that is not there from a kind that is not served",
       Reads},
      {"creates", "a create makes an object once, and only in a namespace that is there",
       Creates},
      {"applies", "the same apply a second time writes nothing", AppliesOnce},
      {"of-one-uid", "an apply that names a uid is of that object or of none", OfOneUid},
      {"dry-runs", "a dry run tells what would be, and keeps nothing", DryRuns},
      {"drops", "a field that an apply leaves out goes, or falls back to its default",
       DropsFields},
      {"shares", "a field that two have stays when one leaves it out", SharesFields},
      {"managers", "an apply is that of the manager whom it names, and touches no other's",
       ServesManagers},
      {"conflicts", "a field of somebody else is a conflict, unless it is taken over",
       Conflicts},
      {"lists", "lists with keys are merged by them", MergesLists},
      {"versions", "a write of an old version is a conflict", OldVersions},
      {"deletes", "a deletion is of the judged object, at the judged version", Deletes},
      {"watches", "a watch tells what happens", Watches},
      {"fixed", "fields that are fixed are declined by name", FixedFields},
      {"spaces", "the spec of a namespace belongs to nobody", Spaces},
      {"fixed-claims",
       "a claim does not shrink, nor grow or move where its class forbids it",
       FixedClaims},
  };
}

}  // namespace holdfast::memory
