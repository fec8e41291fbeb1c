#include "diff/servers_own.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "diff/quantity.h"
#include "diff/time.h"

namespace holdfast {
namespace {

template <std::size_t kSize>
bool Among(const std::array<std::string_view, kSize>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsHarmlessText(const std::string& desired, const std::string& live) {
  if (desired == live) return true;
  if (ParseTime(live)) return ParseTime(desired).has_value();
  return !Quantity::Parse(live) || Quantity::Parse(desired);
}

/// True if two conditions are of one type, or two addresses the same: those lists are
/// merged by these keys, and the server declines a key that comes twice.
bool HasTwins(const Json& list) {
  for (const char* key : {"type", "ip"}) {
    std::set<std::string_view> seen;
    for (const Json& entry : list) {
      const std::string& name = StringIn(entry, key);
      if (!name.empty() && !seen.insert(name).second) return true;
    }
  }
  return false;
}

}  // namespace

bool IsServersOwn(const FieldPath& path) {
  constexpr std::array<std::string_view, 3> kTop = {"status", "apiVersion", "kind"};
  constexpr std::array<std::string_view, 6> kMetadata = {
      "managedFields", "resourceVersion",   "uid",
      "generation",    "creationTimestamp", "selfLink"};
  // The DaemonSet controller's count of its templates, and what autoscaling/v1
  // has no fields for.
  constexpr std::array<std::string_view, 3> kAnnotations = {
      "autoscaling.alpha.kubernetes.io/conditions",
      "autoscaling.alpha.kubernetes.io/current-metrics",
      "deprecated.daemonset.template.generation"};
  const auto& steps = path.steps();
  if (steps.size() == 1) return Among(kTop, steps[0].key);
  if (steps.size() < 2 || steps[0].key != "metadata") return false;
  if (steps.size() == 2) return Among(kMetadata, steps[1].key);
  return steps.size() == 3 && steps[1].key == "annotations" &&
         Among(kAnnotations, steps[2].key);
}

bool IsHarmless(const Json& desired, const Json& live) {
  if (desired.is_null()) return true;
  if (desired.is_object() && live.is_object()) {
    for (const auto& [key, value] : desired.items()) {
      const Json* there = FindIn(live, key);
      if (there == nullptr || !IsHarmless(value, *there)) return false;
    }
    return true;
  }
  if (desired.is_array() && live.is_array()) {
    if (desired.size() > live.size() || HasTwins(desired)) return false;
    return std::equal(desired.begin(), desired.end(), live.begin(), IsHarmless);
  }
  if (desired.is_string() && live.is_string()) {
    return IsHarmlessText(desired.get_ref<const std::string&>(),
                          live.get_ref<const std::string&>());
  }
  if (live.is_string() && desired.is_number())
    return Quantity::FromJson(live).has_value();
  return desired == live || (desired.is_number_integer() && live.is_number_integer()) ||
         (desired.is_boolean() && live.is_boolean());
}

bool IsHarmlessMetadata(std::string_view key, const Json& desired) {
  if (desired.is_null()) return true;
  if (key == "generation") return desired.is_number_integer();
  if (!desired.is_string()) return false;
  if (key == "deprecated.daemonset.template.generation") {
    const auto& text = desired.get_ref<const std::string&>();
    return !text.empty() && text.size() < 19 && text.find_first_not_of("0123456789") == std::string::npos;
  }
  return key != "creationTimestamp" ||
         ParseTime(desired.get_ref<const std::string&>()).has_value();
}

}  // namespace holdfast
