#include "apply/cluster.h"

namespace holdfast {

const ApiResource* Discovery::Find(const Gvk& gvk) const {
  for (const ApiResource& resource : resources) {
    if (resource.gvk == gvk) return &resource;
  }
  return nullptr;
}

const ApiResource* Discovery::FindKind(std::string_view group, std::string_view kind) const {
  const ApiResource* found = nullptr;
  for (const ApiResource& resource : resources) {
    if (resource.gvk.group != group || resource.gvk.kind != kind) continue;
    if (resource.preferred) return &resource;
    if (found == nullptr) found = &resource;
  }
  return found;
}

}  // namespace holdfast
