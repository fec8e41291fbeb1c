#include "apply/volume_copy.h"

#include <algorithm>
#include <map>

#include "apply/kinds.h"
#include "apply/needed.h"
#include "apply/pod_template.h"
#include "apply/quarantine.h"
#include "apply/stateful.h"
#include "apply/timestamp.h"

namespace holdfast {
namespace {

constexpr const char* kSnapshots = "snapshot.storage.k8s.io";
constexpr long long kTogether = 600;  // Seconds: snapshots of all members of a ring.

bool RecoversFromCrash(const std::string& engine) {
  return engine == "MySQL" || engine == "MariaDB" || engine == "Percona Server";
}

bool IsTrue(const Json* value) {
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

class Finder {
 public:
  Finder(const CopyQuestion& question, const Outlook& outlook)
      : question_(question), outlook_(outlook), live_(outlook.live()) {
    const Json& holder = MapIn(question.volume.json(), "spec", "claimRef");
    claim_ = {"", "PersistentVolumeClaim", StringIn(holder, "namespace"),
              StringIn(holder, "name")};
  }

  VolumeCopy Find() const {
    VolumeCopy copy;
    if (StringIn(question_.volume.json(), "spec", "csi", "driver").empty()) {
      copy.why_not = "its volume is not behind a CSI driver, so it has no snapshots";
      return copy;
    }
    for (const Snapshot::Listed& kind : ListsForCopy(claim_.name_space)) {
      copy.unknown = outlook_.Unlisted(kind.group, kind.kind, kind.name_space);
      if (!copy.unknown.empty()) return copy;
    }
    for (const Object* snapshot :
         live_.All(kSnapshots, "VolumeSnapshot", claim_.name_space)) {
      if (StringIn(snapshot->json(), "spec", "source", "persistentVolumeClaimName") !=
          claim_.name) {
        continue;
      }
      const std::string misfit = Misfit(*snapshot);
      const std::string taken = StringIn(snapshot->json(), "status", "creationTime");
      if (!misfit.empty()) {
        copy.why_not = "snapshot " + snapshot->ref().name + " does not count: " + misfit;
      } else if (copy.snapshot == nullptr || taken > copy.taken) {
        copy.snapshot = snapshot;
        copy.taken = taken;
        copy.in_use = question_.quiet_since == 0;
      }
    }
    if (copy.snapshot != nullptr) {
      copy.why_not.clear();
    } else if (copy.why_not.empty()) {
      copy.why_not = "no snapshot of it exists";
    }
    return copy;
  }

 private:
  /// Why `snapshot` holds no copy that counts; empty if it does.
  std::string Misfit(const Object& snapshot) const {
    const Json& status = MapIn(snapshot.json(), "status");
    if (snapshot.terminating() || outlook_.Deletes(snapshot.ref())) {
      return "it is being deleted itself";
    }
    if (FindIn(status, "error") != nullptr) return "it has failed";
    if (!IsTrue(FindIn(status, "readyToUse"))) return "it is not ready to use";
    if (StringIn(status, "restoreSize").empty()) return "its size is not known";
    const std::string from_content = OfAnotherVolume(snapshot);
    if (!from_content.empty()) return from_content;
    const auto taken = ParseTimestamp(StringIn(status, "creationTime"));
    if (!taken) return "when it was taken is not known";
    if (*taken < question_.until - kOldestCopy) {
      return "it was taken at " + FormatTimestamp(*taken) + ", more than a day before";
    }
    if (question_.quiet_since != 0) {
      return *taken >= question_.quiet_since
                 ? ""
                 : "it was taken at " + FormatTimestamp(*taken) +
                       ", and the volume was written to until " +
                       FormatTimestamp(question_.quiet_since);
    }
    if (RecoversFromCrash(question_.engine)) return "";
    if (question_.engine == "Cassandra" && TakenWithAllMembers(*taken)) return "";
    return "it was taken while the volume may have been in use, and " +
           (question_.engine.empty() ? "what used it is not known"
                                     : question_.engine + " may not come back from it") +
           ": stop the pods first, then take it";
  }

  /// The snapshot and its content must point at each other, and the content at our
  /// volume.
  std::string OfAnotherVolume(const Object& snapshot) const {
    const std::string name =
        StringIn(snapshot.json(), "status", "boundVolumeSnapshotContentName");
    const Object* content = live_.Find({kSnapshots, "VolumeSnapshotContent", "", name});
    if (name.empty() || content == nullptr)
      return "its VolumeSnapshotContent is not there";
    if (content->terminating() || outlook_.Deletes(content->ref())) {
      return "its VolumeSnapshotContent is being deleted";
    }
    const Json& spec = MapIn(content->json(), "spec");
    const Json& back = MapIn(spec, "volumeSnapshotRef");
    if (StringIn(back, "uid") != snapshot.uid() || snapshot.uid().empty() ||
        StringIn(back, "name") != snapshot.ref().name ||
        StringIn(back, "namespace") != snapshot.ref().name_space) {
      return "its VolumeSnapshotContent belongs to another snapshot";
    }
    const Json& volume = MapIn(question_.volume.json(), "spec", "csi");
    const std::string handle = StringIn(volume, "volumeHandle");
    if (handle.empty() || StringIn(spec, "source", "volumeHandle") != handle ||
        StringIn(spec, "driver") != StringIn(volume, "driver")) {
      return "it was cut from another volume of that name";
    }
    const bool goes_with_space =
        outlook_.Deletes({"", "Namespace", "", snapshot.ref().name_space});
    if (goes_with_space && StringIn(spec, "deletionPolicy") != "Retain") {
      return "it goes together with its namespace";
    }
    return "";
  }

  /// True if every claim that the same template made has a snapshot near `taken`.
  bool TakenWithAllMembers(long long taken) const {
    const auto dash = claim_.name.rfind('-');
    if (dash == std::string::npos) return false;
    const std::string head = claim_.name.substr(0, dash + 1);
    const auto members =
        live_.AllNamed("", "PersistentVolumeClaim", claim_.name_space, head);
    return !members.empty() &&
           std::all_of(members.begin(), members.end(), [&](const Object* member) {
             return HasSnapshotNear(*member, taken);
           });
  }

  bool HasSnapshotNear(const Object& claim, long long taken) const {
    for (const Object* snapshot :
         live_.All(kSnapshots, "VolumeSnapshot", claim.ref().name_space)) {
      const Json& status = MapIn(snapshot->json(), "status");
      const auto its = ParseTimestamp(StringIn(status, "creationTime"));
      if (StringIn(snapshot->json(), "spec", "source", "persistentVolumeClaimName") ==
              claim.ref().name &&
          IsTrue(FindIn(status, "readyToUse")) && !snapshot->terminating() && its &&
          std::max(*its, taken) - std::min(*its, taken) <= kTogether) {
        return true;
      }
    }
    return false;
  }

  const CopyQuestion& question_;
  const Outlook& outlook_;
  const Snapshot& live_;
  ObjectRef claim_;
};

}  // namespace

VolumeCopy FindCopy(const CopyQuestion& question, const Outlook& outlook) {
  return Finder(question, outlook).Find();
}

CopyQuestion CopyOf(const Object& claim, const Object& volume, const Outlook& outlook) {
  return {volume, outlook.live().server_time, UnusedSince(claim),
          EngineUsing(claim, outlook.live())};
}

CopyQuestion CopyOfDetached(const Object& volume) {
  return {volume, ParseTimestamp(volume.annotation(kDetachedAt)).value_or(0),
          ParseTimestamp(volume.annotation(kUnusedSince)).value_or(0),
          volume.annotation(kDetachedEngine)};
}

std::string EngineUsing(const Object& claim, const Snapshot& live) {
  std::string engine;
  for (const Snapshot::Listed& kind : WorkloadKinds(claim.ref().name_space)) {
    for (const Object* object : live.All(kind.group, kind.kind, kind.name_space)) {
      const auto mounted = MountedClaims(PodTemplate(*object));
      const bool mounts = std::any_of(
          mounted.begin(), mounted.end(),
          [&](const MountedClaim& one) { return one.claim == claim.ref().name; });
      const bool makes =
          IsStatefulSet(object->ref()) && OrdinalOfClaim(*object, claim.ref().name) >= 0;
      if (!mounts && !makes) continue;
      const Engine* its = EngineOf(*object);
      const std::string name = its == nullptr ? "" : std::string(its->name);
      if (name.empty() || (!engine.empty() && engine != name)) return "";
      engine = name;
    }
  }
  return engine;
}

long long UnusedSince(const Object& claim) {
  for (const Json& one : ArrayIn(claim.json(), "status", "conditions")) {
    if (StringIn(one, "type") != "Unused" || StringIn(one, "status") != "True") continue;
    return ParseTimestamp(StringIn(one, "lastTransitionTime")).value_or(0);
  }
  return 0;
}

std::vector<Snapshot::Listed> ListsForCopy(const std::string& name_space) {
  return {{kSnapshots, "VolumeSnapshot", name_space},
          {kSnapshots, "VolumeSnapshotContent", ""}};
}

}  // namespace holdfast
