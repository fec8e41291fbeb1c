// Json: the one JSON type, and its text.
//
// nlohmann::json with sorted keys, so that equal values have equal texts. Its
// parser throws and its printer recurses; ParseJson and DumpJson are the only
// doors, and nothing deeper than kMaxJsonDepth comes through the first.

#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "diff/result.h"

namespace holdfast {

using Json = nlohmann::json;

/// Nesting beyond what any Kubernetes object has, far below what would
/// exhaust a stack.
inline constexpr int kMaxJsonDepth = 200;

/// Parses one JSON text (RFC 8259). Errors are kInvalid and name line and
/// column. A key that stands twice in one object is an error too.
Result<Json> ParseJson(std::string_view text);

/// One line, keys sorted; invalid UTF-8 is replaced, so it never fails.
std::string DumpJson(const Json& value);

/// The same, indented by two blanks, for people.
std::string DumpJsonPretty(const Json& value);

/// The member reached by `path` ("spec", "template", ...), or null if any step
/// is missing or is no object. Never throws.
template <typename... Keys>
const Json* FindIn(const Json& value, std::string_view key, const Keys&... rest) {
  // The map itself: an iterator of nlohmann's costs more than the search.
  const auto* members = value.get_ptr<const Json::object_t*>();
  if (members == nullptr) return nullptr;
  const auto it = members->find(key);
  if (it == members->end()) return nullptr;
  if constexpr (sizeof...(rest) == 0) {
    return &it->second;
  } else {
    return FindIn(it->second, rest...);
  }
}

/// The string at `path`, or "" if there is none. It lives in `value`.
template <typename... Keys>
const std::string& StringIn(const Json& value, std::string_view key, const Keys&... rest) {
  static const std::string kNone;
  const Json* found = FindIn(value, key, rest...);
  return found != nullptr && found->is_string() ? found->get_ref<const std::string&>()
                                                : kNone;
}
template <typename... Keys>
const std::string& StringIn(const Json&& value, std::string_view key,
                            const Keys&... rest) = delete;

/// The integer at `path`, or `otherwise`.
template <typename... Keys>
long long IntegerIn(long long otherwise, const Json& value, std::string_view key,
                    const Keys&... rest) {
  const Json* found = FindIn(value, key, rest...);
  return found != nullptr && found->is_number_integer() ? found->get<long long>() : otherwise;
}

/// The array at `path`, or an empty one; so that a loop over it needs no test.
template <typename... Keys>
const Json& ArrayIn(const Json& value, std::string_view key, const Keys&... rest) {
  static const Json kNone = Json::array();
  const Json* found = FindIn(value, key, rest...);
  return found != nullptr && found->is_array() ? *found : kNone;
}

/// The object at `path`, or an empty one.
template <typename... Keys>
const Json& MapIn(const Json& value, std::string_view key, const Keys&... rest) {
  static const Json kNone = Json::object();
  const Json* found = FindIn(value, key, rest...);
  return found != nullptr && found->is_object() ? *found : kNone;
}

}  // namespace holdfast
