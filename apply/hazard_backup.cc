// H-F20: what makes the backups goes, or pauses. Nothing fails by it, until the day on
// which there is no backup.

#include "apply/backup_objects.h"
#include "apply/hazard.h"

namespace holdfast {
namespace {

std::string HowToApprove(const ObjectRef& ref) {
  return "; or approve it: holdfast approve > approvals/" + ref.name +
         ".yaml, and commit it";
}

}  // namespace

void GuardBackupDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const ObjectRef& ref = deletion.live.ref();
  if (!IsBackup(deletion.live)) return;
  findings.push_back({"H-F20", Ruling::kApproval,
                      ref.ToString() + " makes or keeps backups: from then on there are "
                                       "none of what it covers, and nothing tells",
                      "keep its manifest in Git" + HowToApprove(ref)});
}

void GuardBackupChange(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live == nullptr || !IsBackup(*change.live)) return;
  const bool stops = !IsPaused(*change.live) && IsPaused(change.After());
  const bool stranger = !IsBackup(change.After());
  if (!stops && !stranger) return;
  findings.push_back(
      {"H-F20", Ruling::kApproval,
       change.manifest.WhereIs(stops ? "/spec/suspend" : "/spec") + ": " +
           change.ref().ToString() +
           (stops ? " is paused: from then on there are no new backups of what it covers"
                  : " no longer looks as if it made backups") +
           ", and nothing tells",
       (stops ? "leave it running" : "keep what makes the backup") +
           HowToApprove(change.ref())});
}

}  // namespace holdfast
