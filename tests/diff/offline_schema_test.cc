#include "diff/offline_schema.h"

#include <doctest/doctest.h>

#include "diff/compare.h"
#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

const Gvk kBackup{"example.com", "v1", "Backup"};

Object Definition(const std::string& schema) {
  return O(
      R"({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
               "metadata": {"name": "backups.example.com"},
               "spec": {"group": "example.com", "names": {"kind": "Backup", "plural": "backups"},
                        "versions": [{"name": "v1", "served": true, "schema": )" +
      schema + "}]}}");
}

const char* const kSchema = R"({"openAPIV3Schema": {"type": "object", "properties": {
  "spec": {"type": "object", "properties": {
    "keep": {"type": "integer", "default": 7},
    "targets": {"type": "array", "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                "items": {"type": "object", "properties": {"name": {"type": "string"},
                                                            "path": {"type": "string"}}}}}}}}})";

Object Backup(const std::string& spec) {
  return O(R"({"apiVersion": "example.com/v1", "kind": "Backup",
               "metadata": {"name": "nightly", "namespace": "default"}, "spec": )" +
           spec + "}");
}

/// As we have applied it.
Object LiveBackup(const std::string& spec) {
  Json json = Backup(spec).json();
  json["metadata"]["managedFields"] = J(R"([{"manager": "holdfast", "operation": "Apply",
      "apiVersion": "example.com/v1", "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {
      "f:targets": {"k:{\"name\":\"a\"}": {".": {}, "f:name": {}}}}}}])");
  return Object::Make(std::move(json)).value();
}

TEST_CASE("a CustomResourceDefinition tells of its kind where there is no server") {
  OfflineSchema schema;
  CHECK(schema.Find(kBackup) == nullptr);
  CHECK(schema.WhyUnknown(kBackup).find("CustomResourceDefinition") != std::string::npos);

  schema.LearnDefinition(Definition(kSchema));
  REQUIRE(schema.Find(kBackup) != nullptr);
  // What is filled in is no difference, and lists have their keys.
  const Object live = LiveBackup(R"({"keep": 7, "targets": [{"name": "a"}]})");
  CHECK(Compare(Backup(R"({"targets": [{"name": "a"}]})"), live, "holdfast", schema)
            .answer == Answer::kSame);
  const auto changed = Compare(Backup(R"({"targets": [{"name": "a", "path": "/x"}]})"),
                               live, "holdfast", schema);
  REQUIRE(changed.fields.size() == 1);
  CHECK(changed.fields.front().path == R"(spec.targets[name="a"].path)");
}

TEST_CASE(
    "a definition that cannot be understood leaves its kind unknown, and says why") {
  OfflineSchema schema;
  schema.LearnDefinition(Definition(kSchema));
  schema.LearnDefinition(Definition(
      R"({"openAPIV3Schema": {"type": "object", "properties": {"spec": {"$ref": "elsewhere"}}}})"));
  CHECK(schema.Find(kBackup) == nullptr);
  CHECK(schema.WhyUnknown(kBackup).find("elsewhere") != std::string::npos);
}

TEST_CASE("versions that are not served and objects of other kinds teach nothing") {
  OfflineSchema schema;
  for (const char* object :
       {R"({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": "x"}, "spec": {"group": "example.com", "names": {"kind": "Backup"},
            "versions": [{"name": "v1", "served": false, "schema": {"openAPIV3Schema": {}}}, 1]}})",
        R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}})"}) {
    schema.LearnDefinition(O(object));
  }
  CHECK(schema.Find(kBackup) == nullptr);
}

}  // namespace
}  // namespace holdfast
