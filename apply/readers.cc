#include "apply/readers.h"

#include <algorithm>
#include <map>
#include <utility>

#include "apply/pod_template.h"

namespace holdfast {
namespace {

/// The files of one volume that come from the source: path in the volume by key; empty
/// for all keys, each under its own name.
struct Files {
  bool all = false;
  std::map<std::string, std::string> path_by_key;

  /// True if a change of `keys` changes a file at or below `sub_path` ("" is the whole).
  bool Has(const std::set<std::string>& keys, const std::string& sub_path) const {
    const auto below = [&](const std::string& path) {
      return sub_path.empty() || path == sub_path || path.starts_with(sub_path + "/");
    };
    if (all && keys.empty()) return true;
    if (all) return std::any_of(keys.begin(), keys.end(), below);
    return std::any_of(path_by_key.begin(), path_by_key.end(), [&](const auto& file) {
      return (keys.empty() || keys.count(file.first) != 0) && below(file.second);
    });
  }
};

class Reader {
 public:
  Reader(const ObjectRef& source, const std::set<std::string>& keys)
      : source_(source), secret_(source.Is("", "Secret")), keys_(keys) {}

  std::vector<Reading> Read(const PodTemplate& pods) {
    for (const Json& volume : ArrayIn(pods.spec(), "volumes")) Volume(volume);
    for (const ContainerAt& container : pods.Containers()) {
      Env(*container.json);
      Mounts(*container.json);
    }
    for (const Json& pull : ArrayIn(pods.spec(), "imagePullSecrets")) {
      if (secret_ && StringIn(pull, "name") == source_.name) {
        Add(Reading::How::kPull, "imagePullSecrets");
      }
    }
    return std::move(found_);
  }

 private:
  void Add(Reading::How how, std::string what) {
    Reading reading{how, std::move(what)};
    if (std::find(found_.begin(), found_.end(), reading) == found_.end()) {
      found_.push_back(std::move(reading));
    }
  }

  void Env(const Json& container) {
    for (const Json& env : ArrayIn(container, "env")) {
      const Json& reference =
          MapIn(env, "valueFrom", secret_ ? "secretKeyRef" : "configMapKeyRef");
      if (StringIn(reference, "name") != source_.name) continue;
      if (!keys_.empty() && keys_.count(StringIn(reference, "key")) == 0) continue;
      Add(Reading::How::kEnv, "env " + StringIn(env, "name"));
    }
    for (const Json& from : ArrayIn(container, "envFrom")) {
      const Json& reference = MapIn(from, secret_ ? "secretRef" : "configMapRef");
      if (StringIn(reference, "name") == source_.name) Add(Reading::How::kEnv, "envFrom");
    }
  }

  /// Adds the files of a volume source: `secret`, `configMap`, or one of `projected`.
  void Source(const Json& from, const char* name_field, Files& files) {
    if (StringIn(from, name_field) != source_.name) return;
    const Json& items = ArrayIn(from, "items");
    if (items.empty()) files.all = true;
    for (const Json& item : items) {
      files.path_by_key[StringIn(item, "key")] = StringIn(item, "path");
    }
  }

  void Volume(const Json& volume) {
    Files files;
    if (secret_) {
      Source(MapIn(volume, "secret"), "secretName", files);
    } else {
      Source(MapIn(volume, "configMap"), "name", files);
    }
    for (const Json& one : ArrayIn(volume, "projected", "sources")) {
      Source(MapIn(one, secret_ ? "secret" : "configMap"), "name", files);
    }
    if (files.all || !files.path_by_key.empty())
      volumes_[StringIn(volume, "name")] = files;
  }

  void Mounts(const Json& container) {
    for (const Json& mount : ArrayIn(container, "volumeMounts")) {
      const auto volume = volumes_.find(StringIn(mount, "name"));
      if (volume == volumes_.end()) continue;
      const bool expands = FindIn(mount, "subPathExpr") != nullptr;
      const std::string sub_path = expands ? "" : StringIn(mount, "subPath");
      if (!volume->second.Has(keys_, sub_path)) continue;
      const bool by_sub_path = expands || !sub_path.empty();
      Add(by_sub_path ? Reading::How::kSubPath : Reading::How::kVolume,
          StringIn(mount, "mountPath"));
    }
  }

  const ObjectRef& source_;
  const bool secret_;
  const std::set<std::string>& keys_;
  std::map<std::string, Files> volumes_;
  std::vector<Reading> found_;
};

}  // namespace

std::vector<Reading> ReadingsOf(const Object& workload, const ObjectRef& source,
                                const std::set<std::string>& keys) {
  if (workload.ref().name_space != source.name_space) return {};
  const PodTemplate pods(workload);
  if (!pods.exists()) return {};
  return Reader(source, keys).Read(pods);
}

}  // namespace holdfast
