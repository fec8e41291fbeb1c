#include "apply/inventory.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace holdfast {

bool IsOwnRecord(const ObjectRef& ref, const std::string& own_space) {
  if (ref.name_space != own_space) return false;
  if (ref.Is("coordination.k8s.io", "Lease")) return ref.name.starts_with("holdfast-");
  constexpr std::array<std::string_view, 5> kRecords = {
      "holdfast-approvals-", "holdfast-evidence-", "holdfast-inventory-", "holdfast-journal-",
      "holdfast-status-"};
  return ref.Is("", "ConfigMap") &&
         std::any_of(kRecords.begin(), kRecords.end(), [&](std::string_view record) {
           return ref.name.starts_with(record);
         });
}

InventoryEntry& Inventory::Enter(const ObjectRef& ref) {
  const auto [entry, is_new] = entries.try_emplace(ref, InventoryEntry{ref, "", "", ""});
  if (!is_new) return entry->second;
  const auto ran = std::find_if(finished_jobs.begin(), finished_jobs.end(),
                                [&](const FinishedJob& job) { return job.ref == ref; });
  if (ran != finished_jobs.end()) {
    entry->second.finished = std::move(ran->hash);
    finished_jobs.erase(ran);
  }
  return entry->second;
}

void Inventory::Drop(const ObjectRef& ref) {
  const auto entry = entries.find(ref);
  if (entry == entries.end()) return;
  if (std::string& hash = entry->second.finished; !hash.empty()) {
    if (finished_jobs.size() >= kMostFinishedJobs) finished_jobs.erase(finished_jobs.begin());
    finished_jobs.push_back({entry->first, std::move(hash)});
  }
  entries.erase(entry);
}

std::string Inventory::FinishedHash(const ObjectRef& ref) const {
  if (const auto entry = entries.find(ref); entry != entries.end()) {
    return entry->second.finished;
  }
  const auto ran = std::find_if(finished_jobs.begin(), finished_jobs.end(),
                                [&](const FinishedJob& job) { return job.ref == ref; });
  return ran == finished_jobs.end() ? "" : ran->hash;
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

Json FinishedJobsToJson(const std::vector<FinishedJob>& jobs) {
  Json rows = Json::array();
  for (const FinishedJob& job : jobs) {
    rows.push_back({job.ref.name_space, job.ref.name, job.hash});
  }
  return rows;
}

Result<std::vector<FinishedJob>> FinishedJobsFromJson(const Json& json) {
  constexpr std::size_t kColumns = 3;
  if (!json.is_array()) return Invalid("the inventory's finished Jobs are no list");
  std::vector<FinishedJob> jobs;
  for (const Json& row : json) {
    const bool is_text =
        row.is_array() && row.size() == kColumns &&
        std::all_of(row.begin(), row.end(), [](const Json& one) { return one.is_string(); });
    if (!is_text) return Invalid("a finished Job of the inventory is not three texts");
    jobs.push_back({{"batch", "Job", row[0].get<std::string>(), row[1].get<std::string>()},
                    row[2].get<std::string>()});
    if (jobs.back().ref.name.empty() || jobs.back().hash.empty()) {
      return Invalid("a finished Job of the inventory has no name or no hash");
    }
  }
  return jobs;
}

}  // namespace holdfast
