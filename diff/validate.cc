#include "diff/validate.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <string_view>

#include "diff/base64.h"
#include "diff/field_path.h"
#include "diff/openapi_document.h"
#include "diff/quantity.h"

namespace holdfast {
namespace {

constexpr int kMaxDepth = 100;

std::string WordFor(const Json& value) {
  if (value.is_object()) return "a map";
  if (value.is_array()) return "a list";
  if (value.is_string()) return "a text";
  if (value.is_boolean()) return "true or false";
  return value.is_number_integer() ? "a whole number" : "a number";
}

class Validator {
 public:
  Validator(const Json& document, const Json& object)
      : schemas_(SchemasIn(document)), object_(object) {}

  std::vector<Complaint> Run(const Json& schema) {
    Value(schema, object_, 0);
    std::stable_sort(complaints_.begin(), complaints_.end(),
                     [](const auto& a, const auto& b) { return a.pointer < b.pointer; });
    return std::move(complaints_);
  }

 private:
  void Value(const Json& given, const Json& value, int depth) {
    // Null says the same as leaving it out.
    if (depth > kMaxDepth || value.is_null()) return;
    std::string name;
    const Json& schema = Resolved(given, name);
    if (name == kQuantitySchema) return Amount(value);
    if (HasExtension(schema, "x-kubernetes-int-or-string") ||
        StringIn(schema, "format") == "int-or-string") {
      if (!value.is_string() && !value.is_number_integer()) {
        Say("wants a whole number or a text", value);
      }
      return;
    }
    const std::string type = StringIn(schema, "type");
    if (type == "object") return Map(schema, value, depth);
    if (type == "array") return List(schema, value, depth);
    if (type == "string") {
      Text(schema, value);
    } else if (type == "integer" || type == "number") {
      Number(schema, type, value);
    } else if (type == "boolean" && !value.is_boolean()) {
      Say("wants true or false", value);
    }
  }

  /// Follows references; `name` is that of the last.
  const Json& Resolved(const Json& given, std::string& name) const {
    const Json* schema = &given;
    for (int i = 0; i < kMaxDepth; ++i) {
      const Json& all = ArrayIn(*schema, "allOf");
      const Json& outer = all.size() == 1 ? all.front() : *schema;
      const std::string ref = StringIn(outer, "$ref");
      if (!ref.starts_with(kSchemaRefPrefix)) return *schema;
      name = ref.substr(kSchemaRefPrefix.size());
      const Json* next = FindIn(schemas_, name);
      if (next == nullptr) return *schema;
      schema = next;
    }
    return *schema;
  }

  void Map(const Json& schema, const Json& value, int depth) {
    if (!value.is_object()) return Say("wants a map", value);
    const Json& properties = MapIn(schema, "properties");
    const Json* others = FindIn(schema, "additionalProperties");
    const bool has_others = others != nullptr && others->is_object();
    const bool free = (properties.empty() && !has_others) ||
                      HasExtension(schema, "x-kubernetes-preserve-unknown-fields");
    for (const auto& [key, member] : value.items()) {
      const Json* property = FindIn(properties, key);
      if (property == nullptr && has_others) property = others;
      path_.Push(PathStep::Key(key));
      if (property != nullptr) {
        Value(*property, member, depth + 1);
      } else if (!free) {
        Complain("there is no such field; correct its spelling or its place");
      }
      path_.Pop();
    }
    for (const Json& key : ArrayIn(schema, "required")) {
      if (!key.is_string() || value.contains(key.get<std::string>())) continue;
      Complain("the field " + key.get<std::string>() + " is missing in it");
    }
  }

  void List(const Json& schema, const Json& value, int depth) {
    if (!value.is_array()) return Say("wants a list", value);
    Bound(schema, "minItems", "maxItems", value.size(), "entries");
    const Json* items = FindIn(schema, "items");
    const bool set = StringIn(schema, "x-kubernetes-list-type") == "set";
    const bool by_key = StringIn(schema, "x-kubernetes-list-type") == "map";
    std::set<Json> seen;
    std::size_t index = 0;
    for (const Json& entry : value) {
      path_.Push(PathStep::Index(index));
      if (items != nullptr) Value(*items, entry, depth + 1);
      const Json key = set ? entry : by_key ? KeyOf(schema, entry) : Json();
      if (!key.is_null() && !seen.insert(key).second) {
        Complain("stands in the list twice, and the list is " +
                 (set ? std::string("a set") : "merged by " + KeysOf(schema)));
      }
      path_.Pop();
      ++index;
    }
  }

  /// What tells an entry apart; null if it lacks a key that has no default.
  Json KeyOf(const Json& schema, const Json& entry) const {
    std::string ignored;
    const Json* items = FindIn(schema, "items");
    const Json& resolved = items == nullptr ? schema : Resolved(*items, ignored);
    Json keys = Json::array();
    for (const Json& name : ArrayIn(schema, "x-kubernetes-list-map-keys")) {
      if (!name.is_string()) return {};
      const std::string key = name.get<std::string>();
      const Json* value = FindIn(entry, key);
      if (value == nullptr) value = FindIn(resolved, "properties", key, "default");
      if (value == nullptr) return {};
      keys.push_back(*value);
    }
    return keys;
  }

  static std::string KeysOf(const Json& schema) {
    std::string names;
    for (const Json& name : ArrayIn(schema, "x-kubernetes-list-map-keys")) {
      names += (names.empty() ? "" : " and ") +
               (name.is_string() ? name.get<std::string>() : "");
    }
    return names;
  }

  void Text(const Json& schema, const Json& value) {
    if (!value.is_string()) return Say("wants a text; put it in quotes", value);
    const auto& text = value.get_ref<const std::string&>();
    if (StringIn(schema, "format") == "byte" && !DecodeBase64(text))
      Complain("wants base64");
    const auto is_head = [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    };
    Bound(schema, "minLength", "maxLength",
          static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_head)),
          "characters");
    Enumerated(schema, value);
  }

  void Number(const Json& schema, const std::string& type, const Json& value) {
    if (!value.is_number()) {
      return Say(type == "integer" ? "wants a whole number" : "wants a number", value);
    }
    if (type == "integer" && !value.is_number_integer())
      return Say("wants a whole number", value);
    if (StringIn(schema, "format") == "int32" && value.is_number_integer() &&
        !IsInt32(value)) {
      Complain("wants a number of 32 bits");
    }
    const double number = value.get<double>();
    if (const Json* least = FindIn(schema, "minimum");
        least != nullptr && least->is_number() && number < least->get<double>()) {
      Complain("wants at least " + DumpJson(*least));
    }
    if (const Json* most = FindIn(schema, "maximum");
        most != nullptr && most->is_number() && number > most->get<double>()) {
      Complain("wants at most " + DumpJson(*most));
    }
    Enumerated(schema, value);
  }

  static bool IsInt32(const Json& value) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
    if (value.is_number_unsigned()) {
      return value.get<std::uint64_t>() <= static_cast<std::uint64_t>(kMost);
    }
    const auto number = value.get<std::int64_t>();
    return number >= std::numeric_limits<std::int32_t>::min() && number <= kMost;
  }

  void Amount(const Json& value) {
    if (!Quantity::FromJson(value)) {
      Say("wants an amount, such as 500m or 10Gi", value);
    }
  }

  void Enumerated(const Json& schema, const Json& value) {
    const Json& choices = ArrayIn(schema, "enum");
    if (choices.empty() ||
        std::find(choices.begin(), choices.end(), value) != choices.end()) {
      return;
    }
    std::string names;
    for (const Json& choice : choices) {
      names += (names.empty() ? "" : ", ") +
               (choice.is_string() ? choice.get<std::string>() : DumpJson(choice));
    }
    Complain("wants one of " + names);
  }

  void Bound(const Json& schema, const char* least, const char* most, std::size_t size,
             const std::string& of) {
    if (const auto minimum = IntegerIn(0, schema, least);
        minimum > 0 && size < static_cast<std::size_t>(minimum)) {
      Complain("wants at least " + std::to_string(minimum) + " " + of);
    }
    if (const auto maximum = IntegerIn(-1, schema, most);
        maximum >= 0 && size > static_cast<std::size_t>(maximum)) {
      Complain("wants at most " + std::to_string(maximum) + " " + of);
    }
  }

  void Say(const std::string& wants, const Json& has) {
    Complain(wants + ", and has " + WordFor(has));
  }

  void Complain(const std::string& what) {
    complaints_.push_back(
        {path_.PointerIn(object_),
         (path_.empty() ? "the object" : path_.ToString()) + ": " + what});
  }

  const Json& schemas_;
  const Json& object_;
  FieldPath path_;
  std::vector<Complaint> complaints_;
};

}  // namespace

bool Describes(const Json& document, const Gvk& kind) {
  return SchemaNameOf(document, kind).has_value();
}

std::vector<Complaint> Validate(const Json& document, const Object& object) {
  const auto name = SchemaNameOf(document, object.gvk());
  if (!name) return {};
  return Validator(document, object.json()).Run(SchemasIn(document)[*name]);
}

}  // namespace holdfast
