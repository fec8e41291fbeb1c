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
      ForbidClaimDeletion,    ForbidVolumeDeletion, ForbidNamespaceDeletion,
      ForbidSnapshotDeletion, ForbidCustomDeletion, ForbidDriverDeletion,
      ForbidOwnerDeletion,    ForbidEphemeralOwner, ForbidRetentionDelete,
      ForbidRunningDeletion,  ForbidClassDeletion,  ForbidNeededDeletion,
      ForbidOwnDeletion,      ForbidProtectedDeletion,
  };
  return kRules;
}

const std::vector<ChangeRule>& ChangeRules() {
  static const std::vector<ChangeRule> kRules = {
      RefuseImmutableChange, RefuseFieldConflict, GuardRetentionPolicy, GuardScaleDown,
      GuardClaimSize,        GuardVolumeFields,   GuardStrategy,        GuardDataPath,
      HoldTerminating,       GuardReAddedClaim,   WarnForeignOwner,     GuardMissingReference,
  };
  return kRules;
}

const std::vector<RevisionRule>& RevisionRules() {
  static const std::vector<RevisionRule> kRules = {
      HoldForeignInventory,
      GuardMassChange,
      RefuseRename,
  };
  return kRules;
}

std::vector<Finding> JudgeDeletionIn(const Object& live, const Outlook& outlook) {
  std::vector<Finding> findings;
  for (const DeletionRule rule : DeletionRules()) rule({live, outlook}, findings);
  return findings;
}

std::vector<Finding> JudgeChangeIn(const ChangeCase& change) {
  std::vector<Finding> findings;
  for (const ChangeRule rule : ChangeRules()) rule(change, findings);
  return findings;
}

}  // namespace holdfast
