// ApplierRun: one run of one plan. Inner part of apply/applier.
//
// A step is sent once what it needs is ready (applier_sending.cc), and then waits at its
// gate (applier_waiting.cc); deletions come last, when every gate is open.

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apply/applier.h"
#include "apply/gates.h"
#include "apply/kinds.h"
#include "apply/roller.h"

namespace holdfast {

class ApplierRun {
 public:
  ApplierRun(const Plan& plan, const PlanInput& input, Cluster& cluster,
             const Clock& clock, Journal& journal, ApplyObserver& observer,
             const ApplierOptions& options, std::map<ObjectRef, std::string>& uids);
  RunReport Execute();

 private:
  /// CustomResourceDefinitions and Namespaces: what deferred objects wait for.
  static constexpr int kLastPhaseOfHomes = 2;
  /// So that a request to stop is seen soon, whatever the cluster does.
  static constexpr std::chrono::milliseconds kLook{200};

  struct State {
    bool deletion = false;
    Action action = Action::kNone;
    enum { kPending, kWaiting, kOpen, kFailed, kUncertain, kDeleted } at = kPending;
    std::optional<Object> object{};  ///< As written or found; its gate is looked at.
    std::string sentence{};          ///< What it waits for, or why it failed.
    bool gate_failed = false;        ///< Its gate says that waiting will not help.
    bool asked = false;              ///< For the Events of its namespace.
    std::optional<Clock::TimePoint> again_at{};  ///< To take a step that got no answer.
    std::unique_ptr<Roller> roller{};            ///< While its brake is on.
    Clock::TimePoint since{};
  };

  static std::string Sentence(const ObjectRef& ref, const std::string& what) {
    return ref.ToString() + ": " + what;
  }
  const ObjectRef& RefOf(std::size_t i) const { return plan_.steps[i].ref; }
  /// The steps that may be sent now: those of the lowest phase whose needs are met.
  std::vector<std::size_t> Ready() const;
  /// True until each kind and namespace that this run makes or changes is there: then the
  /// server can try all the rest, before any of it is written.
  bool WaitsForHomes() const;
  void Announce(int wave);
  RunReport Prune();
  RunReport End(RunEnd end, std::string reason) const;

  // applier_sending.cc
  const Object& ToSend(const ObjectRef& ref) const;
  /// Sends `ready`; false if the server declined or did not answer for any.
  bool Start(const std::vector<std::size_t>& ready);
  /// Somebody else's write of the same moment (409, another resourceVersion) heals by
  /// applying once more: what is sent does not depend on what was there. A field that
  /// another manager holds is a 409 too, and nothing but a person heals that.
  std::vector<ApplyAnswer> ApplyAgainIfOvertaken(const std::vector<ApplyCall>& calls);
  /// For a StatefulSet that is there. Its members may take their claims along when they go,
  /// so it is written only to the set that was judged: read again, and by resourceVersion.
  /// A change in between is for the next run to judge. False unless it was written.
  bool ApplyAsJudged(std::size_t i);
  /// False, with its reason noted, if a claim that the pods of `live` mount is on its way
  /// out by now: an update may replace them, and the claim would go with its data (H-A2).
  bool KeepsItsClaims(std::size_t i, const Object& live);
  /// Sets the brake where writing the object would replace pods, or where an earlier run
  /// has left it on; false if it cannot be set: then the template is not written.
  bool BeginRollout(std::size_t i);
  /// Lets go of a freeze that no rollout will lift any more; false if it cannot.
  bool EndFreeze(std::size_t i);
  /// What to send: without the fields that a rollout or a freeze holds.
  Object Yielding(std::size_t i) const;
  /// The fields of those who wrote before us become ours; false if any could not.
  bool AdoptFirst(const std::vector<std::size_t>& ready);
  /// The quarantined volumes of a claim that comes back, or of those that the controller
  /// of a StatefulSet makes.
  std::vector<const Object*> VolumesThatComeBack(std::size_t i) const;
  /// They are reserved before the claims are made.
  bool ReserveVolumes(std::size_t i);
  /// The volumes of claims that Kubernetes deletes with the pods that leave are made sure
  /// of before the StatefulSet gets smaller; the plan holds the approval.
  bool KeepLeavingVolumes(std::size_t i);
  /// An act of its own, to its end.
  bool MakeAnew(std::size_t i);
  /// Takes in the server's answer to one write; false unless it was written.
  bool Note(std::size_t i, ApplyAnswer answer);
  /// A definition is established a moment before the server's discovery tells of its
  /// kind. Waits until it tells of all that is to be applied; false if the server cannot
  /// be asked. What it never tells of is for the dry run to complain about.
  bool AwaitKinds(const std::vector<ApplyCall>& calls);
  /// Dry-runs whatever could not be asked before its namespace or kind was
  /// there, all at once and before any of it is written.
  bool CheckDeferred();

  // applier_waiting.cc
  void Look(const std::set<ObjectRef>& concerned);
  void LookAt(std::size_t i);
  /// Takes the next step of a rollout, if it is time for one; `health` is then what is to
  /// be told. False if it could not be taken.
  bool Roll(std::size_t i, Health& health);
  /// Steps of a rollout that got no answer are tried again; and what has waited for a
  /// moment is told with the reasons that Events give.
  void LookAgain();
  void WatchClosed(const std::vector<std::size_t>& steps);
  /// Why waiting on is of no use, if so: nothing that may still become ready is on its
  /// way.
  std::optional<std::string> Stuck() const;
  bool AnyHopeful() const;
  std::optional<std::string> Hopeless(std::size_t i) const;

  const Plan& plan_;
  const PlanInput& input_;
  Cluster& cluster_;
  const Clock& clock_;
  Journal& journal_;
  ApplyObserver& observer_;
  const ApplierOptions& options_;
  std::map<ObjectRef, std::string>& uids_;
  Gates gates_;
  std::map<ObjectRef, const Manifest*> desired_;
  std::vector<State> states_;  ///< One for each step.
  std::map<ObjectRef, std::size_t> index_;
  bool may_be_ready_ = true;   ///< Something was sent or got ready since the last look.
  std::size_t open_left_ = 0;  ///< Applies whose gate is still closed.
  std::size_t deletions_ = 0;
  int waves_ = 0;
  int announced_ = 0;
  bool new_kinds_ = false;  ///< A CustomResourceDefinition was written.
  bool wrote_ = false;      ///< Anything but bookkeeping.
  bool deferred_checked_ = false;
  std::string failure_;
  RunEnd failed_as_ = RunEnd::kFailed;
};

}  // namespace holdfast
