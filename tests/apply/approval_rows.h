// Approvals for tests, from short texts.

#pragma once

#include <string>

#include "apply/approval.h"
#include "tests/apply/plan_input.h"

namespace holdfast {

/// 2026-11-24T12:00:00Z: the API server's time in these tests.
inline constexpr long long kNoon = 1795521600;

/// The spec of a detach of claim default/mysql as it is live, with `changes` applied: a
/// JSON merge patch.
inline Json DetachSpec(const std::string& changes = "{}") {
  Json spec =
      J("{'cluster':'cluster-1','action':'detach','reason':'OPS-1',"
        "'notBefore':'2026-11-24T10:00:00Z','expires':'2026-11-26T10:00:00Z',"
        "'targets':[{'kind':'PersistentVolumeClaim','namespace':'default','name':"
        "'mysql','uid':'uid-mysql','pv':'pv-mysql','pvUid':'uid-pv-mysql'}]}");
  spec.merge_patch(J(changes));
  return spec;
}

inline Json AcceptSpec(const std::string& changes = "{}") {
  Json spec = DetachSpec("{'action':'accept','targets':null}");
  spec.merge_patch(J(changes));
  return spec;
}

inline Manifest InApprovals(const Json& spec, const std::string& name = "drop") {
  const Json json = {{"apiVersion", "holdfast.dev/v1"},
                     {"kind", "Approval"},
                     {"metadata", {{"name", name}}},
                     {"spec", spec}};
  return {Object::Make(json).value(), {"approvals/" + name + ".yaml", 1, 1}, nullptr};
}

/// The volume of Claim(name, kBound).
inline Object VolumeFor(
    const std::string& name, const std::string& policy = "Delete",
    const std::string& source = "'csi':{'driver':'csi.example.com'}") {
  return Make("v1 PersistentVolume pv-" + name,
              "'spec':{'capacity':{'storage':'20Gi'},'persistentVolumeReclaimPolicy':'" +
                  policy + "','claimRef':{'namespace':'default','name':'" + name +
                  "','uid':'uid-" + name + "'}," + source +
                  "},'status':{'phase':'Bound'}");
}

}  // namespace holdfast
