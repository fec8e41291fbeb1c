#include "diff/ownership.h"

#include <doctest/doctest.h>

#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

const char* const kLive = R"({
  "apiVersion": "v1", "kind": "Service", "metadata": {"name": "s", "managedFields": [
    {"manager": "holdfast", "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1",
     "fieldsV1": {"f:spec": {"f:ports": {
       "k:{\"port\":80,\"protocol\":\"TCP\"}": {".": {}, "f:port": {}, "f:name": {}}}}}},
    {"manager": "holdfast", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1",
     "fieldsV1": {"f:metadata": {"f:labels": {"f:a": {}}}}},
    {"manager": "kubectl", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1",
     "fieldsV1": {"f:spec": {"f:ports": {
       "k:{\"port\":80,\"protocol\":\"TCP\"}": {"f:name": {}}}, "f:type": {}}}},
    {"manager": "cloud", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1",
     "subresource": "status", "fieldsV1": {"f:status": {"f:loadBalancer": {}}}}
  ]}})";

FieldPath P(const std::string& text) { return *FieldPath::Parse(text); }

TEST_CASE("whose a field is") {
  const Ownership ownership = Ownership::Of(O(kLive));
  CHECK(ownership.complete);
  REQUIRE(ownership.entries.size() == 4);
  const ManagedEntry* ours = ownership.AppliedBy("holdfast");
  REQUIRE(ours != nullptr);
  CHECK(ours->operation == "Apply");
  CHECK(ownership.AppliedBy("kubectl") == nullptr);

  std::vector<std::string> paths;
  ours->fields.ForEach([&](const FieldPath& path) { paths.push_back(path.ToString()); });
  CHECK(paths == std::vector<std::string>{R"(spec.ports[port=80,protocol="TCP"])",
                                          R"(spec.ports[port=80,protocol="TCP"].name)",
                                          R"(spec.ports[port=80,protocol="TCP"].port)"});

  const std::string name = R"(spec.ports[port=80,protocol="TCP"].name)";
  using Names = std::vector<std::string>;
  CHECK(ownership.Others(P(name), "holdfast") == Names{"kubectl"});
  CHECK(ownership.Others(P("spec"), "holdfast") == Names{"kubectl"});
  CHECK(ownership.Others(P("metadata.labels"), "holdfast") == Names{"holdfast"});
  CHECK(ownership.Others(P("spec.replicas"), "holdfast").empty());
  CHECK(ownership.HeldByOthers(P(name), "holdfast"));
  CHECK_FALSE(ownership.HeldByOthers(P("spec.ports"), "holdfast"));
}

TEST_CASE("managedFields that cannot be trusted are not taken for nobody's") {
  const std::string head =
      R"({"apiVersion": "v1", "kind": "X", "metadata": {"name": "x")";
  CHECK_FALSE(Ownership::Of(O(head + "}}")).complete);
  CHECK_FALSE(Ownership::Of(O(head + R"(, "managedFields": []}})")).complete);
  CHECK_FALSE(Ownership::Of(O(head + R"(, "managedFields": [{"manager": "a",
      "fieldsType": "FieldsV1", "fieldsV1": {"what": {}}}]}})"))
                  .complete);
  CHECK_FALSE(Ownership::Of(O(head + R"(, "managedFields": [{"manager": "a",
      "fieldsType": "FieldsV2", "fieldsV1": {"f:a": {}}}]}})"))
                  .complete);
}

TEST_CASE("a leaf tells that the server took the field as a whole") {
  const auto set = FieldSet::Parse(J(R"({"f:a": {}, "f:b": {".": {}, "f:c": {}}})"));
  REQUIRE(set.ok());
  CHECK(set->Child(PathStep::Key("a"))->leaf());
  CHECK_FALSE(set->Child(PathStep::Key("b"))->leaf());
  CHECK(set->HasBelow(P("b")));
  CHECK_FALSE(set->HasBelow(P("a")));
  CHECK(set->Has(P("b.c")));
  CHECK_FALSE(set->Has(P("c")));
  CHECK_FALSE(FieldSet::Parse(J("[]")).ok());
  CHECK_FALSE(FieldSet::Parse(J(R"({"f:a": 1})")).ok());
}

}  // namespace
}  // namespace holdfast
