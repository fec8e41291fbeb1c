#include "diff/leaves.h"

#include <algorithm>

#include "diff/normalize.h"
#include "diff/servers_own.h"

namespace holdfast {

void AppendLeaves(const FieldPath& path, const Field& field, const Json* before,
                  const Json* after, std::vector<FieldChange>& changes) {
  const Json& value = before != nullptr ? *before : *after;
  const bool entry = !path.empty() && path.steps().back().kind != PathStep::Kind::kKey;
  if (SaysNothing(field, value) && !entry) return;
  if (field.kept || IsServersOwn(path)) return;
  if (value.is_object() && !value.empty() && !entry) {
    for (const auto& [key, member] : value.items()) {
      FieldPath inner = path;
      inner.Push(PathStep::Key(key));
      const Field at = FieldAt(*field.type, inner.steps().back());
      AppendLeaves(inner, at, before != nullptr ? &member : nullptr,
                   after != nullptr ? &member : nullptr, changes);
    }
    return;
  }
  FieldChange change;
  change.path = path.ToString();
  if (before != nullptr) change.before = *before;
  if (after != nullptr) change.after = *after;
  changes.push_back(std::move(change));
}

bool Matches(const Type& list, const Json& entry, const PathStep& step) {
  if (step.kind == PathStep::Kind::kValue) {
    return EqualExactly(list.Element(), entry, step.value);
  }
  if (step.kind != PathStep::Kind::kEntry) return false;
  for (const auto& [name, wanted] : step.value.items()) {
    const Json* value = KeyOf(list, entry, name);
    if (value == nullptr || *value != wanted) return false;
  }
  return true;
}

std::vector<const Json*> AllMatching(const Type& type, const Json& list,
                                     const PathStep& step) {
  std::vector<const Json*> found;
  if (!list.is_array()) return found;
  for (const Json& entry : list) {
    if (Matches(type, entry, step)) found.push_back(&entry);
  }
  return found;
}

const Json* Descend(const Type& type, const Json& value, const PathStep& step) {
  if (step.kind == PathStep::Kind::kKey) return FindIn(value, step.key);
  if (step.kind == PathStep::Kind::kIndex) return FindEntry(value, step);
  if (!value.is_array()) return nullptr;
  const auto found = std::find_if(value.begin(), value.end(), [&](const Json& entry) {
    return Matches(type, entry, step);
  });
  return found == value.end() ? nullptr : &*found;
}

Field FieldAt(const Type& type, const PathStep& step) {
  if (step.kind == PathStep::Kind::kKey && type.shape != Type::Shape::kMap) {
    return type.Member(step.key);
  }
  return Field{&type.Element(), std::nullopt, std::nullopt, {}};
}

}  // namespace holdfast
