// Binding, provisioning, growing and reclaiming of volumes: what
// kube-controller-manager's persistent volume controller and an external provisioner do
// (KEP-2644 among it).

#include <algorithm>
#include <optional>

#include "diff/quantity.h"
#include "tests/memory-cluster/controllers.h"

namespace holdfast::memory {
namespace {

constexpr const char* kProvisioner = "volume.kubernetes.io/storage-provisioner";
constexpr const char* kSelectedNode = "volume.kubernetes.io/selected-node";
constexpr const char* kProvisionedBy = "pv.kubernetes.io/provisioned-by";
constexpr const char* kBindCompleted = "pv.kubernetes.io/bind-completed";
constexpr const char* kReclaims = "external-provisioner.volume.kubernetes.io/finalizer";

std::vector<const Object*> Claims(const MemoryServer& server) {
  return server.All("", "PersistentVolumeClaim");
}
std::vector<const Object*> Volumes(const MemoryServer& server) {
  return server.All("", "PersistentVolume");
}

std::string PhaseOf(const Object& object) {
  return StringIn(object.json(), "status", "phase");
}
std::string VolumeNameOf(const Object& claim) {
  return StringIn(claim.json(), "spec", "volumeName");
}
std::string PolicyOf(const Object& volume) {
  return StringIn(volume.json(), "spec", "persistentVolumeReclaimPolicy");
}
const Json& HolderOf(const Object& volume) {
  return MapIn(volume.json(), "spec", "claimRef");
}

const Object* ClaimNamedBy(const Object& volume, const MemoryServer& server) {
  const Json& holder = HolderOf(volume);
  return server.Find({"", "PersistentVolumeClaim", StringIn(holder, "namespace"),
                      StringIn(holder, "name")});
}

const Object* ClassOf(const Object& claim, const MemoryServer& server) {
  const std::string name = StringIn(claim.json(), "spec", "storageClassName");
  return name.empty() ? nullptr
                      : server.Find({"storage.k8s.io", "StorageClass", "", name});
}

bool WaitsForPod(const Object& claim, const MemoryServer& server) {
  const Object* of_class = ClassOf(claim, server);
  return of_class != nullptr &&
         StringIn(of_class->json(), "volumeBindingMode") == "WaitForFirstConsumer" &&
         claim.annotation(kSelectedNode).empty();
}

bool Fits(const Object& volume, const Object& claim) {
  if (StringIn(volume.json(), "spec", "storageClassName") !=
      StringIn(claim.json(), "spec", "storageClassName")) {
    return false;
  }
  const auto has =
      Quantity::Parse(StringIn(volume.json(), "spec", "capacity", "storage"));
  const auto wants =
      Quantity::Parse(StringIn(claim.json(), "spec", "resources", "requests", "storage"));
  return has && wants && *wants <= *has;
}

/// The volume that is the claim's: by uid, or reserved for its name, or free and fitting.
const Object* VolumeFor(const Object& claim, const MemoryServer& server) {
  const Object* reserved = nullptr;
  const Object* free = nullptr;
  for (const Object* volume : Volumes(server)) {
    if (volume->terminating()) continue;
    const Json& holder = HolderOf(*volume);
    const bool named = StringIn(holder, "name") == claim.ref().name &&
                       StringIn(holder, "namespace") == claim.ref().name_space;
    const std::string uid = StringIn(holder, "uid");
    if (named && uid == claim.uid()) return volume;
    if (named && uid.empty() && Fits(*volume, claim)) reserved = volume;
    if (holder.empty() && PhaseOf(*volume) == "Available" && Fits(*volume, claim))
      free = volume;
  }
  if (reserved != nullptr) return reserved;
  return WaitsForPod(claim, server) ? nullptr : free;
}

Json ReferenceTo(const Object& claim) {
  return {{"apiVersion", "v1"},
          {"kind", "PersistentVolumeClaim"},
          {"namespace", claim.ref().name_space},
          {"name", claim.ref().name},
          {"uid", claim.uid()},
          {"resourceVersion", claim.resource_version()}};
}

/// Binds a claim to a volume: first the volume says so, then the claim.
bool Bind(MemoryServer& server) {
  for (const Object* claim : Claims(server)) {
    if (PhaseOf(*claim) != "Pending") continue;
    const std::string wanted = VolumeNameOf(*claim);
    const Object* volume = wanted.empty()
                               ? VolumeFor(*claim, server)
                               : server.Find({"", "PersistentVolume", "", wanted});
    if (volume == nullptr) continue;
    const std::string holder = StringIn(HolderOf(*volume), "uid");
    if (!holder.empty() && holder != claim->uid()) continue;
    if (holder.empty() && !HolderOf(*volume).empty() &&
        ClaimNamedBy(*volume, server) != claim) {
      continue;
    }
    if (holder.empty() || PhaseOf(*volume) != "Bound") {
      Json json = volume->json();
      json["spec"]["claimRef"] = ReferenceTo(*claim);
      json["status"] = {{"phase", "Bound"}};
      server.Put(std::move(json));
      return true;
    }
    Json json = claim->json();
    json["spec"]["volumeName"] = volume->ref().name;
    json["metadata"]["annotations"][kBindCompleted] = "yes";
    if (wanted.empty()) {
      json["metadata"]["annotations"]["pv.kubernetes.io/bound-by-controller"] = "yes";
    }
    json["status"] = {{"phase", "Bound"},
                      {"accessModes", ArrayIn(volume->json(), "spec", "accessModes")},
                      {"capacity", MapIn(volume->json(), "spec", "capacity")}};
    server.Put(std::move(json));
    return true;
  }
  return false;
}

Json VolumeMadeFor(const Object& claim, const Object& of_class) {
  const std::string name = "pvc-" + claim.uid();
  const std::string policy = StringIn(of_class.json(), "reclaimPolicy");
  Json finalizers = Json::array({"kubernetes.io/pv-protection"});
  if (policy == "Delete") finalizers.push_back(kReclaims);
  return {
      {"apiVersion", "v1"},
      {"kind", "PersistentVolume"},
      {"metadata",
       {{"name", name},
        {"finalizers", std::move(finalizers)},
        {"annotations", {{kProvisionedBy, StringIn(of_class.json(), "provisioner")}}}}},
      {"spec",
       {{"accessModes", ArrayIn(claim.json(), "spec", "accessModes")},
        {"capacity", MapIn(claim.json(), "spec", "resources", "requests")},
        {"claimRef", ReferenceTo(claim)},
        {"persistentVolumeReclaimPolicy", policy},
        {"storageClassName", of_class.ref().name},
        {"volumeMode", "Filesystem"},
        {"hostPath", {{"path", "/volumes/" + name}, {"type", "DirectoryOrCreate"}}}}},
      {"status", {{"phase", "Pending"}}}};
}

/// Makes the volume that a claim waits for, once its pod has a node where it waits for
/// that.
bool Provision(MemoryServer& server) {
  for (const Object* claim : Claims(server)) {
    if (PhaseOf(*claim) != "Pending" || claim->terminating() ||
        !VolumeNameOf(*claim).empty()) {
      continue;
    }
    const Object* of_class = ClassOf(*claim, server);
    if (of_class == nullptr) continue;
    const std::string provisioner = StringIn(of_class->json(), "provisioner");
    if (provisioner.starts_with("kubernetes.io/") || WaitsForPod(*claim, server))
      continue;
    if (VolumeFor(*claim, server) != nullptr) continue;
    if (claim->annotation(kProvisioner) != provisioner) {
      Json json = claim->json();
      json["metadata"]["annotations"][kProvisioner] = provisioner;
      server.Put(std::move(json));
      return true;
    }
    Json volume = VolumeMadeFor(*claim, *of_class);
    volume["metadata"]["uid"] = server.NewUid();
    volume["metadata"]["creationTimestamp"] = server.Now();
    server.Put(std::move(volume));
    return true;
  }
  return false;
}

bool SetPhase(MemoryServer& server, const Object& object, const char* phase) {
  Json json = object.json();
  json["status"]["phase"] = phase;
  server.Put(std::move(json));
  return true;
}

/// Available, Released: whether a volume's claim is there, by uid.
bool FollowClaims(MemoryServer& server) {
  for (const Object* volume : Volumes(server)) {
    const std::string phase = PhaseOf(*volume);
    const std::string uid = StringIn(HolderOf(*volume), "uid");
    if (uid.empty()) {
      if (phase != "Available") return SetPhase(server, *volume, "Available");
      continue;
    }
    const Object* claim = ClaimNamedBy(*volume, server);
    const bool is_there = claim != nullptr && claim->uid() == uid;
    if (!is_there && phase != "Released" && phase != "Failed") {
      return SetPhase(server, *volume, "Released");
    }
  }
  return false;
}

/// A claim whose volume is gone, or has become another claim's, is Lost for ever.
bool LoseClaims(MemoryServer& server) {
  for (const Object* claim : Claims(server)) {
    if (PhaseOf(*claim) != "Bound") continue;
    const Object* volume =
        server.Find({"", "PersistentVolume", "", VolumeNameOf(*claim)});
    const std::string uid = volume == nullptr ? "" : StringIn(HolderOf(*volume), "uid");
    if (volume != nullptr && (uid == claim->uid() || uid.empty())) continue;
    return SetPhase(server, *claim, "Lost");
  }
  return false;
}

bool IsOurs(const Object& volume) { return !volume.annotation(kProvisionedBy).empty(); }

bool HasFinalizer(const Object& object, const char* name) {
  const Json& finalizers = ArrayIn(object.json(), "metadata", "finalizers");
  return std::find(finalizers.begin(), finalizers.end(), Json(name)) != finalizers.end();
}

/// What is Released under the policy Delete loses its data.
bool Reclaim(MemoryServer& server) {
  for (const Object* volume : Volumes(server)) {
    if (!IsOurs(*volume)) continue;
    const bool destroys = PolicyOf(*volume) == "Delete";
    const bool may_reclaim = !volume->terminating() || HasFinalizer(*volume, kReclaims);
    if (destroys && PhaseOf(*volume) == "Released" && may_reclaim) {
      const Json& holder = HolderOf(*volume);
      server.NoteDestroyed(
          {volume->ref().name,
           StringIn(holder, "namespace") + "/" + StringIn(holder, "name"),
           StringIn(holder, "uid")});
      server.Remove(volume->ref());
      return true;
    }
    if (HasFinalizer(*volume, kReclaims) == destroys) continue;
    if (destroys && volume->terminating()) continue;
    Json json = volume->json();
    Json& finalizers = json["metadata"]["finalizers"];
    if (destroys) {
      finalizers.push_back(kReclaims);
    } else {
      finalizers.erase(std::find(finalizers.begin(), finalizers.end(), Json(kReclaims)));
    }
    server.PutOrRemove(std::move(json));
    return true;
  }
  return false;
}

/// A bound claim that asks for more gets it: whether its class allows that was decided
/// when it asked.
bool Grow(MemoryServer& server) {
  for (const Object* claim : Claims(server)) {
    if (PhaseOf(*claim) != "Bound") continue;
    const std::string asked =
        StringIn(claim->json(), "spec", "resources", "requests", "storage");
    const auto wanted = Quantity::Parse(asked);
    const auto has =
        Quantity::Parse(StringIn(claim->json(), "status", "capacity", "storage"));
    const Object* volume =
        server.Find({"", "PersistentVolume", "", VolumeNameOf(*claim)});
    if (!wanted || !has || *wanted <= *has || volume == nullptr || !IsOurs(*volume))
      continue;
    if (StringIn(volume->json(), "spec", "capacity", "storage") != asked) {
      Json json = volume->json();
      json["spec"]["capacity"]["storage"] = asked;
      server.Put(std::move(json));
      return true;
    }
    Json json = claim->json();
    json["status"]["capacity"]["storage"] = asked;
    server.Put(std::move(json));
    return true;
  }
  return false;
}

}  // namespace

void AddStorageControllers(std::vector<Controller>& controllers) {
  const std::set<std::string> storage = {"PersistentVolume", "PersistentVolumeClaim",
                                         "StorageClass"};
  for (const auto step : {Bind, Provision, FollowClaims, LoseClaims, Reclaim, Grow}) {
    controllers.push_back({storage, step});
  }
}

}  // namespace holdfast::memory
