// Comparing: one comparison under way, as its two passes share it.
//
// MergePass walks the manifest and compares what is in it; PrunePass walks what we
// applied before and finds what is no longer in it. For diff/compare.cc and these alone.

#pragma once

#include <set>
#include <string>
#include <string_view>

#include "diff/compare.h"
#include "diff/field_path.h"
#include "diff/object.h"
#include "diff/ownership.h"
#include "diff/schema.h"

namespace holdfast {

struct Comparing {
  const Object& desired;  ///< Normal.
  const Object& live;
  std::string_view manager;
  bool known_kind;
  const Type& type;
  Ownership ownership;
  FieldPath path;  ///< Where the pass is.
  /// Applying would write, though nothing that a person wrote would change.
  bool books_differ = false;
  std::set<FieldPath> unclear;  ///< Lists with entries that cannot be told apart.
  Comparison result;

  void Doubt(std::string sentence) { result.doubts.push_back(std::move(sentence)); }

  /// What is at `path` goes from `before` to `after`; null where there is nothing.
  void Changed(const Field& field, const Json* before, const Json* after);

  /// Called for each value that is equal: is it ours yet?
  void NoteOwner(const FieldSet* ours);

  /// The other managers that hold `at`, or something in it: "helm, kubectl".
  std::string ManagerOf(const FieldPath& at) const;

  /// True if the entry `step` of the list at `path` is ours alone and not wanted any
  /// more.
  bool IsLost(const PathStep& step, const std::set<PathStep>& wanted,
              const FieldSet* ours);

 private:
  /// False if there is nothing to tell. metadata.labels may be missing live as
  /// a whole, with ours among those to come.
  bool AddLeaves(const Field& field, const Json* before, const Json* after);
};

}  // namespace holdfast
