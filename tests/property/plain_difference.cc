#include "tests/property/plain_difference.h"

#include <algorithm>
#include <set>

#include "diff/quantity.h"

namespace holdfast::property {
namespace {

const Json kNothing;

bool IsServersOwn(const std::string& pointer) {
  static const std::set<std::string> kThese = {
      "/status",
      "/metadata/managedFields",
      "/metadata/resourceVersion",
      "/metadata/generation",
      "/metadata/annotations/deprecated.daemonset.template.generation",
      "/metadata/annotations/autoscaling.alpha.kubernetes.io~1conditions",
      "/metadata/annotations/autoscaling.alpha.kubernetes.io~1current-metrics"};
  return kThese.contains(pointer) ||
         pointer.starts_with("/metadata/labels/applyset.kubernetes.io~1");
}

bool Alike(const Json& a, const Json& b) {
  if (a == b) return true;
  const auto first = Quantity::FromJson(a);
  const auto second = Quantity::FromJson(b);
  return first && second && *first == *second;
}

/// A list of texts sorted, since it may be a set; anything else as it is.
Json Sorted(Json value) {
  const bool texts =
      value.is_array() && std::all_of(value.begin(), value.end(),
                                      [](const Json& e) { return e.is_string(); });
  if (texts) std::sort(value.begin(), value.end());
  return value;
}

void Walk(const Json& before, const Json& after, const std::string& pointer,
          std::vector<std::string>& out) {
  if (IsServersOwn(pointer)) return;
  if (before.is_object() && after.is_object()) {
    std::set<std::string> keys;
    for (const auto& [key, value] : before.items()) keys.insert(key);
    for (const auto& [key, value] : after.items()) keys.insert(key);
    for (const std::string& key : keys) {
      const std::string step = (Json::json_pointer() / key).to_string();
      Walk(before.contains(key) ? before[key] : kNothing,
           after.contains(key) ? after[key] : kNothing, pointer + step, out);
    }
  } else if (before.is_array() && after.is_array() && before.size() == after.size() &&
             Sorted(before) != Sorted(after)) {
    for (std::size_t i = 0; i < before.size(); ++i) {
      Walk(before[i], after[i], pointer + "/" + std::to_string(i), out);
    }
  } else if (!Alike(before, after) && Sorted(before) != Sorted(after)) {
    out.push_back(pointer);
  }
}

}  // namespace

std::vector<std::string> PlainDifference(const Json& before, const Json& after) {
  std::vector<std::string> out;
  Walk(before, after, "", out);
  return out;
}

}  // namespace holdfast::property
