#include "diff/render_json.h"

#include <doctest/doctest.h>

#include "tests/diff/change_sets.h"
#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

TEST_CASE("live objects of a file, and what it cannot tell") {
  CHECK_FALSE(RenderJson(InSyncSet()).contains("live"));
  CHECK_FALSE(RenderJson(InSyncSet())["summary"].contains("unsure"));
  ChangeSet set = InSyncSet();
  set.live_file = "live.yaml";
  set.changes[0].unsure = "why";
  const Json document = RenderJson(set, Show::kAll);
  CHECK(document["live"] == "live.yaml");
  CHECK(document["changes"][0]["unsure"] == "why");
  CHECK_FALSE(document["changes"][1].contains("unsure"));
  CHECK(document["summary"]["unsure"] == 1);
  CHECK(document["summary"]["unchanged"] == 1);
}

TEST_CASE("the document of cli.md") {
  const Json document = RenderJson(RefusedSet());
  CHECK(document["changes"].size() == 2);
  Json head = document;
  head.erase("changes");
  head.erase("volumes");
  CHECK(head ==
        J(R"({"apiVersion": "holdfast.dev/v1", "kind": "Diff", "sync": "databases",
      "revision": "9f2c1d8aa0c3b5e7f1d2c3b4a5968778695a4b3c", "cluster": "b6f8",
      "verdict": "refuse", "findings": [],
      "summary": {"create": 0, "update": 1, "recreate": 0, "delete": 1, "adopt": 0,
                  "unchanged": 11, "stopped": 1}})"));
  CHECK(document["changes"][0] == J(R"({"action": "update", "apiVersion": "apps/v1",
      "kind": "StatefulSet", "namespace": "default", "name": "cassandra",
      "source": {"path": "cassandra/statefulset.yaml", "document": 1, "line": 1}, "wave": 7,
      "fields": [{"path": "spec.template.spec.containers[name=\"cassandra\"].image",
                  "before": "cassandra:4.1.10", "after": "cassandra:4.1.11", "manager": ""}],
      "effects": ["rolls 3 pods, highest ordinal first"], "findings": []})"));
  CHECK(document["changes"][1]["source"].is_null());
  CHECK(document["changes"][1]["findings"][0]["approval"].is_null());
  ChangeSet approved;
  approved.findings = {
      {"H-H1", Ruling::kApproval, "r", "do", {"accept", ""}},
      {"H-H1", Ruling::kNote, "r", "", {"accept", "approvals/a.yaml:1"}}};
  const Json marks = RenderJson(approved, Show::kChanges)["findings"];
  CHECK(DumpJson(marks[0]["approval"]) == R"({"action":"accept","given":null})");
  CHECK(marks[1]["approval"]["given"] == "approvals/a.yaml:1");
  CHECK(document["volumes"][4] == J(R"({"claim": "default/wp-pv-claim", "uid": "u5",
      "volume": "pvc-5b1e", "reclaimPolicy": "Delete", "capacity": "20Gi", "fate": "refused",
      "reason": "removed from Git"})"));
}

TEST_CASE("unchanged objects are there only if all are asked for") {
  CHECK(RenderJson(InSyncSet())["changes"].empty());
  CHECK(RenderJson(InSyncSet())["summary"]["unchanged"] == 2);
  CHECK(RenderJson(InSyncSet(), Show::kAll)["changes"].size() == 2);
}

TEST_CASE("a finding about an unchanged object is not lost") {
  ChangeSet set = InSyncSet();
  set.changes[0].findings = {{"H-X1", Ruling::kRefuse, "r", "d"}};
  const Json document = RenderJson(set);
  CHECK(document["verdict"] == "refuse");
  CHECK(document["changes"].size() == 1);
  CHECK(document["summary"]["stopped"] == 1);
}

TEST_CASE("a value that is not there is absent, and a secret one is never shown") {
  const Json document = RenderJson(MixedSet());
  const Json& fields = document["changes"][1]["fields"];
  CHECK(fields[0] == J(R"({"path": "data.a", "before": {"hash": "12ab"},
                           "after": {"hash": "34cd"}, "manager": "kubectl"})"));
  CHECK_FALSE(fields[1].contains("before"));
  CHECK(fields[1]["after"] == J(R"({"hash": ""})"));
  CHECK_FALSE(fields[2].contains("after"));
  CHECK(DumpJson(document).find("c2VjcmV0") == std::string::npos);
}

}  // namespace
}  // namespace holdfast
