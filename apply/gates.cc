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

namespace {

/// True if `live` is older than `written`. The API server counts its
/// resourceVersions upwards (KEP-5504), so the longer or greater number is newer.
bool IsOlder(const Object& live, const Object& written) {
  const std::string a = live.resource_version();
  const std::string b = written.resource_version();
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace

Health Gates::Of(const Object& written) {
  if (!IsWatched(written.ref())) return HealthOf(written, before_);
  const Object* live = Live(written.ref());
  if (live == nullptr) {
    if (!seen_.contains(written.ref())) return HealthOf(written, cache_.live());
    return {HealthState::kUnknown, "is not there any more: somebody deleted it"};
  }
  const bool same = live->uid() == written.uid();
  // A write that the watch has yet to tell: the server's answer to it knows more.
  if (IsOlder(*live, written)) return HealthOf(written, cache_.live());
  if (!same) {
    return {HealthState::kFailed, "somebody deleted it and made another of the same name"};
  }
  seen_.insert(written.ref());
  return HealthOf(*live, cache_.live());
}

std::optional<std::string> Gates::Blind() const {
  const auto& gaps = cache_.live().gaps;
  if (gaps.empty()) return std::nullopt;
  return "nothing is seen of " + gaps.front().what.kind + "s: " + gaps.front().why.message;
}

Status Gates::Wait(std::chrono::milliseconds up_to) {
  const auto changed = cache_.WaitForChange(up_to);
  if (!changed.ok()) return changed.error();
  return {};
}

}  // namespace holdfast
