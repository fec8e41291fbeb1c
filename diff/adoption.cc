#include "diff/adoption.h"

#include <algorithm>
#include <array>
#include <utility>

namespace holdfast {
namespace {

struct Writer {
  std::string_view manager;
  std::string_view operation;
};

constexpr std::array<Writer, 14> kPredecessors = {{
    {"before-first-apply", "Update"},
    {"kubectl-client-side-apply", "Update"},
    {"kubectl-create", "Update"},
    {"kubectl-replace", "Update"},
    {"kubectl", "Apply"},
    {"kubectl-last-applied", "Apply"},
    {"helm", "Update"},
    {"helm", "Apply"},
    {"Helm", "Update"},
    {"argocd-controller", "Update"},
    {"argocd-controller", "Apply"},
    {"flux", "Apply"},
    {"helm-controller", "Apply"},
    {"kustomize-controller", "Apply"},
}};

/// The version in which the merged entry is meant: that of the first predecessor.
std::string VersionOf(const Ownership& live) {
  for (const ManagedEntry& entry : live.entries) {
    if (IsPredecessor(entry)) return entry.api_version;
  }
  return {};
}

void LeaveOutBooks(FieldSet& fields) {
  const PathStep metadata = PathStep::Key("metadata");
  fields.Remove(FieldPath({metadata, PathStep::Key("annotations"),
                           PathStep::Key(std::string(kLastApplied))}));
  for (const char* map : {"labels", "annotations"}) {
    const auto found = fields.children.find(metadata);
    if (found == fields.children.end()) return;
    const auto inner = found->second.children.find(PathStep::Key(map));
    if (inner == found->second.children.end()) continue;
    inner->second.member = false;
    if (inner->second.empty()) fields.Remove(FieldPath({metadata, PathStep::Key(map)}));
  }
}

void MoveStringData(FieldSet& fields) {
  const auto text = fields.children.find(PathStep::Key("stringData"));
  if (text == fields.children.end()) return;
  const FieldSet moved = std::move(text->second);
  fields.children.erase(text);
  fields.children[PathStep::Key("data")].Add(moved);
}

/// What ties a claim and its volume together is the controllers', whoever wrote it first: a
/// released volume that lost it would be free for the next claim of that name.
void LeaveOutTie(const ObjectRef& ref, FieldSet& fields) {
  const PathStep spec = PathStep::Key("spec");
  if (ref.Is("", "PersistentVolume")) {
    fields.Remove(FieldPath({spec, PathStep::Key("claimRef")}));
  } else if (ref.Is("", "PersistentVolumeClaim")) {
    fields.Remove(FieldPath({spec, PathStep::Key("volumeName")}));
  }
}

}  // namespace

bool IsPredecessor(const ManagedEntry& entry) {
  return entry.subresource.empty() &&
         std::any_of(kPredecessors.begin(), kPredecessors.end(),
                     [&](const Writer& writer) {
                       return entry.manager == writer.manager &&
                              entry.operation == writer.operation;
                     });
}

std::vector<std::string> PredecessorsOn(const Ownership& live, std::string_view manager) {
  std::vector<std::string> names;
  if (live.AppliedBy(manager) != nullptr) return names;
  for (const ManagedEntry& entry : live.entries) {
    if (IsPredecessor(entry)) names.push_back(entry.manager);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Ownership AdoptedOwnership(const Object& live, std::string_view manager) {
  Ownership ownership = Ownership::Of(live);
  if (PredecessorsOn(ownership, manager).empty()) return ownership;
  ManagedEntry ours{std::string(manager), "Apply", VersionOf(ownership), "", {}};
  std::vector<ManagedEntry> others;
  for (ManagedEntry& entry : ownership.entries) {
    if (IsPredecessor(entry) && entry.api_version == ours.api_version) {
      ours.fields.Add(entry.fields);
    } else {
      others.push_back(std::move(entry));
    }
  }
  if (live.ref().Is("", "Secret")) MoveStringData(ours.fields);
  LeaveOutTie(live.ref(), ours.fields);
  ownership.entries = std::move(others);
  ownership.entries.push_back(std::move(ours));
  return ownership;
}

Json AdoptedManagedFields(const Object& live, std::string_view manager,
                          const std::vector<FieldPath>& kept) {
  Json list = Json::array();
  const std::string version = VersionOf(Ownership::Of(live));
  for (const Json& entry : ArrayIn(live.json(), "metadata", "managedFields")) {
    const bool goes = StringIn(entry, "apiVersion") == version &&
                      IsPredecessor({StringIn(entry, "manager"),
                                     StringIn(entry, "operation"),
                                     version,
                                     StringIn(entry, "subresource"),
                                     {}});
    if (!goes) list.push_back(entry);
  }
  const Ownership adopted = AdoptedOwnership(live, manager);
  const ManagedEntry* ours = adopted.AppliedBy(manager);
  if (ours == nullptr) return list;
  FieldSet fields = ours->fields;
  for (const FieldPath& path : kept) fields.Remove(path);
  LeaveOutBooks(fields);
  list.push_back({{"manager", manager},
                  {"operation", "Apply"},
                  {"apiVersion", ours->api_version},
                  {"fieldsType", "FieldsV1"},
                  {"fieldsV1", fields.ToJson()}});
  return list;
}

}  // namespace holdfast
