// Hazard: the rules of the guard, one function each, in one table (hazard.cc).
//
// A rule looks at one deletion, at one change or at the revision as a whole, and
// adds what it has to say. It knows of no other rule, and never takes a missing
// fact for a harmless one: that is a Finding that holds.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "apply/outlook.h"
#include "diff/change.h"

namespace holdfast {

struct DeletionCase {
  const Object& live;
  const Outlook& outlook;
};

struct ChangeCase {
  const Manifest& manifest;
  const Object* live = nullptr;  ///< Null for an object that is not there yet.
  const Prediction& prediction;
  const Outlook& outlook;

  const ObjectRef& ref() const { return manifest.object.ref(); }
  /// The object as it would be: what the server's dry run said, else the live one if
  /// nothing changes, else what Git says, which is all that is known.
  const Object& After() const;
  /// True if After() holds the server's defaults too, so that a field that is not there
  /// was dropped.
  bool AfterIsWhole() const;
};

struct RevisionFindings {
  std::vector<Finding> revision;
  std::multimap<ObjectRef, Finding> objects;
};

/// A row of a table of rules.
template <typename Function>
struct HazardRule {
  std::string_view name;     ///< The function's; named where it fails inside.
  std::string_view hazards;  ///< "H-B3 H-F6": every id that its findings may carry.
  Function* judge = nullptr;
};
using DeletionRule = HazardRule<void(const DeletionCase&, std::vector<Finding>&)>;
using ChangeRule = HazardRule<void(const ChangeCase&, std::vector<Finding>&)>;
using RevisionRule = HazardRule<void(const Outlook&, RevisionFindings&)>;

const std::vector<DeletionRule>& DeletionRules();
const std::vector<ChangeRule>& ChangeRules();
const std::vector<RevisionRule>& RevisionRules();

/// What one rule says. One that fails inside refuses and is named: what it would have
/// said is not known (safety.md 2.5).
std::vector<Finding> Ask(const DeletionRule& rule, const DeletionCase& deletion);
std::vector<Finding> Ask(const ChangeRule& rule, const ChangeCase& change);
RevisionFindings Ask(const RevisionRule& rule, const Outlook& outlook);

std::vector<Finding> JudgeDeletionIn(const Object& live, const Outlook& outlook);
std::vector<Finding> JudgeChangeIn(const ChangeCase& change);

// Deletions.
void ForbidClaimDeletion(const DeletionCase&, std::vector<Finding>&);      // H-A1, H-A2
void ForbidVolumeDeletion(const DeletionCase&, std::vector<Finding>&);     // H-A3
void GuardPurge(const DeletionCase&, std::vector<Finding>&);              // H-A3
void ForbidNamespaceDeletion(const DeletionCase&, std::vector<Finding>&);  // H-A6
void ForbidSnapshotDeletion(const DeletionCase&, std::vector<Finding>&);   // H-A7
void ForbidCustomDeletion(const DeletionCase&, std::vector<Finding>&);     // H-A8, H-A9
void ForbidDriverDeletion(const DeletionCase&, std::vector<Finding>&);     // H-A11
void ForbidOwnerDeletion(const DeletionCase&, std::vector<Finding>&);      // H-B1
void ForbidEphemeralOwner(const DeletionCase&, std::vector<Finding>&);     // H-B1
void ForbidRetentionDelete(const DeletionCase&, std::vector<Finding>&);    // H-B2
void ForbidRunningDeletion(const DeletionCase&, std::vector<Finding>&);    // H-B8
void ForbidClassDeletion(const DeletionCase&, std::vector<Finding>&);      // H-G8
void GuardDefaultClassDeletion(const DeletionCase&,
                               std::vector<Finding>&);  // H-G7
void ForbidNeededDeletion(const DeletionCase&,
                          std::vector<Finding>&);                    // H-F2, H-F18, H-G10
void ForbidOwnDeletion(const DeletionCase&, std::vector<Finding>&);  // H-H9
void ForbidProtectedDeletion(const DeletionCase&, std::vector<Finding>&);  // H-A1

void GuardBackupDeletion(const DeletionCase&, std::vector<Finding>&);      // H-F20
void WarnBudgetDeletion(const DeletionCase&, std::vector<Finding>&);       // H-F17
void GuardOpeningDeletion(const DeletionCase&, std::vector<Finding>&);     // H-F19
void WarnAccessDeletion(const DeletionCase&, std::vector<Finding>&);       // H-G10
void ForbidOwnAccessDeletion(const DeletionCase&, std::vector<Finding>&);  // H-H9
void RefuseLeftOut(const DeletionCase&, std::vector<Finding>&);            // H-H5

// Changes.
void RefuseImmutableChange(const ChangeCase&, std::vector<Finding>&);  // table K
void RefuseFieldConflict(const ChangeCase&, std::vector<Finding>&);    // H-E7
void GuardRetentionPolicy(const ChangeCase&, std::vector<Finding>&);   // H-B2
void GuardScaleDown(const ChangeCase&, std::vector<Finding>&);         // H-B3, H-F6, H-F7
void GuardTemplateChange(const ChangeCase&, std::vector<Finding>&);    // H-D2, H-D3
void GuardClaimSize(const ChangeCase&, std::vector<Finding>&);         // H-D4, H-D5
void GuardVolumeFields(const ChangeCase&, std::vector<Finding>&);      // H-A4, H-A5
void GuardOperatorChange(const ChangeCase&, std::vector<Finding>&);    // H-A9, H-F5, ...
void GuardSnapshotPolicy(const ChangeCase&, std::vector<Finding>&);    // H-A7
void GuardStrategy(const ChangeCase&, std::vector<Finding>&);          // H-E1, H-E2
void GuardDataPath(const ChangeCase&, std::vector<Finding>&);          // H-C2, H-C3
void GuardPodData(const ChangeCase&, std::vector<Finding>&);           // H-B1
void GuardInitialSettings(const ChangeCase&,
                          std::vector<Finding>&);  // H-C4, H-F5, H-F9, H-F11
void GuardInitialPassword(const ChangeCase&, std::vector<Finding>&);   // H-F1
void GuardDefaultClass(const ChangeCase&, std::vector<Finding>&);      // H-G7
void GuardEngineVersion(const ChangeCase&, std::vector<Finding>&);     // H-F10
void HoldTerminating(const ChangeCase&, std::vector<Finding>&);        // H-A2
void HoldBrokenRollout(const ChangeCase&, std::vector<Finding>&);      // H-G3
void GuardReAddedClaim(const ChangeCase&, std::vector<Finding>&);      // H-C6
void GuardLeftVolumes(const ChangeCase&, std::vector<Finding>&);       // H-C6
void WarnForeignOwner(const ChangeCase&, std::vector<Finding>&);       // H-H8
void GuardMissingReference(const ChangeCase&, std::vector<Finding>&);  // H-F2, H-F18, ...
void GuardMissingKey(const ChangeCase&, std::vector<Finding>&);        // H-F2
void RefuseFinalizerLoss(const ChangeCase&, std::vector<Finding>&);    // H-A10
void GuardJoiningMembers(const ChangeCase&, std::vector<Finding>&);    // H-B4, H-C7, H-F8
void GuardService(const ChangeCase&, std::vector<Finding>&);           // H-D8, H-F18
void WarnServiceUse(const ChangeCase&, std::vector<Finding>&);         // H-F18
void WarnUnusedClaim(const ChangeCase&, std::vector<Finding>&);        // H-G5
void GuardJobRerun(const ChangeCase&, std::vector<Finding>&);          // H-D10
void GuardClassOfNewClaim(const ChangeCase&, std::vector<Finding>&);   // H-G7
void WarnClassChange(const ChangeCase&, std::vector<Finding>&);        // H-D11
void RefuseSecondWriter(const ChangeCase&, std::vector<Finding>&);     // H-E3
void GuardAutoscaler(const ChangeCase&, std::vector<Finding>&);        // H-E2
void NoteUnreadChange(const ChangeCase&, std::vector<Finding>&);       // H-F4
void GuardDangerousSettings(const ChangeCase&, std::vector<Finding>&); // H-F12
void GuardUser(const ChangeCase&, std::vector<Finding>&);              // H-F13
void GuardGrace(const ChangeCase&, std::vector<Finding>&);             // H-F14
void WarnProbes(const ChangeCase&, std::vector<Finding>&);             // H-F15
void GuardScheduling(const ChangeCase&, std::vector<Finding>&);        // H-F16
void GuardBudget(const ChangeCase&, std::vector<Finding>&);            // H-F17
void WarnSpentBudget(const ChangeCase&, std::vector<Finding>&);        // H-F17
void GuardNetworkPolicy(const ChangeCase&, std::vector<Finding>&);     // H-F19
void GuardBackupChange(const ChangeCase&, std::vector<Finding>&);      // H-F20
void GuardRollout(const ChangeCase&, std::vector<Finding>&);           // H-G2, H-G4
void WarnNamedNode(const ChangeCase&, std::vector<Finding>&);          // H-G6
void WarnQuota(const ChangeCase&, std::vector<Finding>&);              // H-G9
void WarnWebhook(const ChangeCase&, std::vector<Finding>&);            // H-G11
void RefuseOwnRecord(const ChangeCase&, std::vector<Finding>&);        // H-H9
void GuardOwnRights(const ChangeCase&, std::vector<Finding>&);         // H-H9

// The revision.
void HoldForeignInventory(const Outlook&, RevisionFindings&);  // H-H7, H-I8
void GuardMassChange(const Outlook&, RevisionFindings&);       // H-H1
void RefuseDuplicates(const Outlook&, RevisionFindings&);      // H-H4
void RefuseRename(const Outlook&, RevisionFindings&);          // H-C1
void RefuseSelectorOverlap(const Outlook&, RevisionFindings&);  // H-D6
void WarnManyRollouts(const Outlook&, RevisionFindings&);      // H-F21
void HoldRewind(const Outlook&, RevisionFindings&);            // H-H2
void HoldHalfDoneRecreation(const Outlook&, RevisionFindings&);  // H-D3
void WarnOfApprovals(const Outlook&, RevisionFindings&);       // 2.4

/// The pods that hold up the rollout of a StatefulSet, now or after the plan's change (H-G3).
std::vector<const Object*> PodsToRestart(const ObjectRef& set, const Outlook& outlook);

/// How many of the plan's deletions count towards a mass change: all but those of claims
/// that never had a volume.
std::size_t CountDeletions(const Outlook& outlook);

}  // namespace holdfast
