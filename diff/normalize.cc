#include "diff/normalize.h"

#include <cmath>
#include <cstdint>
#include <utility>

#include "diff/base64.h"
#include "diff/quantity.h"
#include "diff/time.h"

namespace holdfast {
namespace {

/// True if both are numbers of one value. An integer and a float are equal
/// only where the float can tell integers apart.
bool EqualNumbers(const Json& a, const Json& b) {
  if (a.is_number_float() == b.is_number_float()) {
    // The library takes 2^64 - 1 for -1.
    const bool one_is_beyond = a.is_number_unsigned() != b.is_number_unsigned();
    const Json& with_sign = a.is_number_unsigned() ? b : a;
    if (one_is_beyond && !a.is_number_float() && with_sign.get<std::int64_t>() < 0)
      return false;
    return a == b;
  }
  constexpr double kExact = 9007199254740992.0;  // 2^53
  const double real = (a.is_number_float() ? a : b).get<double>();
  return real > -kExact && real < kExact && a == b;
}

bool HasFraction(const Json& value) {
  if (!value.is_number_float()) return false;
  const double number = value.get<double>();
  return number != std::floor(number);
}

/// Its rules are a controller's to write.
bool IsPutTogether(const Object& object) {
  if (!object.ref().Is("rbac.authorization.k8s.io", "ClusterRole")) return false;
  const Json* rules = FindIn(object.json(), "rules");
  const Json* aggregation = FindIn(object.json(), "aggregationRule");
  return rules != nullptr && rules->empty() && aggregation != nullptr && aggregation->is_object();
}

Object Changed(const Object& object, Json json) {
  auto made = Object::Make(std::move(json));
  return made ? std::move(made).value() : object;
}

}  // namespace

Object Normalize(const Object& object) {
  if (IsNormal(object)) return object;
  Json json = object.json();
  if (IsPutTogether(object)) {
    json.erase("rules");
    return Changed(object, std::move(json));
  }
  const Json* text = FindIn(object.json(), "stringData");
  // What is no map, no string or no base64 stays where it is, for the server to refuse.
  const Json* stored = FindIn(json, "data");
  if (stored != nullptr && !stored->is_object() && !stored->is_null()) return object;
  for (const auto& [key, value] : MapIn(json, "data").items()) {
    if (value.is_null()) continue;
    if (!value.is_string() || !DecodeBase64(value.get_ref<const std::string&>()))
      return object;
  }
  for (const auto& [key, value] : text->items()) {
    if (!value.is_string() && !value.is_null()) return object;
  }
  Json data = MapIn(json, "data");
  for (const auto& [key, value] : text->items()) {
    data[key] = value.is_null() ? "" : EncodeBase64(value.get_ref<const std::string&>());
  }
  json["data"] = std::move(data);
  json.erase("stringData");
  return Changed(object, std::move(json));
}

bool IsNormal(const Object& object) {
  if (!object.ref().Is("", "Secret")) return !IsPutTogether(object);
  const Json* text = FindIn(object.json(), "stringData");
  return text == nullptr || !text->is_object();
}

bool IsEmpty(const Type& type, const Json& value) {
  if (value.is_null()) return true;
  if (!type.empty_is_absent) return false;
  const bool list = type.shape == Type::Shape::kList && value.is_array();
  const bool map = type.shape == Type::Shape::kMap && value.is_object();
  return (list || map) && value.empty();
}

bool SaysNothing(const Field& field, const Json& value) {
  if (IsEmpty(*field.type, value)) return true;
  if (field.zero && value == *field.zero) return true;
  const bool always_there = field.default_value && field.default_value->is_object() &&
                            field.default_value->empty();
  if (!always_there || !value.is_object()) return false;
  for (const auto& [key, member] : value.items()) {
    if (!SaysNothing(field.type->Member(key), member)) return false;
  }
  return true;
}

bool EqualScalars(const Type& type, const Json& a, const Json& b) {
  if (a.is_structured() || b.is_structured()) return false;
  if (type.no_fractions && (HasFraction(a) || HasFraction(b))) return false;
  if (type.shape == Type::Shape::kQuantity) {
    const auto first = Quantity::FromJson(a);
    const auto second = Quantity::FromJson(b);
    if (first && second) return *first == *second;
  }
  if (type.shape == Type::Shape::kTime && a.is_string() && b.is_string()) {
    const auto first = ParseTime(a.get_ref<const std::string&>());
    const auto second = ParseTime(b.get_ref<const std::string&>());
    if (first && second) return *first == *second;
  }
  if (type.shape == Type::Shape::kBytes && a.is_string() && b.is_string() && a != b) {
    const auto first = DecodeBase64(a.get_ref<const std::string&>());
    const auto second = DecodeBase64(b.get_ref<const std::string&>());
    return first && second && *first == *second;
  }
  if (a.is_number() && b.is_number()) return EqualNumbers(a, b);
  return a == b;
}

bool MayBeAltered(const Type& type, const Json& value) {
  if (type.shape == Type::Shape::kQuantity) {
    if (!value.is_string()) return false;
    const auto& text = value.get_ref<const std::string&>();
    return text.starts_with(' ') || text.ends_with(' ');
  }
  if (!value.is_number()) return false;
  const double number = value.get<double>();
  return number > INT32_MAX || number < INT32_MIN;
}

bool EqualExactly(const Type& type, const Json& a, const Json& b) {
  if (a.type() != b.type() || a.is_primitive()) return EqualScalars(type, a, b);
  if (a.size() != b.size()) return false;
  if (a.is_array()) {
    for (auto x = a.begin(), y = b.begin(); x != a.end(); ++x, ++y) {
      if (!EqualExactly(type.Element(), *x, *y)) return false;
    }
    return true;
  }
  const bool map = type.shape == Type::Shape::kMap;
  for (auto x = a.begin(), y = b.begin(); x != a.end(); ++x, ++y) {
    if (x.key() != y.key()) return false;
    const Type& inner = map ? type.Element() : *type.Member(x.key()).type;
    if (!EqualExactly(inner, *x, *y)) return false;
  }
  return true;
}

}  // namespace holdfast
