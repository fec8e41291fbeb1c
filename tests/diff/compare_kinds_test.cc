// Compare on lists that are replaced, on Secrets, and on kinds it does not know.

#include <doctest/doctest.h>

#include "tests/diff/compare_rows.h"

namespace holdfast {
namespace {

TEST_CASE("inside lists that are replaced as a whole") {
  const auto claims = [](const std::string& members) {
    return R"("spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"}, )" +
           members + "}]}";
  };
  const std::string ours = R"({"f:spec": {"f:volumeClaimTemplates": {}}})";
  const std::string at = R"(spec.volumeClaimTemplates[metadata.name="data"].spec)";
  CheckRows("apps/v1", "StatefulSet",
            {
                {"what the server fills in",
                 claims(R"("spec": {"resources": {"requests": {"storage": "1024Mi"}}})"),
                 claims(R"("apiVersion": "v1", "kind": "PersistentVolumeClaim",
                 "spec": {"resources": {"requests": {"storage": "1Gi"}},
                          "volumeMode": "Filesystem"}, "status": {"phase": "Pending"})"),
                 ours,
                 "",
                 Answer::kSame,
                 {}},
                {"another size",
                 claims(R"("spec": {"resources": {"requests": {"storage": "2Gi"}}})"),
                 claims(R"("spec": {"resources": {"requests": {"storage": "1Gi"}}})"),
                 ours,
                 "",
                 Answer::kDifferent,
                 {at + R"(.resources.requests.storage: "1Gi" -> "2Gi")"}},
                {"a class that Git dropped",
                 claims("\"spec\": {}"),
                 claims(R"("spec": {"storageClassName": "fast"})"),
                 ours,
                 "",
                 Answer::kUnsure,
                 {}},
                {"a mode that is no default",
                 claims("\"spec\": {}"),
                 claims(R"("spec": {"volumeMode": "Block"})"),
                 ours,
                 "",
                 Answer::kDifferent,
                 {at + R"(.volumeMode: "Block" -> "Filesystem")"}},
            });
  CheckRows("v1", "LimitRange",
            {
                {"limits filled from their siblings",
                 R"("spec": {"limits": [{"type": "Container", "max": {"cpu": "8"}}]})",
                 R"("spec": {"limits": [{"type": "Container", "max": {"cpu": "8"},
           "default": {"cpu": "8"}, "defaultRequest": {"cpu": "8"}}]})",
                 R"({"f:spec": {"f:limits": {}}})",
                 "",
                 Answer::kSame,
                 {}},
                {"limits of other origin",
                 R"("spec": {"limits": [{"type": "Container", "max": {"cpu": "8"}}]})",
                 R"("spec": {"limits": [{"type": "Container", "max": {"cpu": "8"},
           "default": {"cpu": "4"}, "defaultRequest": {"cpu": "4"}}]})",
                 R"({"f:spec": {"f:limits": {}}})",
                 "",
                 Answer::kDifferent,
                 {R"(spec.limits[type="Container"].default.cpu: "4" -> "8")"}},
            });
}

TEST_CASE("a kind that nobody told us about") {
  const std::string ours = R"({"f:spec": {"f:a": {}, "f:map": {"f:k": {}}}})";
  CheckRows("example.com/v1", "StatefulSet",
            {
                {"equal",
                 R"("spec": {"a": 1, "map": {"k": 1}})",
                 R"("spec": {"a": 1, "map": {"k": 1}})",
                 ours,
                 "",
                 Answer::kSame,
                 {}},
                {"a default beside ours",
                 R"("spec": {"a": 1, "map": {"k": 1}})",
                 R"("spec": {"a": 1, "b": 2, "map": {"k": 1, "d": 1}})",
                 ours,
                 "",
                 Answer::kSame,
                 {}},
                {"more in a map of which it is not known whether it is merged",
                 R"("spec": {"a": 1, "map": {"k": 1}, "n": {"x": 1}})",
                 R"("spec": {"a": 1, "map": {"k": 1}, "n": {"x": 1, "y": 2}})",
                 ours,
                 "",
                 Answer::kUnsure,
                 {}},
                {"the same list",
                 R"("spec": {"a": [{"n": 1}]})",
                 R"("spec": {"a": [{"n": 1}]})",
                 R"({"f:spec": {"f:a": {}}})",
                 "",
                 Answer::kSame,
                 {}},
                {"a default in a list",
                 R"("spec": {"a": [{"n": 1}]})",
                 R"("spec": {"a": [{"n": 1, "d": 2}]})",
                 R"({"f:spec": {"f:a": {}}})",
                 "",
                 Answer::kUnsure,
                 {}},
                {"another order of a list",
                 R"("spec": {"a": [1, 2]})",
                 R"("spec": {"a": [2, 1]})",
                 R"({"f:spec": {"f:a": {}}})",
                 "",
                 Answer::kDifferent,
                 {"spec.a[0]: 2 -> 1", "spec.a[1]: 1 -> 2"}},
                {"amounts are texts here",
                 R"("spec": {"a": "1Gi"})",
                 R"("spec": {"a": "1024Mi"})",
                 R"({"f:spec": {"f:a": {}}})",
                 "",
                 Answer::kDifferent,
                 {R"(spec.a: "1024Mi" -> "1Gi")"}},
                {"empty is not absent",
                 R"("spec": {"a": []})",
                 "\"spec\": {}",
                 "{}",
                 "",
                 Answer::kDifferent,
                 {"spec.a: nothing -> []"}},
                {"labels are labels in every kind",
                 R"("metadata": {"labels": {"a": "b"}})",
                 R"("metadata": {"labels": {"a": "b", "c": "d"}})",
                 R"({"f:metadata": {"f:labels": {"f:a": {}}}})",
                 "",
                 Answer::kSame,
                 {}},
            });
}

TEST_CASE("what admission gives to a Pod it gives again") {
  const std::string live =
      R"("spec": {"tolerations": [{"key": "a"}, {"key": "b"}], "priority": 0})";
  CheckRows("v1", "Pod",
            {
                {"a toleration less", R"("spec": {"tolerations": [{"key": "a"}]})", live,
                 R"({"f:spec": {"f:tolerations": {}}})", "", Answer::kUnsure, {}},
                {"another priority", R"("spec": {"priority": 1})", live,
                 R"({"f:spec": {"f:priority": {}}})", "", Answer::kDifferent,
                 {"spec.priority: 0 -> 1"}},
            });
}

TEST_CASE("null in place of a map that has a default") {
  CheckRows("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration",
            {{"what it held goes",
              R"("webhooks": [{"name": "a", "namespaceSelector": null}])",
              R"("webhooks": [{"name": "a", "namespaceSelector": {"matchLabels": {"x": "y"}}}])",
              R"({"f:webhooks": {"k:{\"name\":\"a\"}": {".": {}, "f:name": {}, "f:namespaceSelector": {}}}})",
              "",
              Answer::kDifferent,
              {R"(webhooks[name="a"].namespaceSelector.matchLabels.x: "y" -> nothing)"}}});
}

TEST_CASE("an entry without its key lets the server apply nothing") {
  for (const char* secrets : {"null", "[]", R"([{"name": "a"}])"}) {
    CAPTURE(secrets);
    CheckRows("v1", "ServiceAccount",
              {{"in the live object", R"("secrets": )" + std::string(secrets),
                R"("secrets": [{}, {"name": "a"}])", R"({"f:secrets": {}})", "",
                Answer::kUnsure, {}}});
  }
}

TEST_CASE("a Secret is compared by what it encodes") {
  const std::string data = R"({"f:data": {"f:a": {}}})";
  CheckRows("v1", "Secret",
            {
                {"stringData",
                 R"("stringData": {"a": "root"})",
                 R"("data": {"a": "cm9vdA=="})",
                 R"({"f:stringData": {"f:a": {}}})",
                 "",
                 Answer::kSame,
                 {}},
                {"broken over lines",
                 R"("data": {"a": "cm9v\ndA=="})",
                 R"("data": {"a": "cm9vdA=="})",
                 data,
                 "",
                 Answer::kSame,
                 {}},
                {"another value",
                 R"("stringData": {"a": "toor"})",
                 R"("data": {"a": "cm9vdA=="})",
                 data,
                 "",
                 Answer::kDifferent,
                 {R"(data.a: "cm9vdA==" -> "dG9vcg==")"}},
                {"a key less",
                 R"("data": {})",
                 R"("data": {"a": "cm9vdA=="})",
                 data,
                 "",
                 Answer::kDifferent,
                 {R"(data.a: "cm9vdA==" -> nothing)"}},
            });
}

}  // namespace
}  // namespace holdfast
