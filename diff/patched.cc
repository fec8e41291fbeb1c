#include "diff/patched.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "diff/field_path.h"

namespace holdfast {
namespace {

/// The place of the entry that `step` means, or the size of the list if there is none.
std::size_t PlaceOf(const Json& list, const PathStep& step) {
  const Json* entry = FindEntry(list, step);
  if (entry == nullptr) return list.size();
  return static_cast<std::size_t>(
      std::find_if(list.begin(), list.end(),
                   [&](const Json& one) { return &one == entry; }) -
      list.begin());
}

/// A new list entry that `step` would find.
Json NewEntry(const PathStep& step) {
  Json entry = Json::object();
  if (step.kind != PathStep::Kind::kEntry) return entry;
  for (const auto& [name, value] : step.value.items()) {
    const auto dot = name.find('.');
    if (dot == std::string::npos) {
      entry[name] = value;
    } else {
      entry[name.substr(0, dot)][name.substr(dot + 1)] = value;
    }
  }
  return entry;
}

bool FitsInto(const PathStep& step, const Json& parent) {
  return step.kind == PathStep::Kind::kKey ? parent.is_object() : parent.is_array();
}

void Remove(Json& parent, const PathStep& step) {
  if (step.kind == PathStep::Kind::kKey) {
    parent.erase(step.key);
    return;
  }
  const std::size_t at = PlaceOf(parent, step);
  if (at < parent.size()) parent.erase(at);
}

bool IsThere(const Json& parent, const PathStep& step) {
  if (step.kind == PathStep::Kind::kKey) return parent.contains(step.key);
  return FindEntry(parent, step) != nullptr;
}

Json& Reach(Json& parent, const PathStep& step) {
  if (step.kind == PathStep::Kind::kKey) return parent[step.key];
  const std::size_t at = PlaceOf(parent, step);
  if (at == parent.size()) parent.push_back(NewEntry(step));
  return parent[at];
}

void Carry(Json& object, const FieldPath& path, const std::optional<Json>& after) {
  Json* at = &object;
  const auto& steps = path.steps();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (at->is_null()) {
      *at = steps[i].kind == PathStep::Kind::kKey ? Json::object() : Json::array();
    }
    if (!FitsInto(steps[i], *at)) return;
    const bool last = i + 1 == steps.size();
    if (last && !after) return Remove(*at, steps[i]);
    if (!after && !IsThere(*at, steps[i])) return;  // It needs no removing.
    at = &Reach(*at, steps[i]);
  }
  *at = *after;
}

}  // namespace

Json Patched(Json object, const std::vector<FieldChange>& changes) {
  for (const FieldChange& change : changes) {
    const auto path = FieldPath::Parse(change.path);
    if (path.ok() && !path->empty()) Carry(object, *path, change.after);
  }
  return object;
}

}  // namespace holdfast
