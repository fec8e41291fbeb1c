#include "diff/core_schema.h"

#include <doctest/doctest.h>

#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

TEST_CASE("the kinds of Kubernetes are known by group and version") {
  const CoreSchema schema;
  CHECK(schema.Kinds().size() >= 40);
  const Gvk known[] = {{"apps", "v1", "StatefulSet"},
                       {"apps", "v1", "Deployment"},
                       {"", "v1", "Service"},
                       {"", "v1", "Secret"},
                       {"", "v1", "PersistentVolumeClaim"},
                       {"batch", "v1", "CronJob"},
                       {"rbac.authorization.k8s.io", "v1", "ClusterRoleBinding"},
                       {"autoscaling", "v2", "HorizontalPodAutoscaler"}};
  for (const Gvk& gvk : known) {
    CAPTURE(gvk.kind);
    CHECK(schema.Find(gvk) != nullptr);
  }
  CHECK(schema.Find({"apps.kruise.io", "v1", "StatefulSet"}) == nullptr);
  CHECK(schema.Find({"apps", "v1beta1", "StatefulSet"}) == nullptr);
  CHECK(schema.Find({"", "v1", "StatefulSet"}) == nullptr);
}

TEST_CASE("of an unknown kind metadata is known") {
  const Type& type = CoreSchema().TypeOf({"example.com", "v1", "Widget"});
  const Type& metadata = *type.Member("metadata").type;
  CHECK(metadata.Member("labels").type->shape == Type::Shape::kMap);
  CHECK(metadata.Member("finalizers").type->merge == Type::Merge::kByValue);
  CHECK(type.Member("spec").type->shape == Type::Shape::kUnknown);
}

}  // namespace
}  // namespace holdfast
