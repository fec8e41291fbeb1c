#include "apply/node_fit.h"

#include <algorithm>
#include <charconv>

namespace holdfast {
namespace {

bool Contains(const Json& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

/// Gt and Lt compare whole numbers; any other text compares as false.
bool Beyond(const std::string& value, const Json& values, bool greater) {
  if (values.size() != 1 || !values.front().is_string()) return false;
  const auto number = [](const std::string& text, long long& out) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  };
  long long is = 0;
  long long limit = 0;
  if (!number(value, is) || !number(values.front().get<std::string>(), limit)) return false;
  return greater ? is > limit : is < limit;
}

bool Matches(const Json& expression, const Json* value) {
  const std::string how = StringIn(expression, "operator");
  const Json& values = ArrayIn(expression, "values");
  const bool there = value != nullptr && value->is_string();
  const std::string text = there ? value->get<std::string>() : std::string();
  if (how == "In") return there && Contains(values, text);
  if (how == "NotIn") return !there || !Contains(values, text);
  if (how == "Exists") return there;
  if (how == "DoesNotExist") return !there;
  if (how == "Gt" || how == "Lt") return there && Beyond(text, values, how == "Gt");
  return false;
}

bool MatchesTerm(const Json& term, const Object& node) {
  const Json& labels = MapIn(node.json(), "metadata", "labels");
  for (const Json& one : ArrayIn(term, "matchExpressions")) {
    if (!Matches(one, FindIn(labels, StringIn(one, "key")))) return false;
  }
  const Json name = node.ref().name;
  for (const Json& one : ArrayIn(term, "matchFields")) {
    if (!Matches(one, StringIn(one, "key") == "metadata.name" ? &name : nullptr)) {
      return false;
    }
  }
  // A term that says nothing matches nothing.
  return !ArrayIn(term, "matchExpressions").empty() || !ArrayIn(term, "matchFields").empty();
}

/// One of the terms is enough; none at all allows every node.
bool MatchesAny(const Json& terms, const Object& node) {
  return terms.empty() || std::any_of(terms.begin(), terms.end(), [&](const Json& term) {
    return MatchesTerm(term, node);
  });
}

bool Tolerates(const Json& pod_spec, const Json& taint) {
  for (const Json& one : ArrayIn(pod_spec, "tolerations")) {
    const std::string effect = StringIn(one, "effect");
    const std::string key = StringIn(one, "key");
    if (!effect.empty() && effect != StringIn(taint, "effect")) continue;
    const bool exists = StringIn(one, "operator") == "Exists";
    if (key.empty() && exists) return true;
    if (key != StringIn(taint, "key")) continue;
    if (exists || StringIn(one, "value") == StringIn(taint, "value")) return true;
  }
  return false;
}

}  // namespace

bool Admits(const Json& pod_spec, const Object& node) {
  const std::string named = StringIn(pod_spec, "nodeName");
  if (!named.empty() && named != node.ref().name) return false;
  const Json& labels = MapIn(node.json(), "metadata", "labels");
  for (const auto& [key, value] : MapIn(pod_spec, "nodeSelector").items()) {
    const Json* label = FindIn(labels, key);
    if (label == nullptr || *label != value) return false;
  }
  if (!MatchesAny(ArrayIn(pod_spec, "affinity", "nodeAffinity",
                          "requiredDuringSchedulingIgnoredDuringExecution",
                          "nodeSelectorTerms"),
                  node)) {
    return false;
  }
  const Json& taints = ArrayIn(node.json(), "spec", "taints");
  return std::all_of(taints.begin(), taints.end(), [&](const Json& taint) {
    return StringIn(taint, "effect") == "PreferNoSchedule" || Tolerates(pod_spec, taint);
  });
}

bool Reaches(const Object& volume, const Object& node) {
  return MatchesAny(
      ArrayIn(volume.json(), "spec", "nodeAffinity", "required", "nodeSelectorTerms"), node);
}

bool PlacesDiffer(const Json& pod_spec, const Json& other) {
  for (const char* field : {"nodeName", "nodeSelector", "tolerations"}) {
    const Json* one = FindIn(pod_spec, field);
    const Json* two = FindIn(other, field);
    if ((one == nullptr ? Json() : *one) != (two == nullptr ? Json() : *two)) return true;
  }
  return MapIn(pod_spec, "affinity", "nodeAffinity") !=
         MapIn(other, "affinity", "nodeAffinity");
}

}  // namespace holdfast
