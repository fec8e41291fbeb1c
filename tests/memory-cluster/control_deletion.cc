// What goes when something else does: finalizers, garbage collection, the end of a
// namespace and of a custom kind.

#include <algorithm>

#include "tests/memory-cluster/controllers.h"

namespace holdfast::memory {
namespace {

constexpr const char* kClaimProtection = "kubernetes.io/pvc-protection";
constexpr const char* kVolumeProtection = "kubernetes.io/pv-protection";
constexpr const char* kKindCleanup = "customresourcecleanup.apiextensions.k8s.io";

bool HasFinalizer(const Object& object, const char* name) {
  const Json& finalizers = ArrayIn(object.json(), "metadata", "finalizers");
  return std::find(finalizers.begin(), finalizers.end(), Json(name)) != finalizers.end();
}

void DropFinalizer(MemoryServer& server, const Object& object, const char* name) {
  Json json = object.json();
  Json& finalizers = json["metadata"]["finalizers"];
  finalizers.erase(std::find(finalizers.begin(), finalizers.end(), Json(name)));
  server.PutOrRemove(std::move(json));
}

bool Mounts(const Object& pod, const std::string& claim) {
  for (const Json& volume : ArrayIn(pod.json(), "spec", "volumes")) {
    if (StringIn(volume, "persistentVolumeClaim", "claimName") == claim) return true;
  }
  return false;
}

/// A pod that has a node keeps its claims, also when it has ended.
bool LetClaimsGo(MemoryServer& server) {
  for (const Object* claim : server.All("", "PersistentVolumeClaim")) {
    if (!claim->terminating() || !HasFinalizer(*claim, kClaimProtection)) continue;
    const auto pods = server.All("", "Pod", claim->ref().name_space);
    const bool used = std::any_of(pods.begin(), pods.end(), [&](const Object* pod) {
      return !StringIn(pod->json(), "spec", "nodeName").empty() &&
             Mounts(*pod, claim->ref().name);
    });
    if (used) continue;
    DropFinalizer(server, *claim, kClaimProtection);
    return true;
  }
  return false;
}

bool LetVolumesGo(MemoryServer& server) {
  for (const Object* volume : server.All("", "PersistentVolume")) {
    if (!volume->terminating() || !HasFinalizer(*volume, kVolumeProtection)) continue;
    if (StringIn(volume->json(), "status", "phase") == "Bound") continue;
    DropFinalizer(server, *volume, kVolumeProtection);
    return true;
  }
  return false;
}

std::vector<const Object*> WithOwners(const MemoryServer& server) {
  std::vector<const Object*> owned;
  for (const Object* object : server.Everything()) {
    if (!ArrayIn(object->json(), "metadata", "ownerReferences").empty())
      owned.push_back(object);
  }
  return owned;
}

bool OwnerIsThere(const Json& owner, const Object& dependent,
                  const MemoryServer& server) {
  const auto gvk = Gvk::Parse(StringIn(owner, "apiVersion"), StringIn(owner, "kind"));
  if (!gvk.ok()) return false;
  for (const std::string& space : {dependent.ref().name_space, std::string()}) {
    const Object* live =
        server.Find({gvk->group, gvk->kind, space, StringIn(owner, "name")});
    if (live != nullptr && live->uid() == StringIn(owner, "uid")) return true;
  }
  return false;
}

/// Background garbage collection: who has owners, none of which is there, goes.
bool Collect(MemoryServer& server) {
  for (const Object* object : WithOwners(server)) {
    if (object->terminating()) continue;
    const Json& owners = ArrayIn(object->json(), "metadata", "ownerReferences");
    const bool any = std::any_of(owners.begin(), owners.end(), [&](const Json& owner) {
      return OwnerIsThere(owner, *object, server);
    });
    if (any) continue;
    (void)server.Delete(object->ref(), {.uid = object->uid(), .resource_version = ""},
                        Propagation::kBackground, WriteMode::kReal);
    return true;
  }
  return false;
}

/// An object that is deleted with propagation Orphan: its dependents forget it first.
bool Orphan(MemoryServer& server) {
  for (const Object* owner : server.Everything()) {
    if (!owner->terminating() || !HasFinalizer(*owner, "orphan")) continue;
    for (const Object* object : WithOwners(server)) {
      Json json = object->json();
      Json& owners = json["metadata"]["ownerReferences"];
      const auto left = std::remove_if(
          owners.begin(), owners.end(),
          [&](const Json& one) { return StringIn(one, "uid") == owner->uid(); });
      if (left == owners.end()) continue;
      owners.erase(left, owners.end());
      server.PutOrRemove(std::move(json));
      return true;
    }
    DropFinalizer(server, *owner, "orphan");
    return true;
  }
  return false;
}

/// An object that is deleted with propagation Foreground: its dependents go first. That they
/// all block it is so for what controllers make.
bool DependentsFirst(MemoryServer& server) {
  for (const Object* owner : server.Everything()) {
    if (!owner->terminating() || !HasFinalizer(*owner, "foregroundDeletion")) continue;
    bool blocked = false;
    for (const Object* object : WithOwners(server)) {
      const Json& owners = ArrayIn(object->json(), "metadata", "ownerReferences");
      const bool owned = std::any_of(owners.begin(), owners.end(), [&](const Json& one) {
        return StringIn(one, "uid") == owner->uid();
      });
      if (!owned) continue;
      blocked = true;
      if (object->terminating()) continue;
      (void)server.Delete(object->ref(), {.uid = object->uid(), .resource_version = ""},
                          Propagation::kForeground, WriteMode::kReal);
      return true;
    }
    if (blocked) continue;
    DropFinalizer(server, *owner, "foregroundDeletion");
    return true;
  }
  return false;
}

/// Pods first (KEP-5080), then all that is left, then the namespace itself.
bool EmptyNamespaces(MemoryServer& server) {
  for (const Object* space : server.All("", "Namespace")) {
    if (!space->terminating()) continue;
    bool empty = true;
    for (const bool pods : {true, false}) {
      for (const ApiResource& kind : server.Served().resources) {
        if (!kind.namespaced || (kind.gvk.kind == "Pod") != pods) continue;
        for (const Object* object :
             server.All(kind.gvk.group, kind.gvk.kind, space->ref().name)) {
          empty = false;
          if (object->terminating()) continue;
          (void)server.Delete(object->ref(), {}, Propagation::kBackground,
                              WriteMode::kReal);
          return true;
        }
      }
      if (!empty) break;
    }
    if (!empty) continue;
    server.Remove(space->ref());
    return true;
  }
  return false;
}

/// A kind is served once its definition is established, and goes with all its objects.
bool DefineKinds(MemoryServer& server) {
  for (const Object* definition :
       server.All("apiextensions.k8s.io", "CustomResourceDefinition")) {
    if (!definition->terminating()) {
      if (!ArrayIn(definition->json(), "status", "conditions").empty()) continue;
      Json json = definition->json();
      Json& conditions = json["status"]["conditions"];
      conditions.push_back({{"type", "NamesAccepted"}, {"status", "True"}});
      conditions.push_back({{"type", "Established"}, {"status", "True"}});
      server.Put(std::move(json));
      return true;
    }
    const std::string group = StringIn(definition->json(), "spec", "group");
    const std::string kind = StringIn(definition->json(), "spec", "names", "kind");
    const auto instances = server.All(group, kind);
    for (const Object* object : instances) {
      if (object->terminating()) continue;
      (void)server.Delete(object->ref(), {}, Propagation::kBackground, WriteMode::kReal);
      return true;
    }
    if (!instances.empty() || !HasFinalizer(*definition, kKindCleanup)) continue;
    DropFinalizer(server, *definition, kKindCleanup);
    return true;
  }
  return false;
}

}  // namespace

void AddDeletionControllers(std::vector<Controller>& controllers) {
  controllers.push_back({{"PersistentVolumeClaim", "Pod"}, LetClaimsGo});
  controllers.push_back({{"PersistentVolume"}, LetVolumesGo});
  controllers.push_back({{}, Collect});
  controllers.push_back({{}, Orphan});
  controllers.push_back({{}, DependentsFirst});
  controllers.push_back({{}, EmptyNamespaces});
  controllers.push_back({{}, DefineKinds});
}

}  // namespace holdfast::memory
