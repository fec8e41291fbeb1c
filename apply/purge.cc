#include "apply/purge.h"

#include <algorithm>
#include <set>

#include "apply/quarantine.h"
#include "apply/timestamp.h"

namespace holdfast {
namespace {

/// Why the volume of `target` is not one that goes now; empty if it is.
std::string NotNow(const ApprovalTarget& target, const Object& volume, long long now) {
  const std::string name = "PersistentVolume " + volume.ref().name;
  if (volume.uid() != target.volume_uid) {
    return name + " is another one (uid " + volume.uid() + ", not " + target.volume_uid +
           ")";
  }
  const Json& holder = MapIn(volume.json(), "spec", "claimRef");
  const bool of_claim = volume.label(kQuarantineLabel) == target.uid &&
                        StringIn(holder, "uid") == target.uid &&
                        StringIn(holder, "namespace") == target.name_space &&
                        StringIn(holder, "name") == target.name;
  if (!of_claim) {
    return name + " is not in quarantine for claim " + target.name_space + "/" +
           target.name + " of uid " + target.uid +
           ": a claim is detached first, and its volume destroyed afterwards";
  }
  const std::string phase = StringIn(volume.json(), "status", "phase");
  if (phase != "Released" && phase != "Failed") {
    return name + " is " + phase + " and not Released: its claim has not gone yet";
  }
  const auto from = MayGoFrom(volume);
  if (!from) return name + " does not say when it was detached";
  if (now < *from) {
    return name + " may go from " + FormatTimestamp(*from) +
           " on, seven days after it was detached";
  }
  return "";
}

}  // namespace

std::optional<long long> MayGoFrom(const Object& volume) {
  const auto detached = ParseTimestamp(volume.annotation(kDetachedAt));
  const auto released =
      ParseTimestamp(StringIn(volume.json(), "status", "lastPhaseTransitionTime"));
  if (!detached || !released) return std::nullopt;
  return std::max(*detached, *released) + kRetention;
}

std::vector<Purge> FindPurges(const std::vector<const Approval*>& approvals,
                              const Snapshot& live) {
  std::vector<Purge> purges;
  std::set<const Object*> going;
  for (const Approval* approval : approvals) {
    if (approval->action != ApprovalAction::kDestroy) continue;
    Purge purge{approval, {}, "", false};
    if (!live.ListsAll("", "PersistentVolume")) {
      purge.unknown = true;
      purge.waits = "the PersistentVolumes could not be read";
      purges.push_back(std::move(purge));
      continue;
    }
    for (const ApprovalTarget& target : approval->targets) {
      const Object* volume = live.Find({"", "PersistentVolume", "", target.volume});
      // One that is gone was destroyed by the run that this one finishes.
      if (volume == nullptr) continue;
      purge.waits = NotNow(target, *volume, live.server_time);
      if (!purge.waits.empty()) break;
      if (going.contains(volume)) continue;  // By another approval, of a second person.
      purge.volumes.push_back(volume);
    }
    if (!purge.waits.empty()) purge.volumes.clear();
    going.insert(purge.volumes.begin(), purge.volumes.end());
    if (purge.volumes.empty() && purge.waits.empty()) {
      purge.waits = "the volumes that it names are gone, or another approval takes them";
    }
    purges.push_back(std::move(purge));
  }
  return purges;
}

}  // namespace holdfast
