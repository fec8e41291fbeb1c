#include "apply/approval_book.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "apply/timestamp.h"

namespace holdfast {
namespace {

/// Our clock and the server's may differ by so many seconds (H-I6).
constexpr long long kMostSkew = 60;

long long Apart(long long a, long long b) { return a < b ? b - a : a - b; }

std::string NotThis(const Approval& approval, const std::string& why) {
  return approval.source.ToString() + " is not an approval of this: " + why;
}

void AddClause(std::string& clauses, const std::string& clause) {
  clauses += (clauses.empty() ? "" : "; ") + clause;
}

std::string Made(const std::string& uid) { return uid.empty() ? "none" : uid; }

}  // namespace

std::string HazardOf(const Approval& approval) {
  switch (approval.action) {
    case ApprovalAction::kDetach:
      return "H-A1";
    case ApprovalAction::kDestroy:
      return "H-A3";
    case ApprovalAction::kScaleDown:
      return "H-F6";
    case ApprovalAction::kResizeRecreate:
      return "H-D3";
    case ApprovalAction::kRestart:
      return "H-G3";
    case ApprovalAction::kRewind:
      return "H-H2";
    case ApprovalAction::kAccept:
      return approval.hazard;
  }
  return "H-H3";
}

ApprovalBook::ApprovalBook(const ApprovalFacts& facts) : facts_(facts) {
  std::set<std::string> ids;
  for (const Manifest& manifest : facts_.approvals) {
    auto parsed = ParseApproval(manifest);
    if (const auto* why = std::get_if<std::string>(&parsed)) {
      rejected_.push_back({manifest.source, "H-H3", *why});
      continue;
    }
    Entry entry{std::get<Approval>(std::move(parsed)), ""};
    bool used = false;
    entry.unfit = Unfit(entry.approval, used);
    if (entry.unfit.empty()) entry.unfit = Unsigned(entry.approval);
    if (entry.unfit.empty() && !ids.insert(entry.approval.id).second) {
      entry.unfit = "another file says the very same";
    }
    if (!entry.unfit.empty()) {
      rejected_.push_back({manifest.source, HazardOf(entry.approval), entry.unfit, used});
    }
    for (const ApprovalTarget& one : entry.approval.targets) {
      entry.targets.emplace(std::tuple(one.kind, one.name_space, one.name),
                            entry.targets.size());
    }
    entries_.push_back(std::move(entry));
  }
}

const ApprovalTarget* ApprovalBook::Entry::For(const ObjectRef& ref) const {
  const auto found = targets.find(std::tuple(ref.kind, ref.name_space, ref.name));
  return found == targets.end() ? nullptr : &approval.targets[found->second];
}

std::string ApprovalBook::Unfit(const Approval& approval, bool& used) const {
  if (approval.cluster != facts_.live.cluster_uid) {
    return "it is for another cluster (uid of kube-system " + approval.cluster +
           ", here " + facts_.live.cluster_uid + ")";
  }
  const auto before = facts_.used.find(approval.id);
  if (before != facts_.used.end()) {
    // What ends with the object of this uid gone is finished under any revision: a uid
    // comes but once.
    const bool once = approval.action == ApprovalAction::kDetach ||
                      approval.action == ApprovalAction::kDestroy ||
                      approval.action == ApprovalAction::kResizeRecreate;
    const bool may_go_on =
        !before->second.done && (once || before->second.revision == facts_.revision);
    used = !may_go_on;
    if (used) {
      return "it has been used already" +
             (before->second.revision.empty()
                  ? ""
                  : " by revision " + before->second.revision) +
             ", and counts once";
    }
  }
  const long long now = facts_.live.server_time;
  if (now == 0) return "the time is not known, since the API server did not tell it";
  if (facts_.local_time != 0 && Apart(now, facts_.local_time) > kMostSkew) {
    return "the clock here and the API server's differ by " +
           std::to_string(Apart(now, facts_.local_time)) + " s";
  }
  if (now < approval.not_before) {
    return "it begins at " + FormatTimestamp(approval.not_before) + ", and it is " +
           FormatTimestamp(now);
  }
  if (now >= approval.expires) {
    return "it expired at " + FormatTimestamp(approval.expires) + ", and it is " +
           FormatTimestamp(now);
  }
  if (approval.expires - now > kFarthestApproval) {
    return "it expires at " + FormatTimestamp(approval.expires) +
           ", more than 30 days from now";
  }
  if (!facts_.revision.empty()) {
    const auto committed = facts_.times.find(approval.source.path);
    if (committed == facts_.times.end()) return "when it was committed cannot be told";
    if (approval.expires - committed->second > kLongestApproval) {
      return "it expires at " + FormatTimestamp(approval.expires) +
             ", more than 7 days after its commit at " +
             FormatTimestamp(committed->second);
    }
  }
  return "";
}

std::string ApprovalBook::Unsigned(Approval& approval) const {
  if (facts_.signers == nullptr) return "";
  const auto signer = facts_.signers->find(approval.source.path);
  if (signer == facts_.signers->end()) {
    return "signatures are asked for, and who signed it cannot be told";
  }
  if (signer->second.who.empty()) {
    return "signatures are asked for: " + signer->second.why_not;
  }
  approval.signer = signer->second.who;
  return "";
}

std::vector<const Approval*> ApprovalBook::valid() const {
  std::vector<const Approval*> valid;
  for (const Entry& entry : entries_) {
    if (entry.unfit.empty()) valid.push_back(&entry.approval);
  }
  return valid;
}

std::string ApprovalBook::OtherClaim(const ApprovalTarget& target,
                                     const Object& claim) const {
  if (claim.uid().empty() || target.uid != claim.uid()) {
    return "it names uid " + target.uid + ", and the claim that is there has " +
           Made(claim.uid()) + ": it was made anew";
  }
  const std::string name = StringIn(claim.json(), "spec", "volumeName");
  if (target.volume != name) {
    return "it names volume \"" + target.volume + "\", and the claim has \"" + name +
           "\"";
  }
  const Object* volume =
      name.empty() ? nullptr : facts_.live.Find({"", "PersistentVolume", "", name});
  const std::string uid = volume == nullptr ? "" : volume->uid();
  if (target.volume_uid != uid) {
    return "its pvUid is " + Made(target.volume_uid) + ", and the volume's uid is " +
           Made(uid);
  }
  return "";
}

void ApprovalBook::NoteGoing(const std::set<ObjectRef>& going) {
  for (Entry& entry : entries_) {
    if (entry.approval.action == ApprovalAction::kDetach) {
      entry.other_batch = OtherBatch(entry, going);
    }
  }
}

std::string ApprovalBook::OtherBatch(const Entry& entry,
                                     const std::set<ObjectRef>& going) const {
  for (const ObjectRef& other : going) {
    if (entry.For(other) != nullptr) continue;
    return "the plan deletes " + std::to_string(going.size()) +
           " claims, and it does not name " + other.ToString() +
           ": one Approval names all of them";
  }
  for (const ApprovalTarget& one : entry.approval.targets) {
    const ObjectRef ref{"", one.kind, one.name_space, one.name};
    // One that is gone was deleted by the run that this one finishes.
    const Object* still = facts_.live.Find(ref);
    if (going.count(ref) != 0 || still == nullptr || still->uid() != one.uid) continue;
    return "it names " + ref.ToString() + " too, which the plan does not delete";
  }
  return "";
}

ApprovalBook::Answer ApprovalBook::ForDetach(const Object& claim) const {
  Answer answer;
  for (const Entry& entry : entries_) {
    const ApprovalTarget* target = entry.For(claim.ref());
    if (entry.approval.action != ApprovalAction::kDetach || target == nullptr) continue;
    std::string why = entry.unfit;
    if (why.empty()) why = OtherClaim(*target, claim);
    if (why.empty()) why = entry.other_batch;
    if (why.empty()) return {&entry.approval, ""};
    AddClause(answer.why_not, NotThis(entry.approval, why));
  }
  return answer;
}

ApprovalBook::Answer ApprovalBook::ForScaleDown(
    const std::vector<const Object*>& leaving) const {
  Answer answer;
  if (leaving.empty()) return answer;
  for (const Entry& entry : entries_) {
    const Approval& approval = entry.approval;
    if (approval.action != ApprovalAction::kScaleDown) continue;
    const bool meant =
        std::any_of(leaving.begin(), leaving.end(), [&](const Object* claim) {
          return entry.For(claim->ref()) != nullptr;
        });
    if (!meant) continue;
    std::string why = entry.unfit;
    for (const Object* claim : leaving) {
      if (!why.empty()) break;
      const ApprovalTarget* target = entry.For(claim->ref());
      why = target == nullptr
                ? "it does not name " + claim->ref().ToString() + ", whose pod leaves too"
                : OtherClaim(*target, *claim);
    }
    if (why.empty() && approval.targets.size() != leaving.size()) {
      why = "it names " + std::to_string(approval.targets.size()) + " claims, and " +
            std::to_string(leaving.size()) + " leave";
    }
    if (why.empty()) return {&approval, ""};
    AddClause(answer.why_not, NotThis(approval, why));
  }
  return answer;
}

ApprovalBook::Answer ApprovalBook::ForHazard(const std::string& hazard,
                                             const ObjectRef& ref,
                                             const Object* live) const {
  Answer answer;
  for (const Entry& entry : entries_) {
    const Approval& approval = entry.approval;
    // What has an action of its own is accepted by no other.
    const ApprovalAction wanted =
        hazard == "H-D3" ? ApprovalAction::kResizeRecreate : ApprovalAction::kAccept;
    if (approval.action != wanted || HazardOf(approval) != hazard) continue;
    const ApprovalTarget* target = entry.For(ref);
    if (target == nullptr) continue;
    std::string why = entry.unfit;
    const std::string uid = live == nullptr ? "" : live->uid();
    if (why.empty() && target->uid != uid) {
      why = "it names uid " + Made(target->uid) + ", and the object that is there has " +
            Made(uid);
    }
    if (why.empty()) return {&approval, ""};
    AddClause(answer.why_not, NotThis(approval, why));
  }
  return answer;
}

ApprovalBook::Answer ApprovalBook::ForRestart(const Object& pod) const {
  Answer answer;
  for (const Entry& entry : entries_) {
    const Approval& approval = entry.approval;
    if (approval.action != ApprovalAction::kRestart) continue;
    const ApprovalTarget* target = entry.For(pod.ref());
    if (target == nullptr) continue;
    std::string why = entry.unfit;
    if (why.empty() && (pod.uid().empty() || target->uid != pod.uid())) {
      why = "it names uid " + Made(target->uid) + ", and the pod that is there has " +
            Made(pod.uid()) + ": it has been restarted already";
    }
    if (why.empty() && approval.targets.size() != 1) {
      why = "it names " + std::to_string(approval.targets.size()) +
            " pods, and one is restarted at a time";
    }
    if (why.empty()) return {&approval, ""};
    AddClause(answer.why_not, NotThis(approval, why));
  }
  return answer;
}

ApprovalBook::Answer ApprovalBook::ForRewind() const {
  Answer answer;
  for (const Entry& entry : entries_) {
    const Approval& approval = entry.approval;
    if (approval.action != ApprovalAction::kRewind) continue;
    std::string why = entry.unfit;
    const auto follows = facts_.follows.find(approval.to);
    if (why.empty() && (follows == facts_.follows.end() || !follows->second)) {
      why = "this revision does not follow commit " + approval.to;
    }
    if (why.empty()) return {&approval, ""};
    AddClause(answer.why_not, NotThis(approval, why));
  }
  return answer;
}

ApprovalBook::Answer ApprovalBook::ForMass(long long deletions) const {
  Answer answer;
  for (const Entry& entry : entries_) {
    const Approval& approval = entry.approval;
    if (approval.action != ApprovalAction::kAccept || !approval.deletions) continue;
    std::string why = entry.unfit;
    if (why.empty() && *approval.deletions != deletions) {
      why = "it is for " + std::to_string(*approval.deletions) +
            " deletions, and these are " + std::to_string(deletions);
    }
    if (why.empty()) return {&approval, ""};
    AddClause(answer.why_not, NotThis(approval, why));
  }
  return answer;
}

Finding Lifted(Finding finding, const Approval& by) {
  finding.ruling = Ruling::kNote;
  finding.reason += "; approved in " + by.source.ToString() + " (" + by.reason + ")";
  finding.remedy.clear();
  finding.approval.given = by.source.ToString();
  return finding;
}

void LiftAccepted(const ApprovalBook& book, const ObjectRef& ref, const Object* live,
                  std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    if (finding.ruling != Ruling::kApproval) continue;
    if (finding.approval.action.empty()) {
      finding.approval.action = ToString(ApprovalAction::kAccept);
    }
    if (finding.approval.action != ToString(ApprovalAction::kAccept)) continue;
    const ApprovalBook::Answer answer = book.ForHazard(finding.hazard, ref, live);
    if (answer.given != nullptr) {
      finding = Lifted(std::move(finding), *answer.given);
    } else if (!answer.why_not.empty()) {
      finding.reason += "; " + answer.why_not;
    }
  }
}

}  // namespace holdfast
