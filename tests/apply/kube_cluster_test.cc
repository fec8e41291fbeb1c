#include <doctest/doctest.h>

#include "tests/apply/kube_scripted_transport.h"

namespace holdfast {

// Stands in for the only class that makes a Permit (apply/guard.h): what the guard
// thinks is not the matter here.
class Guard {
 public:
  static Permit PermitFor(const Object& object, Permit::Dependents dependents =
                                                    Permit::Dependents::kFollow) {
    return Permit(object, dependents);
  }
};

namespace {

const Gvk kConfigMap{"", "v1", "ConfigMap"};
const Error kCut{ErrorCode::kUnavailable, "the connection was cut"};

std::string Item(const std::string& name) {
  return R"({"metadata":{"name":")" + name + R"(","namespace":"a"}})";
}

HttpAnswer Page(const std::string& items, const std::string& version,
                const std::string& next) {
  return JsonAnswer(
      200,
      R"({"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":")" +
          version + R"(","continue":")" + next + R"("},"items":[)" + items + "]}");
}

Object ConfigMap(const std::string& metadata = "") {
  return Object::Make(ParseJson(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":
                         {"name":"x","namespace":"a")" +
                                metadata + "}}")
                          .value())
      .value();
}

HttpAnswer Written() { return JsonAnswer(200, DumpJson(ConfigMap().json())); }

std::string CodeOf(const ApplyAnswer& answer) {
  if (const Error* error = std::get_if<Error>(&answer))
    return std::string(ToString(error->code));
  return std::holds_alternative<Object>(answer) ? "object" : "rejection";
}

TEST_CASE("a list is read page by page, and its items get their type") {
  ScriptedCluster scripted([](const HttpRequest& request) -> Result<HttpAnswer> {
    const bool second = request.target.find("continue=t%2F1") != std::string::npos;
    return second ? Page(Item("c"), "7", "")
                  : Page(Item("a") + "," + Item("b"), "7", "t/1");
  });
  const auto lists = scripted.cluster->List({{kConfigMap, "a", "x=y"}});
  REQUIRE(lists[0].ok());
  REQUIRE(lists[0]->objects.size() == 3);
  CHECK(lists[0]->resource_version == "7");
  CHECK(lists[0]->objects[2].gvk() == kConfigMap);
  CHECK(scripted.transport->asked ==
        std::vector<std::string>{
            "GET /api/v1/namespaces/a/configmaps?limit=500&labelSelector=x%3Dy",
            "GET "
            "/api/v1/namespaces/a/"
            "configmaps?limit=500&continue=t%2F1&labelSelector=x%3Dy"});
}

TEST_CASE("pages of different moments are never mixed") {
  int asked = 0;
  ScriptedCluster expired([&](const HttpRequest&) -> Result<HttpAnswer> {
    switch (asked++) {
      case 0:
        return Page(Item("old"), "7", "t1");
      case 1:
        return StatusAnswer(410, "expired", "");
      case 2:
        return Page(Item("new"), "8", "t2");
      default:
        return Page(Item("newer"), "8", "");
    }
  });
  const auto lists = expired.cluster->List({{kConfigMap, "a", ""}});
  REQUIRE(lists[0].ok());
  REQUIRE(lists[0]->objects.size() == 2);
  CHECK(lists[0]->objects[0].ref().name == "new");
  CHECK(lists[0]->resource_version == "8");

  int page = 0;
  ScriptedCluster shifting([&](const HttpRequest&) -> Result<HttpAnswer> {
    ++page;
    return Page(Item("x" + std::to_string(page)), std::to_string(page), "more");
  });
  const auto never = shifting.cluster->List({{kConfigMap, "a", ""}});
  REQUIRE_FALSE(never[0].ok());
  CHECK(never[0].error().message.find("different moments") != std::string::npos);
}

TEST_CASE("a page that fails fails the list, and only that") {
  ScriptedCluster scripted([](const HttpRequest& request) -> Result<HttpAnswer> {
    if (request.target.find("continue") != std::string::npos) {
      return StatusAnswer(403, "forbidden", "");
    }
    return Page(Item("a"), "7",
                request.target.find("/nodes") != std::string::npos ? "" : "t");
  });
  const auto lists = scripted.cluster->List({{kConfigMap, "a", ""},
                                             {{"", "v1", "Foo"}, "", ""},
                                             {{"", "v1", "Node"}, "a", ""}});
  REQUIRE_FALSE(lists[0].ok());
  CHECK(lists[0].error().code == ErrorCode::kDenied);
  CHECK(lists[0].error().message == "list ConfigMap in a: forbidden");
  CHECK(lists[1].error().code == ErrorCode::kInvalid);
  CHECK(lists[2].error().message.find("belongs to no namespace") != std::string::npos);
}

TEST_CASE("what may be sent again, and what not") {
  enum class Call { kGet, kDryRun, kApply, kApplyToVersion, kCreate, kReplace, kDelete };
  struct Case {
    std::string what;
    Result<HttpAnswer> first;
    Call call;
    int times;  ///< How often it is sent, when the second time works.
  };
  HttpAnswer draining = StatusAnswer(503, "shutting down", "");
  draining.headers["retry-after"] = "1";
  HttpAnswer patient = StatusAnswer(429, "come back", "");
  patient.headers["retry-after"] = "3600";
  const HttpAnswer throttled = StatusAnswer(429, "later", "");
  const HttpAnswer broken = StatusAnswer(500, "etcdserver: leader changed", "");
  const HttpAnswer misspelled = StatusAnswer(
      500,
      "failed to create typed patch object (a/x): .datum: field not declared in schema",
      "");
  // What KubeCluster reads is the server's own words (meta/v1 Status).
  const auto conflict = [](const std::string& reason, const std::string& causes) {
    return JsonAnswer(409, R"({"kind":"Status","apiVersion":"v1","status":"Failure","code":409,
                               "message":"x","reason":")" +
                               reason + R"(","details":{"causes":[)" + causes + "]}}");
  };
  const HttpAnswer overtaken = conflict("Conflict", "");
  const HttpAnswer owned = conflict(
      "Conflict", R"({"reason":"FieldManagerConflict","message":"conflict with \"kubectl\"",
                      "field":".data.a"})");
  const HttpAnswer exists = conflict("AlreadyExists", "");
  const Error late{ErrorCode::kTimeout, "no answer within 30 s"};
  const Case cases[] = {
      {"a read that was cut", kCut, Call::kGet, 2},
      {"a read of a broken server", broken, Call::kGet, 2},
      {"a read that took too long", late, Call::kGet, 1},
      {"a read, throttled for an hour", patient, Call::kGet, 1},
      {"a dry run of a broken server", broken, Call::kDryRun, 2},
      {"a dry run of a misspelled field", misspelled, Call::kDryRun, 1},
      {"an apply that was cut", kCut, Call::kApply, 2},
      {"an apply that took too long", late, Call::kApply, 1},
      {"an apply of a broken server", broken, Call::kApply, 1},
      {"an apply, throttled", throttled, Call::kApply, 2},
      {"an apply to one version that was cut", kCut, Call::kApplyToVersion, 1},
      {"an apply to one version, overtaken", overtaken, Call::kApplyToVersion, 1},
      {"an apply to one version, throttled", throttled, Call::kApplyToVersion, 2},
      {"an apply while the server drains", draining, Call::kApply, 2},
      {"an apply that somebody overtook", overtaken, Call::kApply, 2},
      {"a dry run that somebody overtook", overtaken, Call::kDryRun, 2},
      {"an apply of somebody else's field", owned, Call::kApply, 1},
      {"an apply of what was made meanwhile", exists, Call::kApply, 1},
      {"a replace of what is newer", overtaken, Call::kReplace, 1},
      {"a delete of what is newer", overtaken, Call::kDelete, 1},
      {"a create that was cut", kCut, Call::kCreate, 1},
      {"a create, throttled", throttled, Call::kCreate, 2},
      {"a replace that was cut", kCut, Call::kReplace, 1},
      {"a delete that was cut", kCut, Call::kDelete, 1},
      {"a delete, throttled", throttled, Call::kDelete, 2},
  };
  for (const Case& row : cases) {
    CAPTURE(row.what);
    int times = 0;
    ScriptedCluster scripted([&](const HttpRequest&) -> Result<HttpAnswer> {
      return ++times == 1 ? row.first : Result<HttpAnswer>(Written());
    });
    KubeCluster& cluster = *scripted.cluster;
    const Object object = ConfigMap(R"(,"resourceVersion":"5","uid":"u")");
    switch (row.call) {
      case Call::kGet:
        (void)cluster.Get({{kConfigMap, "a", "x"}});
        break;
      case Call::kDryRun:
        (void)cluster.Apply({{object, WriteMode::kDryRun}});
        break;
      case Call::kApply:
        (void)cluster.Apply({{ConfigMap(), WriteMode::kReal}});
        break;
      case Call::kApplyToVersion:
        (void)cluster.Apply({{object, WriteMode::kReal}});
        break;
      case Call::kCreate:
        (void)cluster.Create(object);
        break;
      case Call::kReplace:
        (void)cluster.Replace(object);
        break;
      case Call::kDelete:
        (void)cluster.Delete(Guard::PermitFor(object), WriteMode::kReal);
        break;
    }
    CHECK(times == row.times);
  }
}

TEST_CASE("after a time-out nothing of the batch is sent again") {
  ScriptedCluster scripted([](const HttpRequest& request) -> Result<HttpAnswer> {
    if (request.target.ends_with("/x")) return Error{ErrorCode::kTimeout, "no answer"};
    return Error{ErrorCode::kUnavailable, "not sent: no answer"};
  });
  const auto got =
      scripted.cluster->Get({{kConfigMap, "a", "x"}, {kConfigMap, "a", "y"}});
  CHECK(got[0].error().code == ErrorCode::kTimeout);
  CHECK(got[1].error().code == ErrorCode::kUnavailable);
  CHECK(scripted.transport->asked.size() == 2);
}

TEST_CASE(
    "asking again ends: when time is up, or somebody cancels, or nobody ever answered") {
  ScriptedCluster scripted([](const HttpRequest&) -> Result<HttpAnswer> { return kCut; });
  const auto begun = scripted.clock->now;
  CHECK_FALSE(scripted.cluster->Get({{kConfigMap, "a", "x"}})[0].ok());
  CHECK(scripted.transport->asked.size() > 3);
  CHECK(scripted.clock->now - begun <= std::chrono::seconds(10));

  scripted.transport->asked.clear();
  scripted.cancelled = true;
  (void)scripted.cluster->Get({{kConfigMap, "a", "x"}});
  CHECK(scripted.transport->asked.size() == 1);

  auto clock = std::make_shared<SteppedClock>();
  auto transport = std::make_unique<ScriptedTransport>(clock);
  ScriptedTransport* never = transport.get();
  never->answer = [](const HttpRequest&) -> Result<HttpAnswer> { return kCut; };
  KubeOptions options;
  options.clock = clock;
  KubeCluster cluster(std::move(transport), options);
  CHECK_FALSE(cluster.Uid().ok());
  CHECK(never->asked.size() == 1);
  never->answer = [](const HttpRequest&) -> Result<HttpAnswer> {
    return HttpAnswer{502, {{"content-type", "text/html"}}, "<html>"};
  };
  CHECK_FALSE(cluster.Uid().ok());
  CHECK(never->asked.size() == 2);
}

TEST_CASE("who was frozen while it waited to ask again does not") {
  ScriptedCluster scripted(
      [](const HttpRequest&) -> Result<HttpAnswer> { return StatusAnswer(429, "busy", "x"); });
  scripted.transport->meanwhile = [&] { scripted.clock->now += std::chrono::minutes(1); };
  (void)scripted.cluster->Apply({{ConfigMap(), WriteMode::kReal}});
  CHECK(scripted.transport->asked.size() == 1);
}

TEST_CASE("an apply says who we are, is strict, and forces only when told") {
  ScriptedCluster scripted(
      [](const HttpRequest&) -> Result<HttpAnswer> { return Written(); });
  const auto answers = scripted.cluster->Apply(
      {{ConfigMap(), WriteMode::kReal, OnFieldConflict::kTakeOver}, {ConfigMap()}});
  CHECK(CodeOf(answers[0]) == "object");
  // What changes nothing goes first.
  const std::string path =
      "PATCH "
      "/api/v1/namespaces/a/configmaps/x?fieldManager=holdfast&fieldValidation=Strict";
  CHECK(scripted.transport->asked ==
        std::vector<std::string>{path + "&dryRun=All", path + "&force=true"});
  CHECK(scripted.cluster->ServerTime() == 1795511160);
}

TEST_CASE("a deletion names the object that was judged") {
  HttpAnswer answer = Written();
  ScriptedCluster scripted(
      [&](const HttpRequest&) -> Result<HttpAnswer> { return answer; });
  const Object judged = ConfigMap(R"(,"uid":"u1","resourceVersion":"5")");
  CHECK(scripted.cluster->Delete(Guard::PermitFor(judged), WriteMode::kDryRun).ok());
  const Json sent = ParseJson(scripted.transport->bodies.back()).value();
  CHECK(StringIn(sent, "preconditions", "uid") == "u1");
  CHECK(StringIn(sent, "preconditions", "resourceVersion") == "5");
  CHECK(StringIn(sent, "propagationPolicy") == "Background");
  CHECK(ArrayIn(sent, "dryRun").size() == 1);

  for (const auto& [dependents, policy] :
       {std::pair(Permit::Dependents::kPrecede, "Foreground"),
        std::pair(Permit::Dependents::kStay, "Orphan")}) {
    CHECK(scripted.cluster->Delete(Guard::PermitFor(judged, dependents), WriteMode::kDryRun)
              .ok());
    const Json asked_for = ParseJson(scripted.transport->bodies.back()).value();
    CHECK(StringIn(asked_for, "propagationPolicy") == policy);
  }

  // Without uid and resourceVersion it would take whatever has the name.
  const std::size_t asked = scripted.transport->asked.size();
  CHECK_FALSE(
      scripted.cluster->Delete(Guard::PermitFor(ConfigMap()), WriteMode::kReal).ok());
  CHECK(scripted.transport->asked.size() == asked);

  answer = StatusAnswer(404, "configmaps x not found", "x");
  CHECK(scripted.cluster->Delete(Guard::PermitFor(judged), WriteMode::kReal).ok());
  answer = StatusAnswer(409, "the UID in the precondition does not match", "x");
  CHECK(
      scripted.cluster->Delete(Guard::PermitFor(judged), WriteMode::kReal).error().code ==
      ErrorCode::kConflict);
  answer = StatusAnswer(404, "the server could not find the requested resource", "");
  CHECK(
      scripted.cluster->Delete(Guard::PermitFor(judged), WriteMode::kReal).error().code ==
      ErrorCode::kNotFound);
}

TEST_CASE("an answer about another object is no answer") {
  ScriptedCluster scripted(
      [](const HttpRequest&) -> Result<HttpAnswer> { return Written(); });
  const auto got = scripted.cluster->Get(
      {{kConfigMap, "a", "x"}, {kConfigMap, "a", "y"}, {kConfigMap, "", "x"}});
  CHECK(got[0].ok());
  CHECK(got[1].error().code == ErrorCode::kUnavailable);
  CHECK(got[2].error().code == ErrorCode::kInvalid);
}

}  // namespace
}  // namespace holdfast
