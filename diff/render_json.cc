#include "diff/render_json.h"

#include "diff/mask.h"

namespace holdfast {
namespace {

Json Approval(const ApprovalMark& mark) {
  if (mark.action.empty()) return nullptr;
  return {{"action", mark.action},
          {"given", mark.given.empty() ? Json() : Json(mark.given)}};
}

Json Findings(const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"hazard", finding.hazard},
                    {"ruling", ToString(finding.ruling)},
                    {"reason", finding.reason},
                    {"remedy", finding.remedy},
                    {"approval", Approval(finding.approval)}});
  }
  return list;
}

/// The value, or {"hash": ""} for a secret one that nobody has masked.
Json Safe(const ObjectRef& ref, const std::string& path, const Json& value) {
  if (!IsUnmasked(ref, path, value)) return value;
  return {{"hash", ""}};
}

Json Fields(const Change& change) {
  Json list = Json::array();
  for (const FieldChange& field : change.fields) {
    Json one = {{"path", field.path}, {"manager", field.manager}};
    if (field.before) one["before"] = Safe(change.ref, field.path, *field.before);
    if (field.after) one["after"] = Safe(change.ref, field.path, *field.after);
    list.push_back(std::move(one));
  }
  return list;
}

Json SourceOf(const Change& change) {
  if (!change.source) return nullptr;
  return {{"path", change.source->path},
          {"document", change.source->document},
          {"line", change.source->line}};
}

Json OneChange(const Change& change) {
  Json one = {{"action", ToString(change.action)},
              {"apiVersion", change.api_version},
              {"kind", change.ref.kind},
              {"namespace", change.ref.name_space},
              {"name", change.ref.name},
              {"source", SourceOf(change)},
              {"wave", change.wave},
              {"fields", Fields(change)},
              {"effects", change.effects},
              {"findings", Findings(change.findings)}};
  if (!change.unsure.empty()) one["unsure"] = change.unsure;
  return one;
}

Json Volumes(const std::vector<VolumeReport>& volumes) {
  Json list = Json::array();
  for (const VolumeReport& volume : volumes) {
    list.push_back({{"claim", volume.claim},
                    {"uid", volume.uid},
                    {"volume", volume.volume},
                    {"reclaimPolicy", volume.reclaim_policy},
                    {"capacity", volume.capacity},
                    {"fate", ToString(volume.fate)},
                    {"reason", volume.reason}});
  }
  return list;
}

/// An object that is stopped is counted by its action too: what was wanted and
/// that it does not happen are two facts.
Json Summary(const ChangeSet& changes) {
  int create = 0, update = 0, recreate = 0, gone = 0, adopt = 0, unchanged = 0,
      stopped = 0, unsure = 0;
  for (const Change& change : changes.changes) {
    switch (change.action) {
      case Action::kCreate:
        ++create;
        break;
      case Action::kUpdate:
        ++update;
        break;
      case Action::kRecreate:
        ++recreate;
        break;
      case Action::kDelete:
      case Action::kDetach:
        ++gone;
        break;
      case Action::kAdopt:
        ++adopt;
        break;
      case Action::kKeep:
      case Action::kNone:
        ++(change.unsure.empty() ? unchanged : unsure);
        break;
    }
    if (Stops(change.worst())) ++stopped;
  }
  Json counts = {{"create", create},  {"update", update}, {"recreate", recreate},
                 {"delete", gone},    {"adopt", adopt},   {"unchanged", unchanged},
                 {"stopped", stopped}};
  if (unsure > 0) counts["unsure"] = unsure;
  return counts;
}

}  // namespace

Json RenderJson(const ChangeSet& changes, Show show) {
  Json list = Json::array();
  for (const Change& change : changes.changes) {
    if (show == Show::kAll || change.action != Action::kNone ||
        !change.findings.empty()) {
      list.push_back(OneChange(change));
    }
  }
  Json document = {{"apiVersion", "holdfast.dev/v1"},
                   {"kind", "Diff"},
                   {"sync", changes.sync},
                   {"revision", changes.revision},
                   {"cluster", changes.cluster},
                   {"verdict", ToString(changes.verdict())},
                   {"changes", std::move(list)},
                   {"findings", Findings(changes.findings)},
                   {"volumes", Volumes(changes.volumes)},
                   {"summary", Summary(changes)}};
  if (!changes.live_file.empty()) document["live"] = changes.live_file;
  return document;
}

}  // namespace holdfast
