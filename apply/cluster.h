// Cluster: everything that we ask of a Kubernetes API server.
//
// The seam between deciding and the world. Calls take many objects at once and
// run them concurrently, so the code above is plain and has no threads. One
// thread uses one Cluster.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "apply/managed_fields.h"
#include "apply/permit.h"
#include "apply/rejection.h"
#include "diff/object.h"
#include "diff/result.h"

namespace holdfast {

/// One kind that the server serves, at one version.
struct ApiResource {
  Gvk gvk;
  std::string plural;  ///< "statefulsets"
  bool namespaced = false;
  bool preferred = false;  ///< Of its group's preferred version.
  bool listable = true;    ///< False for what can only be created, as a review of access.
};

/// What the server serves; and the groups that it could not tell about: a kind
/// of such a group is unknown, not absent (H-I3).
struct Discovery {
  std::vector<ApiResource> resources;
  std::vector<std::string> failed_groups;

  /// The kind at exactly this version; null if it is not served.
  const ApiResource* Find(const Gvk& gvk) const;
  /// The kind at the group's preferred version that has it.
  const ApiResource* FindKind(std::string_view group, std::string_view kind) const;
};

/// An object to read: its identity, at which version.
struct ObjectKey {
  Gvk gvk;
  std::string name_space;
  std::string name;
};

enum class WriteMode {
  kDryRun,  ///< dryRun=All: the server answers what would be, and keeps nothing.
  kReal,
};

enum class OnFieldConflict {
  kReject,    ///< Default: a field of another manager with another value is a Rejection.
  /// force=true, and lists are put back as wholes where merging them gives
  /// something invalid. Never for a stateful kind.
  kTakeOver,
};

/// One server-side apply with fieldValidation=Strict.
struct ApplyCall {
  Object object;
  WriteMode mode = WriteMode::kDryRun;
  OnFieldConflict on_conflict = OnFieldConflict::kReject;
  /// The field manager: what it does not name any more goes, unless another one has it.
  std::string manager = kFieldManager;
};

/// One merge patch (RFC 7386) of a live object by field manager "holdfast": what is null
/// goes, lists are replaced. With metadata.resourceVersion in it, another version than
/// that is a Rejection of kind kConflict.
struct PatchCall {
  Object live;
  Json changes;
  WriteMode mode = WriteMode::kDryRun;
  bool destroys = false;  ///< Data go by it, as by a deletion (apply/purger.h).
};

/// The object as it is (or would be) afterwards, or the server's no, or why
/// there is no answer.
using ApplyAnswer = std::variant<Object, Rejection, Error>;

struct ListCall {
  Gvk gvk;
  std::string name_space;      ///< Empty: all namespaces.
  std::string label_selector;  ///< Empty: all objects.
};

struct ObjectList {
  std::vector<Object> objects;
  std::string resource_version;  ///< Where a watch goes on.
};

using WatchId = std::uint64_t;

struct WatchEvent {
  enum class Kind {
    kChanged,   ///< Added or modified; `object` is its new state.
    kGone,      ///< Deleted; `object` is its last state.
    kBookmark,  ///< Nothing changed up to `resource_version`.
    kExpired,   ///< The resourceVersion is too old (410): list again. The watch has ended.
    kBroken,    ///< The watch has ended; open it again from the last resourceVersion.
  };
  WatchId watch = 0;
  Kind kind = Kind::kBroken;
  std::optional<Object> object;
  std::string resource_version;
  std::string reason;  ///< Of kExpired and kBroken.
};

class Cluster {
 public:
  virtual ~Cluster() = default;

  /// "https://host:port", for messages.
  virtual std::string Address() const = 0;

  /// uid of namespace kube-system: the cluster's identity.
  virtual Result<std::string> Uid() = 0;

  /// The server's clock at its last answer (its Date header), seconds since
  /// the epoch; 0 before the first.
  virtual long long ServerTime() const = 0;

  /// What the server serves. Cached after the first call until `Rediscover`.
  virtual Result<const Discovery*> Discover() = 0;
  virtual Result<const Discovery*> Rediscover() = 0;

  /// JSON documents of the server that are no objects, by path and query
  /// ("/openapi/v3"), in the order of `targets`.
  virtual std::vector<Result<Json>> ReadDocuments(const std::vector<std::string>& targets) = 0;

  /// Quorum reads, in the order of `keys`; kNotFound where the object is not
  /// there, which is another thing than a kind that is not served (kInvalid).
  virtual std::vector<Result<Object>> Get(const std::vector<ObjectKey>& keys) = 0;

  /// All objects of a kind, read in pages from one consistent moment; a page
  /// that fails fails the list.
  virtual std::vector<Result<ObjectList>> List(const std::vector<ListCall>& calls) = 0;

  virtual std::vector<ApplyAnswer> Apply(const std::vector<ApplyCall>& calls) = 0;

  virtual std::vector<ApplyAnswer> Patch(const std::vector<PatchCall>& calls) = 0;

  /// Creates by POST; a Rejection of kind kConflict if it exists already.
  virtual ApplyAnswer Create(const Object& object) = 0;
  /// Replaces by PUT; `object` carries the resourceVersion that it was read at,
  /// and a Rejection of kind kConflict says that it is not the present one.
  virtual ApplyAnswer Replace(const Object& object) = 0;
  /// The same, also of a run that was cancelled: its last word.
  virtual ApplyAnswer ReplaceAtLast(const Object& object) { return Replace(object); }

  /// Deletes the object that was judged and no other: uid and resourceVersion
  /// go along as preconditions; propagation is Background, or Orphan where the permit says
  /// that what it made stays; the grace period is the object's own. `mode` kDryRun asks the server without deleting. ok() if it
  /// is gone already; kConflict if it is not the judged one any more.
  virtual Status Delete(Permit permit, WriteMode mode) = 0;

  /// Events of a kind from `from` on; see WaitForEvents.
  virtual WatchId Watch(const ListCall& what, const std::string& from) = 0;
  virtual void Unwatch(WatchId watch) = 0;
  /// Waits until any watch has events, at most `up_to`; empty when time is up
  /// or the run was cancelled.
  virtual std::vector<WatchEvent> WaitForEvents(std::chrono::milliseconds up_to) = 0;
};

}  // namespace holdfast
