#include "diff/openapi_schema.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/diff/compare_rows.h"
#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

const Gvk kDatabase{"example.org", "v1", "Database"};

/// As a server (1.36) tells of a custom kind, without the descriptions.
constexpr const char* kDocument = R"({"components": {"schemas": {
  "org.example.v1.Database": {
    "type": "object",
    "properties": {
      "apiVersion": {"type": "string"},
      "kind": {"type": "string"},
      "metadata": {"allOf": [{"$ref": "#/components/schemas/Meta"}]},
      "spec": {"type": "object", "properties": {
        "replicas": {"type": "integer", "default": 1},
        "size": {"anyOf": [{"type": "integer"}, {"type": "string"}],
                 "pattern": "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$",
                 "x-kubernetes-int-or-string": true},
        "port": {"anyOf": [{"type": "integer"}, {"type": "string"}],
                 "x-kubernetes-int-or-string": true},
        "members": {"type": "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name", "port"],
                    "items": {"type": "object", "properties": {
                      "name": {"type": "string"},
                      "port": {"type": "integer", "default": 80},
                      "tags": {"type": "array", "x-kubernetes-list-type": "set",
                               "items": {"type": "string"}}}}},
        "plain": {"type": "array", "items": {"type": "object", "properties": {
                      "name": {"type": "string"},
                      "mode": {"type": "string", "default": "rw"}}}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
        "pod": {"type": "object", "x-kubernetes-embedded-resource": true,
                "x-kubernetes-preserve-unknown-fields": true, "properties": {
                      "apiVersion": {"type": "string"}, "kind": {"type": "string"},
                      "metadata": {"allOf": [{"$ref": "#/components/schemas/Meta"}]}}},
        "place": {"type": "object", "x-kubernetes-map-type": "atomic", "properties": {
                      "zone": {"type": "string"},
                      "rack": {"type": "string", "default": "r1"}}},
        "limits": {"type": "object", "additionalProperties":
                      {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity"}},
        "child": {"$ref": "#/components/schemas/Tree"}}}},
    "x-kubernetes-group-version-kind": [{"group": "example.org", "version": "v1", "kind": "Database"}]},
  "Tree": {"type": "object", "properties": {
      "leaf": {"type": "string"}, "child": {"$ref": "#/components/schemas/Tree"}}},
  "Meta": {"type": "object"},
  "io.k8s.apimachinery.pkg.api.resource.Quantity": {"oneOf": [{"type": "string"}, {"type": "number"}]}
}}})";

OpenApiSchema Schema() {
  OpenApiSchema schema;
  const Status learned = schema.Learn(J(kDocument), kDatabase);
  REQUIRE(learned.ok());
  return schema;
}

TEST_CASE("a custom kind is compared as its schema says") {
  const std::string all = R"({"f:spec": {}})";
  CheckRows(
      Schema(), "example.org/v1", "Database",
      {
          {"an amount in another spelling",
           R"("spec": {"size": "1Gi", "limits": {"cpu": "0.5"}})",
           R"("spec": {"size": "1024Mi", "limits": {"cpu": "500m"}})",
           R"({"f:spec": {"f:size": {}, "f:limits": {"f:cpu": {}}}})",
           "",
           Answer::kSame,
           {}},
          {"an amount with a fraction is no number there: the server declines it",
           R"("spec": {"size": 1.5})",
           R"("spec": {"size": "1500m"})",
           R"({"f:spec": {"f:size": {}}})",
           "",
           Answer::kDifferent,
           {"spec.size: \"1500m\" -> 1.5"}},
          {"a number and a text are two things",
           R"("spec": {"port": 80})",
           R"("spec": {"port": "80"})",
           R"({"f:spec": {"f:port": {}}})",
           "",
           Answer::kDifferent,
           {"spec.port: \"80\" -> 80"}},
          {"a default that Git does not say",
           R"("spec": {"port": 80})",
           R"("spec": {"port": 80, "replicas": 1})",
           R"({"f:spec": {"f:port": {}}})",
           "",
           Answer::kSame,
           {}},
          {"a default that comes back",
           R"("spec": {"port": 80})",
           R"("spec": {"port": 80, "replicas": 3})",
           R"({"f:spec": {"f:port": {}, "f:replicas": {}}})",
           "",
           Answer::kDifferent,
           {"spec.replicas: 3 -> 1"}},
          {"an entry whose key has a default",
           R"("spec": {"members": [{"name": "a", "tags": ["y", "x"]}]})",
           R"("spec": {"members": [{"name": "b", "port": 80},
                                   {"name": "a", "port": 80, "tags": ["x", "y"]}]})",
           R"({"f:spec": {"f:members": {"k:{\"name\":\"a\",\"port\":80}":
               {".": {}, "f:name": {}, "f:tags": {"v:\"x\"": {}, "v:\"y\"": {}}}}}})",
           "",
           Answer::kSame,
           {}},
          {"an entry of a merged list changes",
           R"("spec": {"members": [{"name": "a", "tags": ["z"]}]})",
           R"("spec": {"members": [{"name": "a", "port": 80}]})",
           R"({"f:spec": {"f:members": {"k:{\"name\":\"a\",\"port\":80}": {".": {}, "f:name": {}}}}})",
           "",
           Answer::kDifferent,
           {R"(spec.members[name="a",port=80].tags: nothing -> ["z"])"}},
          {"a list that is replaced, its defaults filled in",
           R"("spec": {"plain": [{"name": "a"}]})",
           R"("spec": {"plain": [{"name": "a", "mode": "rw"}]})",
           R"({"f:spec": {"f:plain": {}}})",
           "",
           Answer::kSame,
           {}},
          {"an entry of a replaced list is told by its name",
           R"("spec": {"plain": [{"name": "a", "mode": "ro"}]})",
           R"("spec": {"plain": [{"name": "a", "mode": "rw"}]})",
           R"({"f:spec": {"f:plain": {}}})",
           "",
           Answer::kDifferent,
           {R"(spec.plain[name="a"].mode: "rw" -> "ro")"}},
          {"a map that is replaced loses what Git does not say",
           R"("spec": {"place": {"zone": "a"}})",
           R"("spec": {"place": {"zone": "a", "rack": "r2"}})",
           R"({"f:spec": {"f:place": {}}})",
           "",
           Answer::kDifferent,
           {R"(spec.place.rack: "r2" -> "r1")"}},
          {"a free field is merged by keys",
           R"("spec": {"free": {"a": {"b": 1}}})",
           R"("spec": {"free": {"a": {"b": 1, "c": 2}}})",
           R"({"f:spec": {"f:free": {"f:a": {"f:b": {}}}}})",
           "",
           Answer::kSame,
           {}},
          {"null is a value where the schema leaves everything free",
           R"("spec": {"free": {"a": {"b": null}}})",
           R"("spec": {"free": {"a": {"b": null}}})",
           R"({"f:spec": {"f:free": {"f:a": {".": {}, "f:b": {}}}}})",
           "",
           Answer::kSame,
           {}},
          {"null of a type that may not have it is declined, though nothing is there",
           R"("spec": {"plain": null, "replicas": null})",
           R"("spec": {"replicas": 1})",
           R"({"f:spec": {}})",
           "",
           Answer::kUnsure,
           {}},
          {"null that is not there yet",
           R"("spec": {"free": {"a": null}})",
           R"("spec": {"free": {}})",
           R"({"f:spec": {"f:free": {}}})",
           "",
           Answer::kUnsure,
           {}},
          {"the metadata of an embedded object is read as metadata is",
           R"("spec": {"pod": {"kind": "Pod", "metadata": {"name": "", "labels": {}}}})",
           R"("spec": {"pod": {"kind": "Pod", "metadata": {}}})",
           R"({"f:spec": {"f:pod": {"f:kind": {}, "f:metadata": {"f:name": {}, "f:labels": {}}}}})",
           "",
           Answer::kSame,
           {}},
          {"a schema that refers to itself",
           R"("spec": {"child": {"child": {"child": {"leaf": "x"}}}})",
           R"("spec": {"child": {"child": {"child": {"leaf": "y"}}}})",
           R"({"f:spec": {"f:child": {"f:child": {"f:child": {"f:leaf": {}}}}}})",
           "",
           Answer::kDifferent,
           {R"(spec.child.child.child.leaf: "y" -> "x")"}},
      });
}

TEST_CASE("a kind is known by group, version and kind") {
  const OpenApiSchema schema = Schema();
  CHECK(schema.Find(kDatabase) != nullptr);
  CHECK(schema.Find({"example.org", "v2", "Database"}) == nullptr);
  CHECK(schema.Find({"example.com", "v1", "Database"}) == nullptr);
}

TEST_CASE("a document that cannot be understood teaches nothing") {
  const auto kind = [](const std::string& properties) {
    return R"({"components": {"schemas": {"D": {"type": "object", "properties": {)" +
           properties +
           R"(}, "x-kubernetes-group-version-kind":
               [{"group": "example.org", "version": "v1", "kind": "Database"}]}}}})";
  };
  struct Row {
    std::string document;
    std::string message;
  };
  const Row rows[] = {
      {"[]",
       "OpenAPI of example.org/v1 Database: the OpenAPI document has no example.org/v1 "
       "Database"},
      {kind(R"("spec": 3)"), "OpenAPI of example.org/v1 Database: D.spec: is no schema"},
      {kind(R"("spec": {"$ref": "other.json"})"),
       "OpenAPI of example.org/v1 Database: D.spec: refers to other.json"},
      {kind(R"("spec": {"$ref": "#/components/schemas/Gone"})"),
       "OpenAPI of example.org/v1 Database: Gone: is referred to and is not there"},
      {kind(R"("spec": {"type": "array", "x-kubernetes-list-type": "map"})"),
       "OpenAPI of example.org/v1 Database: D.spec: is a map without keys"},
  };
  for (const Row& row : rows) {
    OpenApiSchema schema;
    const Status learned = schema.Learn(J(row.document), kDatabase);
    REQUIRE_FALSE(learned.ok());
    CHECK(learned.error().message == row.message);
    CHECK(schema.Find(kDatabase) == nullptr);
  }
}

}  // namespace
}  // namespace holdfast
