#include "apply/shared_storage.h"

namespace holdfast {
namespace {

std::string FolderOf(const Object& volume) {
  const Json& spec = MapIn(volume.json(), "spec");
  std::string path = StringIn(spec, "hostPath", "path");
  if (path.empty()) path = StringIn(spec, "local", "path");
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::string NodeOf(const Object& volume) {
  std::string node;
  for (const Json& term :
       ArrayIn(volume.json(), "spec", "nodeAffinity", "required", "nodeSelectorTerms")) {
    for (const Json& one : ArrayIn(term, "matchExpressions")) {
      const Json& values = ArrayIn(one, "values");
      if (StringIn(one, "key") == "kubernetes.io/hostname" && values.size() == 1 &&
          values.front().is_string()) {
        node = values.front().get<std::string>();
      }
    }
  }
  return node;
}

/// Empty for a volume that is not behind a CSI driver.
std::string DiskOf(const Object& volume) {
  const std::string handle = StringIn(volume.json(), "spec", "csi", "volumeHandle");
  if (handle.empty()) return "";
  return StringIn(volume.json(), "spec", "csi", "driver") + "\n" + handle;
}

bool IsWithin(const std::string& inner, const std::string& outer) {
  return inner == outer || inner.starts_with(outer == "/" ? outer : outer + "/");
}

}  // namespace

SharedStorage::SharedStorage(const Snapshot& live) {
  for (const Object* volume : live.All("", "PersistentVolume")) {
    const std::string folder = FolderOf(*volume);
    if (!folder.empty()) folders_.emplace(folder, Place{volume, NodeOf(*volume)});
    const std::string disk = DiskOf(*volume);
    if (!disk.empty()) disks_.emplace(disk, volume);
  }
}

const Object* SharedStorage::OtherAt(const Object& volume) const {
  const std::string disk = DiskOf(volume);
  const auto [first, last] = disks_.equal_range(disk);
  for (auto it = first; !disk.empty() && it != last; ++it) {
    if (it->second->ref() != volume.ref()) return it->second;
  }
  const std::string folder = FolderOf(volume);
  if (folder.empty()) return nullptr;
  const std::string node = NodeOf(volume);
  const auto is_other = [&](const Place& place) {
    const bool same_node = node.empty() || place.node.empty() || node == place.node;
    return same_node && place.volume->ref() != volume.ref();
  };
  // Those within it follow it; those around it have one of its parents for a path.
  for (auto it = folders_.lower_bound(folder);
       it != folders_.end() && it->first.starts_with(folder); ++it) {
    if (IsWithin(it->first, folder) && is_other(it->second)) return it->second.volume;
  }
  for (std::string parent = folder; parent != "/" && !parent.empty();) {
    parent.resize(parent.rfind('/') == std::string::npos ? 0 : parent.rfind('/'));
    if (parent.empty()) parent = "/";
    const auto [begin, end] = folders_.equal_range(parent);
    for (auto it = begin; it != end; ++it) {
      if (is_other(it->second)) return it->second.volume;
    }
  }
  return nullptr;
}

}  // namespace holdfast
