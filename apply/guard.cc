#include "apply/guard.h"

#include <algorithm>

#include "apply/at_work.h"
#include "apply/claim_growth.h"
#include "apply/claim_state.h"
#include "apply/hazard.h"
#include "apply/immutable.h"
#include "apply/kinds.h"
#include "apply/operators.h"
#include "apply/outlook.h"
#include "apply/pod_template.h"
#include "apply/quarantine.h"
#include "apply/rollout.h"
#include "apply/stateful.h"

namespace holdfast {
namespace {

Finding Hold(std::string hazard, std::string reason) {
  return {std::move(hazard), Ruling::kHold, std::move(reason),
          "nothing is deleted; the next run reads everything again and decides anew"};
}

/// The claims with data that go with an object that is none.
std::vector<const Object*> ClaimsAlong(const Object& object, const Outlook& outlook) {
  std::vector<const Object*> claims;
  if (object.ref().Is("", "Namespace")) {
    claims = outlook.live().All("", "PersistentVolumeClaim", object.ref().name);
  } else if (OperatorOf(object.ref()) != nullptr) {
    claims = ClaimsOfResource(object, outlook);
  }
  std::erase_if(claims, [&](const Object* claim) {
    return BindingOf(*claim, outlook.live()) == Binding::kNever;
  });
  return claims;
}

/// What the plan only foresees and the deletion itself must find done.
void AddUndone(const Object& fresh, const Outlook& outlook,
               std::vector<Finding>& against) {
  const Snapshot& live = outlook.live();
  const auto refuse = [&](const char* hazard, std::string reason) {
    against.push_back({hazard, Ruling::kRefuse, std::move(reason),
                       "the next run goes on from what is there then"});
  };
  const std::string at_work = IsStateful(fresh) ? AtWork(fresh, live) : "";
  if (!at_work.empty()) refuse("H-B8", "it has not stopped: " + at_work);
  for (const Object* claim : ClaimsAlong(fresh, outlook)) {
    const Object* volume = VolumeOf(*claim, live);
    if (volume == nullptr || IsKeptFor(*volume, claim->uid())) continue;
    refuse("H-A1", "the volume of claim " + claim->ref().name +
                       ", which goes along, is not made sure of");
  }
  const OperatorKind* op = OperatorOf(fresh.ref());
  if (op != nullptr && op->by != ClaimSwitch::kNone && !KeepsClaims(*op, fresh)) {
    refuse("H-A9", "it does not say " + DescribeOptOut(*op) +
                       ", so its operator would delete its claims");
  }
  if (!IsClaim(fresh.ref())) return;
  const auto pods = outlook.PodsUsing(fresh.ref());
  if (!pods.empty())
    refuse("H-A1", "pod " + pods.front()->ref().name + " has it mounted");
  if (BindingOf(fresh, live) != Binding::kBound) return;
  const Object* volume = VolumeOf(fresh, live);
  const std::string policy =
      volume == nullptr
          ? "unknown"
          : StringIn(volume->json(), "spec", "persistentVolumeReclaimPolicy");
  if (policy != "Retain") {
    refuse("H-A1", "the reclaim policy of its volume is " + policy + " and not Retain");
  }
}

}  // namespace

std::vector<Finding> JudgeDeletion(const Object& live, const PlanInput& input) {
  return JudgeDeletionIn(live, Outlook(input, &live));
}

std::vector<Finding> JudgeDeletion(const Object& live, const Outlook& outlook) {
  return JudgeDeletionIn(live, outlook);
}

std::vector<Finding> JudgeChange(const Manifest& manifest, const Prediction& prediction,
                                 const PlanInput& input) {
  const Outlook outlook(input);
  return JudgeChangeIn(
      {manifest, input.live.Find(manifest.object.ref()), prediction, outlook});
}

bool IsGuardMatter(const Rejection& rejection, const Object& object) {
  if (rejection.kind == Rejection::Kind::kFieldConflict) return true;
  return !ImmutableFieldsIn(rejection, object).empty();
}

std::variant<Permit, std::vector<Finding>> Guard::RequestPermit(
    const Object& fresh, const std::string& expected_uid, const PlanInput& input) {
  return RequestPermit(fresh, expected_uid, Outlook(input, &fresh));
}

std::variant<Permit, std::vector<Finding>> Guard::RequestPermit(
    const Object& fresh, const std::string& expected_uid, const Outlook& outlook) {
  const std::string name = fresh.ref().ToString();
  std::vector<Finding> against;
  if (fresh.uid().empty() || fresh.resource_version().empty()) {
    against.push_back(
        Hold("H-I5", name + " was read without uid or resourceVersion, so the server "
                            "could not tell it from another object"));
  }
  if (expected_uid.empty() || fresh.uid() != expected_uid) {
    against.push_back(
        Hold("H-I5", name + " is not the object that this sync had made (uid \"" +
                         fresh.uid() + "\", expected \"" + expected_uid + "\")"));
  }
  if (!outlook.Deletes(fresh.ref())) {
    against.push_back(Hold("H-I5", name + " is not among what is to be deleted now"));
  }
  if (const Manifest* wanted = outlook.Desired(fresh.ref())) {
    against.push_back({"H-I5", Ruling::kRefuse,
                       name + " is wanted by Git (" + wanted->source.ToString() + ")",
                       "nothing to do: an object that Git has is never deleted"});
  }
  const std::string released = WhyReleased(fresh, outlook.input());
  if (!released.empty()) {
    against.push_back({"H-H10", Ruling::kRefuse,
                       name + " is not this sync's to delete: " + released,
                       "nothing to do: the next run leaves it alone"});
  }
  if (const std::string opt_out = PruneOptOut(fresh); !opt_out.empty()) {
    against.push_back(
        {"H-H8", Ruling::kRefuse,
         name + " is to be left alone: its annotation " + opt_out + " says so",
         "remove the annotation if it may go"});
  }
  for (Finding& finding : JudgeDeletionIn(fresh, outlook)) {
    if (Stops(finding.ruling)) against.push_back(std::move(finding));
  }
  AddUndone(fresh, outlook, against);
  if (!against.empty()) return against;
  return Permit(fresh, RunsPods(fresh.ref()) ? Permit::Dependents::kPrecede
                                             : Permit::Dependents::kFollow);
}

std::variant<Permit, std::vector<Finding>> Guard::RequestRestart(const ObjectRef& pod,
                                                                 const ObjectRef& set,
                                                                 const PlanInput& facts) {
  const auto refuse = [&](std::string reason) {
    return std::vector<Finding>{
        {"H-G3", Ruling::kRefuse, pod.ToString() + ": " + std::move(reason),
         "the next run decides anew from what is there then"}};
  };
  const Object* fresh = facts.live.Find(pod);
  const Object* owner = facts.live.Find(set);
  if (fresh == nullptr || owner == nullptr) return refuse("it is gone, or its StatefulSet");
  if (fresh->uid().empty() || fresh->resource_version().empty()) {
    return refuse("it was read without uid or resourceVersion");
  }
  const auto stuck = StuckPods(*owner, facts.live, Template::kStays);
  const bool is_stuck = std::any_of(stuck.begin(), stuck.end(), [&](const Object* one) {
    return one->ref() == pod;
  });
  if (!is_stuck) return refuse("it does not hold up the rollout any more");
  for (const MountedClaim& mounted : MountedClaims(PodTemplate(*fresh))) {
    const Object* claim =
        facts.live.Find({"", "PersistentVolumeClaim", pod.name_space, mounted.claim});
    if (claim == nullptr || claim->terminating()) {
      return refuse("its claim " + mounted.claim +
                    " is gone or on its way out, and would go with it");
    }
  }
  for (const PodData& data : DataOfPods(*fresh)) {
    if (data.is_claim && data.engine != nullptr) {
      return refuse("the claim of its ephemeral volume " + data.mount.volume +
                    " would go with it, and the data in " + data.directory);
    }
  }
  const Outlook outlook(facts);
  if (outlook.approvals().ForRestart(*fresh).given == nullptr) {
    return refuse("no approval names it");
  }
  return Permit(*fresh, Permit::Dependents::kFollow);
}

std::vector<Finding> Guard::AgainstRecreation(const Object& fresh,
                                              const Manifest& manifest,
                                              const PlanInput& input) {
  const auto prediction = input.predictions.find(fresh.ref());
  if (prediction == input.predictions.end()) {
    return {Hold("H-I5", "what would become of " + fresh.ref().ToString() + " is not known")};
  }
  const Outlook outlook(input);
  std::vector<Finding> findings;
  GuardTemplateChange({manifest, &fresh, prediction->second, outlook}, findings);
  if (findings.empty()) {
    return {Hold("H-I5", fresh.ref().ToString() + " need not be made anew")};
  }
  std::erase_if(findings, [](const Finding& one) { return !Stops(one.ruling); });
  return findings;
}

std::variant<Permit, std::vector<Finding>> Guard::RequestRecreation(
    const Object& fresh, const std::string& expected_uid, const Manifest& manifest,
    const PlanInput& input) {
  const std::string name = fresh.ref().ToString();
  std::vector<Finding> against = AgainstRecreation(fresh, manifest, input);
  const bool same = !expected_uid.empty() && fresh.uid() == expected_uid;
  if (!same || fresh.resource_version().empty()) {
    against.push_back(Hold("H-I5", name + " is not the object that was judged"));
  }
  for (const GrowingClaim& one : GrowingClaims(fresh, manifest.object, input.live)) {
    against.push_back(Hold("H-D3", one.claim->ref().ToString() + " has not grown to " +
                                       one.to + " yet"));
  }
  if (!against.empty()) return against;
  return Permit(fresh, Permit::Dependents::kStay);
}

}  // namespace holdfast
