// Inventory: what this sync has applied before.
//
// Desired minus inventory is what may be pruned, and nothing else ever is: an
// object enters only by being applied or adopted, by group, kind, namespace,
// name and uid, never by a label query (safety.md H-B6).

#pragma once

#include <map>
#include <string>

#include "diff/json.h"
#include "diff/object_ref.h"
#include "diff/result.h"

namespace holdfast {

/// The label that members of an ApplySet carry (KEP-3659): whose an object is.
inline constexpr const char* kPartOfLabel = "applyset.kubernetes.io/part-of";

/// True for the names of the ConfigMaps and Leases that Holdfast keeps in `own_space`, its
/// own namespace; those of later versions too.
bool IsOwnRecord(const ObjectRef& ref, const std::string& own_space);

struct InventoryEntry {
  ObjectRef ref;
  std::string version;  ///< At which we applied it.
  /// Empty between the intent to create it and the server's answer. Such an
  /// entry is never pruned; the next run finds the object and fills it in.
  std::string uid;
  /// Hash of what we applied, as hexadecimal; empty if it never succeeded.
  std::string hash;
  /// Of a Job: the hash of the spec that has run to its end; empty while none has. A Job
  /// that is gone since is not run a second time (safety.md H-D10).
  std::string finished{};

  bool operator==(const InventoryEntry&) const = default;
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
};

/// Compact JSON of some entries, for one ConfigMap; and back. Parse is kInvalid
/// for anything that is not exactly what Print wrote.
Json EntriesToJson(const std::map<ObjectRef, InventoryEntry>& entries);
Result<std::map<ObjectRef, InventoryEntry>> EntriesFromJson(const Json& json);

}  // namespace holdfast
