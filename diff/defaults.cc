#include "diff/defaults.h"

#include <utility>

#include "diff/leaves.h"

namespace holdfast {
namespace {

void FillIn(const Field& field, const std::string& name, Json& object) {
  if (!field.default_value) return;
  const auto there = object.find(name);
  const bool said = there != object.end() && !there->is_null() &&
                    !(field.zero && *there == *field.zero);
  if (!said) object[name] = WithDefaults(*field.type, *field.default_value);
}

}  // namespace

Json WithDefaults(const Type& type, Json value) {
  if (value.is_array()) {
    for (Json& entry : value) entry = WithDefaults(type.Element(), std::move(entry));
    return value;
  }
  if (!value.is_object()) return value;
  for (auto member = value.begin(); member != value.end(); ++member) {
    const Field field = FieldAt(type, PathStep::Key(member.key()));
    *member = WithDefaults(*field.type, std::move(*member));
  }
  if (type.shape != Type::Shape::kStruct) return value;
  for (const auto& [name, field] : type.fields) FillIn(field, name, value);
  return value;
}

const Json& MeaningInMap(const Type& map, const Json& value) {
  static const Json kNoText = "";
  static const Json kNoAmount = "0";
  if (!value.is_null() || map.shape != Type::Shape::kMap) return value;
  if (&map.Element() == &Type::Free()) return value;
  return map.Element().shape == Type::Shape::kQuantity ? kNoAmount : kNoText;
}

const Json& MeaningOf(const Field& field, const Json& value) {
  const bool unsaid = field.zero && field.default_value && value == *field.zero;
  return unsaid ? *field.default_value : value;
}

}  // namespace holdfast
