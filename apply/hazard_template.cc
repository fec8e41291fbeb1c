// H-D2, H-D3: the claim templates of a StatefulSet change. Kubernetes does not let them,
// and other tools delete the set with its pods and make it anew. Here it is refused unless
// pods and claims keep their names and all is well; then it takes an approval, the claims
// grow first, and the set is made anew around its running pods (safety.md 1.D-resize).

#include <algorithm>
#include <optional>

#include "apply/claim_growth.h"
#include "apply/hazard.h"
#include "apply/pod_template.h"
#include "apply/recreation.h"
#include "apply/rollout.h"
#include "apply/template_change.h"

namespace holdfast {
namespace {

constexpr const char* kPointer = "/spec/volumeClaimTemplates";

using Obstacle = std::optional<Finding>;

std::string Members(long long count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string SizesOf(const std::vector<TemplateChange::Size>& sizes) {
  std::string text;
  for (const auto& one : sizes) {
    text += (text.empty() ? "" : ", ") + one.name + " from " + one.before + " to " + one.after;
  }
  return text;
}

/// One question: may these templates take the place of those that are live?
class Judgement {
 public:
  explicit Judgement(const ChangeCase& change)
      : change_(change),
        live_(*change.live),
        wanted_(change.manifest.object),
        templates_(ChangeOfTemplates(live_, wanted_, change.prediction.fields)) {}

  /// What stands against it, gravest first; nothing if an approval may lift it.
  Obstacle FirstObstacle() const {
    for (const auto ask :
         {&Judgement::OtherNames, &Judgement::Shrinks, &Judgement::OtherStorage,
          &Judgement::MoreThanTemplates, &Judgement::DeletesClaims, &Judgement::Owned, &Judgement::NotAtRest,
          &Judgement::OtherActUnderWay, &Judgement::ClaimInTheWay}) {
      if (Obstacle obstacle = (this->*ask)()) return obstacle;
    }
    return std::nullopt;
  }

  Finding NeedsApproval() const {
    const long long members = ReplicasOf(live_);
    const std::size_t growing =
        GrowingClaims(live_, wanted_, change_.outlook.live()).size();
    std::string takes;
    if (growing > 0) {
      takes = Members(static_cast<long long>(growing), "claim") +
              " of its members grow, one at a time, which cannot be taken back; then ";
    }
    Finding finding{
        Hazard(), Ruling::kApproval,
        Where() + What() + "; Kubernetes keeps claim templates as they were made, so " +
            takes + "StatefulSet " + live_.ref().name +
            " is deleted without its pods and made anew around them: its " +
            Members(members, "pod") + " and their claims go on as they are",
        "approve it: holdfast approve > approvals/" + live_.ref().name +
            ".yaml, and commit the file with this change"};
    finding.approval.action = ToString(ApprovalAction::kResizeRecreate);
    const auto answer = change_.outlook.approvals().ForHazard("H-D3", live_.ref(), &live_);
    if (answer.given != nullptr) return Lifted(std::move(finding), *answer.given);
    if (!answer.why_not.empty()) finding.reason += "; " + answer.why_not;
    return finding;
  }

 private:
  std::string Where() const { return change_.manifest.WhereIs(kPointer) + ": "; }

  std::string Hazard() const { return templates_.others.empty() ? "H-D3" : "H-D2"; }

  std::string What() const {
    std::string what;
    if (!templates_.grows.empty()) {
      what = "the volumes of StatefulSet " + live_.ref().name + " are to grow (" +
             SizesOf(templates_.grows) + ")";
    }
    if (templates_.others.empty()) return what;
    return what + (what.empty() ? "" : ", and ") + templates_.others.front() +
           " changes for members that are yet to come";
  }

  Finding Refuse(std::string reason, std::string remedy) const {
    return {Hazard(), Ruling::kRefuse, Where() + std::move(reason), std::move(remedy)};
  }
  Finding Hold(std::string reason, std::string remedy) const {
    return {Hazard(), Ruling::kHold, Where() + std::move(reason), std::move(remedy)};
  }

  Obstacle OtherNames() const {
    if (templates_.same_names) return std::nullopt;
    return Refuse(
        "the claim templates of StatefulSet " + live_.ref().name +
            " change their names, their number or their order, and a claim is found by the "
            "name of its template: every member would start with an empty volume",
        "put the old templates back; for other volumes make a StatefulSet of another name "
        "beside it and move the data");
  }

  Obstacle Shrinks() const {
    if (templates_.shrinks.empty()) return std::nullopt;
    return Refuse("a volume cannot shrink (" + SizesOf(templates_.shrinks) + ")",
                  "keep " + templates_.shrinks.front().before +
                      " in Git, also when reverting a commit");
  }

  Obstacle OtherStorage() const {
    for (const std::string& path : templates_.others) {
      if (path.find("].metadata.") != std::string::npos) continue;
      return Refuse(path + " changes: the claims that are there keep what they have, and "
                           "members that come later would get other storage",
                    "put the old value back; for other storage make a StatefulSet of "
                    "another name beside it and move the data");
    }
    return std::nullopt;
  }

  Obstacle MoreThanTemplates() const {
    for (const FieldChange& field : change_.prediction.fields) {
      if (IsOfTemplates(field.path)) continue;
      return Refuse(What() + ", and " + field.path +
                        " changes too: while the StatefulSet is made anew its pods must "
                        "not be touched",
                    "commit the change of the claim templates alone, sync it, and the rest "
                    "in a later commit");
    }
    if (change_.prediction.unsure.empty()) return std::nullopt;
    return Hold(What() + ", and whether anything else changes could not be told: " +
                    change_.prediction.unsure,
                "write the manifest as the cluster has it but for the claim templates");
  }

  Obstacle DeletesClaims() const {
    for (const char* when : {"whenDeleted", "whenScaled"}) {
      if (StringIn(live_.json(), "spec", "persistentVolumeClaimRetentionPolicy", when) !=
          "Delete") {
        continue;
      }
      const std::string field =
          "persistentVolumeClaimRetentionPolicy." + std::string(when);
      return Refuse(What() + ", and " + field +
                        " is Delete: the claims could go together with the StatefulSet "
                        "that is replaced",
                    "set " + field + ": Retain in Git and sync, then change the claim "
                    "templates in a later commit");
    }
    return std::nullopt;
  }

  Obstacle Owned() const {
    for (const char* list : {"ownerReferences", "finalizers"}) {
      const Json& entries = ArrayIn(live_.json(), "metadata", list);
      if (entries.empty()) continue;
      return Refuse(What() + ", and StatefulSet " + live_.ref().name + " has " + list +
                        ": another program has a say in its deletion",
                    "change the size through that program (an operator has a field of its "
                    "own for it), or put the old templates back");
    }
    return std::nullopt;
  }

  Obstacle NotAtRest() const {
    const Json& json = live_.json();
    const long long wanted = ReplicasOf(live_);
    const auto count = [&](const char* field) {
      return IntegerIn(0, json, "status", field);
    };
    std::string why;
    if (live_.terminating()) {
      why = "it is being deleted";
    } else if (IntegerIn(-1, json, "status", "observedGeneration") !=
               IntegerIn(0, json, "metadata", "generation")) {
      why = "its controller has not seen its last change yet";
    } else if (IsOverridden(live_)) {
      why = "its partition is held back for a rollout";
    } else if (StringIn(json, "status", "currentRevision") !=
               StringIn(json, "status", "updateRevision")) {
      why = "a rollout of its pods is not finished";
    } else if (count("replicas") != wanted || count("readyReplicas") != wanted) {
      why = std::to_string(count("readyReplicas")) + " of " + Members(wanted, "pod") +
            " ready";
    }
    if (why.empty()) return std::nullopt;
    return Hold(What() + ", and StatefulSet " + live_.ref().name + " is not at rest: " + why,
                "wait until all its pods are ready and of one template, or repair them; "
                "then run again");
  }

  Obstacle OtherActUnderWay() const {
    for (const auto& [key, entry] : change_.outlook.input().journal) {
      if (entry.ref != live_.ref() || entry.act == kRecreateAct) continue;
      return Hold(What() + ", and another act on it is not finished (" + entry.act +
                      ", begun " + entry.since + " by " + entry.by + ")",
                  "run again once that has been ended");
    }
    return std::nullopt;
  }

  /// Every claim of every member is looked at, the larger ones too: it must survive.
  Obstacle ClaimInTheWay() const {
    const Snapshot& around = change_.outlook.live();
    const auto growing = GrowingClaims(live_, wanted_, around);
    for (const ObjectRef& ref : ClaimsOfMembers(live_)) {
      const Object* claim = around.Find(ref);
      if (claim == nullptr) {
        const Error* gap = GapOver(around, ref);
        return Hold(What() + ", and " + ref.ToString() + " " +
                        (gap == nullptr ? std::string("is not there")
                                        : "could not be read: " + gap->message),
                    "run again once every member has its claim and it can be read");
      }
      if (claim->terminating()) {
        return Hold(What() + ", and " + ref.ToString() + " is being deleted",
                    "see what is said of that claim first");
      }
      if (!ArrayIn(claim->json(), "metadata", "ownerReferences").empty()) {
        return Refuse(What() + ", and " + ref.ToString() +
                          " has ownerReferences: it would be deleted with its owner",
                      "set persistentVolumeClaimRetentionPolicy to Retain, or take the "
                      "ownerReferences off the claim, and run again");
      }
      const bool grows = std::any_of(
          growing.begin(), growing.end(),
          [&](const GrowingClaim& one) { return one.claim == claim; });
      if (!grows) continue;
      const auto no = WhyNoGrowth(*claim, change_.outlook);
      if (!no) continue;
      if (no->unknown) {
        return Hold(What() + ", and of " + ref.ToString() + ": " + no->why,
                    "let Holdfast read StorageClass objects, then run again");
      }
      return Refuse(What() + ", and " + ref.ToString() + " cannot grow: " + no->why,
                    "keep the old size in Git; to get more room make a StatefulSet of "
                    "another name, of a class that can grow, and move the data");
    }
    return std::nullopt;
  }

  const ChangeCase& change_;
  const Object& live_;
  const Object& wanted_;
  TemplateChange templates_;
};

}  // namespace

void GuardTemplateChange(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!IsTemplateChange(change)) return;
  const Judgement judgement(change);
  Obstacle obstacle = judgement.FirstObstacle();
  findings.push_back(obstacle ? std::move(*obstacle) : judgement.NeedsApproval());
}

void HoldHalfDoneRecreation(const Outlook& outlook, RevisionFindings& findings) {
  for (const auto& [key, entry] : outlook.input().journal) {
    if (entry.act != kRecreateAct || entry.step != kRecreatingStep) continue;
    const Object* live = outlook.live().Find(entry.ref);
    const bool as_before =
        live != nullptr && live->uid() == entry.uid && !live->terminating();
    if (as_before) continue;
    findings.revision.push_back(
        {"H-D3", Ruling::kHold,
         entry.ref.ToString() + " is being made anew around its pods (begun " +
             entry.since + " by " + entry.by +
             "), and that is not finished: its pods run, and nothing would bring one back",
         "let holdfast sync or the daemon run: it finishes this before anything else"});
  }
}

}  // namespace holdfast
