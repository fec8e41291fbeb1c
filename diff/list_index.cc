#include "diff/list_index.h"

#include <algorithm>

#include "diff/leaves.h"

namespace holdfast {

bool IsNamed(const Type& list, const Json& entry) {
  if (list.merge == Type::Merge::kByValue) return true;
  return !list.keys.empty() &&
         std::all_of(list.keys.begin(), list.keys.end(), [&](const std::string& name) {
           const Json* key = KeyOf(list, entry, name);
           return key != nullptr && key->is_primitive() && !key->is_null();
         });
}

ListIndex::ListIndex(const Type& type, const Json& list)
    : type_(type),
      list_(list),
      by_key_(list.is_array() && type.is_list() && !type.keys.empty() &&
              type.merge != Type::Merge::kByValue) {
  if (!by_key_) return;
  for (const Json& entry : list) {
    if (auto step = StepOf(type, entry)) entries_[std::move(*step)].push_back(&entry);
  }
}

std::vector<const Json*> ListIndex::Find(const PathStep& step) const {
  // A name by other keys is one of another version.
  const bool has_our_keys =
      by_key_ && step.kind == PathStep::Kind::kEntry &&
      step.value.size() == type_.keys.size() &&
      std::all_of(type_.keys.begin(), type_.keys.end(),
                  [&](const std::string& key) { return step.value.contains(key); });
  if (!has_our_keys) return AllMatching(type_, list_, step);
  const auto found = entries_.find(step);
  return found == entries_.end() ? std::vector<const Json*>() : found->second;
}

const Json* ListIndex::First(const PathStep& step) const {
  if (step.kind != PathStep::Kind::kEntry) return Descend(type_, list_, step);
  const auto found = Find(step);
  return found.empty() ? nullptr : found.front();
}

}  // namespace holdfast
