#include "apply/hazard.h"

#include <algorithm>

namespace holdfast {

const Object& ChangeCase::After() const {
  if (prediction.result) return *prediction.result;
  const bool unchanged = prediction.rung == Prediction::Rung::kLocal && live != nullptr &&
                         prediction.fields.empty();
  return unchanged ? *live : manifest.object;
}

bool ChangeCase::AfterIsWhole() const { return &After() != &manifest.object; }

const std::vector<DeletionRule>& DeletionRules() {
  static const std::vector<DeletionRule> kRules = {
      ForbidClaimDeletion,    ForbidVolumeDeletion,    ForbidNamespaceDeletion,
      ForbidSnapshotDeletion, ForbidCustomDeletion,    ForbidDriverDeletion,
      ForbidOwnerDeletion,    ForbidEphemeralOwner,    ForbidRetentionDelete,
      ForbidRunningDeletion,  ForbidClassDeletion,     ForbidNeededDeletion,
      ForbidOwnDeletion,      ForbidProtectedDeletion, GuardDefaultClassDeletion,
  };
  return kRules;
}

const std::vector<ChangeRule>& ChangeRules() {
  static const std::vector<ChangeRule> kRules = {
      GuardClaimSize,       RefuseImmutableChange, RefuseFieldConflict,
      GuardRetentionPolicy, GuardScaleDown,        GuardVolumeFields,
      GuardStrategy,        GuardDataPath,         HoldTerminating,
      GuardEngineVersion,   GuardInitialSettings,  GuardInitialPassword,
      GuardDefaultClass,    GuardReAddedClaim,     GuardMissingReference,
      GuardMissingKey,      WarnForeignOwner,      HoldBrokenRollout,
  };
  return kRules;
}

const std::vector<RevisionRule>& RevisionRules() {
  static const std::vector<RevisionRule> kRules = {
      HoldForeignInventory,  GuardMassChange, RefuseDuplicates, RefuseRename,
      RefuseSelectorOverlap, HoldRewind,      WarnOfApprovals,
  };
  return kRules;
}

std::vector<Finding> JudgeDeletionIn(const Object& live, const Outlook& outlook) {
  std::vector<Finding> findings;
  for (const DeletionRule rule : DeletionRules()) rule({live, outlook}, findings);
  LiftAccepted(outlook.approvals(), live.ref(), &live, findings);
  return findings;
}

std::vector<Finding> JudgeChangeIn(const ChangeCase& change) {
  std::vector<Finding> findings;
  for (const ChangeRule rule : ChangeRules()) {
    std::vector<Finding> more;
    rule(change, more);
    for (Finding& finding : more) {
      // What the server says of a field, an earlier rule may have said better.
      const bool said =
          std::any_of(findings.begin(), findings.end(), [&](const Finding& one) {
            return one.hazard == finding.hazard && one.ruling == finding.ruling;
          });
      if (!said || rule != RefuseImmutableChange) findings.push_back(std::move(finding));
    }
  }
  LiftAccepted(change.outlook.approvals(), change.ref(), change.live, findings);
  return findings;
}

}  // namespace holdfast
