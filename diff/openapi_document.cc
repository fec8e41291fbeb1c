#include "diff/openapi_document.h"

namespace holdfast {
namespace {

/// The kind that a schema is of; nothing if it is of none, or shared by many.
std::optional<Gvk> KindOf(const Json& schema) {
  const Json& kinds = ArrayIn(schema, "x-kubernetes-group-version-kind");
  if (kinds.size() != 1) return std::nullopt;
  const Json& kind = kinds.front();
  return Gvk{StringIn(kind, "group"), StringIn(kind, "version"), StringIn(kind, "kind")};
}

}  // namespace

const Json& SchemasIn(const Json& document) {
  return MapIn(document, "components", "schemas");
}

std::optional<std::string> SchemaNameOf(const Json& document, const Gvk& kind) {
  for (const auto& [name, schema] : SchemasIn(document).items()) {
    if (KindOf(schema) == kind) return name;
  }
  return std::nullopt;
}

std::vector<Gvk> KindsIn(const Json& document) {
  std::vector<Gvk> kinds;
  for (const auto& [name, schema] : SchemasIn(document).items()) {
    if (const auto kind = KindOf(schema)) kinds.push_back(*kind);
  }
  return kinds;
}

Json DocumentOf(const Object& definition) {
  Json schemas = Json::object();
  if (definition.ref().Is("apiextensions.k8s.io", "CustomResourceDefinition")) {
    const std::string group = StringIn(definition.json(), "spec", "group");
    const std::string kind = StringIn(definition.json(), "spec", "names", "kind");
    for (const Json& version : ArrayIn(definition.json(), "spec", "versions")) {
      const Json* served = FindIn(version, "served");
      const Json* given = FindIn(version, "schema", "openAPIV3Schema");
      if (served == nullptr || *served != Json(true) || given == nullptr ||
          !given->is_object())
        continue;
      const std::string name = StringIn(version, "name");
      Json schema = *given;
      schema["x-kubernetes-group-version-kind"] = {
          {{"group", group}, {"version", name}, {"kind", kind}}};
      // The server adds what every object has.
      if (!schema["properties"].is_object()) schema["properties"] = Json::object();
      for (const char* member : {"apiVersion", "kind"}) {
        schema["properties"][member] = {{"type", "string"}};
      }
      schema["properties"]["metadata"] = {{"type", "object"}};
      schemas[group + "." + name + "." + kind] = std::move(schema);
    }
  }
  return {{"components", {{"schemas", std::move(schemas)}}}};
}

bool HasExtension(const Json& schema, const char* extension) {
  const Json* value = FindIn(schema, extension);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

}  // namespace holdfast
