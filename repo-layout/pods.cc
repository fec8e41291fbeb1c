#include "repo-layout/pods.h"

#include <algorithm>

#include "diff/engine.h"

namespace holdfast {
namespace {

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

bool RunsEngine(const PodView& pods) {
  const auto containers = pods.Containers();
  return std::any_of(containers.begin(), containers.end(), [](const ContainerView& container) {
    return !container.is_init && EngineOfImage(StringIn(*container.json, "image")) != nullptr;
  });
}

bool HoldsData(const Object& object, const PodView& pods) {
  if (pods.spec == nullptr) return false;
  if (object.ref().kind == "StatefulSet" || RunsEngine(pods)) return true;
  const auto claims = ClaimsOf(pods);
  return std::any_of(claims.begin(), claims.end(),
                     [](const ClaimView& claim) { return !claim.read_only; });
}

}  // namespace holdfast
