// H-C6: claims that a StatefulSet's controller makes, while earlier ones of their names
// have left their data on volumes. Claims of Git are judged by GuardReAddedClaim.

#include "apply/enumerated.h"
#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/left_volumes.h"

namespace holdfast {
namespace {

constexpr std::size_t kMostShown = 4;

/// "data-db-0 on volume pv-1 (20Gi, reclaim policy Retain)".
std::string Text(const LeftVolume& one) {
  const Json& spec = MapIn(one.volume->json(), "spec");
  return one.claim.name + " on volume " + one.volume->ref().name + " (" +
         StringIn(spec, "capacity", "storage") + ", reclaim policy " +
         StringIn(spec, "persistentVolumeReclaimPolicy") +
         (one.why_not.empty() ? "" : "; " + one.why_not) + ")";
}

/// Why it is not known what was left for the new members, as a clause; empty if it is.
std::string Unread(const std::vector<LeftVolume>& left, const Snapshot& live) {
  if (const Error* why = GapOver(live, {"", "PersistentVolume", "", ""})) {
    return "the PersistentVolume objects could not be read (" + why->message + ")";
  }
  for (const LeftVolume& one : left) {
    if (const Error* why = GapOver(live, one.claim)) {
      return one.claim.ToString() + " could not be read (" + why->message + ")";
    }
  }
  return "";
}

}  // namespace

void GuardLeftVolumes(const ChangeCase& change, std::vector<Finding>& findings) {
  const Object& after = change.After();
  const Outlook& outlook = change.outlook;
  if (!MakesClaims(after, change.live)) return;
  // A count that Git leaves to others, an autoscaler perhaps, is not ours to judge.
  const bool counted =
      change.live == nullptr || change.AfterIsWhole() ||
      FindIn(change.manifest.object.json(), "spec", "replicas") != nullptr;
  if (!counted) return;
  const std::string where =
      change.manifest.WhereIs(change.live == nullptr ? "" : "/spec/replicas") + ": ";
  const auto left = LeftVolumes(after, change.live, outlook.live());
  if (const std::string unread = Unread(left, outlook.live()); !unread.empty()) {
    const bool asked_nobody = !outlook.input().live_file.empty();
    findings.push_back({"H-C6", asked_nobody ? Ruling::kWarn : Ruling::kHold,
                        where + "whether earlier claims of " + after.ref().ToString() +
                            " have left their data on volumes cannot be told: " + unread,
                        "let Holdfast read PersistentVolume and PersistentVolumeClaim "
                        "objects, then run again"});
    return;
  }
  std::vector<std::string> back;
  std::vector<std::string> stays;
  std::string volume;
  for (const LeftVolume& one : left) {
    if (outlook.Desired(one.claim) != nullptr) continue;
    (one.comes_back ? back : stays).push_back(Text(one));
    if (!one.comes_back && volume.empty()) volume = one.volume->ref().name;
  }
  if (!back.empty()) {
    findings.push_back(
        {"H-C6", Ruling::kNote,
         where + "earlier claims of these names were detached: " +
             Enumerated(back, kMostShown) +
             "; the new ones are bound to these volumes again, with the data "
             "that are on them",
         ""});
  }
  if (stays.empty()) return;
  findings.push_back(
      {"H-C6", Ruling::kApproval,
       where + "earlier claims have left their data: " + Enumerated(stays, kMostShown) +
           "; " + after.ref().ToString() +
           " makes new claims of these names, which get empty volumes and not those",
       "to get the data back, take claimRef.uid out of such a volume, and a claim of "
       "that "
       "name that fits is bound to it: kubectl patch pv " +
           volume +
           " --type json -p '[{\"op\":\"remove\",\"path\":\"/spec/claimRef/uid\"}]'; to "
           "begin "
           "with empty ones approve it: holdfast approve > approvals/" +
           after.ref().name + ".yaml, and commit it"});
}

}  // namespace holdfast
