// WatchCache: the live objects of some kinds, kept fresh by watches.
//
// What drives readiness gates: one list and one watch for each kind and namespace,
// and from then on the server says what changes; nothing is asked while nothing
// happens. A watch that breaks is opened again where it stopped; one that breaks
// again at once, or whose place the server has forgotten (410), is replaced by a new
// list, and the difference is reported as if it had been watched. So a restart of
// the API server costs a list and loses nothing but states in between.

#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apply/backoff.h"
#include "apply/clock.h"
#include "apply/cluster.h"
#include "diff/snapshot.h"

namespace holdfast {

struct WatchCacheOptions {
  std::chrono::milliseconds first_backoff{200};
  std::chrono::milliseconds longest_backoff{10'000};
  /// A watch that lived this long was a good one: its end counts as a first failure.
  std::chrono::milliseconds settled_after{30'000};
  std::shared_ptr<const Clock> clock = std::make_shared<SteadyClock>();
  RandomSource random = SystemRandom();
};

class WatchCache {
 public:
  /// `cluster` outlives the cache, and nobody else waits for its events.
  explicit WatchCache(Cluster& cluster, WatchCacheOptions options = {});
  ~WatchCache();
  WatchCache(const WatchCache&) = delete;
  WatchCache& operator=(const WatchCache&) = delete;

  /// Keeps these fresh too: lists all of them concurrently, then watches each. What
  /// is kept already costs nothing. Label selectors are not supported.
  ///
  /// An error if some could not be listed: the first. Each of these is a gap of
  /// live(), and WaitForChange() goes on trying.
  Status Add(const std::vector<ListCall>& what);
  /// The same for what it would only be good to see: no error, neither now nor later, and
  /// a list that is refused is not tried again. It stays a gap of live().
  void AddIfPossible(const std::vector<ListCall>& what);

  /// As of the last event. What is not followed at present is a gap, and not
  /// `listed`: its objects are as they were last seen.
  const Snapshot& live() const { return live_; }

  /// Waits until an object has come, changed or gone, at most `up_to`; returns
  /// which, sorted; none if time is up or somebody cancelled.
  ///
  /// Broken watches are mended meanwhile. An error only where waiting cannot help:
  /// kDenied, kInvalid (the kind is no longer served), kCancelled.
  Result<std::vector<ObjectRef>> WaitForChange(std::chrono::milliseconds up_to);

 private:
  struct Followed;
  using Changes = std::vector<ObjectRef>;

  Followed* FollowedBy(WatchId watch);
  bool Covers(const ListCall& what) const;
  Status Follow(const std::vector<ListCall>& what, bool dispensable);
  Status Mend(Changes& changes);
  std::vector<Error> ListAgain(const std::vector<Followed*>& which, Changes& changes);
  void Replace(Followed& followed, ObjectList list, Changes& changes);
  void OpenWatch(Followed& followed);
  void Take(WatchEvent event, Changes& changes);
  void OnBroken(Followed& followed, const WatchEvent& event);
  void SetGap(const Followed& followed, const Error& why);
  void ClearGap(const Followed& followed);
  std::chrono::milliseconds UntilNextTry(std::chrono::milliseconds up_to) const;

  Cluster& cluster_;
  const WatchCacheOptions options_;
  Snapshot live_;
  std::vector<std::unique_ptr<Followed>> followed_;
};

}  // namespace holdfast
