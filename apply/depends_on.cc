#include "apply/depends_on.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

#include "apply/kinds.h"

namespace holdfast {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::string_view Trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::string_view> Split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto cut = text.find(at);
    parts.push_back(Trimmed(text.substr(0, cut)));
    if (cut == std::string_view::npos) return parts;
    text.remove_prefix(cut + 1);
  }
}

std::optional<ObjectRef> KindNamed(std::string_view text,
                                   const std::map<std::string, ObjectRef>& custom) {
  if (auto built_in = BuiltInKindNamed(text)) return built_in;
  if (const auto known = custom.find(Lower(text)); known != custom.end()) {
    return known->second;
  }
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view group = text.substr(dot + 1);
  if (auto built_in = BuiltInKindNamed(text.substr(0, dot));
      built_in && built_in->group == group) {
    return built_in;
  }
  return ObjectRef{std::string(group), std::string(text.substr(0, dot)), "", ""};
}

}  // namespace

DependsOn ReadDependsOn(const Object& object,
                        const std::map<std::string, ObjectRef>& custom) {
  DependsOn read;
  const std::string value = object.annotation(kDependsOn);
  if (Trimmed(value).empty()) return read;
  for (const std::string_view entry : Split(value, ',')) {
    if (entry.empty()) continue;
    const auto parts = Split(entry, '/');
    const bool all_there = std::none_of(
        parts.begin(), parts.end(), [](std::string_view part) { return part.empty(); });
    if (parts.size() < 2 || parts.size() > 3 || !all_there) {
      read.unreadable.push_back("\"" + std::string(entry) +
                                "\" is not kind/namespace/name (or kind/name for an "
                                "object outside namespaces)");
      continue;
    }
    auto ref = KindNamed(parts[0], custom);
    if (!ref) {
      read.unreadable.push_back("\"" + std::string(parts[0]) + "\" in \"" +
                                std::string(entry) + "\" is no kind that is known here");
      continue;
    }
    if (parts.size() == 3) ref->name_space = std::string(parts[1]);
    ref->name = std::string(parts.back());
    read.edges.push_back({object.ref(), *ref, EdgeStrength::kHard, false, false,
                          "its annotation " + std::string(kDependsOn) + " names " +
                              ref->kind + " " + ref->name,
                          "/metadata/annotations/holdfast.dev~1depends-on"});
  }
  return read;
}

std::map<std::string, ObjectRef> CustomKindsOf(
    const std::vector<const Object*>& objects) {
  std::map<std::string, ObjectRef> kinds;
  for (const Object* object : objects) {
    const ObjectRef& ref = object->ref();
    if (IsBuiltInKind(ref.group, ref.kind)) continue;
    kinds.emplace(Lower(ref.kind), ObjectRef{ref.group, ref.kind, "", ""});
  }
  return kinds;
}

}  // namespace holdfast
