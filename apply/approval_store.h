// ApprovalStore: which approvals have been used, kept in the cluster so that each counts
// once.
//
// A ConfigMap `holdfast-approvals-<sync>` beside the inventory. An approval is noted as
// begun before the first act that rests on it, and as done when the run has ended well; a
// run that was killed in between can be finished by the next. Those that have expired are
// forgotten, since time forbids them already.

#pragma once

#include <optional>
#include <vector>

#include "apply/approval_book.h"
#include "apply/cluster.h"
#include "apply/inventory_store.h"

namespace holdfast {

class ApprovalStore {
 public:
  /// `cluster` outlives the store.
  ApprovalStore(Cluster& cluster, InventoryPlace place);

  /// What has been used; none before the first. An Error if it cannot be read: then no
  /// approval may count.
  Result<UsedApprovals> Load();

  /// Notes `approvals` as begun, or as done, by `revision`. `now` is the server's clock.
  /// REQUIRES Load() before. kConflict if another run has written since.
  enum class State { kBegun, kDone };
  Status Note(const std::vector<Approval>& approvals, State state,
              const std::string& revision, long long now);

 private:
  std::string Name() const { return "holdfast-approvals-" + place_.sync; }

  Cluster& cluster_;
  InventoryPlace place_;
  std::optional<Object> stored_;  ///< As last read or written.
  UsedApprovals used_;
};

}  // namespace holdfast
