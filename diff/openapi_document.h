// OpenAPI v3 documents of an API server, as far as their readers have in common
// (KEP-2896): where a kind is, and how references and amounts are written.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diff/json.h"
#include "diff/object.h"

namespace holdfast {

/// Before the name of a schema in a "$ref".
inline constexpr std::string_view kSchemaRefPrefix = "#/components/schemas/";
/// The name of the schema of an amount.
inline constexpr std::string_view kQuantitySchema =
    "io.k8s.apimachinery.pkg.api.resource.Quantity";

/// The schemas of a document by name; empty if it has none.
const Json& SchemasIn(const Json& document);

/// The name of the schema of `kind`, or nothing. Options and lists that are shared by
/// many kinds are no kind.
std::optional<std::string> SchemaNameOf(const Json& document, const Gvk& kind);

/// Every kind that a document describes.
std::vector<Gvk> KindsIn(const Json& document);

/// What a server would tell of the kind that a CustomResourceDefinition defines: each of
/// its served versions that has a schema. Without schemas for any other object.
Json DocumentOf(const Object& definition);

/// True if a schema has this extension ("x-kubernetes-int-or-string"), and it is true.
bool HasExtension(const Json& schema, const char* extension);

}  // namespace holdfast
