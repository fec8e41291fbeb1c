#include "apply/shared_storage.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace holdfast {
namespace {

/// "/a/b", however many '/' and "." it was written with.
std::string Clean(const std::string& path) {
  std::string clean;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string name = path.substr(at, end - at);
    if (!name.empty() && name != ".") clean += "/" + name;
    at = end + 1;
  }
  return clean.empty() ? "/" : clean;
}

/// Empty for a volume that is no folder on a node.
std::string FolderOnNode(const Object& volume) {
  const Json& spec = MapIn(volume.json(), "spec");
  std::string path = StringIn(spec, "hostPath", "path");
  if (path.empty()) path = StringIn(spec, "local", "path");
  return path.empty() ? path : Clean(path);
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

std::string ProvisionerOf(const Object& volume) {
  return volume.annotation("pv.kubernetes.io/provisioned-by");
}

/// What a CSI driver noted with the volume; they read `name` in any case of letters.
std::string AttributeOf(const Object& volume, std::string_view name) {
  const auto same = [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  };
  for (const auto& [key, value] :
       MapIn(volume.json(), "spec", "csi", "volumeAttributes").items()) {
    if (!value.is_string()) continue;
    if (std::equal(key.begin(), key.end(), name.begin(), name.end(), same)) {
      return value.get<std::string>();
    }
  }
  return "";
}

struct ServerFolder {
  std::string server;
  std::string path;   ///< Empty for a volume that is on no file server.
  bool told = false;  ///< Else it is somewhere within `path`.
};

/// csi-driver-nfs has server and share, csi-driver-smb source ("//server/share"); both
/// make a folder subDir in it for each volume, and a handle that is unique all the same.
ServerFolder FolderOnServer(const Object& volume) {
  if (const Json* nfs = FindIn(volume.json(), "spec", "nfs")) {
    return {StringIn(*nfs, "server"), Clean(StringIn(*nfs, "path")), true};
  }
  const std::string server = AttributeOf(volume, "server");
  const std::string share = AttributeOf(volume, "source") + AttributeOf(volume, "share");
  if (server.empty() && share.empty()) return {};
  const std::string folder = AttributeOf(volume, "subDir");
  // One that was made by hand is the share itself; a provisioner that does not say which
  // folder it has made has made one nevertheless.
  const bool made_by_hand = ProvisionerOf(volume).empty();
  const bool told = folder.empty() ? made_by_hand : folder.find("${") == folder.npos;
  return {server, Clean(share + "/" + folder), told && !share.empty()};
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

std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool OfOneProvisioner(const Object& one, const Object& other) {
  const auto same = [](const std::string& a, const std::string& b) {
    return !a.empty() && a == b;
  };
  const auto driver = [](const Object& volume) {
    return StringIn(volume.json(), "spec", "csi", "driver");
  };
  const auto is_nfs = [](const Object& volume) {
    return FindIn(volume.json(), "spec", "nfs") != nullptr;
  };
  return same(ProvisionerOf(one), ProvisionerOf(other)) ||
         same(driver(one), driver(other)) || (is_nfs(one) && is_nfs(other));
}

}  // namespace

SharedStorage::SharedStorage(const Snapshot& live) {
  for (const Object* volume : live.All("", "PersistentVolume")) {
    const std::string folder = FolderOnNode(*volume);
    if (!folder.empty()) {
      on_nodes_.emplace(std::pair("", folder), Place{volume, NodeOf(*volume)});
    }
    const ServerFolder served = FolderOnServer(*volume);
    if (served.told) {
      on_servers_.emplace(std::pair(served.server, served.path), Place{volume, ""});
    }
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
  const std::string folder = FolderOnNode(volume);
  if (folder.empty()) return nullptr;
  return OtherIn(on_nodes_, "", folder, {&volume, NodeOf(volume)});
}

const Object* SharedStorage::OtherOnServer(const Object& volume) const {
  const ServerFolder folder = FolderOnServer(volume);
  if (!folder.told) return nullptr;
  return OtherIn(on_servers_, folder.server, folder.path, {&volume, ""});
}

bool SharedStorage::MayBeOneFolder(const Object& one, const Object& other) {
  const ServerFolder a = FolderOnServer(one);
  const ServerFolder b = FolderOnServer(other);
  if (a.path.empty() || b.path.empty() || !OfOneProvisioner(one, other)) return false;
  // One server may have two names, and a share two paths; a folder has one name.
  return !a.told || !b.told || NameOf(a.path) == NameOf(b.path);
}

const Object* SharedStorage::OtherIn(const Places& places, const std::string& server,
                                     const std::string& path, const Place& of) {
  const auto is_other = [&](const Place& place) {
    const bool same_node = of.node.empty() || place.node.empty() || of.node == place.node;
    return same_node && place.volume->ref() != of.volume->ref();
  };
  // Those within it follow it; those around it have one of its parents for a path.
  for (auto it = places.lower_bound({server, path});
       it != places.end() && it->first.first == server &&
       it->first.second.starts_with(path);
       ++it) {
    if (IsWithin(it->first.second, path) && is_other(it->second)) {
      return it->second.volume;
    }
  }
  for (std::string parent = path; parent != "/";) {
    parent.resize(parent.rfind('/'));
    if (parent.empty()) parent = "/";
    const auto [begin, end] = places.equal_range({server, parent});
    for (auto it = begin; it != end; ++it) {
      if (is_other(it->second)) return it->second.volume;
    }
  }
  return nullptr;
}

}  // namespace holdfast
