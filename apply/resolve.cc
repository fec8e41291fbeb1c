#include "apply/resolve.h"

#include <algorithm>
#include <utility>

namespace holdfast {
namespace {

std::vector<ApiResource> DefinedBy(const std::vector<Manifest>& manifests) {
  std::vector<ApiResource> defined;
  for (const Manifest& manifest : manifests) {
    for (ApiResource& kind : KindsDefinedBy(manifest.object))
      defined.push_back(std::move(kind));
  }
  return defined;
}

const ApiResource* Find(const std::vector<ApiResource>& resources, const Gvk& gvk) {
  const auto found = std::find_if(resources.begin(), resources.end(),
                                  [&](const ApiResource& one) { return one.gvk == gvk; });
  return found == resources.end() ? nullptr : &*found;
}

Error UnknownKind(const Manifest& manifest, const Discovery& discovery) {
  const Gvk& gvk = manifest.object.gvk();
  const auto& failed = discovery.failed_groups;
  if (std::find(failed.begin(), failed.end(), gvk.group) != failed.end()) {
    return Error{ErrorCode::kUnavailable,
                 manifest.source.ToString() +
                     ": the API server cannot tell at present what " + gvk.group +
                     " serves (its aggregated API is away), so " + gvk.kind +
                     " cannot be judged; repair that API and run again"};
  }
  std::string text = manifest.source.ToString() + ": the server knows no kind " +
                     gvk.kind + " in " + gvk.ApiVersion();
  std::string others;
  for (const ApiResource& resource : discovery.resources) {
    if (resource.gvk.kind != gvk.kind) continue;
    others += (others.empty() ? "" : ", ") + resource.gvk.ApiVersion();
  }
  if (!others.empty()) {
    text += "; it serves " + gvk.kind + " as " + others;
  } else {
    text += "; correct the kind, or add its CustomResourceDefinition to the repository";
  }
  return Invalid(std::move(text));
}

}  // namespace

bool Resolved::Comes(const Gvk& gvk) const {
  return std::any_of(coming.begin(), coming.end(),
                     [&](const ApiResource& kind) { return kind.gvk == gvk; });
}

std::vector<ApiResource> KindsDefinedBy(const Object& object) {
  std::vector<ApiResource> defined;
  if (!object.ref().Is("apiextensions.k8s.io", "CustomResourceDefinition"))
    return defined;
  const Json& json = object.json();
  for (const Json& version : ArrayIn(json, "spec", "versions")) {
    const Json* served = FindIn(version, "served");
    if (served != nullptr && served->is_boolean() && !served->get<bool>()) continue;
    defined.push_back({.gvk = {StringIn(json, "spec", "group"), StringIn(version, "name"),
                               StringIn(json, "spec", "names", "kind")},
                       .plural = StringIn(json, "spec", "names", "plural"),
                       .namespaced = StringIn(json, "spec", "scope") == "Namespaced"});
  }
  return defined;
}

Resolved Resolve(std::vector<Manifest> manifests, const Discovery& discovery,
                 const std::string& default_namespace) {
  Resolved resolved;
  const std::vector<ApiResource> defined = DefinedBy(manifests);
  for (const ApiResource& one : defined) {
    if (discovery.Find(one.gvk) == nullptr) resolved.coming.push_back(one);
  }
  for (Manifest& manifest : manifests) {
    const ApiResource* kind = discovery.Find(manifest.object.gvk());
    if (kind == nullptr) kind = Find(defined, manifest.object.gvk());
    if (kind == nullptr) {
      resolved.errors.push_back(UnknownKind(manifest, discovery));
      continue;
    }
    const std::string& name_space = manifest.object.ref().name_space;
    if (kind->namespaced && name_space.empty()) {
      manifest.object = manifest.object.InNamespace(default_namespace);
    } else if (!kind->namespaced && !name_space.empty()) {
      manifest.object = manifest.object.InNamespace("");
    }
    resolved.manifests.push_back(std::move(manifest));
  }
  return resolved;
}

}  // namespace holdfast
