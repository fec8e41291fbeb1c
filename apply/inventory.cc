#include "apply/inventory.h"

namespace holdfast {

bool IsOwnRecord(const ObjectRef& ref, const std::string& own_space) {
  const bool is_kind = ref.Is("", "ConfigMap") || ref.Is("coordination.k8s.io", "Lease");
  return is_kind && ref.name_space == own_space && ref.name.starts_with("holdfast-");
}

Json EntriesToJson(const std::map<ObjectRef, InventoryEntry>& entries) {
  Json rows = Json::array();
  for (const auto& [ref, entry] : entries) {
    rows.push_back({ref.group, entry.version, ref.kind, ref.name_space, ref.name, entry.uid,
                    entry.hash});
    if (!entry.finished.empty()) rows.back().push_back(entry.finished);
  }
  return rows;
}

Result<std::map<ObjectRef, InventoryEntry>> EntriesFromJson(const Json& json) {
  constexpr std::size_t kColumns = 7;
  constexpr std::size_t kColumnsOfFinished = 8;
  if (!json.is_array()) return Invalid("the inventory's entries are no list");
  std::map<ObjectRef, InventoryEntry> entries;
  for (const Json& row : json) {
    const std::size_t columns = row.is_array() ? row.size() : 0;
    if (columns != kColumns && columns != kColumnsOfFinished) {
      return Invalid("an inventory entry has not " + std::to_string(kColumns) + " columns");
    }
    std::string column[kColumnsOfFinished];
    for (std::size_t i = 0; i < columns; ++i) {
      if (!row[i].is_string()) return Invalid("an inventory entry holds something else than text");
      column[i] = row[i].get<std::string>();
    }
    const ObjectRef ref{column[0], column[2], column[3], column[4]};
    if (ref.kind.empty() || ref.name.empty()) {
      return Invalid("an inventory entry has no kind or no name");
    }
    const bool is_new =
        entries.emplace(ref, InventoryEntry{ref, column[1], column[5], column[6], column[7]})
            .second;
    if (!is_new) return Invalid(ref.ToString() + " stands twice in the inventory");
  }
  return entries;
}

}  // namespace holdfast
