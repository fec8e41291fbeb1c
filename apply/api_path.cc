#include "apply/api_path.h"

#include <algorithm>

namespace holdfast {
namespace {

std::string KindName(const Gvk& gvk) { return gvk.kind + " (" + gvk.ApiVersion() + ")"; }

}  // namespace

Result<const ApiResource*> Resolve(const Discovery& discovery, const Gvk& gvk) {
  if (const ApiResource* found = discovery.Find(gvk)) return found;
  const auto& failed = discovery.failed_groups;
  if (std::find(failed.begin(), failed.end(), gvk.group) != failed.end()) {
    return Error{ErrorCode::kUnavailable,
                 "the API server cannot tell at present what the group " + gvk.group +
                     " serves, so whether it knows " + KindName(gvk) +
                     " is unknown; look at its APIService"};
  }
  std::string near;
  for (const ApiResource& resource : discovery.resources) {
    if (resource.gvk.kind != gvk.kind) continue;
    near += (near.empty() ? "" : ", ") + resource.gvk.ApiVersion();
  }
  return Invalid("the API server does not know the kind " + KindName(gvk) +
                 (near.empty() ? "; is its CustomResourceDefinition missing?"
                               : "; it serves " + gvk.kind + " as " + near));
}

std::string CollectionPath(const ApiResource& resource, std::string_view name_space) {
  std::string path = resource.gvk.group.empty()
                         ? "/api/" + PercentEncoded(resource.gvk.version)
                         : "/apis/" + PercentEncoded(resource.gvk.group) + "/" +
                               PercentEncoded(resource.gvk.version);
  if (resource.namespaced && !name_space.empty()) {
    path += "/namespaces/" + PercentEncoded(name_space);
  }
  return path + "/" + PercentEncoded(resource.plural);
}

Result<std::string> ObjectPath(const ApiResource& resource, std::string_view name_space,
                               std::string_view name) {
  // An empty name would make the path that of all objects; "." and ".." that of another.
  if (name.empty() || name == "." || name == "..") {
    return Invalid(resource.gvk.kind + " \"" + std::string(name) +
                   "\" has no usable name");
  }
  if (resource.namespaced && name_space.empty()) {
    return Invalid(resource.gvk.kind + " " + std::string(name) + " needs a namespace");
  }
  if (!resource.namespaced && !name_space.empty()) {
    return Invalid(
        resource.gvk.kind + " " + std::string(name) +
        " belongs to no namespace, but one is given: " + std::string(name_space));
  }
  return CollectionPath(resource, name_space) + "/" + PercentEncoded(name);
}

std::string Query(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string query;
  for (const auto& [name, value] : parameters) {
    if (value.empty()) continue;
    query += (query.empty() ? "?" : "&") + name + "=" + PercentEncoded(value);
  }
  return query;
}

std::string PercentEncoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kDigits[byte >> 4];
    encoded += kDigits[byte & 15U];
  }
  return encoded;
}

}  // namespace holdfast
