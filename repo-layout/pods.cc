#include "repo-layout/pods.h"

#include <algorithm>
#include <array>

namespace holdfast {
namespace {

struct Engine {
  std::string_view image;  ///< What the last part of an image's name begins with.
  std::string_view name;
};

constexpr std::array<Engine, 13> kEngines = {{
    {"mysql", "mysql"},
    {"mariadb", "mariadb"},
    {"percona", "percona"},
    {"community-server", "mysql"},
    {"cassandra", "cassandra"},
    {"cass-management-api", "cassandra"},
    {"dse-server", "cassandra"},
    {"dse-mgmtapi", "cassandra"},
    {"scylla", "scylla"},
    {"postgres", "postgres"},
    {"mongo", "mongodb"},
    {"redis", "redis"},
    {"valkey", "valkey"},
}};

/// Programs beside a database whose images are named after it.
constexpr std::array<std::string_view, 12> kBeside = {
    "exporter", "operator", "backup", "client", "router", "proxy",
    "reaper",   "medusa",   "init",   "tools",  "shell",  "express"};

/// The last part of an image's name, without tag and digest.
std::string_view NameOf(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const auto slash = image.rfind('/');
  if (slash != image.npos) image.remove_prefix(slash + 1);
  return image.substr(0, image.find(':'));
}

bool IsReadOnly(const PodView& pods, const Json& volume) {
  const Json* read_only = FindIn(volume, "persistentVolumeClaim", "readOnly");
  if (read_only != nullptr && *read_only == true) return true;
  bool is_mounted = false;
  for (const ContainerView& container : pods.Containers()) {
    for (const Json& mount : ArrayIn(*container.json, "volumeMounts")) {
      if (StringIn(mount, "name") != StringIn(volume, "name")) continue;
      const Json* mount_read_only = FindIn(mount, "readOnly");
      if (mount_read_only == nullptr || *mount_read_only != true) return false;
      is_mounted = true;
    }
  }
  return is_mounted;
}

}  // namespace

PodView::PodView(const Object& object) {
  const Json& json = object.json();
  if (object.ref().Is("", "Pod")) {
    spec = FindIn(json, "spec");
    pointer = "/spec";
  } else if (object.ref().Is("batch", "CronJob")) {
    spec = FindIn(json, "spec", "jobTemplate", "spec", "template", "spec");
    pointer = "/spec/jobTemplate/spec/template/spec";
  } else {
    spec = FindIn(json, "spec", "template", "spec");
    pointer = "/spec/template/spec";
  }
}

std::vector<ContainerView> PodView::Containers() const {
  std::vector<ContainerView> views;
  if (spec == nullptr) return views;
  for (const char* list : {"initContainers", "containers"}) {
    std::size_t index = 0;
    for (const Json& container : ArrayIn(*spec, list)) {
      views.push_back({&container, pointer + "/" + list + "/" + std::to_string(index++),
                       std::string_view(list) == "initContainers"});
    }
  }
  return views;
}

std::vector<ClaimView> ClaimsOf(const PodView& pods) {
  std::vector<ClaimView> claims;
  if (pods.spec == nullptr) return claims;
  std::size_t index = 0;
  for (const Json& volume : ArrayIn(*pods.spec, "volumes")) {
    const std::string at = pods.pointer + "/volumes/" + std::to_string(index++);
    const std::string claim = StringIn(volume, "persistentVolumeClaim", "claimName");
    if (!claim.empty()) claims.push_back({claim, at, IsReadOnly(pods, volume)});
  }
  return claims;
}

std::string_view EngineOfImage(std::string_view image) {
  const std::string_view name = NameOf(image);
  for (const std::string_view word : kBeside) {
    if (name.find(word) != name.npos) return "";
  }
  if (name == "lite" && image.find("vitess/") != image.npos) return "vitess";
  for (const Engine& engine : kEngines) {
    if (name.starts_with(engine.image)) return engine.name;
  }
  return "";
}

std::string_view EngineOf(const PodView& pods) {
  for (const ContainerView& container : pods.Containers()) {
    if (container.is_init) continue;
    const std::string_view engine = EngineOfImage(StringIn(*container.json, "image"));
    if (!engine.empty()) return engine;
  }
  return "";
}

bool HoldsData(const Object& object, const PodView& pods) {
  if (pods.spec == nullptr) return false;
  if (object.ref().kind == "StatefulSet" || !EngineOf(pods).empty()) return true;
  const auto claims = ClaimsOf(pods);
  return std::any_of(claims.begin(), claims.end(),
                     [](const ClaimView& claim) { return !claim.read_only; });
}

}  // namespace holdfast
