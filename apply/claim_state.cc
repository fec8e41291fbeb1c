#include "apply/claim_state.h"

#include "apply/kinds.h"
#include "apply/pod_template.h"
#include "apply/quarantine.h"
#include "apply/timestamp.h"
#include "apply/volumes.h"

namespace holdfast {
namespace {

constexpr long long kProvisioningTakes = 15 * 60;  // Seconds.

bool IsReserved(const Object& claim, const Snapshot& live) {
  for (const Object* volume : live.All("", "PersistentVolume")) {
    const Json& holder = MapIn(volume->json(), "spec", "claimRef");
    if (StringIn(holder, "name") == claim.ref().name &&
        StringIn(holder, "namespace") == claim.ref().name_space) {
      return true;
    }
  }
  return false;
}

/// True if a provisioner may be at work. The annotations carry no time, so the claim's
/// age stands for theirs.
bool MayBeProvisioning(const Object& claim, const Snapshot& live) {
  const bool asked =
      !claim.annotation("volume.kubernetes.io/selected-node").empty() ||
      !claim.annotation("volume.kubernetes.io/storage-provisioner").empty() ||
      !claim.annotation("volume.beta.kubernetes.io/storage-provisioner").empty();
  if (!asked) return false;
  const auto made =
      ParseTimestamp(StringIn(claim.json(), "metadata", "creationTimestamp"));
  return !made || live.server_time == 0 || live.server_time - *made < kProvisioningTakes;
}

/// The live StatefulSet that makes a claim of this name whenever a member needs it; null
/// if none does.
const Object* MakerOf(const ObjectRef& claim, const Snapshot& live) {
  for (const Object* set : live.All("apps", "StatefulSet", claim.name_space)) {
    if (OrdinalOfClaim(*set, claim.name) >= 0) return set;
  }
  return nullptr;
}

/// How a claim that goes gets its volume back, which Holdfast keeps for it.
std::string WayBack(const ObjectRef& claim, const Snapshot& live) {
  const Object* set = MakerOf(claim, live);
  if (set == nullptr) {
    return "when the database may stop for a moment, delete the pods that use it; the "
           "next sync makes the claim again, on the same volume";
  }
  return "do not delete its pod alone: StatefulSet " + set->ref().name +
         " would make an empty claim at once; when the database may stop for a moment, "
         "scale it to 0 by hand (kubectl scale statefulset -n " +
         claim.name_space + " " + set->ref().name +
         " --replicas=0) and wait until the claim is gone; the next sync reserves the "
         "volume for the new claim, then puts back the spec.replicas of Git";
}

}  // namespace

const Object* VolumeOf(const Object& claim, const Snapshot& live) {
  const std::string name = StringIn(claim.json(), "spec", "volumeName");
  const Object* volume =
      name.empty() ? nullptr : live.Find({"", "PersistentVolume", "", name});
  if (volume == nullptr || claim.uid().empty()) return nullptr;
  const std::string holder = StringIn(volume->json(), "spec", "claimRef", "uid");
  return holder == claim.uid() ? volume : nullptr;
}

Binding BindingOf(const Object& claim, const Snapshot& live) {
  const std::string phase = StringIn(claim.json(), "status", "phase");
  const std::string volume = StringIn(claim.json(), "spec", "volumeName");
  if (phase == "Lost") return Binding::kLost;
  if (phase == "Bound") return volume.empty() ? Binding::kUnclear : Binding::kBound;
  const bool was_bound = !claim.annotation("pv.kubernetes.io/bind-completed").empty();
  if (phase != "Pending" || was_bound || !volume.empty()) return Binding::kUnclear;
  if (IsReserved(claim, live) || MayBeProvisioning(claim, live)) {
    return Binding::kProvisioning;
  }
  return Binding::kNever;
}

std::string MadeByTemplate(const ObjectRef& claim, const Outlook& outlook) {
  for (const Object* set : outlook.RemainingSets(claim.name_space)) {
    const long long first = IntegerIn(0, set->json(), "spec", "ordinals", "start");
    const long long ordinal = OrdinalOfClaim(*set, claim.name);
    if (ordinal >= first && ordinal < first + ReplicasOf(*set)) {
      return set->ref().ToString() + " (ordinal " + std::to_string(ordinal) + ")";
    }
  }
  return "";
}

std::string StillNames(const Object& claim, const Outlook& outlook) {
  for (const User& user : outlook.UsersOf(claim.ref())) {
    // Its pods are asked for one by one; a snapshot that was cut outlives its claim.
    if (user.who.Is("", "Pod") || IsVolume(user.who) || IsSnapshotKind(user.who))
      continue;
    return user.who.ToString() + (user.where.empty() ? "" : " (" + user.where + ")");
  }
  return MadeByTemplate(claim.ref(), outlook);
}

Finding OnItsWayOut(const Object& claim, const Snapshot& live) {
  const std::string name = claim.ref().name;
  const Object* volume = VolumeOf(claim, live);
  if (volume != nullptr && IsKeptFor(*volume, claim.uid())) {
    return {"H-A2", Ruling::kHold,
            "somebody has deleted claim " + name +
                ", which cannot be undone; it goes when the last pod that uses it stops, "
                "and its data stay on volume " +
                volume->ref().name + ", which Holdfast has made Retain",
            WayBack(claim.ref(), live)};
  }
  return {"H-A2", Ruling::kHold,
          "somebody has deleted claim " + name +
              ", which cannot be undone; it goes, and its data with it, as soon as the "
              "last pod that uses it stops (" +
              DescribeClaim(claim, live) + ")",
          "restart nothing that uses it; holdfast sync makes its volume Retain at once, "
          "whatever else it says, or do it by hand: kubectl patch pv " +
              StringIn(claim.json(), "spec", "volumeName") +
              " -p '{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}}'"};
}

}  // namespace holdfast
