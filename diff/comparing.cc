#include "diff/comparing.h"

#include <utility>
#include <vector>

#include "diff/leaves.h"

namespace holdfast {

void Comparing::Changed(const Field& field, const Json* before, const Json* after) {
  if (IsBookkeeping(path)) {
    books_differ = true;
    return;
  }
  if (before == nullptr || after == nullptr) {
    if (!AddLeaves(field, before, after)) {
      Doubt(path.ToString() + " is in the manifest and not in the live object");
    }
    return;
  }
  result.fields.push_back({path.ToString(), *before, *after, ManagerOf(path)});
}

bool Comparing::AddLeaves(const Field& field, const Json* before, const Json* after) {
  std::vector<FieldChange> leaves;
  AppendLeaves(path, field, before, after, leaves);
  for (FieldChange& leaf : leaves) {
    const auto at = FieldPath::Parse(leaf.path);
    if (at && IsBookkeeping(*at)) {
      books_differ = true;
    } else {
      result.fields.push_back(std::move(leaf));
    }
  }
  return !leaves.empty();
}

void Comparing::NoteOwner(const FieldSet* ours) {
  if (ours == nullptr || ours->empty()) books_differ = true;
}

std::string Comparing::ManagerOf(const FieldPath& at) const {
  std::string names;
  for (const std::string& name : ownership.Others(at, manager)) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

bool Comparing::IsLost(const PathStep& step, const std::set<PathStep>& wanted,
                       const FieldSet* ours) {
  if (wanted.contains(step)) return false;
  const FieldSet* set = ours == nullptr ? nullptr : ours->Child(step);
  if (set == nullptr || !set->member) return false;
  path.Push(step);
  const bool held = ownership.HeldByOthers(path, manager);
  path.Pop();
  return !held;
}

}  // namespace holdfast
