#include "diff/openapi_schema.h"

#include <deque>
#include <string_view>
#include <utility>

#include "diff/openapi_document.h"

namespace holdfast {
namespace {

constexpr std::string_view kTimeName = "io.k8s.apimachinery.pkg.apis.meta.v1.Time";
constexpr std::string_view kMicroTimeName =
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime";
/// By this pattern the generators of CustomResourceDefinitions (controller-gen)
/// write a resource.Quantity; the documents of the server have no other mark of it.
constexpr std::string_view kQuantityPattern =
    R"(^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$)";
/// Deeper nesting of one schema is nobody's.
constexpr int kMaxDepth = 100;

}  // namespace

struct OpenApiSchema::Learned {
  std::deque<Type> types;  // A deque: types refer to one another.
  const Type* root = nullptr;
};

/// Reads the types that one kind is made of.
class OpenApiSchema::Reader {
 public:
  explicit Reader(const Json& document)
      : document_(document),
        schemas_(SchemasIn(document)),
        learned_(std::make_unique<Learned>()) {}

  Result<std::unique_ptr<Learned>> Read(const Gvk& kind) {
    const auto name = SchemaNameOf(document_, kind);
    if (!name) {
      return Error{ErrorCode::kNotFound,
                   "the OpenAPI document has no " + kind.ApiVersion() + " " + kind.kind};
    }
    HOLDFAST_TRY_ASSIGN(Type * root, Named(*name, 0));
    if (root->shape != Type::Shape::kStruct) {
      return Invalid(*name + ": is no object with properties");
    }
    // The same for every kind; what the server fills in is known there.
    root->fields["metadata"] = Type::UnknownKind().Member("metadata");
    learned_->root = root;
    return std::move(learned_);
  }

 private:
  /// The type of a schema that has a name; it may refer to itself.
  Result<Type*> Named(const std::string& name, int depth) {
    if (const auto known = named_.find(name); known != named_.end()) return known->second;
    const Json* schema = FindIn(schemas_, name);
    if (schema == nullptr) return Invalid(name + ": is referred to and is not there");
    Type* type = New();
    named_.emplace(name, type);
    if (name == kQuantitySchema) {
      type->shape = Type::Shape::kQuantity;
      return type;
    }
    if (name == kTimeName || name == kMicroTimeName) {
      type->shape = Type::Shape::kTime;
      return type;
    }
    HOLDFAST_TRY(Fill(*type, *schema, name, depth));
    return type;
  }

  /// The type of a schema as it stands in another one.
  Result<const Type*> TypeOf(const Json& schema, const std::string& place, int depth) {
    if (!schema.is_object()) return Invalid(place + ": is no schema");
    if (depth > kMaxDepth) return Invalid(place + ": is nested too deeply");
    const Json& all = ArrayIn(schema, "allOf");
    const Json& outer = all.size() == 1 ? all.front() : schema;
    if (const std::string ref = StringIn(outer, "$ref"); !ref.empty()) {
      if (!ref.starts_with(kSchemaRefPrefix))
        return Invalid(place + ": refers to " + ref);
      HOLDFAST_TRY_ASSIGN(const Type* named,
                          Named(ref.substr(kSchemaRefPrefix.size()), depth + 1));
      // A property may say otherwise than its type: spec.claimRef of a volume is merged.
      const std::string merge = StringIn(schema, "x-kubernetes-map-type");
      if (merge.empty() || named->atomic() == (merge == "atomic")) return named;
      Type* here = New();
      *here = *named;
      here->merge = merge == "atomic" ? Type::Merge::kAtomic : Type::Merge::kByKey;
      return static_cast<const Type*>(here);
    }
    Type* type = New();
    HOLDFAST_TRY(Fill(*type, schema, place, depth));
    return static_cast<const Type*>(type);
  }

  Status Fill(Type& type, const Json& schema, const std::string& place, int depth) {
    type.empty_is_absent = false;
    const std::string word = StringIn(schema, "type");
    if (HasExtension(schema, "x-kubernetes-int-or-string") ||
        StringIn(schema, "format") == "int-or-string") {
      const bool amount = StringIn(schema, "pattern") == kQuantityPattern;
      type.shape = amount ? Type::Shape::kQuantity : Type::Shape::kScalar;
      type.no_fractions = true;
      return {};
    }
    if (word == "array") return FillList(type, schema, place, depth);
    if (word == "object") return FillObject(type, schema, place, depth);
    if (word == "string" || word == "integer" || word == "number" || word == "boolean") {
      const bool bytes = StringIn(schema, "format") == "byte";
      type.shape = bytes ? Type::Shape::kBytes : Type::Shape::kScalar;
      return {};
    }
    // No type at all: anything may stand here.
    type = Type::Free();
    return {};
  }

  Status FillList(Type& type, const Json& schema, const std::string& place, int depth) {
    type.shape = Type::Shape::kList;
    const std::string merge = StringIn(schema, "x-kubernetes-list-type");
    const Json* items = FindIn(schema, "items");
    if (items == nullptr) {
      type.element = &Type::Free();
    } else {
      HOLDFAST_TRY_ASSIGN(type.element, TypeOf(*items, place + ".items", depth + 1));
    }
    if (merge == "set") {
      type.merge = Type::Merge::kByValue;
    } else if (merge == "map") {
      for (const Json& key : ArrayIn(schema, "x-kubernetes-list-map-keys")) {
        if (key.is_string()) type.keys.push_back(key.get<std::string>());
      }
      if (type.keys.empty()) return Invalid(place + ": is a map without keys");
    } else {
      type.merge = Type::Merge::kAtomic;
      // By which people know the entries.
      if (type.element->fields.contains("name")) type.keys = {"name"};
    }
    return {};
  }

  Status FillObject(Type& type, const Json& schema, const std::string& place, int depth) {
    const bool atomic = StringIn(schema, "x-kubernetes-map-type") == "atomic";
    const Json& properties = MapIn(schema, "properties");
    const Json* values = FindIn(schema, "additionalProperties");
    const bool has_values = values != nullptr && values->is_object();
    if (properties.empty() && !has_values) {
      type = Type::Free();
    } else if (properties.empty()) {
      type.shape = Type::Shape::kMap;
      HOLDFAST_TRY_ASSIGN(type.element, TypeOf(*values, place + ".*", depth + 1));
    } else {
      type.shape = Type::Shape::kStruct;
      for (const auto& [name, property] : properties.items()) {
        HOLDFAST_TRY_ASSIGN(const Type* member,
                            TypeOf(property, place + "." + name, depth + 1));
        Field field{member, std::nullopt, std::nullopt, {}};
        if (const Json* standard = FindIn(property, "default"))
          field.default_value = *standard;
        type.fields.emplace(name, std::move(field));
      }
    }
    // The server reads that as it reads metadata, whatever else it leaves free.
    if (HasExtension(schema, "x-kubernetes-embedded-resource")) {
      type.fields["metadata"] = Type::UnknownKind().Member("metadata");
    }
    if (atomic) type.merge = Type::Merge::kAtomic;
    return {};
  }

  Type* New() { return &learned_->types.emplace_back(); }

  const Json& document_;
  const Json& schemas_;
  std::map<std::string, Type*> named_;
  std::unique_ptr<Learned> learned_;
};

OpenApiSchema::OpenApiSchema() = default;
OpenApiSchema::~OpenApiSchema() = default;
OpenApiSchema::OpenApiSchema(OpenApiSchema&&) noexcept = default;
OpenApiSchema& OpenApiSchema::operator=(OpenApiSchema&&) noexcept = default;

Status OpenApiSchema::Learn(const Json& document, const Gvk& kind) {
  auto learned = Reader(document).Read(kind);
  if (!learned.ok())
    return learned.error().In("OpenAPI of " + kind.ApiVersion() + " " + kind.kind);
  kinds_[kind] = std::move(learned).value();
  return {};
}

const Type* OpenApiSchema::Find(const Gvk& gvk) const {
  const auto found = kinds_.find(gvk);
  return found == kinds_.end() ? nullptr : found->second->root;
}

}  // namespace holdfast
