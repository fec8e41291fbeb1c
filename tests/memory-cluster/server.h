// MemoryServer: an API server in memory, with what it keeps in etcd.
//
// Objects with uid, resourceVersion, generation and managedFields; server-side apply;
// preconditions; finalizers; what admission fills in and what validation declines, as far
// as databases and their storage are concerned (admission.h). What the controllers do
// with the objects is in controllers.h. A value: a copy goes its own way.

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apply/cluster.h"
#include "diff/core_schema.h"
#include "diff/ownership.h"
#include "tests/memory-cluster/test_clock.h"

namespace holdfast::memory {

/// What becomes of objects that name the deleted one in their ownerReferences.
enum class Propagation { kBackground, kForeground, kOrphan };

struct Preconditions {
  std::string uid;               ///< Empty: any.
  std::string resource_version;  ///< Empty: any.
};

/// One change, as a watch tells it.
struct Event {
  long long version = 0;
  bool gone = false;
  std::shared_ptr<const Object> object;
};

/// A volume whose data are no more, as a line of the bed's destroyed.log.
struct Destroyed {
  std::string volume;
  std::string claim;  ///< "namespace/name"
  std::string claim_uid;

  auto operator<=>(const Destroyed&) const = default;
};

class MemoryServer {
 public:
  /// `clock` outlives it and its copies. Has the namespaces default and kube-system.
  explicit MemoryServer(const TestClock& clock);
  /// A copy that goes by another clock.
  MemoryServer(const MemoryServer& other, const TestClock& clock) : MemoryServer(other) {
    clock_ = &clock;
  }

  const Object* Find(const ObjectRef& ref) const;
  /// Sorted; "" for all namespaces.
  std::vector<const Object*> All(std::string_view group, std::string_view kind,
                                 std::string_view name_space = "") const;
  /// Every object, sorted.
  std::vector<const Object*> Everything() const;
  /// The kinds that are served now, those of CustomResourceDefinitions among them.
  Discovery Served() const;

  ApplyAnswer Create(Object object, const std::string& manager, WriteMode mode);
  /// With a resourceVersion in `object`, another than the present one is a conflict.
  ApplyAnswer Replace(Object object, const std::string& manager, WriteMode mode);
  /// RFC 7386. `ref` must be there.
  ApplyAnswer MergePatch(const Gvk& gvk, const ObjectRef& ref, const Json& changes,
                         const std::string& manager, WriteMode mode);
  ApplyAnswer Apply(Object object, const std::string& manager,
                    OnFieldConflict on_conflict, WriteMode mode);
  /// The object's last state. kNotFound where it is not there.
  ApplyAnswer Delete(const ObjectRef& ref, const Preconditions& only,
                     Propagation propagation, WriteMode mode);

  // What controllers write, without checks and without managedFields.

  void Put(Json object);
  /// Puts it, or takes it away if it is Terminating and no finalizer is left.
  void PutOrRemove(Json object);
  void Remove(const ObjectRef& ref);
  void NoteDestroyed(Destroyed one) { destroyed_.push_back(std::move(one)); }

  const std::vector<Destroyed>& destroyed() const { return destroyed_; }
  long long version() const { return version_; }
  /// At which an object of any of these kinds was last written or removed.
  long long VersionOf(const std::set<std::string>& kinds) const;
  /// Changes from then on, good until the next one; nothing if the server has forgotten
  /// these (410).
  std::optional<std::span<const Event>> Since(long long version) const;
  /// Forgets all events, as etcd's compaction does.
  void Compact() { oldest_ = version_; }

  std::string NewUid();
  std::string Now() const;
  const TestClock& clock() const { return *clock_; }

 private:
  struct Stored {
    std::shared_ptr<const Object> object;
    std::vector<ManagedEntry> managers;
  };

  const Stored* FindStored(const ObjectRef& ref) const;
  ApplyAnswer Insert(Object object, std::vector<ManagedEntry> managers, WriteMode mode);
  /// `after` is what a client wants instead of `before`.
  ApplyAnswer Update(const Stored& before, Json after, std::vector<ManagedEntry> managers,
                     WriteMode mode);
  void Keep(Json object, std::vector<ManagedEntry> managers);
  /// The same where `object` says itself who manages it.
  void KeepAsItIs(Json object, std::vector<ManagedEntry> managers);

  const TestClock* clock_;
  std::map<ObjectRef, Stored> objects_;
  std::vector<Event> events_;
  std::map<std::string, long long> version_of_;
  std::vector<Destroyed> destroyed_;
  long long version_ = 1;
  long long oldest_ = 1;
  long long uids_ = 0;
};

/// The schema of built-in kinds, made once.
const CoreSchema& BuiltInSchema();

}  // namespace holdfast::memory
