// FieldPath: where in an object a field is, list entries by their keys.
//
// The API server names one field in three ways: in conflicts and apply errors
// (`.spec.ports[port=80,protocol="TCP"].nodePort`), in validation causes
// (`spec.template.spec.containers[0].image`, `metadata.labels[app]`) and in
// managedFields (`f:spec`, `k:{"name":"mysql"}`, `v:"x"`, `i:0`). All of them
// are read here; one of them is written:
// `spec.template.spec.containers[name="mysql"].image`.

#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "diff/json.h"
#include "diff/result.h"

namespace holdfast {

/// One step into an object or a list.
struct PathStep {
  enum class Kind {
    kKey,    ///< The member `key` of an object.
    kEntry,  ///< The list entry whose members are as in `value`, an object.
    kValue,  ///< The list entry that equals `value` (a set).
    kIndex,  ///< The list entry number `index`, counted from 0.
  };

  Kind kind = Kind::kKey;
  std::string key;
  Json value;
  std::size_t index = 0;

  static PathStep Key(std::string key);
  /// REQUIRES an object with at least one member. A dotted name stands for a
  /// member of a member, where an entry is known by its `metadata.name`.
  static PathStep Entry(Json keys);
  static PathStep Value(Json value);
  static PathStep Index(std::size_t index);

  /// Reads a key of FieldsV1: `f:`, `k:`, `v:` or `i:`. kInvalid for anything else.
  static Result<PathStep> ParseFieldsV1(std::string_view text);
  /// The key of FieldsV1 for this step.
  std::string ToFieldsV1() const;

  bool operator==(const PathStep&) const = default;
  bool operator<(const PathStep& other) const;
};

class FieldPath {
 public:
  FieldPath() = default;
  explicit FieldPath(std::vector<PathStep> steps) : steps_(std::move(steps)) {}

  /// Reads what ToString() writes and what the API server writes in messages,
  /// with or without a leading dot. kInvalid, with the place, for anything
  /// that is no path. The empty text is the object itself.
  static Result<FieldPath> Parse(std::string_view text);

  /// `spec.template.spec.containers[name="mysql"].image`; a key that is no
  /// identifier is quoted: `data["my.cnf"]`. Parse() gives the same path back.
  std::string ToString() const;

  const std::vector<PathStep>& steps() const { return steps_; }
  bool empty() const { return steps_.empty(); }

  /// True if this is `prefix` or below it.
  bool StartsWith(const FieldPath& prefix) const;

  void Push(PathStep step) { steps_.push_back(std::move(step)); }
  void Pop() { steps_.pop_back(); }

  /// The RFC 6901 pointer of the field in `object`, or of its nearest ancestor
  /// that is there; "" is the object itself. The API server does not quote
  /// keys, so `annotations`, `example`, `com/x` is found as `example.com/x` too.
  ///
  ///   manifest.WhereIs(path.PointerIn(manifest.object.json()));
  std::string PointerIn(const Json& object) const;

  bool operator==(const FieldPath&) const = default;
  bool operator<(const FieldPath& other) const { return steps_ < other.steps_; }

 private:
  std::vector<PathStep> steps_;
};

/// The entry of `list` that `step` means, or null. `step` may be of any kind;
/// a key finds nothing in a list.
const Json* FindEntry(const Json& list, const PathStep& step);

/// A member reached by a name that may be dotted ("metadata.name"); null if none.
const Json* FindDotted(const Json& object, std::string_view name);

}  // namespace holdfast
