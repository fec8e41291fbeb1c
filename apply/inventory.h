// Inventory: what this sync has applied before.
//
// Desired minus inventory is what may be pruned, and nothing else ever is: an
// object enters only by being applied or adopted, by group, kind, namespace,
// name and uid, never by a label query (H-B6).
//
// A Job that has run is remembered longer than it is in the inventory: `git revert` of the
// commit that removed it must not run it a second time (H-D10). What is remembered is no
// entry, so nobody reads, counts or prunes it.

#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "diff/json.h"
#include "diff/object_ref.h"
#include "diff/result.h"

namespace holdfast {

/// The label that members of an ApplySet carry (KEP-3659): whose an object is.
inline constexpr const char* kPartOfLabel = "applyset.kubernetes.io/part-of";

/// True for the names of the ConfigMaps and Leases that Holdfast keeps in `own_space`, its
/// own namespace. Its configuration, say holdfast-syncs, is none of them.
bool IsOwnRecord(const ObjectRef& ref, const std::string& own_space);

struct InventoryEntry {
  ObjectRef ref;
  std::string version;  ///< At which we applied it.
  /// Empty between the intent to create it and the server's answer. Such an
  /// entry is never pruned; the next run finds out whether it was created (apply/intent.h).
  std::string uid;
  /// Hash of what we applied, as hexadecimal; empty if it never succeeded.
  std::string hash;
  /// Of a Job: the hash of the spec that has run to its end; empty while none has. A Job
  /// that is gone since is not run a second time (H-D10).
  std::string finished{};

  bool operator==(const InventoryEntry&) const = default;
};

/// A Job that has run to its end and is in the inventory no more.
struct FinishedJob {
  ObjectRef ref;
  std::string hash;  ///< As InventoryEntry::finished.

  bool operator==(const FinishedJob&) const = default;
};

struct Inventory {
  bool exists = false;  ///< False before the first sync.
  std::string sync;
  std::string cluster_uid;  ///< uid of namespace kube-system when it was made.
  std::string repo;         ///< As given; another one is another inventory (H-H7).
  std::string path;
  std::string revision;     ///< The commit that is in force.
  long long generation = 0; ///< Grows with every write.
  std::map<ObjectRef, InventoryEntry> entries;
  /// Each once, none of them in `entries`, the one that left last at the end. At most
  /// kMostFinishedJobs: a Job that left before so many others is forgotten.
  std::vector<FinishedJob> finished_jobs;

  /// The entry of `ref`, made if there is none; it knows what has run before.
  InventoryEntry& Enter(const ObjectRef& ref);
  /// Takes the entry of `ref` out, if there is one. What has run stays known.
  void Drop(const ObjectRef& ref);
  /// The hash of the spec that Job `ref` has run to its end with, whether it is in
  /// `entries` still or not; empty if none.
  std::string FinishedHash(const ObjectRef& ref) const;
};

/// So many fit into one ConfigMap beside the entries.
inline constexpr std::size_t kMostFinishedJobs = 1000;

/// Compact JSON of some entries, for one ConfigMap; and back. Parse is kInvalid
/// for anything that is not exactly what Print wrote.
Json EntriesToJson(const std::map<ObjectRef, InventoryEntry>& entries);
Result<std::map<ObjectRef, InventoryEntry>> EntriesFromJson(const Json& json);

/// The same of what has run: rows of namespace, name and hash.
Json FinishedJobsToJson(const std::vector<FinishedJob>& jobs);
Result<std::vector<FinishedJob>> FinishedJobsFromJson(const Json& json);

}  // namespace holdfast
