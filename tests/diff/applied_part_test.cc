#include "diff/applied_part.h"

#include <doctest/doctest.h>

#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

/// A Deployment that holdfast applied, with a container, a label and an environment of others.
Object Live(const std::string& manager, const std::string& version) {
  return O(R"({"apiVersion": "apps/v1", "kind": "Deployment",
    "metadata": {"name": "d", "namespace": "n", "uid": "u", "resourceVersion": "7",
      "labels": {"app": "d", "by": "another"},
      "managedFields": [{"manager": ")" + manager + R"(", "operation": "Apply", "apiVersion": ")" +
           version + R"(", "fieldsType": "FieldsV1", "fieldsV1": {
        "f:metadata": {"f:labels": {"f:app": {}}},
        "f:spec": {"f:replicas": {}, "f:selector": {}, "f:template": {"f:spec": {
          "f:containers": {"k:{\"name\":\"c\"}": {".": {}, "f:name": {}, "f:image": {}}},
          "f:gone": {}}}}}}]},
    "spec": {"replicas": 3, "minReadySeconds": 5, "selector": {"matchLabels": {"app": "d"}},
      "template": {"spec": {"containers": [
        {"name": "side", "image": "s:1"},
        {"name": "c", "image": "c:1", "env": [{"name": "A", "value": "b"}]}]}}},
    "status": {"replicas": 3}})");
}

TEST_CASE("what a manager applied is taken with the values of now, and nothing else") {
  const auto part = AppliedPart(Live("holdfast", "apps/v1"), "holdfast");
  REQUIRE(part.has_value());
  CHECK(DumpJson(part->json()) == DumpJson(O(R"({"apiVersion": "apps/v1", "kind": "Deployment",
    "metadata": {"name": "d", "namespace": "n", "labels": {"app": "d"}},
    "spec": {"replicas": 3, "selector": {"matchLabels": {"app": "d"}},
      "template": {"spec": {"containers": [{"name": "c", "image": "c:1"}]}}}})").json()));
}

TEST_CASE("nothing where it was not applied, or in another version of the API") {
  CHECK_FALSE(AppliedPart(Live("kubectl", "apps/v1"), "holdfast").has_value());
  CHECK_FALSE(AppliedPart(Live("holdfast", "apps/v1beta1"), "holdfast").has_value());
}

}  // namespace
}  // namespace holdfast
