#include "apply/served_kinds.h"

#include <algorithm>
#include <set>

#include "apply/kinds.h"
#include "apply/resolve.h"

namespace holdfast {
namespace {

bool SameKind(const Gvk& a, const Gvk& b) {
  return a.group == b.group && a.kind == b.kind;
}

/// Whether a kind is namespaced, by what there is to see.
std::optional<bool> IsNamespaced(const Gvk& gvk, const std::vector<Object>& live,
                                 const std::vector<ApiResource>& defined) {
  if (IsBuiltInKind(gvk.group, gvk.kind)) return !IsClusterScoped(gvk.group, gvk.kind);
  for (const ApiResource& kind : defined) {
    if (SameKind(kind.gvk, gvk)) return kind.namespaced;
  }
  for (const Object& object : live) {
    if (SameKind(object.gvk(), gvk)) return !object.ref().name_space.empty();
  }
  return std::nullopt;
}

}  // namespace

ServedKinds FindServedKinds(const std::vector<Manifest>& desired,
                            const std::vector<Object>& live) {
  ServedKinds served;
  for (const Object& object : live) {
    for (ApiResource& kind : KindsDefinedBy(object)) {
      served.discovery.resources.push_back(std::move(kind));
    }
  }
  const std::vector<ApiResource> defined = served.discovery.resources;
  std::set<Gvk> own;
  for (const Manifest& manifest : desired) {
    for (const ApiResource& kind : KindsDefinedBy(manifest.object)) own.insert(kind.gvk);
  }
  std::set<Gvk> assumed;
  for (const Manifest& manifest : desired) {
    const Gvk& gvk = manifest.object.gvk();
    if (own.contains(gvk) || served.discovery.Find(gvk) != nullptr) continue;
    const auto namespaced = IsNamespaced(gvk, live, defined);
    if (!namespaced) assumed.insert(gvk);
    const bool in_namespace =
        std::any_of(desired.begin(), desired.end(), [&](const Manifest& other) {
          return SameKind(other.object.gvk(), gvk) &&
                 !other.object.ref().name_space.empty();
        });
    served.discovery.resources.push_back(
        {.gvk = gvk, .plural = "", .namespaced = namespaced.value_or(in_namespace)});
  }
  served.assumed.assign(assumed.begin(), assumed.end());
  return served;
}

}  // namespace holdfast
