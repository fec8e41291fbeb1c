#include "apply/gates.h"

#include <algorithm>
#include <utility>

#include "apply/health_gates.h"
#include "apply/kinds.h"
#include "apply/outlook.h"

namespace holdfast {
namespace {

const Gvk kPod{"", "v1", "Pod"};
const Gvk kClaim{"", "v1", "PersistentVolumeClaim"};
const Gvk kStorageClass{"storage.k8s.io", "v1", "StorageClass"};
const Gvk kEvent{"", "v1", "Event"};
const Gvk kSlice{"discovery.k8s.io", "v1", "EndpointSlice"};
const Gvk kAccount{"", "v1", "ServiceAccount"};

}  // namespace

Gates::Gates(Cluster& cluster, const Snapshot& before, std::set<std::string> with_bare_pods)
    : before_(before), with_bare_pods_(std::move(with_bare_pods)), cache_(cluster) {}

Status Gates::Watch(const std::vector<const Object*>& objects) {
  std::set<std::pair<Gvk, std::string>> wanted;
  std::set<std::pair<Gvk, std::string>> good_to_see;
  for (const Object* object : objects) {
    const std::string& name_space = object->ref().name_space;
    wanted.emplace(object->gvk(), name_space);
    for (const ObjectRef& service : ServicesBehind(*object)) {
      wanted.emplace(kSlice, service.name_space);
    }
    if (IsClaim(object->ref())) wanted.emplace(kStorageClass, "");
    if (object->ref().Is("snapshot.storage.k8s.io", "VolumeSnapshot")) {
      Gvk content = object->gvk();
      content.kind = "VolumeSnapshotContent";
      good_to_see.emplace(content, "");
    }
    if (NeedsAccount(object->ref())) good_to_see.emplace(kAccount, object->ref().name);
    if (RunsPods(object->ref())) {
      wanted.emplace(kPod, name_space);
      wanted.emplace(kClaim, name_space);
      wanted.emplace(kStorageClass, "");
    }
  }
  const auto unwatched = [&](const std::set<std::pair<Gvk, std::string>>& kinds) {
    std::vector<ListCall> calls;
    for (const auto& [gvk, name_space] : kinds) {
      if (watched_.emplace(gvk, name_space).second) calls.push_back({gvk, name_space, ""});
    }
    return calls;
  };
  cache_.AddIfPossible(unwatched(good_to_see));
  const std::vector<ListCall> calls = unwatched(wanted);
  return calls.empty() ? Status() : cache_.Add(calls);
}

bool Gates::IsWatched(const ObjectRef& ref) const {
  return std::any_of(watched_.begin(), watched_.end(), [&](const auto& watched) {
    return ref.Is(watched.first.group, watched.first.kind) &&
           (watched.second.empty() || watched.second == ref.name_space);
  });
}

void Gates::WatchEvents(const std::string& name_space) {
  if (!events_of_.insert(name_space).second) return;
  cache_.AddIfPossible({{kEvent, name_space, ""}});
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

const Object& Gates::Newest(const Object& written) const {
  const Object* live = Live(written.ref());
  const bool newer =
      live != nullptr && live->uid() == written.uid() && !IsOlder(*live, written);
  return newer ? *live : written;
}

Health Gates::Of(const Object& written) {
  const bool unlooked =
      NeedsAccount(written.ref()) && !watched_.contains({kAccount, written.ref().name});
  if (unlooked) return {HealthState::kUnknown, "not looked at yet"};
  if (!IsWatched(written.ref())) return HealthOf(written, before_);
  const Object* live = Live(written.ref());
  if (live == nullptr) {
    if (!seen_.contains(written.ref())) return HealthOf(written, cache_.live());
    // A Job may remove itself when it has ended, and how it ended was not seen.
    if (FindIn(written.json(), "spec", "ttlSecondsAfterFinished") != nullptr) {
      return {HealthState::kUnknown, "is not there any more: it removes itself when it ends"};
    }
    return {HealthState::kFailed,
            "is not there any more: somebody deleted it; the next run makes it anew"};
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
  for (const Snapshot::Gap& gap : cache_.live().gaps) {
    if (gap.what.Is("", "Event")) continue;
    return "nothing is seen of " + gap.what.kind + "s: " + gap.why.message;
  }
  return std::nullopt;
}

/// A claim of a template or a ReplicaSet says by its name alone whose it is:
/// "data-cassandra-0", "app-5d9f". Too many are named rather than too few.
void Gates::AddByName(const ObjectRef& involved, std::set<ObjectRef>& concerned) const {
  const std::string& name = involved.name;
  const std::string stem = name.substr(0, name.rfind('-'));
  if (involved.Is("apps", "ReplicaSet")) {
    concerned.insert({"apps", "Deployment", involved.name_space, stem});
  }
  if (involved.Is("batch", "Job")) {
    concerned.insert({"batch", "CronJob", involved.name_space, stem});
  }
  if (!IsClaim(involved)) return;
  for (auto dash = stem.find('-'); dash != std::string::npos;
       dash = stem.find('-', dash + 1)) {
    concerned.insert({"apps", "StatefulSet", involved.name_space, stem.substr(dash + 1)});
  }
}

void Gates::AddConcerned(const ObjectRef& changed, std::set<ObjectRef>& concerned) {
  concerned.insert(changed);
  const Object* live = Live(changed);
  if (changed.Is("", "Pod")) {
    if (live != nullptr) root_of_pod_[changed] = RootController(*live, cache_.live());
    const auto root = root_of_pod_.find(changed);
    if (root != root_of_pod_.end()) concerned.insert(root->second);
  } else if (changed.Is("", "Event")) {
    if (live == nullptr) return;
    const Json& about = MapIn(live->json(), "involvedObject");
    const std::string version = StringIn(about, "apiVersion");
    const auto slash = version.find('/');
    const ObjectRef involved{
        slash == std::string::npos ? "" : version.substr(0, slash),
        StringIn(about, "kind"), changed.name_space, StringIn(about, "name")};
    if (!involved.Is("", "Event")) AddConcerned(involved, concerned);
  } else if (changed.Is("", "ServiceAccount")) {
    concerned.insert({"", "Namespace", "", changed.name_space});
  } else if (changed.kind == "VolumeSnapshotContent") {
    if (live == nullptr) return;
    const Json& of = MapIn(live->json(), "spec", "volumeSnapshotRef");
    concerned.insert(
        {changed.group, "VolumeSnapshot", StringIn(of, "namespace"), StringIn(of, "name")});
  } else if (IsStorageClass(changed) || changed.Is(kSlice.group, kSlice.kind)) {
    // Claims of any namespace, what leads to pods of any namespace.
    concerned.insert({"", "", "", ""});
  }
  AddByName(changed, concerned);
}

Result<std::set<ObjectRef>> Gates::Wait(std::chrono::milliseconds up_to) {
  const auto changed = cache_.WaitForChange(up_to);
  if (!changed.ok()) return changed.error();
  std::set<ObjectRef> concerned;
  for (const ObjectRef& ref : *changed) AddConcerned(ref, concerned);
  return concerned;
}

}  // namespace holdfast
