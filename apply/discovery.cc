#include "apply/discovery.h"

#include <algorithm>
#include <utility>

namespace holdfast {
namespace {

bool HasList(const Json& resource) {
  const Json& verbs = ArrayIn(resource, "verbs");
  return verbs.empty() || std::find(verbs.begin(), verbs.end(), "list") != verbs.end();
}

/// A version of a group in the aggregated form. The first that a group lists is
/// the preferred one.
void AddAggregatedVersion(const std::string& group, const Json& version, bool preferred,
                          Discovery& discovery) {
  if (StringIn(version, "freshness") == "Stale") discovery.failed_groups.push_back(group);
  for (const Json& resource : ArrayIn(version, "resources")) {
    const std::string kind = StringIn(resource, "responseKind", "kind");
    // A path that only has subresources has no kind of its own.
    if (kind.empty()) continue;
    discovery.resources.push_back({{group, StringIn(version, "version"), kind},
                                   StringIn(resource, "resource"),
                                   StringIn(resource, "scope") == "Namespaced",
                                   preferred, HasList(resource)});
  }
}

void AddAggregated(const Json& answer, Discovery& discovery) {
  for (const Json& item : ArrayIn(answer, "items")) {
    bool preferred = true;
    for (const Json& version : ArrayIn(item, "versions")) {
      AddAggregatedVersion(StringIn(item, "metadata", "name"), version, preferred,
                           discovery);
      preferred = false;
    }
  }
}

/// /api: versions of the core group.
std::vector<ResourceListToRead> CoreVersions(const Json& answer) {
  std::vector<ResourceListToRead> lists;
  for (const Json& version : ArrayIn(answer, "versions")) {
    if (!version.is_string()) continue;
    const std::string name = version.get<std::string>();
    lists.push_back({"/api/" + name, "", name, lists.empty()});
  }
  return lists;
}

/// /apis: groups, each with its versions.
std::vector<ResourceListToRead> GroupVersions(const Json& answer) {
  std::vector<ResourceListToRead> lists;
  for (const Json& group : ArrayIn(answer, "groups")) {
    const std::string name = StringIn(group, "name");
    const std::string preferred = StringIn(group, "preferredVersion", "version");
    for (const Json& version : ArrayIn(group, "versions")) {
      const std::string v = StringIn(version, "version");
      lists.push_back({"/apis/" + name + "/" + v, name, v, v == preferred});
    }
  }
  return lists;
}

}  // namespace

Result<std::vector<ResourceListToRead>> AddGroups(const Json& answer,
                                                  Discovery& discovery) {
  const std::string kind = StringIn(answer, "kind");
  if (kind == "APIGroupDiscoveryList") {
    AddAggregated(answer, discovery);
    return std::vector<ResourceListToRead>();
  }
  if (kind == "APIVersions") return CoreVersions(answer);
  if (kind == "APIGroupList") return GroupVersions(answer);
  return Invalid("a discovery answer of the unknown kind \"" + kind + "\"");
}

Status AddResourceList(const Json& answer, const ResourceListToRead& of,
                       Discovery& discovery) {
  if (StringIn(answer, "kind") != "APIResourceList") {
    return Invalid(of.path + " answered with the kind \"" + StringIn(answer, "kind") +
                   "\" in place of APIResourceList");
  }
  for (const Json& resource : ArrayIn(answer, "resources")) {
    const std::string plural = StringIn(resource, "name");
    const bool is_subresource = plural.find('/') != std::string::npos;
    if (plural.empty() || is_subresource) continue;
    const Json* namespaced = FindIn(resource, "namespaced");
    discovery.resources.push_back(
        {{of.group, of.version, StringIn(resource, "kind")},
         plural,
         namespaced != nullptr && namespaced->is_boolean() && namespaced->get<bool>(),
         of.preferred, HasList(resource)});
  }
  return {};
}

void Finish(Discovery& discovery) {
  auto& failed = discovery.failed_groups;
  std::sort(failed.begin(), failed.end());
  failed.erase(std::unique(failed.begin(), failed.end()), failed.end());
}

const ApiResource* Discovery::Find(const Gvk& gvk) const {
  for (const ApiResource& resource : resources) {
    if (resource.gvk == gvk) return &resource;
  }
  return nullptr;
}

const ApiResource* Discovery::FindKind(std::string_view group,
                                       std::string_view kind) const {
  const ApiResource* found = nullptr;
  for (const ApiResource& resource : resources) {
    if (resource.gvk.group != group || resource.gvk.kind != kind) continue;
    if (resource.preferred) return &resource;
    if (found == nullptr) found = &resource;
  }
  return found;
}

}  // namespace holdfast
