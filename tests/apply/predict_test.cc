#include "apply/predict.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "apply/adopting.h"
#include "diff/core_schema.h"
#include "tests/apply/kube_scripted_transport.h"

namespace holdfast {
namespace {

/// A ConfigMap as it is live, of this version, holding this colour.
std::string Live(const std::string& version, const std::string& colour) {
  return R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","namespace":"a",)"
         R"("resourceVersion":")" +
         version +
         R"(","managedFields":[{"manager":"someone",)"
         R"("operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{}}]},)"
         R"("data":{"colour":")" +
         colour + R"("}})";
}

Object ObjectOf(const std::string& text) {
  return Object::Make(ParseJson(text).value()).value();
}

/// What Git wants: green.
Resolved Desired() {
  Resolved resolved;
  Manifest manifest{
      ObjectOf(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":)"
               R"({"name":"x","namespace":"a"},"data":{"colour":"green"}})"),
      {},
      {}};
  resolved.manifests.push_back(std::move(manifest));
  return resolved;
}

Predictions Ask(ScriptedCluster& scripted, Snapshot& live) {
  static const CoreSchema kSchema;
  PredictOptions options;
  options.schema = &kSchema;
  options.hash = [](std::string_view) { return "h"; };
  return Predict(*scripted.cluster, Desired(), live, options);
}

TEST_CASE("an object that somebody changes meanwhile is read and compared again") {
  ScriptedCluster scripted([](const HttpRequest& request) -> Result<HttpAnswer> {
    if (request.method == "GET") return JsonAnswer(200, Live("2", "blue"));
    return JsonAnswer(200, Live("2", "green"));
  });
  Snapshot live;
  live.Put(ObjectOf(Live("1", "red")));
  const Predictions predictions = Ask(scripted, live);
  CHECK(predictions.errors.empty());
  const Prediction& prediction = predictions.of.begin()->second;
  REQUIRE(prediction.fields.size() == 1);
  CHECK(*prediction.fields[0].before == Json("blue"));
  CHECK(live.Find({"", "ConfigMap", "a", "x"})->resource_version() == "2");
  CHECK(scripted.transport->asked.size() == 3);
}

TEST_CASE("an object that is made meanwhile is compared with what is there then") {
  ScriptedCluster scripted([](const HttpRequest& request) -> Result<HttpAnswer> {
    if (request.method == "GET") return JsonAnswer(200, Live("2", "blue"));
    return JsonAnswer(200, Live("2", "green"));
  });
  Snapshot live;
  const Predictions predictions = Ask(scripted, live);
  CHECK(predictions.errors.empty());
  CHECK(predictions.of.begin()->second.exists);
}

TEST_CASE("an object that never holds still is an error that names it") {
  int version = 1;
  ScriptedCluster scripted([&](const HttpRequest& request) -> Result<HttpAnswer> {
    if (request.method != "GET") ++version;
    return JsonAnswer(200, Live(std::to_string(version), "blue"));
  });
  Snapshot live;
  live.Put(ObjectOf(Live("1", "red")));
  const Predictions predictions = Ask(scripted, live);
  REQUIRE(predictions.errors.size() == 1);
  CHECK(predictions.errors[0].message.find(
            "ConfigMap a/x: changes faster than it can be") != std::string::npos);
}

const std::string kTwo =
    R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x",)"
    R"("namespace":"a","resourceVersion":"1"},)"
    R"("data":{"fixed":"1","goes":"2","stays":"3"}})";

TEST_CASE("what the server does not let go of is found out one by one, and kept") {
  ScriptedCluster scripted([](const HttpRequest& request) -> Result<HttpAnswer> {
    const Json body = ParseJson(request.body).value();
    const Json& data = MapIn(body, "data");
    if (data.contains("fixed")) {
      return JsonAnswer(
          422, R"({"kind":"Status","message":"no","reason":"Invalid","code":422,)"
               R"("details":{"name":"x","causes":[{"field":"data","message":)"
               R"("field is immutable"}]}})");
    }
    Json answer = ParseJson(kTwo).value();
    if (data.contains("goes")) answer["data"].erase("goes");
    return JsonAnswer(200, DumpJson(answer));  // "stays" the server fills in again.
  });
  std::vector<FieldPath> dropped;
  for (const char* path : {"data.fixed", "data.goes", "data.stays"}) {
    dropped.push_back(FieldPath::Parse(path).value());
  }
  const auto forecasts = TryAdopting(
      *scripted.cluster, {{ObjectOf(kTwo), ObjectOf(kTwo), dropped}}, CoreSchema());
  REQUIRE(forecasts.size() == 1);
  REQUIRE(std::holds_alternative<Object>(forecasts[0].result));
  const Object& result = std::get<Object>(forecasts[0].result);
  CHECK(DumpJson(result.json()["data"]) == R"({"fixed":"1","stays":"3"})");
  std::vector<std::string> kept;
  for (const FieldPath& path : forecasts[0].kept) kept.push_back(path.ToString());
  CHECK(kept == std::vector<std::string>{"data.fixed", "data.stays"});
}

TEST_CASE("an object that somebody changed since the plan is not adopted") {
  ScriptedCluster scripted([](const HttpRequest& request) -> Result<HttpAnswer> {
    REQUIRE(request.method == "GET");
    return JsonAnswer(200, Live("2", "blue"));
  });
  const auto answers = Adopt(*scripted.cluster, {{ObjectOf(Live("1", "red")), {}}});
  REQUIRE(answers.size() == 1);
  REQUIRE(std::holds_alternative<Rejection>(answers[0]));
  CHECK(std::get<Rejection>(answers[0]).kind == Rejection::Kind::kConflict);
}

TEST_CASE("an object whose status alone changes meanwhile is adopted all the same") {
  int patches = 0;
  ScriptedCluster scripted([&](const HttpRequest& request) -> Result<HttpAnswer> {
    if (request.method == "PATCH" && ++patches == 1) {
      return JsonAnswer(409,
                        R"({"kind":"Status","message":"changed","reason":"Conflict",)"
                        R"("code":409,"details":{"name":"x"}})");
    }
    return JsonAnswer(200, Live(std::to_string(patches + 1), "red"));
  });
  const auto answers = Adopt(*scripted.cluster, {{ObjectOf(Live("1", "red")), {}}});
  CHECK(std::holds_alternative<Object>(answers[0]));
  CHECK(patches == 2);
}

}  // namespace
}  // namespace holdfast
