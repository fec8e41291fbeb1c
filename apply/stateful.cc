#include "apply/stateful.h"

#include <algorithm>
#include <iterator>

#include "apply/kinds.h"
#include "apply/pod_template.h"

namespace holdfast {
namespace {

std::string SourceName(const Json& volume) {
  const std::string claim = StringIn(volume, "persistentVolumeClaim", "claimName");
  if (!claim.empty()) return "claim " + claim;
  for (auto it = volume.begin(); it != volume.end(); ++it) {
    if (it.key() == "name") continue;
    const std::string path = StringIn(it.value(), "path");
    return path.empty() ? it.key() : it.key() + " " + path;
  }
  return "emptyDir";
}

std::string WithoutSlash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

bool Covers(std::string_view mount, std::string_view directory) {
  if (mount == directory || mount == "/") return true;
  return directory.starts_with(mount) && directory[mount.size()] == '/';
}

constexpr const char* kEphemeral = "ephemeral";  // SourceName of such a volume.

/// What one container keeps on volumes that go with the pod.
void AppendPodData(const std::string& container, const Engine* engine,
                   const std::vector<DataMount>& mounts, std::vector<PodData>& found) {
  const std::string directory(engine == nullptr ? "" : engine->data_dir);
  const DataMount* over =
      directory.empty() ? nullptr : MountOver(mounts, container, directory);
  if (over != nullptr && over->source == "emptyDir") {
    found.push_back({engine, directory, *over, false});
  }
  const bool on_claim = std::any_of(
      mounts.begin(), mounts.end(),
      [&](const DataMount& one) { return one.container == container && one.is_claim; });
  for (const DataMount& mount : mounts) {
    if (mount.container != container || mount.source != kEphemeral) continue;
    const bool is_place = over != nullptr ? over->pointer == mount.pointer : !on_claim;
    const bool below = !directory.empty() && Covers(directory, mount.mount_path);
    if (is_place || below) found.push_back({engine, mount.mount_path, mount, true});
  }
}

}  // namespace

const Engine* EngineOf(const Object& object) {
  for (const ContainerAt& container : PodTemplate(object).Containers()) {
    if (container.init) continue;
    if (const Engine* engine = EngineOfImage(StringIn(*container.json, "image")))
      return engine;
  }
  return nullptr;
}

std::string EngineClusterOf(const Object& object) {
  const Engine* engine = EngineOf(object);
  if (engine == nullptr) return "";
  for (const ContainerAt& container : PodTemplate(object).Containers()) {
    for (const Json& variable : ArrayIn(*container.json, "env")) {
      const std::string name = StringIn(variable, "name");
      const bool names_cluster =
          name.ends_with("CLUSTER_NAME") || name.ends_with("REPLICA_SET_NAME");
      const std::string value = StringIn(variable, "value");
      if (names_cluster && !value.empty()) return std::string(engine->name) + " " + value;
    }
  }
  return "";
}

bool IsStateful(const Object& object) {
  if (IsStatefulSet(object.ref())) return true;
  const PodTemplate pods(object);
  if (!pods.exists()) return false;
  if (!ArrayIn(object.json(), "spec", "volumeClaimTemplates").empty()) return true;
  const auto claims = MountedClaims(pods);
  const bool writes = std::any_of(claims.begin(), claims.end(),
                                  [](const MountedClaim& one) { return !one.read_only; });
  return writes || EngineOf(object) != nullptr;
}

bool IsStorageDriver(const Object& object) {
  for (const ContainerAt& container : PodTemplate(object).Containers()) {
    const std::string image = StringIn(*container.json, "image");
    const std::string_view name = ImageName(image);
    if (name.ends_with("-provisioner") || name.starts_with("csi-") ||
        name.find("csi-driver") != std::string_view::npos || name.ends_with("-csi")) {
      return true;
    }
  }
  return false;
}

std::vector<std::string> EphemeralVolumes(const Object& object) {
  std::vector<std::string> names;
  for (const Json& volume : ArrayIn(PodTemplate(object).spec(), "volumes")) {
    if (FindIn(volume, "ephemeral") != nullptr) names.push_back(StringIn(volume, "name"));
  }
  return names;
}

std::vector<DataMount> MountsOf(const Object& object) {
  const PodTemplate pods(object);
  const Json& volumes = ArrayIn(pods.spec(), "volumes");
  const auto templates = ClaimTemplateNames(object);
  std::vector<DataMount> found;
  for (const ContainerAt& container : pods.Containers()) {
    const Json& mounts = ArrayIn(*container.json, "volumeMounts");
    for (std::size_t i = 0; i < mounts.size(); ++i) {
      DataMount mount;
      mount.container = StringIn(*container.json, "name");
      mount.mount_path = WithoutSlash(StringIn(mounts[i], "mountPath"));
      mount.sub_path =
          StringIn(mounts[i], "subPath") + StringIn(mounts[i], "subPathExpr");
      mount.volume = StringIn(mounts[i], "name");
      mount.pointer = container.pointer() + "/volumeMounts/" + std::to_string(i);
      // A template wins over a volume of the same name, as Kubernetes does it.
      if (std::find(templates.begin(), templates.end(), mount.volume) !=
          templates.end()) {
        mount.source = "claim template " + mount.volume;
        mount.is_claim = true;
      } else {
        for (const Json& volume : volumes) {
          if (StringIn(volume, "name") == mount.volume) mount.source = SourceName(volume);
        }
        mount.is_claim = mount.source.starts_with("claim ");
      }
      found.push_back(std::move(mount));
    }
  }
  return found;
}

const DataMount* MountOver(const std::vector<DataMount>& mounts,
                           const std::string& container, std::string_view directory) {
  const DataMount* longest = nullptr;
  for (const DataMount& mount : mounts) {
    if (mount.container != container || !Covers(mount.mount_path, directory)) continue;
    if (longest == nullptr || mount.mount_path.size() > longest->mount_path.size()) {
      longest = &mount;
    }
  }
  return longest;
}

std::vector<PodData> DataOfPods(const Object& object) {
  std::vector<PodData> found;
  const auto mounts = MountsOf(object);
  const bool any_claim = std::any_of(mounts.begin(), mounts.end(),
                                     [](const DataMount& one) { return one.is_claim; });
  for (const ContainerAt& container : PodTemplate(object).Containers()) {
    if (container.init) continue;
    const Engine* engine = EngineOfImage(StringIn(*container.json, "image"));
    if (engine == nullptr && (any_claim || !IsStatefulSet(object.ref()))) continue;
    AppendPodData(StringIn(*container.json, "name"), engine, mounts, found);
  }
  return found;
}

}  // namespace holdfast
