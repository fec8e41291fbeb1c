// Guard: may this change go ahead, or would it cost someone their data?

#pragma once

#include <variant>
#include <vector>

#include "apply/outlook.h"
#include "apply/permit.h"
#include "apply/plan.h"
#include "diff/change.h"
#include "diff/snapshot.h"

namespace holdfast {

/// Everything that the guard has to say about deleting `live`, itself or by
/// what Kubernetes does next.
///
/// A PersistentVolumeClaim that ever had a volume goes only by an Approval that names its
/// uid, and then its volume stays (H-A1, the table of safety.md 2.2). So it is where a
/// Namespace or an operator would take claims along (H-A6, H-A9): the approval names each
/// of them, and the volumes are made sure of first. Whatever would delete a claim or
/// volume in another way is refused, and no approval lifts it: a PersistentVolume that is
/// not in quarantine (H-A3), ownerReferences (H-B1), persistentVolumeClaimRetentionPolicy
/// (H-B2), a CRD with objects (H-A8), a custom resource of which we do not know what its
/// operator does. Held where a fact that this needs is missing. Pure.
std::vector<Finding> JudgeDeletion(const Object& live, const PlanInput& input);

/// The same for several deletions that were read together.
std::vector<Finding> JudgeDeletion(const Object& live, const Outlook& outlook);

/// Everything about creating or changing what `manifest` says.
std::vector<Finding> JudgeChange(const Manifest& manifest, const Prediction& prediction,
                                 const PlanInput& input);

/// True if a dry run's no is judged by JudgeChange: a change of a field that cannot be
/// changed, or a field that another manager owns. Any other rejection (a misspelled
/// field, validation, admission, rights, quota) is an error of the revision: the caller
/// reports it and makes no plan.
bool IsGuardMatter(const Rejection& rejection, const Object& object);

class Guard {
 public:
  /// The Permit to delete `fresh`, which was read for this deletion together
  /// with the facts in `input`, or the findings that stand against it, never none.
  /// Holds where `fresh` lacks uid or resourceVersion; refuses what Git still wants.
  /// `expected_uid` is the inventory's: another object of the same name is
  /// another object. Stricter than the plan: a workload with data must have stopped, no
  /// pod may use a claim, and the volume of a claim must be kept already, by reclaim
  /// policy Retain.
  static std::variant<Permit, std::vector<Finding>> RequestPermit(
      const Object& fresh, const std::string& expected_uid, const PlanInput& input);

  /// The same for several deletions that were read together: `outlook` is made of their
  /// facts once, and not for each. Holds where it does not delete `fresh`.
  static std::variant<Permit, std::vector<Finding>> RequestPermit(
      const Object& fresh, const std::string& expected_uid, const Outlook& outlook);

  /// The Permit to delete one pod of a StatefulSet so that a rollout may go on (H-G3):
  /// `facts.live` holds both, and the claims that the pod mounts, read for this. Only
  /// where an Approval `restart` names the pod by its uid, the pod has never been ready
  /// and is not of the newest template, and no claim of it is on its way out.
  static std::variant<Permit, std::vector<Finding>> RequestRestart(
      const ObjectRef& pod, const ObjectRef& set, const PlanInput& facts);

  /// What stands against making the StatefulSet `fresh` anew around its pods, as
  /// `manifest` wants it, judged like the plan from the facts in `input`; empty if nothing
  /// does and an approval says so.
  static std::vector<Finding> AgainstRecreation(const Object& fresh,
                                                const Manifest& manifest,
                                                const PlanInput& input);

  /// The Permit to delete it so that what it made stays, by the same rule. Stricter: every
  /// claim of its members must have grown already.
  static std::variant<Permit, std::vector<Finding>> RequestRecreation(
      const Object& fresh, const std::string& expected_uid, const Manifest& manifest,
      const PlanInput& input);
};

}  // namespace holdfast
