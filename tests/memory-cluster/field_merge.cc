#include "tests/memory-cluster/field_merge.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "diff/merged_order.h"

namespace holdfast::memory {
namespace {

bool IsServersMetadata(const std::string& key) {
  static const std::set<std::string> kOwn = {"name",
                                             "namespace",
                                             "uid",
                                             "resourceVersion",
                                             "generation",
                                             "creationTimestamp",
                                             "deletionTimestamp",
                                             "deletionGracePeriodSeconds",
                                             "managedFields",
                                             "selfLink"};
  return kOwn.contains(key);
}

const Type& MemberType(const Type& type, const std::string& key) {
  if (type.shape == Type::Shape::kMap) return type.Element();
  return *type.Member(key).type;
}

bool IsGranularMap(const Type& type, const Json& value) {
  return value.is_object() && !type.atomic();
}

/// A list whose entries have names; one of unknown type is replaced as a whole.
bool IsGranularList(const Type& type, const Json& value) {
  return value.is_array() && type.is_list() && !type.atomic();
}

Json* ChildOf(const Type& type, Json& value, const PathStep& step) {
  if (step.kind == PathStep::Kind::kKey) {
    if (!value.is_object()) return nullptr;
    const auto found = value.find(step.key);
    return found == value.end() ? nullptr : &*found;
  }
  if (!value.is_array()) return nullptr;
  for (Json& entry : value) {
    if (const auto name = StepOf(type, entry); name && *name == step) return &entry;
  }
  return nullptr;
}

const Json* ChildOf(const Type& type, const Json& value, const PathStep& step) {
  return ChildOf(type, const_cast<Json&>(value), step);
}

const Type& ChildType(const Type& type, const PathStep& step) {
  return step.kind == PathStep::Kind::kKey ? MemberType(type, step.key) : type.Element();
}

void EraseChild(const Type& type, Json& value, const PathStep& step) {
  if (step.kind == PathStep::Kind::kKey) {
    value.erase(step.key);
    return;
  }
  for (auto entry = value.begin(); entry != value.end(); ++entry) {
    if (const auto name = StepOf(type, *entry); name && *name == step) {
      value.erase(entry);
      return;
    }
  }
}

void Collect(const Type& type, const Json& value, FieldSet& set) {
  if (IsGranularMap(type, value)) {
    for (const auto& [key, member] : value.items()) {
      if (member.is_null()) continue;
      const Type& of = MemberType(type, key);
      FieldSet& child = set.children[PathStep::Key(key)];
      const bool inner = IsGranularMap(of, member) || IsGranularList(of, member);
      if (!inner || member.empty()) {
        child.member = true;
      } else {
        Collect(of, member, child);
      }
    }
    return;
  }
  if (!IsGranularList(type, value)) return;
  for (const Json& entry : value) {
    const auto step = StepOf(type, entry);
    if (!step) continue;
    FieldSet& child = set.children[*step];
    child.member = true;
    if (step->kind == PathStep::Kind::kEntry) Collect(type.Element(), entry, child);
  }
}

Json Merge(const Type& type, Json live, const Json& config) {
  if (IsGranularMap(type, config) && live.is_object()) {
    for (const auto& [key, member] : config.items()) {
      if (member.is_null()) continue;
      const auto there = live.find(key);
      if (there == live.end()) {
        live[key] = member;
      } else {
        *there = Merge(MemberType(type, key), std::move(*there), member);
      }
    }
    return live;
  }
  if (!IsGranularList(type, config) || !live.is_array()) return config;
  std::vector<PathStep> here;
  std::vector<PathStep> wanted;
  for (const Json& entry : live) {
    if (const auto step = StepOf(type, entry)) here.push_back(*step);
  }
  for (const Json& entry : config) {
    if (const auto step = StepOf(type, entry)) wanted.push_back(*step);
  }
  Json merged = Json::array();
  for (const PathStep& step : MergedOrder(here, wanted)) {
    const Json* old = ChildOf(type, std::as_const(live), step);
    const Json* now = ChildOf(type, config, step);
    if (now == nullptr) {
      merged.push_back(*old);
    } else {
      merged.push_back(old == nullptr ? *now : Merge(type.Element(), *old, *now));
    }
  }
  return merged;
}

/// Removes what is in `dropped` and in nothing of `kept`, which may be null.
void Drop(const Type& type, Json& value, const FieldSet& dropped, const FieldSet* kept) {
  for (const auto& [step, inner] : dropped.children) {
    Json* child = ChildOf(type, value, step);
    if (child == nullptr) continue;
    const FieldSet* still = kept == nullptr ? nullptr : kept->Child(step);
    if (still != nullptr && still->empty()) still = nullptr;
    if (still == nullptr && inner.member) {
      EraseChild(type, value, step);
      continue;
    }
    if (inner.children.empty()) continue;
    Drop(ChildType(type, step), *child, inner, still);
    const bool emptied = child->is_structured() && child->empty();
    if (emptied && still == nullptr) EraseChild(type, value, step);
  }
}

/// Fields of `mine` that `theirs` has too and that are not the same in both objects.
void FindConflicts(const Type& type, const FieldSet& mine, const FieldSet& theirs,
                   const Json* live, const Json& wanted, FieldPath& path,
                   std::vector<FieldPath>& found) {
  for (const auto& [step, inner] : mine.children) {
    const FieldSet* other = theirs.Child(step);
    if (other == nullptr) continue;
    const Json* before = live == nullptr ? nullptr : ChildOf(type, *live, step);
    const Json* after = ChildOf(type, wanted, step);
    if (after == nullptr) continue;
    path.Push(step);
    const bool is_leaf = inner.member && inner.children.empty();
    if (is_leaf && other->member) {
      if (before == nullptr || *before != *after) found.push_back(path);
    } else {
      FindConflicts(ChildType(type, step), inner, *other, before, *after, path, found);
    }
    path.Pop();
  }
}

/// Leaves that `after` has and `before` has not, or at another value.
void Changed(const Type& type, const Json* before, const Json& after, FieldSet& set) {
  if (IsGranularMap(type, after)) {
    for (const auto& [key, member] : after.items()) {
      const Json* was = before == nullptr ? nullptr : FindIn(*before, key);
      if (was != nullptr && *was == member) continue;
      const Type& of = MemberType(type, key);
      FieldSet& child = set.children[PathStep::Key(key)];
      const bool inner = IsGranularMap(of, member) || IsGranularList(of, member);
      if (!inner || member.empty()) {
        child.member = true;
      } else {
        Changed(of, was, member, child);
        if (child.empty()) set.children.erase(PathStep::Key(key));
      }
    }
    return;
  }
  if (!IsGranularList(type, after)) return;
  for (const Json& entry : after) {
    const auto step = StepOf(type, entry);
    if (!step) continue;
    const Json* was = before == nullptr ? nullptr : ChildOf(type, *before, *step);
    if (was != nullptr && *was == entry) continue;
    FieldSet& child = set.children[*step];
    child.member = was == nullptr;
    if (step->kind == PathStep::Kind::kEntry) Changed(type.Element(), was, entry, child);
    if (child.empty()) set.children.erase(*step);
  }
}

/// What of `set` is not in `object` any more goes out of it.
void Forget(const Type& type, const Json& object, FieldSet& set) {
  for (auto at = set.children.begin(); at != set.children.end();) {
    auto& [step, inner] = *at;
    const Json* child = ChildOf(type, object, step);
    if (child != nullptr) Forget(ChildType(type, step), *child, inner);
    at = child == nullptr || inner.empty() ? set.children.erase(at) : std::next(at);
  }
}

void Subtract(FieldSet& from, const FieldSet& taken) {
  for (auto at = from.children.begin(); at != from.children.end();) {
    auto& [step, inner] = *at;
    const FieldSet* other = taken.Child(step);
    const bool whole = other != nullptr && other->member && other->children.empty();
    if (other != nullptr && !whole) Subtract(inner, *other);
    at = other != nullptr && (whole || inner.empty()) ? from.children.erase(at)
                                                      : std::next(at);
  }
}

ManagedEntry* EntryOf(std::vector<ManagedEntry>& managers, const std::string& manager,
                      const char* operation) {
  for (ManagedEntry& entry : managers) {
    if (entry.manager == manager && entry.operation == operation &&
        entry.subresource.empty()) {
      return &entry;
    }
  }
  return nullptr;
}

/// Without identity, status and the server's own metadata.
Json Owned(const Json& object) {
  Json owned = object;
  for (const char* key : {"apiVersion", "kind", "status"}) owned.erase(key);
  // That of a Namespace, before the server has filled it in.
  if (const Json* spec = FindIn(owned, "spec"); spec != nullptr && *spec == Json::object())
    owned.erase("spec");
  const auto metadata = owned.find("metadata");
  if (metadata == owned.end() || !metadata->is_object()) return owned;
  for (auto member = metadata->begin(); member != metadata->end();) {
    member =
        IsServersMetadata(member.key()) ? metadata->erase(member) : std::next(member);
  }
  if (metadata->empty()) owned.erase("metadata");
  return owned;
}

}  // namespace

FieldSet FieldsOf(const Type& type, const Json& object) {
  FieldSet set;
  Collect(type, Owned(object), set);
  return set;
}

Merged MergeApply(const Type& type, const Json& live, std::vector<ManagedEntry> managers,
                  const Json& config, const std::string& manager,
                  const std::string& api_version) {
  Merged merged;
  const Json wanted = Owned(config);
  FieldSet now;
  Collect(type, wanted, now);
  merged.object = Merge(type, live, wanted);
  ManagedEntry* mine = EntryOf(managers, manager, "Apply");
  FieldSet kept = now;
  for (ManagedEntry& entry : managers) {
    if (&entry == mine) continue;
    std::vector<FieldPath> paths;
    FieldPath path;
    FindConflicts(type, now, entry.fields, &live, merged.object, path, paths);
    for (FieldPath& conflict : paths) {
      entry.fields.Remove(conflict);
      merged.conflicts.push_back({std::move(conflict), entry.manager});
    }
    kept.Add(entry.fields);
  }
  if (mine != nullptr) Drop(type, merged.object, mine->fields, &kept);
  if (mine == nullptr) {
    managers.push_back({.manager = manager,
                        .operation = "Apply",
                        .api_version = api_version,
                        .subresource = "",
                        .fields = {}});
    mine = &managers.back();
  }
  mine->fields = std::move(now);
  mine->api_version = api_version;
  std::erase_if(managers, [](const ManagedEntry& entry) { return entry.fields.empty(); });
  merged.managers = std::move(managers);
  return merged;
}

std::vector<ManagedEntry> AfterUpdate(const Type& type, const Json& before,
                                      const Json& after,
                                      std::vector<ManagedEntry> managers,
                                      const std::string& manager,
                                      const std::string& api_version) {
  const Json was = Owned(before);
  const Json is = Owned(after);
  if (was == is) return managers;
  FieldSet changed;
  Changed(type, &was, is, changed);
  for (ManagedEntry& entry : managers) {
    if (entry.manager == manager && entry.operation == "Update") continue;
    Subtract(entry.fields, changed);
  }
  if (!changed.empty()) {
    ManagedEntry* mine = EntryOf(managers, manager, "Update");
    if (mine == nullptr) {
      managers.push_back({.manager = manager,
                          .operation = "Update",
                          .api_version = api_version,
                          .subresource = "",
                          .fields = {}});
      mine = &managers.back();
    }
    mine->fields.Add(changed);
  }
  for (ManagedEntry& entry : managers) Forget(type, is, entry.fields);
  std::erase_if(managers, [](const ManagedEntry& entry) { return entry.fields.empty(); });
  return managers;
}

Json ManagedFieldsOf(const std::vector<ManagedEntry>& managers) {
  Json list = Json::array();
  for (const ManagedEntry& entry : managers) {
    Json one = {{"manager", entry.manager},
                {"operation", entry.operation},
                {"apiVersion", entry.api_version},
                {"fieldsType", "FieldsV1"},
                {"fieldsV1", entry.fields.ToJson()}};
    if (!entry.subresource.empty()) one["subresource"] = entry.subresource;
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace holdfast::memory
