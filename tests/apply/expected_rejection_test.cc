#include "apply/expected_rejection.h"

#include <doctest/doctest.h>

#include "apply/immutable.h"
#include "tests/apply/example_objects.h"

namespace holdfast {
namespace {

TEST_CASE("a no that is certain without asking") {
  struct Row {
    std::string what;
    std::string live;  ///< "apps/v1 StatefulSet n/a"
    std::string members;
    FieldChange change;
    std::string said;  ///< "fixed spec.selector", "conflict kubectl", or "".
  };
  const auto field = [](const std::string& path, const std::string& manager = "") {
    return FieldChange{path, Json(1), Json(2), manager};
  };
  const Row rows[] = {
      {"a selector", "apps/v1 Deployment n/a", "", field("spec.selector.matchLabels.app"),
       "fixed spec.selector.matchLabels.app"},
      {"a size of claims to come", "apps/v1 StatefulSet n/a", "",
       field("spec.volumeClaimTemplates[metadata.name=\"data\"].spec.resources.requests."
             "storage"),
       "fixed "
       "spec.volumeClaimTemplates[metadata.name=\"data\"].spec.resources.requests."
       "storage"},
      {"a count", "apps/v1 StatefulSet n/a", "", field("spec.replicas"), ""},
      {"an image", "apps/v1 StatefulSet n/a", "",
       field("spec.template.spec.containers[name=\"c\"].image"), ""},
      {"a field whose name only begins so", "apps/v1 Deployment n/a", "",
       field("spec.selectorX"), ""},
      {"another kind of this name", "apps.kruise.io/v1 StatefulSet n/a", "",
       field("spec.serviceName"), ""},
      {"a claim that grows", "v1 PersistentVolumeClaim n/a", "",
       field("spec.resources.requests.storage"), ""},
      {"a claim of another class", "v1 PersistentVolumeClaim n/a", "",
       field("spec.storageClassName"), "fixed spec.storageClassName"},
      {"a claim's first volume",
       "v1 PersistentVolumeClaim n/a",
       "",
       {"spec.volumeName", std::nullopt, Json("pv"), ""},
       ""},
      {"data", "v1 ConfigMap n/a", "", field("data.a"), ""},
      {"data that are said to be fixed", "v1 ConfigMap n/a", "'immutable':true",
       field("data.a"), "fixed data.a"},
      {"a stateful object's field of somebody else", "apps/v1 StatefulSet n/a", "",
       field("spec.replicas", "kubectl"), "conflict kubectl"},
      {"another object's field of somebody else, which is taken over", "v1 ConfigMap n/a",
       "", field("data.a", "kubectl"), ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const Object live = AsLive(Make(row.live, row.members));
    const auto no = ExpectedRejection(live, {row.change});
    std::string said;
    if (no && no->kind == Rejection::Kind::kFieldConflict) {
      said = "conflict " + no->causes.front().manager;
    } else if (no) {
      said = "fixed " + no->causes.front().field;
      // The guard has a sentence for it.
      CHECK(ImmutableFieldsIn(*no, live).size() == 1);
    }
    CHECK(said == row.said);
  }
}

}  // namespace
}  // namespace holdfast
