#include "diff/openapi_document.h"

namespace holdfast {

const Json& SchemasIn(const Json& document) {
  return MapIn(document, "components", "schemas");
}

std::optional<std::string> SchemaNameOf(const Json& document, const Gvk& kind) {
  for (const auto& [name, schema] : SchemasIn(document).items()) {
    const Json& kinds = ArrayIn(schema, "x-kubernetes-group-version-kind");
    if (kinds.size() == 1 && StringIn(kinds.front(), "group") == kind.group &&
        StringIn(kinds.front(), "version") == kind.version &&
        StringIn(kinds.front(), "kind") == kind.kind) {
      return name;
    }
  }
  return std::nullopt;
}

bool HasExtension(const Json& schema, const char* extension) {
  const Json* value = FindIn(schema, extension);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

}  // namespace holdfast
