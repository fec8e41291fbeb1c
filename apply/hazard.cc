#include "apply/hazard.h"

#include <algorithm>
#include <exception>

namespace holdfast {
namespace {

/// Not what the exception says: it may quote a value.
Finding FailedInside(std::string_view rule, std::string_view hazards) {
  return {std::string(hazards.substr(0, hazards.find(' '))), Ruling::kRefuse,
          "the rule " + std::string(rule) +
              " failed inside, so what it guards against could not be judged",
          "report this as an error of Holdfast, with the manifest; until then keep the "
          "object as it is"};
}

template <typename Rule, typename Subject>
std::vector<Finding> AskOne(const Rule& rule, const Subject& subject) {
  std::vector<Finding> findings;
  try {
    rule.judge(subject, findings);
  } catch (const std::exception&) {
    findings.push_back(FailedInside(rule.name, rule.hazards));
  }
  return findings;
}

}  // namespace

const Object& ChangeCase::After() const {
  if (prediction.result) return *prediction.result;
  const bool unchanged = prediction.rung == Prediction::Rung::kLocal && live != nullptr &&
                         prediction.fields.empty();
  return unchanged ? *live : manifest.object;
}

bool ChangeCase::AfterIsWhole() const { return &After() != &manifest.object; }

const std::vector<DeletionRule>& DeletionRules() {
  static const std::vector<DeletionRule> kRules = {
      {"ForbidClaimDeletion", "H-A1 H-A2", ForbidClaimDeletion},
      {"ForbidVolumeDeletion", "H-A3", ForbidVolumeDeletion},
      {"GuardPurge", "H-A3", GuardPurge},
      {"ForbidNamespaceDeletion", "H-A6", ForbidNamespaceDeletion},
      {"ForbidSnapshotDeletion", "H-A7", ForbidSnapshotDeletion},
      {"ForbidCustomDeletion", "H-A8 H-A9", ForbidCustomDeletion},
      {"ForbidDriverDeletion", "H-A11", ForbidDriverDeletion},
      {"ForbidOwnerDeletion", "H-B1", ForbidOwnerDeletion},
      {"ForbidEphemeralOwner", "H-B1", ForbidEphemeralOwner},
      {"ForbidRetentionDelete", "H-B2", ForbidRetentionDelete},
      {"ForbidRunningDeletion", "H-B8", ForbidRunningDeletion},
      {"ForbidClassDeletion", "H-G8", ForbidClassDeletion},
      {"ForbidNeededDeletion", "H-F2 H-F18 H-G10", ForbidNeededDeletion},
      {"ForbidOwnDeletion", "H-H9", ForbidOwnDeletion},
      {"ForbidProtectedDeletion", "H-A1", ForbidProtectedDeletion},
      {"ForbidOwnAccessDeletion", "H-H9", ForbidOwnAccessDeletion},
      {"GuardBackupDeletion", "H-F20", GuardBackupDeletion},
      {"WarnBudgetDeletion", "H-F17", WarnBudgetDeletion},
      {"GuardOpeningDeletion", "H-F19", GuardOpeningDeletion},
      {"WarnAccessDeletion", "H-G10", WarnAccessDeletion},
      {"RefuseLeftOut", "H-H5", RefuseLeftOut},
      {"GuardDefaultClassDeletion", "H-G7", GuardDefaultClassDeletion},
  };
  return kRules;
}

const std::vector<ChangeRule>& ChangeRules() {
  static const std::vector<ChangeRule> kRules = {
      {"GuardTemplateChange", "H-D2 H-D3", GuardTemplateChange},
      {"GuardClaimSize", "H-D4 H-D5", GuardClaimSize},
      {"RefuseImmutableChange",
       "H-C5 H-D2 H-D3 H-D4 H-D5 H-D6 H-D7 H-D8 H-D9 H-D10 H-D11", RefuseImmutableChange},
      {"RefuseFieldConflict", "H-E7", RefuseFieldConflict},
      {"GuardOperatorChange", "H-A9 H-D4 H-F5 H-F10", GuardOperatorChange},
      {"GuardSnapshotPolicy", "H-A7", GuardSnapshotPolicy},
      {"GuardRetentionPolicy", "H-B2", GuardRetentionPolicy},
      {"GuardScaleDown", "H-B3 H-F6 H-F7", GuardScaleDown},
      {"GuardVolumeFields", "H-A4 H-A5", GuardVolumeFields},
      {"GuardStrategy", "H-E1 H-E2 H-E4", GuardStrategy},
      {"GuardDataPath", "H-C2 H-C3", GuardDataPath},
      {"GuardPodData", "H-B1", GuardPodData},
      {"HoldTerminating", "H-A2 H-I5", HoldTerminating},
      {"GuardEngineVersion", "H-F10", GuardEngineVersion},
      {"GuardInitialSettings", "H-C4 H-F5 H-F9 H-F10 H-F11", GuardInitialSettings},
      {"GuardInitialPassword", "H-F1", GuardInitialPassword},
      {"GuardDefaultClass", "H-G7", GuardDefaultClass},
      {"GuardReAddedClaim", "H-C6", GuardReAddedClaim},
      {"GuardLeftVolumes", "H-C6", GuardLeftVolumes},
      {"GuardMissingReference", "H-F2 H-F18 H-G8 H-G10", GuardMissingReference},
      {"GuardMissingKey", "H-F2", GuardMissingKey},
      {"WarnForeignOwner", "H-H8 H-H10", WarnForeignOwner},
      {"RefuseFinalizerLoss", "H-A10", RefuseFinalizerLoss},
      {"GuardJoiningMembers", "H-B4 H-C7 H-F8", GuardJoiningMembers},
      {"GuardService", "H-D8 H-F18", GuardService},
      {"WarnServiceUse", "H-F18", WarnServiceUse},
      {"WarnUnusedClaim", "H-G5", WarnUnusedClaim},
      {"GuardJobRerun", "H-D10", GuardJobRerun},
      {"GuardClassOfNewClaim", "H-G7", GuardClassOfNewClaim},
      {"WarnClassChange", "H-D11", WarnClassChange},
      {"RefuseSecondWriter", "H-E3", RefuseSecondWriter},
      {"GuardAutoscaler", "H-E2", GuardAutoscaler},
      {"NoteUnreadChange", "H-F4", NoteUnreadChange},
      {"GuardDangerousSettings", "H-F12", GuardDangerousSettings},
      {"GuardUser", "H-F13", GuardUser},
      {"GuardGrace", "H-F14", GuardGrace},
      {"WarnProbes", "H-F15", WarnProbes},
      {"GuardScheduling", "H-F16", GuardScheduling},
      {"GuardBudget", "H-F17", GuardBudget},
      {"WarnSpentBudget", "H-F17", WarnSpentBudget},
      {"GuardNetworkPolicy", "H-F19", GuardNetworkPolicy},
      {"GuardBackupChange", "H-F20", GuardBackupChange},
      {"GuardRollout", "H-F7 H-G2 H-G4", GuardRollout},
      {"WarnNamedNode", "H-G6", WarnNamedNode},
      {"WarnQuota", "H-G9", WarnQuota},
      {"WarnWebhook", "H-G11", WarnWebhook},
      {"GuardOwnRights", "H-H9", GuardOwnRights},
      {"RefuseOwnRecord", "H-H9", RefuseOwnRecord},
      {"HoldBrokenRollout", "H-G3", HoldBrokenRollout},
  };
  return kRules;
}

const std::vector<RevisionRule>& RevisionRules() {
  static const std::vector<RevisionRule> kRules = {
      {"HoldForeignInventory", "H-H7 H-I8", HoldForeignInventory},
      {"GuardMassChange", "H-H1", GuardMassChange},
      {"RefuseDuplicates", "H-H4", RefuseDuplicates},
      {"RefuseRename", "H-C1", RefuseRename},
      {"RefuseSelectorOverlap", "H-D6", RefuseSelectorOverlap},
      {"WarnManyRollouts", "H-F21", WarnManyRollouts},
      {"HoldRewind", "H-H2", HoldRewind},
      {"HoldHalfDoneRecreation", "H-D3", HoldHalfDoneRecreation},
      // The hazards are those that the files in question are about.
      {"WarnOfApprovals", "", WarnOfApprovals},
  };
  return kRules;
}

std::vector<Finding> Ask(const DeletionRule& rule, const DeletionCase& deletion) {
  return AskOne(rule, deletion);
}

std::vector<Finding> Ask(const ChangeRule& rule, const ChangeCase& change) {
  return AskOne(rule, change);
}

RevisionFindings Ask(const RevisionRule& rule, const Outlook& outlook) {
  RevisionFindings findings;
  try {
    rule.judge(outlook, findings);
  } catch (const std::exception&) {
    findings.revision.push_back(FailedInside(rule.name, rule.hazards));
  }
  return findings;
}

std::vector<Finding> JudgeDeletionIn(const Object& live, const Outlook& outlook) {
  std::vector<Finding> findings;
  for (const DeletionRule& rule : DeletionRules()) {
    for (Finding& finding : Ask(rule, {live, outlook})) {
      findings.push_back(std::move(finding));
    }
  }
  LiftAccepted(outlook.approvals(), live.ref(), &live, findings);
  return findings;
}

std::vector<Finding> JudgeChangeIn(const ChangeCase& change) {
  std::vector<Finding> findings;
  for (const ChangeRule& rule : ChangeRules()) {
    for (Finding& finding : Ask(rule, change)) {
      // What the server says of a field, an earlier rule may have said better.
      const bool said =
          std::any_of(findings.begin(), findings.end(), [&](const Finding& one) {
            return one.hazard == finding.hazard && one.ruling == finding.ruling;
          });
      if (!said || rule.judge != RefuseImmutableChange) {
        findings.push_back(std::move(finding));
      }
    }
  }
  LiftAccepted(change.outlook.approvals(), change.ref(), change.live, findings);
  return findings;
}

}  // namespace holdfast
