#include "diff/ownership.h"

#include <algorithm>
#include <utility>

namespace holdfast {
namespace {

const FieldSet* FindSet(const FieldSet& set, const FieldPath& path) {
  const FieldSet* here = &set;
  for (const PathStep& step : path.steps()) {
    here = here->Child(step);
    if (here == nullptr) return nullptr;
  }
  return here;
}

void Visit(const FieldSet& set, FieldPath& path,
           const std::function<void(const FieldPath&)>& visit) {
  if (set.member) visit(path);
  for (const auto& [step, child] : set.children) {
    path.Push(step);
    Visit(child, path, visit);
    path.Pop();
  }
}

Result<FieldSet> ParseSet(const Json& fields, int depth) {
  if (!fields.is_object() || depth > kMaxJsonDepth) {
    return Invalid("managedFields: a map of fields is expected");
  }
  FieldSet set;
  for (const auto& [key, value] : fields.items()) {
    if (key == ".") {
      set.member = true;
      continue;
    }
    HOLDFAST_TRY_ASSIGN(PathStep step, PathStep::ParseFieldsV1(key));
    HOLDFAST_TRY_ASSIGN(FieldSet child, ParseSet(value, depth + 1));
    // {} is a member with nothing below it.
    if (child.children.empty()) child.member = true;
    // Keys come sorted, and steps nearly so: most go to the end.
    set.children.insert_or_assign(set.children.end(), std::move(step), std::move(child));
  }
  return set;
}

/// Removes what `step` and the steps after it lead to.
void RemoveFrom(FieldSet& set, std::vector<PathStep>::const_iterator step,
                std::vector<PathStep>::const_iterator end) {
  if (step == end) {
    set = FieldSet();
    return;
  }
  const auto child = set.children.find(*step);
  if (child == set.children.end()) return;
  RemoveFrom(child->second, step + 1, end);
  if (child->second.empty()) set.children.erase(child);
}

bool IsOurs(const ManagedEntry& entry, std::string_view manager) {
  return entry.manager == manager && entry.operation == "Apply" &&
         entry.subresource.empty();
}

}  // namespace

Result<FieldSet> FieldSet::Parse(const Json& fields) { return ParseSet(fields, 0); }

Json FieldSet::ToJson() const {
  Json fields = Json::object();
  // {} alone is a member.
  if (member && !children.empty()) fields["."] = Json::object();
  for (const auto& [step, child] : children) fields[step.ToFieldsV1()] = child.ToJson();
  return fields;
}

void FieldSet::Add(const FieldSet& other) {
  member = member || other.member;
  for (const auto& [step, child] : other.children) children[step].Add(child);
}

void FieldSet::Remove(const FieldPath& path) {
  RemoveFrom(*this, path.steps().begin(), path.steps().end());
}

const FieldSet* FieldSet::Child(const PathStep& step) const {
  const auto found = children.find(step);
  return found == children.end() ? nullptr : &found->second;
}

bool FieldSet::Has(const FieldPath& path) const {
  const FieldSet* found = FindSet(*this, path);
  return found != nullptr && found->member;
}

bool FieldSet::HasAnyIn(const FieldPath& path) const {
  const FieldSet* found = FindSet(*this, path);
  return found != nullptr && !found->empty();
}

bool FieldSet::HasBelow(const FieldPath& path) const {
  const FieldSet* found = FindSet(*this, path);
  return found != nullptr && !found->children.empty();
}

void FieldSet::ForEach(const std::function<void(const FieldPath&)>& visit) const {
  FieldPath path;
  Visit(*this, path, visit);
}

Ownership Ownership::Of(const Object& live) {
  Ownership result;
  const Json& list = ArrayIn(live.json(), "metadata", "managedFields");
  result.complete = !list.empty();
  for (const Json& one : list) {
    const Json* fields = FindIn(one, "fieldsV1");
    auto set = fields == nullptr ? Result<FieldSet>(Invalid("no fieldsV1"))
                                 : FieldSet::Parse(*fields);
    if (!set || StringIn(one, "fieldsType") != "FieldsV1") {
      result.complete = false;
      continue;
    }
    result.entries.push_back({StringIn(one, "manager"), StringIn(one, "operation"),
                              StringIn(one, "apiVersion"), StringIn(one, "subresource"),
                              std::move(set).value()});
  }
  return result;
}

const ManagedEntry* Ownership::AppliedBy(std::string_view manager) const {
  for (const ManagedEntry& entry : entries) {
    if (IsOurs(entry, manager)) return &entry;
  }
  return nullptr;
}

std::vector<std::string> Ownership::Others(const FieldPath& path,
                                           std::string_view manager) const {
  std::vector<std::string> names;
  for (const ManagedEntry& entry : entries) {
    if (!IsOurs(entry, manager) && entry.fields.HasAnyIn(path)) {
      names.push_back(entry.manager);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

bool Ownership::HeldByOthers(const FieldPath& path, std::string_view manager) const {
  return std::any_of(entries.begin(), entries.end(), [&](const ManagedEntry& entry) {
    return !IsOurs(entry, manager) && entry.fields.Has(path);
  });
}

}  // namespace holdfast
