// H-B4, H-C7, H-F8: members that join a StatefulSet. One that left and comes back finds
// the data of the day it left; one that is named as a seed takes its empty directory for
// a whole database; and two that join a ring at once disagree about who has what.

#include <set>
#include <string>
#include <vector>

#include "apply/enumerated.h"
#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/left_volumes.h"
#include "apply/ordinals.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"
#include "diff/engine_needs.h"

namespace holdfast {
namespace {

constexpr std::size_t kMostShown = 4;

class Joining {
 public:
  Joining(const ChangeCase& change, std::vector<Finding>& findings)
      : change_(change),
        findings_(findings),
        set_(change.After()),
        is_(OrdinalsOf(set_)),
        was_(change.live == nullptr ? is_ : OrdinalsOf(*change.live)) {
    for (const LeftVolume& one : LeftVolumes(set_, change.live, change.outlook.live())) {
      if (one.comes_back) returning_.insert(one.claim);
    }
  }

  void Judge() {
    const Engine* engine = EngineOf(set_);
    const bool ring = engine != nullptr && NeedsOf(*engine).joins_one_by_one;
    JudgeReturning(engine);
    if (!ring) return;
    JudgeSeeds(std::string(engine->name));
    JudgePace(std::string(engine->name));
  }

 private:
  /// H-B4: new members that find claims of earlier ones.
  void JudgeReturning(const Engine* engine) {
    if (change_.live == nullptr) return;
    const bool asks = engine != nullptr && engine->needs_decommission;
    std::vector<std::string> found;
    for (long long i = is_.first; i < is_.end; ++i) {
      if (was_.Has(i)) continue;
      for (const std::string& name : ClaimTemplateNames(set_)) {
        const ObjectRef claim = ClaimOfMember(set_, name, i);
        if (Live(claim) != nullptr || Returns(claim)) found.push_back(claim.name);
        if (const Error* gap = GapOver(change_.outlook.live(), claim)) {
          const bool asked_nobody = !change_.outlook.input().live_file.empty();
          return Add("H-B4", asks && !asked_nobody ? Ruling::kHold : Ruling::kWarn,
                     "/spec/replicas",
                     "whether member " + std::to_string(i) +
                         " would find the data of an earlier one could not be read: " +
                         gap->message,
                     "let Holdfast read PersistentVolumeClaim objects, then run again");
        }
      }
    }
    if (found.empty()) return;
    Add("H-B4", asks ? Ruling::kApproval : Ruling::kWarn, "/spec/replicas",
        "the new members find the claims that earlier ones left (" +
            Enumerated(found, kMostShown) + "), with the data as they were then" +
            (asks ? ": " + std::string(engine->name) +
                        " does not let a member back that has left the ring, and one "
                        "that was only away may bring back rows that were deleted since"
                  : ": a replica that starts from them is behind the others"),
        // Of a set that comes back as a whole, detached ones come back too.
        std::string(ReplicasOf(*change_.live) == 0
                        ? ""
                        : "to begin with empty volumes detach these claims first, in a "
                          "commit of their own; ") +
            "if the data are still good, approve it: holdfast approve > approvals/" +
            change_.ref().name + ".yaml, and commit it");
  }

  /// H-C7: a seed does not ask the others for data, it takes what it has for everything.
  void JudgeSeeds(const std::string& engine) {
    const std::set<long long> seeds = Seeds();
    for (long long i = is_.first; i < is_.end; ++i) {
      if (seeds.count(i) == 0 || !IsEmpty(i)) continue;
      // One above all that have data has not started yet, unless it is only added now.
      const bool first_start = was_.Has(i) && change_.live != nullptr && !AnyData(i + 1);
      if (first_start || !AnyData(is_.first)) continue;
      Add("H-C7", Ruling::kRefuse, PodTemplate(set_).pointer(),
          "member " + std::to_string(i) + " is one of the seeds of " + engine +
              " and would start with an empty volume while others have data: a seed "
              "does not fetch its part from the others, so its rows are missing from "
              "every answer that it gives",
          "take " + set_.ref().name + "-" + std::to_string(i) +
              " out of CASSANDRA_SEEDS until it has joined and been repaired (nodetool "
              "repair)");
      return;
    }
  }

  /// H-F8.
  void JudgePace(const std::string& engine) {
    const bool parallel =
        StringIn(set_.json(), "spec", "podManagementPolicy") == "Parallel";
    if (change_.live == nullptr) {
      if (!parallel || ReplicasOf(set_) < 2) return;
      Add("H-F8", Ruling::kRefuse, "/spec/podManagementPolicy",
          "with podManagementPolicy Parallel all members of " + engine +
              " start at once, and when it gets smaller all stop at once: members that "
              "join at the same time disagree about the ring. It cannot be changed later",
          "write podManagementPolicy: OrderedReady");
      return;
    }
    long long joining = 0;
    for (long long i = is_.first; i < is_.end; ++i) joining += was_.Has(i) ? 0 : 1;
    const bool in_turn = !parallel && HasReadiness();
    if (joining < 2 || in_turn) return;
    Add("H-F8", Ruling::kApproval, "/spec/replicas",
        std::to_string(joining) + " members of " + engine + " would join at once, since " +
            (parallel ? "podManagementPolicy is Parallel"
                      : "without a readinessProbe a member counts as ready as soon as "
                        "its process runs") +
            ": members that join at the same time disagree about the ring",
        std::string("add one member, wait until it has joined, then the next") +
            (parallel ? "" : "; or give the container a readinessProbe") +
            "; or approve it: holdfast approve > approvals/" + change_.ref().name +
            ".yaml, and commit it");
  }

  const Object* Live(const ObjectRef& claim) const {
    return change_.outlook.live().Find(claim);
  }

  /// True if it will be bound to the volume of an earlier one.
  bool Returns(const ObjectRef& claim) const { return returning_.count(claim) != 0; }

  bool IsEmpty(long long ordinal) const {
    const auto names = ClaimTemplateNames(set_);
    for (const std::string& name : names) {
      const ObjectRef claim = ClaimOfMember(set_, name, ordinal);
      if (Live(claim) != nullptr || Returns(claim) ||
          GapOver(change_.outlook.live(), claim) != nullptr) {
        return false;
      }
    }
    return !names.empty();
  }

  /// True if a member from `first` on has a claim with a volume.
  bool AnyData(long long first) const {
    for (long long i = first; i < is_.end; ++i) {
      for (const std::string& name : ClaimTemplateNames(set_)) {
        const ObjectRef ref = ClaimOfMember(set_, name, i);
        const Object* claim = Live(ref);
        const bool bound =
            claim != nullptr && !StringIn(claim->json(), "spec", "volumeName").empty();
        if (bound || Returns(ref)) return true;
      }
    }
    return false;
  }

  /// The members of this set that CASSANDRA_SEEDS names.
  std::set<long long> Seeds() const {
    std::set<long long> seeds;
    for (const ContainerAt& container : PodTemplate(set_).Containers()) {
      for (const Json& env : ArrayIn(*container.json, "env")) {
        const std::string name = StringIn(env, "name");
        if (name != "CASSANDRA_SEEDS" && name != "SCYLLA_SEEDS") continue;
        const std::string value = "," + StringIn(env, "value") + ",";
        for (long long i = is_.first; i < is_.end; ++i) {
          const std::string pod = "," + set_.ref().name + "-" + std::to_string(i);
          if (value.find(pod + ".") != std::string::npos ||
              value.find(pod + ",") != std::string::npos) {
            seeds.insert(i);
          }
        }
      }
    }
    return seeds;
  }

  bool HasReadiness() const {
    for (const ContainerAt& container : PodTemplate(set_).Containers()) {
      const bool engine = EngineOfImage(StringIn(*container.json, "image")) != nullptr;
      if (container.init || !engine) continue;
      if (FindIn(*container.json, "readinessProbe") == nullptr) return false;
    }
    return true;
  }

  void Add(const char* hazard, Ruling ruling, const std::string& pointer,
           const std::string& reason, std::string remedy) {
    findings_.push_back({hazard, ruling, change_.manifest.WhereIs(pointer) + ": " + reason,
                         std::move(remedy)});
  }

  const ChangeCase& change_;
  std::vector<Finding>& findings_;
  const Object& set_;
  Ordinals is_;
  Ordinals was_;
  std::set<ObjectRef> returning_;
};

}  // namespace

void GuardJoiningMembers(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!IsStatefulSet(change.ref())) return;
  const bool unchanged = change.live != nullptr && change.After() == *change.live;
  // A count that Git leaves to others, an autoscaler perhaps, is not ours to judge.
  const bool counted = change.live == nullptr || change.AfterIsWhole() ||
                       FindIn(change.manifest.object.json(), "spec", "replicas") != nullptr;
  if (!unchanged && counted) Joining(change, findings).Judge();
}

}  // namespace holdfast
