#include "diff/schema.h"

#include <cmath>
#include <cstdint>
#include <utility>

namespace holdfast {

const Type& Type::Unknown() {
  static const Type kUnknown;
  return kUnknown;
}

const Type& Type::Free() {
  struct OfItself {
    Type type;
    OfItself() {
      type.shape = Shape::kMap;
      type.empty_is_absent = false;
      type.element = &type;
    }
  };
  static const OfItself kFree;
  return kFree.type;
}

namespace {

struct MetadataTypes {
  Type scalar, strings, names, owner, owners, metadata, kind;

  MetadataTypes() {
    const auto field = [](const Type& type) {
      return Field{&type, std::nullopt, std::nullopt, {}};
    };
    scalar.shape = Type::Shape::kScalar;
    strings.shape = Type::Shape::kMap;
    strings.element = &scalar;
    names.shape = Type::Shape::kList;
    names.merge = Type::Merge::kByValue;
    names.element = &scalar;
    owner.shape = Type::Shape::kStruct;
    owner.merge = Type::Merge::kAtomic;
    owners.shape = Type::Shape::kList;
    owners.keys = {"uid"};
    owners.element = &owner;
    metadata.shape = Type::Shape::kStruct;
    const Field name{&scalar, std::nullopt, Json(""), {}};
    metadata.fields = {{"name", name},
                       {"namespace", name},
                       {"generateName", name},
                       {"labels", field(strings)},
                       {"annotations", field(strings)},
                       {"finalizers", field(names)},
                       {"ownerReferences", field(owners)}};
    kind.fields = {{"metadata", field(metadata)}};
  }
};

}  // namespace

const Type& Type::UnknownKind() {
  static const MetadataTypes kTypes;
  return kTypes.kind;
}

const Field& Type::Member(std::string_view name) const {
  static const Field kUnknown{&Unknown(), std::nullopt, std::nullopt, {}};
  const auto found = fields.find(name);
  return found == fields.end() ? kUnknown : found->second;
}

const Type& Type::Element() const { return element == nullptr ? Unknown() : *element; }

const Type& Schema::TypeOf(const Gvk& gvk) const {
  const Type* type = Find(gvk);
  return type == nullptr ? Type::UnknownKind() : *type;
}

std::string Schema::WhyUnknown(const Gvk& gvk) const {
  return "the schema of " + gvk.ApiVersion() + " " + gvk.kind + " is not known";
}

const Json* KeyOf(const Type& list, const Json& entry, std::string_view name) {
  const Json* value = FindDotted(entry, name);
  const Field& field = list.Element().Member(name);
  if (value == nullptr) return field.default_value ? &*field.default_value : nullptr;
  // To the merge "" and null are names of their own; what is stored then has the default.
  const bool unsaid = value->is_null() || (field.zero && *value == *field.zero);
  return unsaid ? nullptr : value;
}

std::optional<PathStep> StepOf(const Type& list, const Json& entry) {
  if (list.merge == Type::Merge::kByValue) return PathStep::Value(entry);
  if (list.keys.empty()) return std::nullopt;
  Json keys = Json::object();
  for (const std::string& name : list.keys) {
    const Json* value = KeyOf(list, entry, name);
    // A key is a scalar; anything else is a mistake that the server reports.
    if (value == nullptr || !value->is_primitive() || value->is_null())
      return std::nullopt;
    // 80.0 is 80 to the server.
    const double number = value->is_number_float() ? value->get<double>() : 0.5;
    const bool whole = number == std::floor(number) && std::abs(number) < 1e15;
    keys[name] = whole ? Json(static_cast<std::int64_t>(number)) : *value;
  }
  return PathStep::Entry(std::move(keys));
}

}  // namespace holdfast
