#include "diff/validate.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

constexpr const char* kDocument = R"({"components": {"schemas": {
  "D": {"type": "object", "required": ["spec"],
    "properties": {
      "apiVersion": {"type": "string"}, "kind": {"type": "string"},
      "metadata": {"type": "object", "properties": {"name": {"type": "string"}}},
      "spec": {"default": {}, "allOf": [{"$ref": "#/components/schemas/Spec"}]}},
    "x-kubernetes-group-version-kind": [{"group": "example.org", "version": "v1", "kind": "D"}]},
  "Spec": {"type": "object", "required": ["image"], "properties": {
      "image": {"type": "string", "minLength": 1, "maxLength": 5},
      "replicas": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 100},
      "ratio": {"type": "number"},
      "paused": {"type": "boolean"},
      "mode": {"type": "string", "enum": ["rw", "ro"]},
      "blob": {"type": "string", "format": "byte"},
      "size": {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity"},
      "port": {"anyOf": [{"type": "integer"}, {"type": "string"}],
               "x-kubernetes-int-or-string": true},
      "labels": {"type": "object", "additionalProperties": {"type": "string"}},
      "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
      "tags": {"type": "array", "maxItems": 2, "items": {"type": "string"},
               "x-kubernetes-list-type": "set"},
      "ports": {"type": "array", "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["port", "protocol"],
                "items": {"allOf": [{"$ref": "#/components/schemas/Port"}]}},
      "child": {"$ref": "#/components/schemas/Spec"}}},
  "Port": {"type": "object", "properties": {
      "port": {"type": "integer"}, "protocol": {"type": "string", "default": "TCP"}}},
  "io.k8s.apimachinery.pkg.api.resource.Quantity":
      {"oneOf": [{"type": "string"}, {"type": "number"}]}
}}})";

std::vector<std::string> About(const std::string& spec) {
  const Json document = J(kDocument);
  std::vector<std::string> told;
  for (const Complaint& one : Validate(
           document,
           O(R"({"apiVersion": "example.org/v1", "kind": "D", "metadata": {"name": "x"},
                           "spec": )" +
             spec + "}"))) {
    told.push_back(one.pointer + " " + one.message);
  }
  return told;
}

TEST_CASE("what a schema has against an object") {
  struct Row {
    std::string what;
    std::string spec;
    std::vector<std::string> complaints;
  };
  const Row rows[] = {
      {"nothing",
       R"({"image": "a", "replicas": 3, "ratio": 0.5, "paused": true, "mode": "ro",
                      "blob": "YQ==", "size": "1Gi", "port": "http", "labels": {"a": "b"},
                      "free": {"a": [1]}, "tags": ["a", "b"],
                      "ports": [{"port": 1}, {"port": 1, "protocol": "UDP"}]})",
       {}},
      {"null says nothing", R"({"image": "a", "replicas": null})", {}},
      {"an amount as a number", R"({"image": "a", "size": 5})", {}},
      {"an unknown field",
       R"({"image": "a", "replica": 3})",
       {"/spec/replica spec.replica: there is no such field; correct its spelling or its "
        "place"}},
      {"a missing field", "{}", {"/spec spec: the field image is missing in it"}},
      {"a text for a number",
       R"({"image": "a", "replicas": "3"})",
       {"/spec/replicas spec.replicas: wants a whole number, and has a text"}},
      {"a fraction",
       R"({"image": "a", "replicas": 1.5})",
       {"/spec/replicas spec.replicas: wants a whole number, and has a number"}},
      {"a number for a text",
       R"({"image": 5})",
       {"/spec/image spec.image: wants a text; put it in quotes, and has a whole "
        "number"}},
      {"a text for a list",
       R"({"image": "a", "tags": "b"})",
       {"/spec/tags spec.tags: wants a list, and has a text"}},
      {"a list for a map",
       R"({"image": "a", "labels": []})",
       {"/spec/labels spec.labels: wants a map, and has a list"}},
      {"in a map",
       R"({"image": "a", "labels": {"a/b": 1}})",
       {R"(/spec/labels/a~1b spec.labels["a/b"]: wants a text; put it in quotes, and has a whole number)"}},
      {"a text for yes or no",
       R"({"image": "a", "paused": "yes"})",
       {"/spec/paused spec.paused: wants true or false, and has a text"}},
      {"no choice",
       R"({"image": "a", "mode": "rx"})",
       {"/spec/mode spec.mode: wants one of rw, ro"}},
      {"too small",
       R"({"image": "a", "replicas": -1})",
       {"/spec/replicas spec.replicas: wants at least 0"}},
      {"beyond 64 bits",
       R"({"image": "a", "replicas": 18446744073709551615})",
       {"/spec/replicas spec.replicas: wants a number of 32 bits",
        "/spec/replicas spec.replicas: wants at most 100"}},
      {"too long",
       R"({"image": "abcdef"})",
       {"/spec/image spec.image: wants at most 5 characters"}},
      {"characters are not bytes", R"({"image": "äöüßx"})", {}},
      {"too many",
       R"({"image": "a", "tags": ["a", "b", "c"]})",
       {"/spec/tags spec.tags: wants at most 2 entries"}},
      {"no base64",
       R"({"image": "a", "blob": "?"})",
       {"/spec/blob spec.blob: wants base64"}},
      {"no amount",
       R"({"image": "a", "size": "1GB"})",
       {"/spec/size spec.size: wants an amount, such as 500m or 10Gi, and has a text"}},
      {"neither number nor text",
       R"({"image": "a", "port": true})",
       {"/spec/port spec.port: wants a whole number or a text, and has true or false"}},
      {"twice in a set",
       R"({"image": "a", "tags": ["a", "a"]})",
       {"/spec/tags/1 spec.tags[1]: stands in the list twice, and the list is a set"}},
      {"two entries of one key, a default among it",
       R"({"image": "a", "ports": [{"port": 1}, {"port": 1, "protocol": "TCP"}]})",
       {"/spec/ports/1 spec.ports[1]: stands in the list twice, and the list is merged "
        "by "
        "port and protocol"}},
      {"all of it at once",
       R"({"replica": 1, "paused": 1})",
       {"/spec spec: the field image is missing in it",
        "/spec/paused spec.paused: wants true or false, and has a whole number",
        "/spec/replica spec.replica: there is no such field; correct its spelling or its "
        "place"}},
      {"far below",
       R"({"image": "a", "child": {"image": "a", "child": {"image": 1}}})",
       {"/spec/child/child/image spec.child.child.image: wants a text; put it in quotes, "
        "and has "
        "a whole number"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(About(row.spec) == row.complaints);
  }
}

TEST_CASE("a document says nothing of other kinds") {
  const Json document = J(kDocument);
  const Object other = O(R"({"apiVersion": "example.org/v2", "kind": "D",
                             "metadata": {"name": "x"}, "speck": 1})");
  CHECK_FALSE(Describes(document, other.gvk()));
  CHECK(Validate(document, other).empty());
  CHECK(Describes(document, {"example.org", "v1", "D"}));
}

}  // namespace
}  // namespace holdfast
