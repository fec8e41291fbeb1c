// Ownership: managedFields, which field of a live object belongs to whom.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "diff/field_path.h"
#include "diff/object.h"

namespace holdfast {

/// A set of paths as a tree. FieldsV1 in structured form.
struct FieldSet {
  bool member = false;  ///< The path that leads here is in the set itself.
  std::map<PathStep, FieldSet> children;

  /// kInvalid, with the key, if `fields` is no FieldsV1.
  static Result<FieldSet> Parse(const Json& fields);
  /// The same as FieldsV1.
  Json ToJson() const;

  /// The union of both.
  void Add(const FieldSet& other);
  /// Without `path` and all below it, and without what leads to nothing else.
  void Remove(const FieldPath& path);

  const FieldSet* Child(const PathStep& step) const;
  bool Has(const FieldPath& path) const;
  /// True if `path` or anything below it is in the set.
  bool HasAnyIn(const FieldPath& path) const;
  /// True if something strictly below `path` is in the set.
  bool HasBelow(const FieldPath& path) const;
  /// A member with nothing below it: the server took this field as a whole.
  bool leaf() const { return member && children.empty(); }
  bool empty() const { return !member && children.empty(); }

  /// Calls `visit` with every member, parents first, in order.
  void ForEach(const std::function<void(const FieldPath&)>& visit) const;
};

/// One entry of managedFields.
struct ManagedEntry {
  std::string manager;
  std::string operation;    ///< "Apply" or "Update".
  std::string api_version;  ///< The version in which its paths are meant.
  std::string subresource;  ///< "status", "scale", or empty.
  FieldSet fields;
};

struct Ownership {
  std::vector<ManagedEntry> entries;
  /// False if the object has no managedFields (`kubectl get` leaves them out
  /// unless asked) or one entry could not be read. What is missing here must
  /// not be taken for "nobody's".
  bool complete = false;

  static Ownership Of(const Object& live);

  /// What `manager` applied, or null if it never did.
  const ManagedEntry* AppliedBy(std::string_view manager) const;

  /// The managers that hold `path` or something below it, sorted, each once;
  /// without what `manager` applied. The same program with another operation
  /// or subresource is somebody else, as it is for the server.
  std::vector<std::string> Others(const FieldPath& path, std::string_view manager) const;

  /// True if another entry has exactly `path`: then it stays when `manager`
  /// lets go of it.
  bool HeldByOthers(const FieldPath& path, std::string_view manager) const;
};

}  // namespace holdfast
