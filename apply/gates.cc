#include "apply/gates.h"

#include <algorithm>
#include <utility>

namespace holdfast {
namespace {

const Gvk kPod{"", "v1", "Pod"};
const Gvk kClaim{"", "v1", "PersistentVolumeClaim"};
const Gvk kStorageClass{"storage.k8s.io", "v1", "StorageClass"};

bool RunsPods(const ObjectRef& ref) {
  return ref.group == "apps" || ref.group == "batch";
}

}  // namespace

Gates::Gates(Cluster& cluster, const Snapshot& before) : before_(before), cache_(cluster) {}

Status Gates::Watch(const std::vector<const Object*>& objects) {
  std::set<std::pair<Gvk, std::string>> wanted;
  for (const Object* object : objects) {
    const std::string& name_space = object->ref().name_space;
    wanted.emplace(object->gvk(), name_space);
    if (object->ref().Is("", "PersistentVolumeClaim")) wanted.emplace(kStorageClass, "");
    if (RunsPods(object->ref())) {
      wanted.emplace(kPod, name_space);
      wanted.emplace(kClaim, name_space);
      wanted.emplace(kStorageClass, "");
    }
  }
  std::vector<ListCall> calls;
  for (const auto& [gvk, name_space] : wanted) {
    if (watched_.emplace(gvk, name_space).second) calls.push_back({gvk, name_space, ""});
  }
  if (calls.empty()) return {};
  return cache_.Add(calls);
}

bool Gates::IsWatched(const ObjectRef& ref) const {
  return std::any_of(watched_.begin(), watched_.end(), [&](const auto& watched) {
    return ref.Is(watched.first.group, watched.first.kind) &&
           (watched.second.empty() || watched.second == ref.name_space);
  });
}

const Object* Gates::Live(const ObjectRef& ref) const { return cache_.live().Find(ref); }

Health Gates::Of(const Object& written) const {
  if (!IsWatched(written.ref())) return HealthOf(written, before_);
  const Object* live = Live(written.ref());
  if (live == nullptr) {
    return {HealthState::kUnknown, "is not there any more: somebody deleted it"};
  }
  if (live->uid() != written.uid()) {
    return {HealthState::kFailed, "somebody deleted it and made another of the same name"};
  }
  return HealthOf(*live, cache_.live());
}

Status Gates::Wait(std::chrono::milliseconds up_to) {
  const auto changed = cache_.WaitForChange(up_to);
  if (!changed.ok()) return changed.error();
  return {};
}

}  // namespace holdfast
