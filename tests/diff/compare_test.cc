#include "diff/compare.h"

#include <doctest/doctest.h>

#include "diff/core_schema.h"
#include "tests/diff/compare_rows.h"
#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

TEST_CASE("fields of a Deployment") {
  const std::string replicas = R"({"f:spec": {"f:replicas": {}}})";
  CheckRows(
      "apps/v1", "Deployment",
      {
          {"equal",
           R"("spec": {"replicas": 3})",
           R"("spec": {"replicas": 3, "paused": true})",
           replicas,
           "",
           Answer::kSame,
           {}},
          {"what the server filled in",
           "\"spec\": {}",
           R"("spec": {"replicas": 1, "strategy": {"type": "RollingUpdate"}})",
           "{}",
           "",
           Answer::kSame,
           {}},
          {"changed",
           R"("spec": {"replicas": 3})",
           R"("spec": {"replicas": 2})",
           replicas,
           "",
           Answer::kDifferent,
           {"spec.replicas: 2 -> 3"}},
          {"changed, and somebody else's",
           R"("spec": {"replicas": 3})",
           R"("spec": {"replicas": 2})",
           replicas,
           replicas,
           Answer::kDifferent,
           {"spec.replicas: 2 -> 3 by someone"}},
          {"dropped from Git: the default comes back",
           "\"spec\": {}",
           R"("spec": {"replicas": 3})",
           replicas,
           "",
           Answer::kDifferent,
           {"spec.replicas: 3 -> 1"}},
          {"dropped, and the default is what is there",
           "\"spec\": {}",
           R"("spec": {"replicas": 1})",
           replicas,
           "",
           Answer::kSame,
           {}},
          {"dropped, but somebody else holds it too",
           "\"spec\": {}",
           R"("spec": {"replicas": 3})",
           replicas,
           replicas,
           Answer::kSame,
           {}},
          {"not ours and not in Git",
           "\"spec\": {}",
           R"("spec": {"replicas": 3})",
           "{}",
           replicas,
           Answer::kSame,
           {}},
          {"null and set",
           R"("spec": {"replicas": null})",
           R"("spec": {"replicas": 3})",
           "{}",
           "",
           Answer::kDifferent,
           {"spec.replicas: 3 -> 1"}},
          {"null and the default",
           R"("spec": {"replicas": null})",
           R"("spec": {"replicas": 1})",
           "{}",
           "",
           Answer::kSame,
           {}},
          {"dropped strategy",
           "\"spec\": {}",
           R"("spec": {"strategy": {"type": "Recreate"}})",
           R"({"f:spec": {"f:strategy": {"f:type": {}}}})",
           "",
           Answer::kDifferent,
           {R"(spec.strategy.type: "Recreate" -> "RollingUpdate")"}},
          {"a struct of which we held the last field goes with what nobody holds",
           R"("spec": {"replicas": 1})",
           R"("spec": {"replicas": 1, "strategy": {"type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": 1}}})",
           R"({"f:spec": {"f:replicas": {}, "f:strategy": {"f:rollingUpdate": {}}}})",
           "",
           Answer::kUnsure,
           {}},
          {"unless somebody else holds a part of it",
           R"("spec": {"replicas": 1})",
           R"("spec": {"replicas": 1, "strategy": {"type": "Recreate"}})",
           R"({"f:spec": {"f:replicas": {}, "f:strategy": {"f:rollingUpdate": {}}}})",
           R"({"f:spec": {"f:strategy": {"f:type": {}}}})",
           Answer::kSame,
           {}},
          {"a selector is replaced as a whole",
           R"("spec": {"selector": {"matchLabels": {"a": "b"}}})",
           R"("spec": {"selector": {"matchLabels": {"a": "b", "c": "d"}}})",
           R"({"f:spec": {"f:selector": {}}})",
           "",
           Answer::kDifferent,
           {R"(spec.selector.matchLabels.c: "d" -> nothing)"}},
          {"managedFields holds as a whole what our table merges",
           R"("spec": {"strategy": {"type": "Recreate"}})",
           R"("spec": {"strategy": {"type": "Recreate", "more": 1}})",
           R"({"f:spec": {"f:strategy": {}}})",
           "",
           Answer::kUnsure,
           {}},
          {"a status in Git changes nothing",
           R"("status": {"replicas": 7})",
           R"("status": {"replicas": 1})",
           "{}",
           "",
           Answer::kSame,
           {}},
          {"a field that does not exist",
           R"("spec": {"replica": 3})",
           "\"spec\": {}",
           "{}",
           "",
           Answer::kDifferent,
           {"spec.replica: nothing -> 3"}},
      });
}

TEST_CASE("containers and what is in them") {
  const auto spec = [](const std::string& containers) {
    return R"("spec": {"template": {"spec": {"containers": [)" + containers + "]}}}";
  };
  const std::string at = R"(spec.template.spec.containers[name="a"])";
  const std::string ours = R"({"f:spec": {"f:template": {"f:spec": {"f:containers": {
      "k:{\"name\":\"a\"}": {".": {}, "f:name": {}, "f:image": {},
        "f:ports": {"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":
          {".": {}, "f:containerPort": {}}}}}}}}})";
  CheckRows(
      "apps/v1", "StatefulSet",
      {
          {"a port that leaves out its protocol",
           spec(R"({"name": "a", "image": "i", "ports": [{"containerPort": 80}]})"),
           spec(R"({"name": "a", "image": "i",
                "ports": [{"containerPort": 80, "protocol": "TCP"}]})"),
           ours,
           "",
           Answer::kSame,
           {}},
          {"the port is gone",
           spec(R"({"name": "a", "image": "i"})"),
           spec(R"({"name": "a", "image": "i",
                "ports": [{"containerPort": 80, "protocol": "TCP"}]})"),
           ours,
           "",
           Answer::kDifferent,
           {at + R"(.ports: [{"containerPort":80,"protocol":"TCP"}] -> nothing)"}},
          {"another image",
           spec(R"({"name": "a", "image": "j"})"),
           spec(R"({"name": "a", "image": "i"})"),
           ours,
           "",
           Answer::kDifferent,
           {at + R"(.image: "i" -> "j")"}},
          {"a sidecar of somebody else stays",
           spec(R"({"name": "a", "image": "i"})"),
           spec(R"({"name": "a", "image": "i"}, {"name": "b"})"),
           ours,
           "",
           Answer::kSame,
           {}},
          {"a container more",
           spec(R"({"name": "a", "image": "i"}, {"name": "b"})"),
           spec(R"({"name": "a", "image": "i"})"),
           ours,
           "",
           Answer::kDifferent,
           {R"(spec.template.spec.containers[name="b"]: nothing -> {"name":"b"})"}},
          {"another order rolls the pods",
           spec(R"({"name": "b"}, {"name": "a"})"),
           spec(R"({"name": "a"}, {"name": "b"})"),
           "{}",
           "",
           Answer::kDifferent,
           {R"(spec.template.spec.containers: ["a","b"] -> ["b","a"])"}},
          {"two of one name",
           spec(R"({"name": "a"}, {"name": "a"})"),
           spec(R"({"name": "a"})"),
           "{}",
           "",
           Answer::kUnsure,
           {}},
          {"amounts",
           spec(
               R"({"name": "a", "resources": {"limits": {"cpu": 0.5, "memory": "1024Mi"}}})"),
           spec(
               R"({"name": "a", "resources": {"limits": {"cpu": "500m", "memory": "1Gi"}}})"),
           "{}",
           "",
           Answer::kSame,
           {}},
          {"empty where the server keeps nothing",
           spec(
               R"({"name": "a", "args": [], "tty": false, "env": [{"name": "E", "value": ""}]})"),
           spec(R"({"name": "a", "env": [{"name": "E"}]})"),
           "{}",
           "",
           Answer::kSame,
           {}},
          {"a zero of another type is the server's to refuse",
           spec(R"({"name": "a", "tty": ""})"),
           spec(R"({"name": "a"})"),
           "{}",
           "",
           Answer::kDifferent,
           {at + R"(.tty: nothing -> "")"}},
          {"an empty context is not none",
           spec(R"({"name": "a", "securityContext": {}})"),
           spec(R"({"name": "a"})"),
           "{}",
           "",
           Answer::kDifferent,
           {at + ".securityContext: nothing -> {}"}},
      });
}

TEST_CASE("our own books are no field") {
  const CoreSchema schema;
  const auto compare = [&](const std::string& desired, const std::string& live) {
    return Compare(O(desired), O(live), "holdfast", schema);
  };
  const std::string head =
      R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x")";
  const std::string managed = R"(, "managedFields": [{"manager": "holdfast",
      "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1":
      {"f:metadata": {"f:labels": {"f:applyset.kubernetes.io/part-of": {}, "f:a": {}}}}}])";

  Comparison c =
      compare(head + R"(, "labels": {"applyset.kubernetes.io/part-of": "2", "a": "b"}}})",
              head + R"(, "labels": {"applyset.kubernetes.io/part-of": "1", "a": "b"})" +
                  managed + "}}");
  CHECK(c.answer == Answer::kSame);
  CHECK(c.bookkeeping);

  c = compare(head + R"(, "labels": {"a": "b"}}})",
              head + R"(, "labels": {"applyset.kubernetes.io/part-of": "1", "a": "b"})" +
                  managed + "}}");
  CHECK(c.answer == Answer::kSame);
  CHECK(c.bookkeeping);

  c = compare(head + R"(, "annotations": {"holdfast.dev/x": "1"}}})",
              head + managed + "}}");
  CHECK(c.answer == Answer::kSame);
  CHECK(c.bookkeeping);

  c = compare(head + R"(, "annotations": {"holdfast.dev/x": "1", "b": "c"}}})",
              head + managed + "}}");
  CHECK(c.answer == Answer::kDifferent);
  CHECK(Told(c.fields) ==
        std::vector<std::string>{R"(metadata.annotations.b: nothing -> "c")"});
  CHECK_FALSE(c.bookkeeping);

  c = compare(head + R"(, "labels": {"a": "b"}}})",
              head + R"(, "labels": {"a": "b"}, )" +
                  R"("managedFields": [{"manager": "kubectl", "operation": "Update",
                     "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {}}]}})");
  CHECK(c.answer == Answer::kSame);
  CHECK(c.bookkeeping);  // The fields are as wanted, but not ours.
}

TEST_CASE("objects that cannot be laid side by side make us unsure") {
  const CoreSchema schema;
  const std::string managed =
      R"("managedFields": [{"manager": "holdfast", "operation": "Apply",
      "apiVersion": "autoscaling/v1", "fieldsType": "FieldsV1", "fieldsV1": {}}])";
  const auto make = [&](const std::string& version, const std::string& more) {
    return O(R"({"apiVersion": "autoscaling/)" + version +
             R"(", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "x")" + more +
             "}}");
  };
  struct Versions {
    std::string what;
    Object desired;
    Object live;
    Answer answer;
  };
  const Versions rows[] = {
      {"alike", make("v1", ""), make("v1", ", " + managed), Answer::kSame},
      {"read at another version", make("v2", ""), make("v1", ", " + managed),
       Answer::kUnsure},
      {"applied at another version", make("v2", ""), make("v2", ", " + managed),
       Answer::kUnsure},
      {"without managedFields", make("v1", ""), make("v1", ""), Answer::kUnsure},
      {"of another uid", make("v1", R"(, "uid": "1")"),
       make("v1", R"(, "uid": "2", )" + managed), Answer::kUnsure},
      {"with managedFields in Git", make("v1", ", " + managed),
       make("v1", ", " + managed), Answer::kUnsure},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const Comparison c = Compare(row.desired, row.live, "holdfast", schema);
    CHECK(c.answer == row.answer);
    CHECK(c.ownership_known == (row.what != "without managedFields"));
  }
}

}  // namespace
}  // namespace holdfast
