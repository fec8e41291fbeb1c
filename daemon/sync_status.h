// SyncStatus: what the daemon says of a sync, and where `holdfast status` reads it.
//
// One JSON document for each sync, with the keys of cli.md's Sync status, kept in the
// ConfigMap holdfast-status-<sync> of the inventory namespace. It tells, and nothing
// reads it to decide but the syncs that depend on this one.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apply/cluster.h"
#include "apply/inventory_store.h"
#include "diff/change.h"
#include "diff/json.h"
#include "diff/result.h"

namespace holdfast {

/// How a sync is, as the daemon sees it now.
struct SyncState {
  enum class Phase {
    kInSync,       ///< What is wanted is in force.
    kReconciling,  ///< On the way there.
    kWaiting,      ///< For a sync that it depends on.
    kHeld,         ///< What is wanted is stopped by the guard.
    kFailing,      ///< It could not be done; tried again.
  };
  Phase phase = Phase::kReconciling;
  std::string message{};  ///< A sentence for people; no secret value.
  std::string wanted{};   ///< Commit.
  std::string in_force{};
  std::string repo{};
  std::string ref{};
  std::string path{};
  /// Of the plan of `wanted`; null where none was made.
  const ChangeSet* plan = nullptr;
};

/// The document after `before`, the one of until now (null at first): conditions keep
/// their lastTransitionTime while they stay, and what came of a revision is added to the
/// history of at most ten, the newest first. `now` is in seconds since the epoch. Pure.
Json NextStatus(const Json& before, const std::string& sync, const SyncState& state,
                long long now);

/// True if the document says Ready. Where it is of the same repository and ref as `repo`
/// and `ref`, only if that is so of `commit`: what depends on it came with that too.
bool IsReady(const Json& status, const std::string& repo, const std::string& ref,
             const std::string& commit);

class StatusStore {
 public:
  /// `cluster` outlives it.
  StatusStore(Cluster& cluster, InventoryPlace place);

  /// Writes what `state` says, if it says anything new.
  Status Tell(const SyncState& state);

  /// The document of another sync of this cluster; null if there is none.
  Result<Json> Read(const std::string& sync) const;

 private:
  Cluster& cluster_;
  InventoryPlace place_;
  std::optional<Object> stored_;  ///< As last read or written.
  Json said_;
};

/// The documents of all syncs that are known in `name_space`, by name: of those that no
/// daemon runs only what is in force, from the inventory.
Result<std::vector<Json>> ReadStatuses(Cluster& cluster, const std::string& name_space);

/// For people: `status` with each of `statuses` in some lines.
std::string StatusText(const std::vector<Json>& statuses);

}  // namespace holdfast
