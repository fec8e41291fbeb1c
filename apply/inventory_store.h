// InventoryStore: the inventory, kept in the cluster so that it survives us.
//
// ConfigMaps in the inventory namespace. `holdfast-inventory-<sync>` is the
// parent of an ApplySet (KEP-3659), so that kubectl and others see what belongs
// together, and holds up to a few thousand entries, and the Jobs that are remembered.
// Further entries are in `holdfast-inventory-<sync>-<n>`, and the parent lists the <n>
// that count.
//
// A save writes the further ConfigMaps first, into names that the parent does
// not list at present, and the parent last, with the resourceVersion that it
// was read at. So the parent is the moment of commit: a run that is killed
// leaves the old inventory or the new one, and of two runs at once one fails.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apply/cluster.h"
#include "apply/inventory.h"

namespace holdfast {

struct InventoryPlace {
  std::string name_space = "holdfast-system";
  std::string sync = "default";

  std::string ParentName() const { return "holdfast-inventory-" + sync; }
  std::string LeaseName() const { return "holdfast-" + sync; }
  /// "applyset-<hash>-v1", as KEP-3659 derives it from the parent's identity.
  std::string ApplySetId() const;
};

/// An inventory as it is stored.
struct StoredInventory {
  Inventory inventory;
  std::optional<Object> parent;    ///< Empty if there is no inventory yet.
  std::vector<long long> numbers;  ///< Of the further ConfigMaps that count now.
};

/// Puts it together from the ConfigMaps that `read` gives by name, kNotFound where there
/// is none. An Error if it cannot be read whole: never a part of it (H-H7).
Result<StoredInventory> ReadInventory(
    const InventoryPlace& place,
    const std::function<Result<Object>(const std::string&)>& read);

class InventoryStore {
 public:
  /// `cluster` outlives the store.
  InventoryStore(Cluster& cluster, InventoryPlace place);

  /// The inventory as it is now; exists == false if there is none yet. An
  /// Error if it cannot be read whole: never a part of it (H-H7).
  Result<Inventory> Load();

  /// Replaces what Load() or the Save() before returned; makes the namespace
  /// if it is missing. kConflict if another run has written it since.
  /// `inventory.generation` is counted up here.
  Status Save(Inventory& inventory);

 private:
  Status SaveParts(const std::vector<Json>& parts, const std::vector<long long>& numbers,
                   long long generation);
  Status Write(const Object& object);

  Cluster& cluster_;
  InventoryPlace place_;
  std::optional<Object> parent_;    ///< As last read or written.
  std::vector<long long> numbers_;  ///< Of the further ConfigMaps that count now.
};

}  // namespace holdfast
