// Building objects and plan inputs from short texts.

#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "apply/plan.h"
#include "diff/json.h"

namespace holdfast {

/// `text` is JSON with ' for ".
inline Json J(std::string text) {
  std::replace(text.begin(), text.end(), '\'', '"');
  auto json = ParseJson(text);
  REQUIRE_MESSAGE(json.ok(), text);
  return *json;
}

/// "apps/v1 Deployment db/mysql" or "v1 Namespace db", and the members of the object
/// below metadata: "'spec':{...}". Members of metadata go into `metadata`.
inline Object Make(const std::string& head, const std::string& members = "",
                   const std::string& metadata = "") {
  const auto blank = head.find(' ');
  const auto second = head.find(' ', blank + 1);
  const std::string api_version = head.substr(0, blank);
  const std::string kind = head.substr(blank + 1, second - blank - 1);
  const std::string full = head.substr(second + 1);
  const auto slash = full.find('/');
  std::string text = "{'apiVersion':'" + api_version + "','kind':'" + kind +
                     "','metadata':{'name':'" +
                     (slash == std::string::npos ? full : full.substr(slash + 1)) + "'";
  if (slash != std::string::npos) text += ",'namespace':'" + full.substr(0, slash) + "'";
  if (!metadata.empty()) text += "," + metadata;
  text += "}";
  if (!members.empty()) text += "," + members;
  auto object = Object::Make(J(text + "}"));
  REQUIRE(object.ok());
  return *object;
}

/// As a server would return it: with uid "uid-<name>" and a resourceVersion.
inline Object AsLive(const Object& object) {
  Json json = object.json();
  if (object.uid().empty()) json["metadata"]["uid"] = "uid-" + object.ref().name;
  json["metadata"]["resourceVersion"] = "7";
  auto live = Object::Make(json);
  REQUIRE(live.ok());
  return *live;
}

inline Manifest InGit(const Object& object, const std::string& path = "a.yaml") {
  return {object, {path, 1, 1}, nullptr};
}

/// A plan input, put together object by object.
class World {
 public:
  World() {
    input.live.cluster_uid = "cluster-1";
    input.inventory.exists = true;
    input.inventory.sync = "default";
    input.inventory.cluster_uid = "cluster-1";
  }

  /// In the cluster, of whom it may be.
  World& Live(const Object& object) {
    input.live.Put(AsLive(object));
    return *this;
  }
  /// In the inventory, with the uid that AsLive gives.
  World& Ours(const Object& object) {
    const ObjectRef& ref = object.ref();
    const std::string uid = AsLive(object).uid();
    input.inventory.entries[ref] = {ref, object.gvk().version, uid, "hash"};
    return *this;
  }
  /// In the cluster and the inventory, not in Git.
  World& Removed(const Object& object) { return Live(object).Ours(object); }
  /// In Git, not in the cluster.
  World& Added(const Object& object, const std::string& path = "a.yaml") {
    input.desired.push_back(InGit(object, path));
    Prediction prediction;
    prediction.rung = Prediction::Rung::kDryRun;
    prediction.result = object;
    input.predictions[object.ref()] = prediction;
    return *this;
  }
  /// In Git as in the cluster.
  World& Unchanged(const Object& object, const std::string& path = "a.yaml") {
    Live(object).Ours(object);
    input.desired.push_back(InGit(object, path));
    Prediction prediction;
    prediction.rung = Prediction::Rung::kLocal;
    prediction.exists = true;
    input.predictions[object.ref()] = prediction;
    return *this;
  }
  /// `after` in Git, `before` in the cluster; the server agrees.
  World& Changed(const Object& before, const Object& after,
                 const std::string& path = "a.yaml") {
    Live(before).Ours(before);
    input.desired.push_back(InGit(after, path));
    Prediction prediction;
    prediction.rung = Prediction::Rung::kDryRun;
    prediction.exists = true;
    prediction.fields.push_back({"spec.some", Json(1), Json(2), ""});
    prediction.result = AsLive(after);
    input.predictions[after.ref()] = prediction;
    return *this;
  }
  /// The same, and the server says no.
  World& Rejected(const Object& before, const Object& after, const Rejection& rejection) {
    Changed(before, after);
    Prediction& prediction = input.predictions[after.ref()];
    prediction.result.reset();
    prediction.rejection = rejection;
    return *this;
  }
  World& Lists(const std::string& group, const std::string& kind,
               const std::string& space = "") {
    input.live.listed.push_back({group, kind, space});
    return *this;
  }
  /// Everything that the rules for deletions want was listed.
  World& ListsAll() {
    for (const char* kind :
         {"Pod", "PersistentVolumeClaim", "PersistentVolume", "ServiceAccount"}) {
      Lists("", kind);
    }
    Lists("*", "*");
    for (const char* kind : {"VolumeSnapshot", "VolumeSnapshotContent"})
      Lists("snapshot.storage.k8s.io", kind);
    for (const char* kind : {"StatefulSet", "Deployment", "DaemonSet"})
      Lists("apps", kind);
    for (const char* kind : {"Job", "CronJob"}) Lists("batch", kind);
    for (const char* kind : {"RoleBinding", "ClusterRoleBinding"}) {
      Lists("rbac.authorization.k8s.io", kind);
    }
    return Lists("networking.k8s.io", "Ingress").Lists("storage.k8s.io", "StorageClass");
  }
  World& Gap(const std::string& group, const std::string& kind) {
    std::erase_if(input.live.listed, [&](const Snapshot::Listed& one) {
      return one.group == group && one.kind == kind;
    });
    input.live.gaps.push_back({{group, kind, "", ""}, {ErrorCode::kDenied, "forbidden"}});
    return *this;
  }

  PlanInput input;
};

/// "H-A1 refuse", sorted, for comparing; notes are left out.
inline std::vector<std::string> Brief(const std::vector<Finding>& findings) {
  std::vector<std::string> brief;
  for (const Finding& finding : findings) {
    if (finding.ruling == Ruling::kNote) continue;
    brief.push_back(finding.hazard + " " + std::string(ToString(finding.ruling)));
  }
  std::sort(brief.begin(), brief.end());
  brief.erase(std::unique(brief.begin(), brief.end()), brief.end());
  return brief;
}

inline std::string Joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

/// What every finding owes its reader.
inline void CheckWords(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    CAPTURE(finding.hazard);
    CHECK_FALSE(finding.reason.empty());
    CHECK(finding.hazard.starts_with("H-"));
    if (Stops(finding.ruling)) CHECK_FALSE(finding.remedy.empty());
  }
}

inline const Change* ChangeOf(const Plan& plan, const std::string& ref) {
  for (const Change& change : plan.set.changes) {
    if (change.ref.ToString() == ref) return &change;
  }
  return nullptr;
}

}  // namespace holdfast
