// Gates: has what was written become ready? Asked of watches, never by polling.

#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apply/cluster.h"
#include "apply/health.h"
#include "apply/watch_cache.h"
#include "diff/snapshot.h"

namespace holdfast {

class Gates {
 public:
  /// `before` is what was live before the first write; both outlive the gates.
  ///
  /// `with_bare_pods`: new namespaces in which pods are written that no controller makes. The
  /// API server declines those until the ServiceAccount `default` is there, so that belongs to
  /// the gate of such a namespace; controllers try again by themselves.
  Gates(Cluster& cluster, const Snapshot& before, std::set<std::string> with_bare_pods = {});

  /// Keeps these objects fresh from now on, and what their gates look at: StorageClasses for
  /// claims, pods and claims for workloads, the contents of snapshots. Costs one list and one
  /// watch for each kind and namespace that is not watched yet. ServiceAccounts and contents
  /// are looked at where that is allowed: without, their gates say what the object says.
  Status Watch(const std::vector<const Object*>& objects);

  /// Reads the Events of a namespace from now on: what has to wait for long is told with
  /// its reason. Where they may not be read, sentences are poorer and nothing else.
  void WatchEvents(const std::string& name_space);

  /// Health of `written` in its newest state known: a watch that has not come as
  /// far as the write yet tells nothing, least of all that all is well. kFailed if
  /// an object of another uid has taken its place or it is gone: this run sends it once.
  Health Of(const Object& written);

  /// The newest state of `ref`, from the watches; null if it is not there.
  /// REQUIRES that it is watched.
  const Object* Live(const ObjectRef& ref) const;
  /// The newer one of `written` and what the watches tell of it.
  const Object& Newest(const Object& written) const;
  /// All that is watched.
  const Snapshot& around() const { return cache_.live(); }

  /// Waits until something watched changed, at most `up_to`.
  ///
  /// Returns the objects whose health may be another one now: what changed, the workload
  /// that a pod, a claim or an Event belongs to. An empty ref stands for all of them.
  Result<std::set<ObjectRef>> Wait(std::chrono::milliseconds up_to);

  /// Why the watches cannot see at present, if so: the server is away.
  std::optional<std::string> Blind() const;

 private:
  bool IsWatched(const ObjectRef& ref) const;
  bool NeedsAccount(const ObjectRef& ref) const {
    return ref.Is("", "Namespace") && with_bare_pods_.contains(ref.name);
  }
  void AddConcerned(const ObjectRef& changed, std::set<ObjectRef>& concerned);
  void AddByName(const ObjectRef& involved, std::set<ObjectRef>& concerned) const;

  const Snapshot& before_;
  const std::set<std::string> with_bare_pods_;
  WatchCache cache_;
  std::set<std::pair<Gvk, std::string>> watched_;  ///< Kind, namespace ("" is all).
  std::set<std::string> events_of_;                ///< Namespaces.
  std::set<ObjectRef> seen_;                       ///< Were in the watches once.
  std::map<ObjectRef, ObjectRef> root_of_pod_;     ///< Also of pods that are gone.
};

}  // namespace holdfast
