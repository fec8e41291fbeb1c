#include "apply/claim_growth.h"
#include "apply/health_gates.h"
#include "apply/health_reason.h"
#include "diff/quantity.h"

namespace holdfast {
namespace {

Health BoundHealth(const Object& claim) {
  const std::string wanted =
      StringIn(claim.json(), "spec", "resources", "requests", "storage");
  const std::string present = StringIn(claim.json(), "status", "capacity", "storage");
  const std::string volume = StringIn(claim.json(), "spec", "volumeName");
  if (const std::string stuck = InfeasibleResize(claim); !stuck.empty()) {
    return Failed("the storage cannot grow to " + wanted + " (" + stuck + ")");
  }
  const auto wanted_size = Quantity::Parse(wanted);
  const auto present_size = Quantity::Parse(present);
  const bool grows = wanted_size && present_size && *present_size < *wanted_size;
  if (!grows)
    return Current("bound to " + volume + (present.empty() ? "" : " (" + present + ")"));
  // The rest is done when a pod mounts the claim, and that may come after this gate.
  if (IsTrue(ConditionIn(claim, "FileSystemResizePending"))) {
    return Current("bound to " + volume + "; its file system grows to " + wanted +
                   " when a pod mounts it");
  }
  for (const char* error : {"ControllerResizeError", "NodeResizeError"}) {
    const Json& condition = ConditionIn(claim, error);
    if (IsTrue(condition)) {
      return Failed("cannot grow to " + wanted + ": " + error + ": " +
                    OneLine(StringIn(condition, "message")));
    }
  }
  return InProgress("growing from " + present + " to " + wanted);
}

Health PendingHealth(const Object& claim, const Snapshot& around) {
  const std::string of_class = StringIn(claim.json(), "spec", "storageClassName");
  const std::string volume = StringIn(claim.json(), "spec", "volumeName");
  const Object* object =
      of_class.empty() ? nullptr
                       : around.Find({"storage.k8s.io", "StorageClass", "", of_class});
  const bool waits =
      object != nullptr && volume.empty() &&
      StringIn(object->json(), "volumeBindingMode") == "WaitForFirstConsumer";
  const std::string warning = LastWarning(claim.ref(), around);
  const std::string why = warning.empty() ? "" : ": " + warning;
  if (waits) {
    return Current("waits for its first pod, as StorageClass " + of_class + " says" +
                   why);
  }
  // Provisioners try again for ever, and a passing trouble is over by the fourth time.
  constexpr long long kTriesThatMayPass = 3;
  if (TimesTold(claim, "ProvisioningFailed", around) > kTriesThatMayPass) {
    return Failed("its volume cannot be made" + why);
  }
  if (!volume.empty()) return InProgress("waits for volume " + volume + why);
  if (of_class.empty()) return InProgress("not bound: it has no storage class" + why);
  return InProgress("waits for a volume of StorageClass " + of_class + why);
}

}  // namespace

Health ClaimHealth(const Object& claim, const Snapshot& around) {
  const std::string phase = StringIn(claim.json(), "status", "phase");
  if (phase == "Bound") return BoundHealth(claim);
  if (phase == "Pending") return PendingHealth(claim, around);
  if (phase == "Lost")
    return Failed("its volume is gone (Lost): the data on it are lost");
  return {HealthState::kUnknown, "no status yet"};
}

Health VolumeHealth(const Object& volume) {
  const std::string phase = StringIn(volume.json(), "status", "phase");
  if (phase == "Available" || phase == "Bound")
    return Current(phase == "Bound" ? "bound" : "free");
  if (phase == "Released") {
    return Failed(
        "Released: the claim that it belonged to is gone, and no other gets it by "
        "itself");
  }
  if (phase == "Failed") {
    return Failed("Failed: " + OneLine(StringIn(volume.json(), "status", "message")));
  }
  return phase.empty() ? Health{HealthState::kUnknown, "no status yet"}
                       : InProgress(phase);
}

Health SnapshotHealth(const Object& snapshot, const Snapshot& around) {
  const Json& status = MapIn(snapshot.json(), "status");
  // The snapshotter tries again, and takes the error back where that succeeds.
  const std::string error = OneLine(StringIn(status, "error", "message"));
  if (!error.empty()) return InProgress(error);
  const Json* ready = FindIn(status, "readyToUse");
  if (ready == nullptr || *ready != true) return InProgress("the snapshot is being taken");
  const std::string& content = StringIn(status, "boundVolumeSnapshotContentName");
  const ObjectRef ref{snapshot.ref().group, "VolumeSnapshotContent", "", content};
  const Object* bound = around.Find(ref);
  // Whoever may not read contents of other namespaces goes by what the snapshot says.
  const bool looked = around.ListsAll(ref.group, ref.kind, "");
  const bool both_ways =
      bound != nullptr
          ? StringIn(bound->json(), "spec", "volumeSnapshotRef", "uid") == snapshot.uid()
          : !looked && !content.empty();
  if (both_ways) return Current("ready to use");
  return InProgress("ready, but VolumeSnapshotContent " + content + " is not bound to it");
}

}  // namespace holdfast
