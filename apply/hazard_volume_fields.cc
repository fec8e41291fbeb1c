// H-A4, H-A5, H-C6, H-A2: fields of a volume that decide whether its data live, a claim
// that comes back without them, and one that is on its way out.

#include "apply/claim_state.h"
#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/quarantine.h"
#include "apply/rollout.h"
#include "apply/volumes.h"

namespace holdfast {
namespace {

std::string PolicyOf(const Object& volume) {
  return StringIn(volume.json(), "spec", "persistentVolumeReclaimPolicy");
}

std::string HolderOf(const Object& volume) {
  return StringIn(volume.json(), "spec", "claimRef", "namespace") + "/" +
         StringIn(volume.json(), "spec", "claimRef", "name");
}

/// What is wrong with the change of claimRef, as a clause; empty if nothing.
std::string ClaimRefProblem(const ChangeCase& change) {
  const Json* written = FindIn(change.manifest.object.json(), "spec", "claimRef");
  for (const char* field : {"uid", "resourceVersion"}) {
    if (written != nullptr && !StringIn(*written, field).empty()) {
      return "claimRef." + std::string(field) +
             " names one past claim: if it is not the present one, Kubernetes takes the "
             "volume for abandoned and carries out its reclaim policy";
    }
  }
  if (change.live == nullptr) return "";
  const Json* before = FindIn(change.live->json(), "spec", "claimRef");
  if (before == nullptr || before->is_null()) return "";
  const Json* after = FindIn(change.After().json(), "spec", "claimRef");
  const bool dropped = after == nullptr && change.AfterIsWhole();
  const bool moved =
      after != nullptr && HolderOf(change.After()) != HolderOf(*change.live);
  const bool untied = after != nullptr && change.AfterIsWhole() &&
                      !StringIn(*before, "uid").empty() && StringIn(*after, "uid").empty();
  if (untied) {
    return "the volume belongs to one claim " + HolderOf(*change.live) + ", of uid " +
           StringIn(*before, "uid") + ", and without that the next claim of this name gets it";
  }
  if (!dropped && !moved) return "";
  return "the volume belongs to claim " + HolderOf(*change.live) +
         ", and without that entry another claim may take it or it is reclaimed";
}

}  // namespace

void GuardVolumeFields(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!IsVolume(change.ref())) return;
  if (const std::string problem = ClaimRefProblem(change); !problem.empty()) {
    findings.push_back({"H-A5", Ruling::kRefuse,
                        change.manifest.WhereIs("/spec/claimRef") + ": " + problem,
                        "leave claimRef out of Git, or write only the namespace and name "
                        "that it has now"});
  }
  if (change.live == nullptr || PolicyOf(*change.live) != "Retain") return;
  const std::string after = PolicyOf(change.After());
  const bool weakened = after != "Retain" && (!after.empty() || change.AfterIsWhole());
  if (!weakened) return;
  const bool released = StringIn(change.live->json(), "status", "phase") == "Released";
  findings.push_back(
      {"H-A4", released ? Ruling::kRefuse : Ruling::kApproval,
       change.manifest.WhereIs("/spec/persistentVolumeReclaimPolicy") +
           ": the reclaim policy of the volume goes from Retain to " +
           (after.empty() ? "its default" : after) +
           (released ? ": it is Released, so its data would be destroyed at once"
                     : ": its data would be destroyed as soon as its claim goes"),
       "keep persistentVolumeReclaimPolicy: Retain"});
}

void HoldTerminating(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live == nullptr) return;
  if (IsClaim(change.ref()) && change.live->terminating()) {
    Finding finding = OnItsWayOut(*change.live, change.outlook.live());
    finding.reason = change.manifest.source.ToString() + ": " + finding.reason;
    findings.push_back(std::move(finding));
    return;
  }
  // A rollout that is under way gives up pods though nothing changes any more.
  const bool unchanged = change.prediction.rung == Prediction::Rung::kLocal &&
                         change.prediction.fields.empty() && !IsOverridden(*change.live);
  for (const Object* claim : ClaimsOfWorkload(*change.live, change.outlook.live())) {
    if (!claim->terminating()) continue;
    Finding finding = OnItsWayOut(*claim, change.outlook.live());
    if (unchanged) {
      finding.ruling = Ruling::kWarn;
    } else {
      finding.reason = "a change of " + change.ref().ToString() +
                       " could restart its pods, and " + finding.reason;
    }
    findings.push_back(std::move(finding));
    return;
  }
  if (change.live->terminating()) {
    findings.push_back(
        {"H-I5", Ruling::kWarn,
         change.manifest.source.ToString() + ": " + change.ref().ToString() +
             " is being deleted by somebody; it is made anew once it is gone",
         ""});
  }
}

void GuardReAddedClaim(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!IsClaim(change.ref()) || change.live != nullptr) return;
  const Rebinding back = FindRebinding(change.After(), change.outlook.live());
  if (back.volume != nullptr) {
    findings.push_back(
        {"H-C6", Ruling::kNote,
         change.manifest.source.ToString() +
             ": an earlier claim of this name was detached from volume " +
             back.volume->ref().name +
             ": this one is bound to that volume again, with the data that "
             "are on it; its reclaim policy stays Retain",
         ""});
    return;
  }
  const std::string wanted =
      StringIn(change.manifest.object.json(), "spec", "volumeName");
  for (const Object* volume : change.outlook.VolumesFor(change.ref())) {
    // Without a uid the volume is reserved for the claim that comes, which is right.
    if (StringIn(volume->json(), "spec", "claimRef", "uid").empty()) continue;
    findings.push_back(
        {"H-C6", Ruling::kApproval,
         change.manifest.source.ToString() +
             ": an earlier claim of this name has left its data on volume " +
             volume->ref().name + " (" +
             StringIn(volume->json(), "spec", "capacity", "storage") +
             ", reclaim policy " + PolicyOf(*volume) + "); the new claim gets " +
             (wanted == volume->ref().name ? "stuck on it"
                                           : "an empty volume and not that one") +
             (back.why_not.empty() ? "" : " (" + back.why_not + ")"),
         "to get the data back, remove claimRef.uid from PersistentVolume " +
             volume->ref().name + " by hand and write volumeName: " + volume->ref().name +
             " into the claim; for an empty one choose another name"});
    return;
  }
}

}  // namespace holdfast
