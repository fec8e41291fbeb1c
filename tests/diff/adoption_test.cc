#include "diff/adoption.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "diff/compare.h"
#include "diff/core_schema.h"
#include "tests/diff/compare_rows.h"
#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

std::string Entry(const std::string& manager, const std::string& operation,
                  const std::string& fields, const std::string& more = "") {
  return R"({"manager": ")" + manager + R"(", "operation": ")" + operation +
         R"(", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": )" + fields + more + "}";
}

Object Live(const std::vector<std::string>& entries) {
  std::string list;
  for (const std::string& entry : entries) list += (list.empty() ? "" : ", ") + entry;
  return O(R"({"apiVersion": "v1", "kind": "ConfigMap",
               "metadata": {"name": "x", "managedFields": [)" + list + R"(]},
               "data": {"a": "1", "b": "2"}})");
}

const std::string kBoth = R"({"f:data": {"f:a": {}, "f:b": {}}})";
const std::string kOnlyA = R"({"f:data": {"f:a": {}}})";
const std::string kOnlyB = R"({"f:data": {"f:b": {}}})";

TEST_CASE("who wrote an object before us") {
  using Names = std::vector<std::string>;
  struct Row {
    std::string what;
    std::vector<std::string> entries;
    Names predecessors;
  };
  const Row rows[] = {
      {"kubectl apply", {Entry("kubectl-client-side-apply", "Update", kBoth)},
       {"kubectl-client-side-apply"}},
      {"kubectl create, then apply",
       {Entry("kubectl-create", "Update", kOnlyA),
        Entry("kubectl-client-side-apply", "Update", kOnlyB)},
       {"kubectl-client-side-apply", "kubectl-create"}},
      {"kubectl apply --server-side", {Entry("kubectl", "Apply", kBoth)}, {"kubectl"}},
      {"kubectl scale",
       {Entry("kubectl", "Update", kBoth, R"(, "subresource": "scale")")}, {}},
      {"kubectl edit", {Entry("kubectl-edit", "Update", kBoth)}, {}},
      {"a controller", {Entry("kube-controller-manager", "Update", kBoth)}, {}},
      {"Argo CD, client side", {Entry("argocd-controller", "Update", kBoth)},
       {"argocd-controller"}},
      {"Flux", {Entry("kustomize-controller", "Apply", kBoth)}, {"kustomize-controller"}},
      {"we have applied it since",
       {Entry("kubectl-client-side-apply", "Update", kBoth), Entry("holdfast", "Apply", kBoth)},
       {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(PredecessorsOn(Ownership::Of(Live(row.entries)), "holdfast") == row.predecessors);
  }
}

TEST_CASE("an object of kubectl's is compared as if we had applied it") {
  const CoreSchema schema;
  const Object desired = O(R"({"apiVersion": "v1", "kind": "ConfigMap",
                               "metadata": {"name": "x"}, "data": {"a": "3"}})");
  struct Row {
    std::string what;
    std::vector<std::string> entries;
    std::vector<std::string> fields;
  };
  const Row rows[] = {
      {"its own", {Entry("kubectl-client-side-apply", "Update", kBoth)},
       {"data.a: \"1\" -> \"3\"", "data.b: \"2\" -> nothing"}},
      {"and somebody else's",
       {Entry("kubectl-client-side-apply", "Update", kBoth), Entry("someone", "Update", kBoth)},
       {"data.a: \"1\" -> \"3\" by someone"}},
      {"what kubectl apply noted down is not missed",
       {Entry("kubectl-client-side-apply", "Update",
              R"({"f:data": {"f:a": {}}, "f:metadata": {"f:annotations":
                  {"f:kubectl.kubernetes.io/last-applied-configuration": {}}}})")},
       {"data.a: \"1\" -> \"3\""}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const Comparison comparison = Compare(desired, Live(row.entries), "holdfast", schema);
    CHECK(Told(comparison.fields) == row.fields);
  }
}

TEST_CASE("an adoption without a change still writes whose the fields are") {
  const CoreSchema schema;
  const Object desired = O(R"({"apiVersion": "v1", "kind": "ConfigMap",
                               "metadata": {"name": "x"}, "data": {"a": "1", "b": "2"}})");
  const Comparison comparison = Compare(
      desired, Live({Entry("kubectl-create", "Update", kBoth)}), "holdfast", schema);
  CHECK(comparison.answer == Answer::kSame);
  CHECK(comparison.bookkeeping);
  CHECK(comparison.dropped.empty());
}

TEST_CASE("managedFields after the adoption") {
  const Object live = Live({Entry("kubectl-create", "Update", kOnlyA),
                            Entry("kubectl-client-side-apply", "Update", kOnlyB),
                            Entry("someone", "Update", kBoth)});
  const Json all = AdoptedManagedFields(live, "holdfast", {});
  REQUIRE(all.size() == 2);
  CHECK(StringIn(all[0], "manager") == "someone");
  CHECK(StringIn(all[1], "manager") == "holdfast");
  CHECK(StringIn(all[1], "operation") == "Apply");
  CHECK(all[1]["fieldsV1"] == J(kBoth));

  const Json some = AdoptedManagedFields(live, "holdfast", {FieldPath::Parse("data.b").value()});
  CHECK(some[1]["fieldsV1"] == J(kOnlyA));
}

TEST_CASE("what kubectl apply noted down, and the map it stands in, become nobody's") {
  const Object live = Live({Entry(
      "kubectl-client-side-apply", "Update",
      R"({"f:metadata": {"f:annotations": {".": {}, "f:team": {},
              "f:kubectl.kubernetes.io/last-applied-configuration": {}},
          "f:labels": {".": {}}}, "f:data": {"f:a": {}}})")});
  CHECK(AdoptedManagedFields(live, "holdfast", {})[0]["fieldsV1"] ==
        J(R"({"f:metadata": {"f:annotations": {"f:team": {}}}, "f:data": {"f:a": {}}})"));
}

TEST_CASE("what was applied as stringData is held in data") {
  const Object live = O(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x",
      "managedFields": [{"manager": "kubectl", "operation": "Apply", "apiVersion": "v1",
      "fieldsType": "FieldsV1", "fieldsV1": {"f:stringData": {"f:a": {}}}}]},
      "data": {"a": "MQ=="}})");
  CHECK(AdoptedManagedFields(live, "holdfast", {})[0]["fieldsV1"] == J(kOnlyA));
}

TEST_CASE("what ties a claim and its volume together is not adopted") {
  const CoreSchema schema;
  const std::string capacity = R"("capacity": {"storage": "1Gi"})";
  const Object volume = O(
      R"({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "v", "managedFields": [)" +
      Entry("kubectl-client-side-apply", "Update",
            R"({"f:spec": {"f:capacity": {"f:storage": {}}, "f:claimRef": {"f:name": {}, "f:uid": {}}}})") +
      R"(]}, "spec": {)" + capacity + R"(, "claimRef": {"name": "c", "uid": "u"}}})");
  const Object claim = O(
      R"({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "c", "managedFields": [)" +
      Entry("kubectl-client-side-apply", "Update",
            R"({"f:spec": {"f:resources": {"f:requests": {"f:storage": {}}}, "f:volumeName": {}}})") +
      R"(]}, "spec": {"resources": {"requests": {"storage": "1Gi"}}, "volumeName": "v"}})");
  for (const auto& [live, gone] : {std::pair(volume, "claimRef"), std::pair(claim, "volumeName")}) {
    CAPTURE(std::string(gone));
    Json bare = live.json();
    bare["spec"].erase(gone);
    bare["metadata"].erase("managedFields");
    const Comparison compared = Compare(*Object::Make(bare), live, "holdfast", schema);
    CHECK(compared.fields.empty());
    CHECK(DumpJson(AdoptedManagedFields(live, "holdfast", {})).find(gone) == std::string::npos);
  }
}

TEST_CASE("FieldsV1 is written as it was read") {
  const std::string texts[] = {
      "{}",
      R"({"f:a": {}})",
      R"({"f:a": {".": {}, "f:b": {}}})",
      R"({"f:ports": {".": {}, "k:{\"port\":80,\"protocol\":\"TCP\"}": {".": {}, "f:port": {}}}})",
      R"({"f:finalizers": {"v:\"x\"": {}}, "f:list": {"i:0": {}}})",
  };
  for (const std::string& text : texts) {
    CAPTURE(text);
    CHECK(FieldSet::Parse(J(text)).value().ToJson() == J(text));
  }
}

}  // namespace
}  // namespace holdfast
