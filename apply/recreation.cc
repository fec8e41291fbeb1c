#include "apply/recreation.h"

#include "apply/approval.h"
#include "apply/claim_growth.h"
#include "apply/immutable.h"
#include "apply/kinds.h"
#include "apply/pod_template.h"
#include "apply/template_change.h"

namespace holdfast {

bool IsTemplateChange(const ChangeCase& change) {
  if (!IsStatefulSet(change.ref()) || change.live == nullptr) return false;
  const auto& rejection = change.prediction.rejection;
  if (!rejection || ImmutableFieldsIn(*rejection, change.manifest.object).empty()) {
    return false;
  }
  const Json& before = MapIn(change.live->json(), "spec");
  const Json& after = MapIn(change.manifest.object.json(), "spec");
  for (const char* field : {"selector", "serviceName", "podManagementPolicy"}) {
    const Json* wanted = FindIn(after, field);
    const Json* present = FindIn(before, field);
    if (wanted != nullptr && (present == nullptr || *present != *wanted)) return false;
  }
  return ChangeOfTemplates(*change.live, change.manifest.object, change.prediction.fields)
      .any();
}

std::string ControllerUid(const Object& object) {
  for (const Json& owner : ArrayIn(object.json(), "metadata", "ownerReferences")) {
    const Json* controller = FindIn(owner, "controller");
    if (controller != nullptr && *controller == Json(true)) return StringIn(owner, "uid");
  }
  return "";
}

std::string WhatAdoptionWaitsFor(const JournalEntry& entry, const Object& set,
                                 const Snapshot& live) {
  const Json& json = set.json();
  if (IntegerIn(-1, json, "status", "observedGeneration") !=
      IntegerIn(0, json, "metadata", "generation")) {
    return "its controller has not seen it yet";
  }
  const std::string newest = StringIn(json, "status", "updateRevision");
  const std::string known = StringIn(entry.before, "updateRevision");
  if (newest.empty() || newest != StringIn(json, "status", "currentRevision")) {
    return "its pods are not of one template yet";
  }
  if (!known.empty() && newest != known) {
    return "its controller takes the pod template for another one (" + newest + ", was " +
           known + ")";
  }
  for (const auto& [name, pod] : MapIn(entry.before, "pods").items()) {
    const Object* now = live.Find({"", "Pod", entry.ref.name_space, name});
    if (now == nullptr || now->uid() != StringIn(pod, "uid")) continue;
    if (ControllerUid(*now) != set.uid()) return "pod " + name + " is not taken over yet";
  }
  return "";
}

bool IsRecreation(const Finding& finding) {
  return finding.approval.action == ToString(ApprovalAction::kResizeRecreate);
}

std::vector<std::string> EffectsOfRecreation(const ChangeCase& change) {
  std::vector<std::string> effects;
  std::string names;
  for (const GrowingClaim& one :
       GrowingClaims(*change.live, change.manifest.object, change.outlook.live())) {
    names += (names.empty() ? "" : ", ") + one.claim->ref().name;
  }
  if (!names.empty()) {
    effects.push_back("grows " + names + ", one at a time; this cannot be taken back");
  }
  effects.push_back("makes the StatefulSet anew around its " +
                    std::to_string(ReplicasOf(*change.live)) +
                    " pods, which are not restarted");
  return effects;
}

}  // namespace holdfast
