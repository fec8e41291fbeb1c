#include "diff/object_ref.h"

#include <array>

namespace holdfast {

std::string Gvk::ApiVersion() const { return group.empty() ? version : group + "/" + version; }

Result<Gvk> Gvk::Parse(std::string_view api_version, std::string_view kind) {
  const auto slash = api_version.find('/');
  const auto group =
      slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
  const auto version =
      slash == std::string_view::npos ? api_version : api_version.substr(slash + 1);
  const bool empty_group = slash != std::string_view::npos && group.empty();
  if (empty_group || version.empty() || version.find('/') != std::string_view::npos) {
    return Invalid("apiVersion \"" + std::string(api_version) +
                   "\" is neither \"version\" nor \"group/version\"");
  }
  if (kind.empty()) return Invalid("kind is empty");
  return Gvk{std::string(group), std::string(version), std::string(kind)};
}

std::string ObjectRef::ToString() const {
  std::string text = kind;
  if (!IsKubernetesGroup(group)) text += "." + group;
  text += " ";
  if (!name_space.empty()) text += name_space + "/";
  return text + name;
}

bool IsKubernetesGroup(std::string_view group) {
  constexpr std::array<std::string_view, 5> kBare = {"", "apps", "batch", "policy",
                                                     "autoscaling"};
  for (const auto bare : kBare) {
    if (group == bare) return true;
  }
  return group.ends_with(".k8s.io");
}

}  // namespace holdfast
