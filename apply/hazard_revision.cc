// H-H1, H-H4, H-H7, H-I8: the revision as a whole. Most data are lost not by a change but
// by an accident around it: an empty checkout, a wrong folder, the wrong cluster.

#include <map>
#include <string>

#include "apply/claim_state.h"
#include "apply/hazard.h"
#include "apply/kinds.h"

namespace holdfast {
namespace {

constexpr const char* kOtherSync =
    "check --repo, --path and --name; if this is meant to be another set of objects, "
    "give it another --name";

void HoldOther(const std::string& what, const std::string& before, const std::string& now,
               RevisionFindings& findings) {
  if (before.empty() || now.empty() || before == now) return;
  findings.revision.push_back({"H-H7", Ruling::kHold,
                               "the inventory is of " + what + " \"" + before +
                                   "\", and this is \"" + now +
                                   "\": what Git lacks here may be in use there",
                               kOtherSync});
}

}  // namespace

void HoldForeignInventory(const Outlook& outlook, RevisionFindings& findings) {
  const PlanInput& input = outlook.input();
  const Inventory& inventory = input.inventory;
  if (!inventory.exists) return;
  if (inventory.cluster_uid != input.live.cluster_uid) {
    findings.revision.push_back(
        {"H-I8", Ruling::kHold,
         "the inventory was made in another cluster (uid of kube-system \"" +
             inventory.cluster_uid + "\", here \"" + input.live.cluster_uid + "\")",
         "check --context and --kubeconfig; if the cluster was restored from a backup, "
         "remove the ConfigMaps holdfast-inventory-" +
             input.sync + "* in " + input.inventory_namespace +
             ", and the next sync adopts what is there without deleting anything"});
  }
  HoldOther("sync", inventory.sync, input.sync, findings);
  HoldOther("repository", inventory.repo, input.repo, findings);
  HoldOther("path", inventory.path, input.path, findings);
}

// A rewind is a revert that nobody wrote down: images go back, sizes shrink, old passwords
// return. And a branch that was rewritten may be somebody's mistake.
void HoldRewind(const Outlook& outlook, RevisionFindings& findings) {
  const PlanInput& input = outlook.input();
  const std::string& before = input.inventory.revision;
  if (before.empty() || input.revision.empty() || before == input.revision) return;
  const auto follows = input.follows.find(before);
  if (follows != input.follows.end() && follows->second) return;
  const bool unknown = follows == input.follows.end();
  Finding finding{
      "H-H2", Ruling::kHold,
      "revision " + input.revision + " does not follow " + before + ", which is in force" +
          (unknown ? " and is not in the repository (any more)" : "") +
          ": history was rewritten or rewound, or this is another branch",
      "bring back what was there: git revert undoes a commit without rewriting history; if "
      "the rewind is meant, approve it: holdfast approve > approvals/rewind.yaml, and "
      "commit it on top"};
  finding.approval.action = ToString(ApprovalAction::kRewind);
  const auto answer = outlook.approvals().ForRewind();
  if (answer.given != nullptr) {
    finding = Lifted(std::move(finding), *answer.given);
  } else if (!answer.why_not.empty()) {
    finding.reason += "; " + answer.why_not;
  }
  findings.revision.push_back(std::move(finding));
}

void GuardMassChange(const Outlook& outlook, RevisionFindings& findings) {
  const PlanInput& input = outlook.input();
  const std::size_t known = input.inventory.entries.size();
  if (known == 0) return;
  if (input.desired.empty()) {
    findings.revision.push_back(
        {"H-H1", Ruling::kHold,
         "the revision holds no object at all, while the inventory has " +
             std::to_string(known) + ": this looks like a failed read or a wrong path",
         "check the branch and the path; to remove everything, remove it in smaller "
         "commits"});
    return;
  }
  const std::size_t deletions = CountDeletions(outlook);
  if (deletions == 0) return;
  constexpr std::size_t kSmallInventory = 10;
  const bool everything = deletions == known;
  const bool many = deletions > static_cast<std::size_t>(input.limits.objects);
  const bool large_part =
      known >= kSmallInventory &&
      deletions * 100 > known * static_cast<std::size_t>(input.limits.percent);
  if (!everything && !many && !large_part) return;
  Finding finding{
      "H-H1", Ruling::kApproval,
      "the revision deletes " + std::to_string(deletions) + " of the " +
          std::to_string(known) +
          " objects of this sync, more than goes without asking (" +
          std::to_string(input.limits.objects) + " objects, " +
          std::to_string(input.limits.percent) + " % of ten or more, or all of them)",
      "check that no folder was lost; if it is meant, approve just this number of "
      "deletions: holdfast approve > approvals/deletions.yaml, and commit it; or remove "
      "the old in smaller commits"};
  finding.approval.action = ToString(ApprovalAction::kAccept);
  const auto answer = outlook.approvals().ForMass(static_cast<long long>(deletions));
  if (answer.given != nullptr) {
    finding = Lifted(std::move(finding), *answer.given);
  } else if (!answer.why_not.empty()) {
    finding.reason += "; " + answer.why_not;
  }
  findings.revision.push_back(std::move(finding));
}

std::size_t CountDeletions(const Outlook& outlook) {
  std::size_t deletions = 0;
  for (const Removal& removal : outlook.removals()) {
    if (removal.fate != Removal::Fate::kDelete) continue;
    const bool empty = IsClaim(removal.live->ref()) &&
                       BindingOf(*removal.live, outlook.live()) == Binding::kNever;
    if (!empty) ++deletions;
  }
  return deletions;
}

// What was meant as an approval and is none must not go unnoticed: somebody relies on it.
void WarnOfApprovals(const Outlook& outlook, RevisionFindings& findings) {
  for (const ApprovalBook::Rejected& one : outlook.approvals().rejected()) {
    findings.revision.push_back(
        {one.hazard, one.used ? Ruling::kNote : Ruling::kWarn,
         one.source.ToString() + ": not an approval: " + one.why,
         one.used ? "remove the file"
                  : "correct it or remove it; holdfast approve prints what is needed"});
  }
}

// Lint sees what is written; which two documents are one object is certain only here,
// where kinds of the cluster's scope have lost their namespace and the others have one.
void RefuseDuplicates(const Outlook& outlook, RevisionFindings& findings) {
  std::map<ObjectRef, const Manifest*> first;
  for (const Manifest& manifest : outlook.input().desired) {
    const ObjectRef& ref = manifest.object.ref();
    const auto [known, is_new] = first.emplace(ref, &manifest);
    if (is_new) continue;
    findings.objects.emplace(
        ref, Finding{"H-H4", Ruling::kRefuse,
                     manifest.source.ToString() + ": " + ref.ToString() +
                         " stands here and at " + known->second->source.ToString() +
                         "; which of the two counts is not for a machine to guess",
                     "keep one of them, or give one another name or namespace"});
  }
}

}  // namespace holdfast
