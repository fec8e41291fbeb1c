#include <doctest/doctest.h>

#include "diff/compare.h"
#include "diff/core_schema.h"
#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

TEST_CASE("what differs between two answers of the server") {
  struct Row {
    std::string what;
    std::string before;
    std::string after;
    std::vector<std::string> told;
  };
  const Row rows[] = {
      {"nothing", R"("spec": {"replicas": 1})", R"("spec": {"replicas": 1})", {}},
      {"the server's own fields",
       R"("metadata": {"name": "x", "uid": "1", "resourceVersion": "1", "generation": 1,
          "creationTimestamp": "a", "managedFields": [1]}, "status": {"replicas": 1})",
       R"("metadata": {"name": "x", "uid": "2", "resourceVersion": "2", "generation": 2,
          "creationTimestamp": "b", "managedFields": [2]}, "status": {"replicas": 2})",
       {}},
      {"status kept as an annotation",
       R"("metadata": {"name": "x", "annotations": {"autoscaling.alpha.kubernetes.io/conditions": "1"}})",
       R"("metadata": {"name": "x", "annotations": {"deprecated.daemonset.template.generation": "2"}})",
       {}},
      {"our own books",
       R"("metadata": {"name": "x", "labels": {"applyset.kubernetes.io/a": "1"}})",
       R"("metadata": {"name": "x", "annotations": {"holdfast.dev/a": "1", "b": "c"}})",
       {R"(metadata.annotations.b: nothing -> "c")"}},
      {"a number",
       R"("spec": {"replicas": 1})",
       R"("spec": {"replicas": 2})",
       {"spec.replicas: 1 -> 2"}},
      {"a map that comes is told by its members",
       "\"spec\": {}",
       R"("spec": {"template": {"spec": {"nodeSelector": {"disk": "ssd"}}}})",
       {R"(spec.template.spec.nodeSelector.disk: nothing -> "ssd")"}},
      {"an amount in another spelling",
       R"("spec": {"template": {"spec": {"overhead": {"memory": "1Gi"}}}})",
       R"("spec": {"template": {"spec": {"overhead": {"memory": "1024Mi"}}}})",
       {}},
      {"a container comes and one goes",
       R"("spec": {"template": {"spec": {"containers": [{"name": "a"}, {"name": "b"}]}}})",
       R"("spec": {"template": {"spec": {"containers": [{"name": "a"}, {"name": "c"}]}}})",
       {R"(spec.template.spec.containers[name="b"]: {"name":"b"} -> nothing)",
        R"(spec.template.spec.containers[name="c"]: nothing -> {"name":"c"})"}},
      {"containers change places",
       R"("spec": {"template": {"spec": {"initContainers": [{"name": "a"}, {"name": "b"}]}}})",
       R"("spec": {"template": {"spec": {"initContainers": [{"name": "b"}, {"name": "a"}]}}})",
       {R"(spec.template.spec.initContainers: ["a","b"] -> ["b","a"])"}},
      {"a claim template by its name",
       R"("spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"},
          "spec": {"volumeMode": "Block"}}]})",
       R"("spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"},
          "spec": {"volumeMode": "Filesystem"}}]})",
       {R"(spec.volumeClaimTemplates[metadata.name="data"].spec.volumeMode: )"
        R"("Block" -> "Filesystem")"}},
      {"a list of another length as a whole",
       R"("spec": {"template": {"spec": {"tolerations": [{"key": "a"}]}}})",
       R"("spec": {"template": {"spec": {"tolerations": []}}})",
       {R"(spec.template.spec.tolerations: [{"key":"a"}] -> [])"}},
      {"the order of finalizers means nothing",
       R"("metadata": {"name": "x", "finalizers": ["a", "b"]})",
       R"("metadata": {"name": "x", "finalizers": ["b", "a"]})",
       {}},
      {"a finalizer comes",
       R"("metadata": {"name": "x", "finalizers": ["a"]})",
       R"("metadata": {"name": "x", "finalizers": ["b", "a"]})",
       {R"(metadata.finalizers[="b"]: nothing -> "b")"}},
  };
  const CoreSchema schema;
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto make = [](const std::string& members) {
      Json json = J("{" + members + "}");
      json["apiVersion"] = "apps/v1";
      json["kind"] = "StatefulSet";
      json["metadata"]["name"] = "x";
      return *Object::Make(std::move(json));
    };
    const Object before = make(row.before);
    const Object after = make(row.after);
    CHECK(Told(Difference(before, after, schema)) == row.told);
    CHECK(Difference(after, before, schema).size() == row.told.size());
    CHECK(Difference(before, before, schema).empty());
  }
}

TEST_CASE("a change names the manager that loses the field") {
  const auto make = [](int replicas, const std::string& manager) {
    return O(R"({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x",
        "managedFields": [{"manager": ")" +
             manager + R"(", "operation": "Apply",
        "apiVersion": "apps/v1", "fieldsType": "FieldsV1",
        "fieldsV1": {"f:spec": {"f:replicas": {}}}}]},
        "spec": {"replicas": )" +
             std::to_string(replicas) + "}}");
  };
  const CoreSchema schema;
  CHECK(Told(Difference(make(1, "hpa"), make(2, "holdfast"), schema, "holdfast")) ==
        std::vector<std::string>{"spec.replicas: 1 -> 2 by hpa"});
  CHECK(Told(Difference(make(1, "hpa"), make(2, "hpa"), schema, "holdfast")) ==
        std::vector<std::string>{"spec.replicas: 1 -> 2"});
}

}  // namespace
}  // namespace holdfast
