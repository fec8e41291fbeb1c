// Lease: one run of a sync at a time, whichever program and machine it is on.
//
// A coordination.k8s.io/v1 Lease `holdfast-<sync>` in the inventory's namespace
// (safety.md 2.6, H-E7). A run takes it before its first write, renews it while it acts
// and waits, and gives it back at its end; an idle daemon holds none.
//
// Whether a holder is gone is judged without its clock, as client-go's leaderelection
// does: by having seen for the whole of its duration, by our own clock, that it did not
// renew. So whoever waits for a holder that was killed waits that long, but for one case:
// a holder that is seen to be dead, since it ran on this machine (LeaseOptions::is_dead).
//
// A lease is no fence: a run that is frozen between its check and its request wakes up and
// sends it. What is left to chance by that is bounded in two ways. Every deletion carries
// uid and resourceVersion of what was judged, so a late one hits nothing that has changed;
// and a write that finds the last renewal older than the duration is not sent: the run has
// lost the lease for good, even if nobody else has taken it. Who only waits may renew a
// lease that is older, after an outage of the API server: that the renewal succeeds shows
// that nobody has held it in between.
//
// Every write of the Lease is by resourceVersion, so of two that take it at once one does,
// and a renewal fails as soon as anybody else has had it.

#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "apply/clock.h"
#include "apply/cluster.h"
#include "apply/inventory_store.h"

namespace holdfast {

struct LeaseOptions {
  InventoryPlace place;
  std::string identity;  ///< Who we are: of this run alone, and readable for people.
  /// Longer than a request is repeated for (KubeOptions::retry_for), so that no write of
  /// an earlier holder comes late.
  std::chrono::seconds duration{30};
  /// A destructive call is made only while at least so much is left.
  std::chrono::seconds margin{10};
  /// True only if the run of this identity is certain to be over.
  std::function<bool(const std::string& identity)> is_dead = [](const std::string&) {
    return false;
  };
  std::function<bool()> cancelled = [] { return false; };
};

class Lease {
 public:
  /// Both outlive it.
  Lease(Cluster& cluster, const Clock& clock, LeaseOptions options);

  /// Reads who holds it. What is read of the cluster after this and before a Take() that
  /// answers kUndisturbed was not changed by another run meanwhile.
  Status Look();

  enum class Taken {
    kUndisturbed,  ///< Nobody has held it since Look().
    kAfterOthers,  ///< Somebody may have: what was read before must be read again.
  };

  /// Takes it, waiting at most `wait` for whoever holds it, of which `say` is told.
  /// kTimeout names the holder and since when it holds it. REQUIRES !held(). Makes the
  /// namespace if it is missing.
  Result<Taken> Take(std::chrono::milliseconds wait,
                     const std::function<void(const std::string&)>& say);

  /// Gives it back, so that the next one need not wait: also when somebody has asked to
  /// stop, but not if a write is unanswered (NoteUnanswered()). An Error is of no
  /// consequence: then it expires.
  Status Release();

  /// A write was sent and nobody knows whether it will be carried out. Until the lease has
  /// expired, no other machine may begin what the write would come into.
  void NoteUnanswered() { unanswered_ = true; }

  /// Renews it if that is due; for those that read or wait meanwhile.
  void Tend();

  enum class Act { kWrite, kDestroy };
  /// To be called right before each write. ok() if it is ours with enough time left;
  /// before kDestroy the server is asked to confirm it. kConflict if it is lost, kCancelled
  /// once somebody has asked to stop.
  Status Check(Act act);

  bool held() const { return held_; }
  /// It was ours, and is not for certain any more: this run must end.
  bool lost() const { return !lost_.empty(); }
  const std::string& why_lost() const { return lost_; }

 private:
  /// Elapsed time is the greater by two clocks: one stands still while a machine is
  /// suspended, the other may be set back.
  struct Moment {
    Clock::TimePoint steady{};
    long long epoch = 0;
  };
  Moment Now() const;
  std::chrono::milliseconds Elapsed(const Moment& since) const;

  Status Read();
  void See(std::optional<Object> stored);
  std::string Holder() const;
  bool IsFree() const;
  bool HasExpired() const;
  Error HeldByOther() const;
  enum class As { kTaken, kRenewed, kFree };
  /// True if it came to be so.
  Result<bool> Write(As state);
  Status Renew();
  void Lose(std::string why);

  Cluster& cluster_;
  const Clock& clock_;
  const LeaseOptions options_;
  std::optional<Object> stored_;  ///< As last read or written.
  bool looked_ = false;
  Moment seen_;  ///< When stored_ was first seen to be as it is.
  bool held_ = false;
  Moment renewed_;  ///< Before the last renewal was sent.
  Moment tried_;    ///< Before the last attempt at one.
  std::string acquired_;
  bool unanswered_ = false;
  std::string lost_;
};

}  // namespace holdfast
