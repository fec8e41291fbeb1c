#include "apply/stateful.h"

#include <algorithm>
#include <iterator>

#include "apply/kinds.h"
#include "apply/pod_template.h"

namespace holdfast {
namespace {

struct KnownImage {
  std::string_view basename;
  bool prefix;  ///< True: any basename that begins so.
  Engine engine;
};

constexpr KnownImage kImages[] = {
    {"mysql", false, {"MySQL", "/var/lib/mysql", false}},
    {"mysql-server", false, {"MySQL", "/var/lib/mysql", false}},
    {"mariadb", false, {"MariaDB", "/var/lib/mysql", false}},
    {"percona", true, {"Percona Server", "/var/lib/mysql", false}},
    {"cassandra", false, {"Cassandra", "/var/lib/cassandra", true}},
    {"cass-management-api", false, {"Cassandra", "/var/lib/cassandra", true}},
    {"dse-server", false, {"DataStax Enterprise", "/var/lib/cassandra", true}},
    {"scylla", false, {"Scylla", "/var/lib/scylla", true}},
    {"lite", false, {"Vitess", "", false}},
    {"postgres", false, {"PostgreSQL", "/var/lib/postgresql/data", false}},
    {"postgresql", false, {"PostgreSQL", "", false}},
    {"mongo", false, {"MongoDB", "/data/db", false}},
    {"mongodb", false, {"MongoDB", "", false}},
    {"elasticsearch", false, {"Elasticsearch", "/usr/share/elasticsearch/data", false}},
    {"etcd", false, {"etcd", "", true}},
};

/// "host:5000/library/mysql:8.0@sha256:..." -> "mysql".
std::string_view BaseName(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const auto slash = image.rfind('/');
  if (slash != std::string_view::npos) image = image.substr(slash + 1);
  return image.substr(0, image.find(':'));
}

/// Also "cassandra" for "gcr.io/google-samples/cassandra:v13", but "lite" only of Vitess.
bool Matches(const KnownImage& known, std::string_view image) {
  const std::string_view name = BaseName(image);
  if (known.basename == "lite" && image.find("vitess") == std::string_view::npos) return false;
  return known.prefix ? name.starts_with(known.basename) : name == known.basename;
}

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

}  // namespace

const Engine* EngineOfImage(std::string_view image) {
  const auto found =
      std::find_if(std::begin(kImages), std::end(kImages),
                   [&](const KnownImage& known) { return Matches(known, image); });
  return found == std::end(kImages) ? nullptr : &found->engine;
}

const Engine* EngineOf(const Object& object) {
  for (const ContainerAt& container : PodTemplate(object).Containers()) {
    if (container.init) continue;
    if (const Engine* engine = EngineOfImage(StringIn(*container.json, "image"))) return engine;
  }
  return nullptr;
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
    const std::string_view name = BaseName(image);
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
      mount.sub_path = StringIn(mounts[i], "subPath") + StringIn(mounts[i], "subPathExpr");
      mount.volume = StringIn(mounts[i], "name");
      mount.pointer = container.pointer + "/volumeMounts/" + std::to_string(i);
      // A template wins over a volume of the same name, as Kubernetes does it.
      if (std::find(templates.begin(), templates.end(), mount.volume) != templates.end()) {
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

const DataMount* MountOver(const std::vector<DataMount>& mounts, const std::string& container,
                           std::string_view directory) {
  const DataMount* longest = nullptr;
  for (const DataMount& mount : mounts) {
    if (mount.container != container || !Covers(mount.mount_path, directory)) continue;
    if (longest == nullptr || mount.mount_path.size() > longest->mount_path.size()) {
      longest = &mount;
    }
  }
  return longest;
}

}  // namespace holdfast
