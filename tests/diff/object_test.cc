#include "diff/object.h"

#include <doctest/doctest.h>

#include "diff/snapshot.h"
#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

TEST_CASE("an object has an identity or is none") {
  struct Row {
    std::string text;
    std::string in_message;
  };
  const Row rows[] = {
      {"[]", "is no map"},
      {R"({"kind": "X", "metadata": {"name": "x"}})", "no apiVersion"},
      {R"({"apiVersion": "v1", "metadata": {"name": "x"}})", "no kind"},
      {R"({"apiVersion": "v1", "kind": "X"})", "no metadata.name"},
      {R"({"apiVersion": "v1", "kind": "X", "metadata": {"name": 7}})",
       "no metadata.name"},
      {R"({"apiVersion": "a/b/c", "kind": "X", "metadata": {"name": "x"}})", "a/b/c"},
      {R"({"apiVersion": "/v1", "kind": "X", "metadata": {"name": "x"}})", "/v1"},
      {R"({"apiVersion": "apps/", "kind": "X", "metadata": {"name": "x"}})", "apps/"},
      {R"({"apiVersion": 1, "kind": "X", "metadata": {"name": "x"}})", "no apiVersion"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto object = Object::Make(J(row.text));
    REQUIRE_FALSE(object.ok());
    CHECK(object.error().message.find(row.in_message) != std::string::npos);
  }
}

TEST_CASE("an identity has no version, and prints as people say it") {
  struct Row {
    std::string api_version;
    std::string kind;
    std::string name_space;
    std::string text;
  };
  const Row rows[] = {
      {"apps/v1", "StatefulSet", "default", "StatefulSet default/x"},
      {"apps/v1beta1", "StatefulSet", "default", "StatefulSet default/x"},
      {"apps.kruise.io/v1", "StatefulSet", "default",
       "StatefulSet.apps.kruise.io default/x"},
      {"v1", "Namespace", "", "Namespace x"},
      {"storage.k8s.io/v1", "StorageClass", "", "StorageClass x"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Json json = {{"apiVersion", row.api_version},
                 {"kind", row.kind},
                 {"metadata", {{"name", "x"}}}};
    if (!row.name_space.empty()) json["metadata"]["namespace"] = row.name_space;
    const auto object = Object::Make(json);
    REQUIRE(object.ok());
    CHECK(object->ref().ToString() == row.text);
    CHECK(object->gvk().ApiVersion() == row.api_version);
  }
}

TEST_CASE("copies of an object with something changed") {
  const Object object = O(R"({"apiVersion": "v1", "kind": "ConfigMap",
      "metadata": {"name": "x", "labels": null, "uid": "u", "resourceVersion": "5"}})");
  CHECK(object.uid() == "u");
  CHECK(object.resource_version() == "5");
  CHECK_FALSE(object.terminating());

  const Object moved = object.InNamespace("db");
  CHECK(moved.ref().name_space == "db");
  CHECK(StringIn(moved.json(), "metadata", "namespace") == "db");
  CHECK(moved.InNamespace("") == object);

  CHECK(object.WithLabel("a", "b").label("a") == "b");
  CHECK(object.WithAnnotation("a", "b").annotation("a") == "b");
  CHECK(object.label("a").empty());
}

TEST_CASE("a snapshot knows what it does not know") {
  Snapshot snapshot;
  const auto put = [&](const std::string& kind, const std::string& space,
                       const std::string& name) {
    snapshot.Put(O(R"({"apiVersion": "v1", "kind": ")" + kind +
                   R"(", "metadata": {"name": ")" + name + R"(", "namespace": ")" +
                   space + "\"}}"));
  };
  put("Secret", "b", "2");
  put("Secret", "a", "1");
  put("Secretary", "a", "0");
  snapshot.listed = {{"", "Secret", "a"}, {"", "ConfigMap", ""}};

  CHECK(snapshot.Find({"", "Secret", "a", "1"}) != nullptr);
  CHECK(snapshot.Find({"", "Secret", "a", "2"}) == nullptr);
  CHECK(snapshot.All("", "Secret").size() == 2);
  CHECK(snapshot.All("", "Secret").front()->ref().name == "1");
  CHECK(snapshot.All("", "Secret", "b").size() == 1);
  CHECK(snapshot.ListsAll("", "Secret", "a"));
  CHECK_FALSE(snapshot.ListsAll("", "Secret", "b"));
  CHECK_FALSE(snapshot.ListsAll("", "Secret"));
  CHECK(snapshot.ListsAll("", "ConfigMap", "a"));
}

}  // namespace
}  // namespace holdfast
