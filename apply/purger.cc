#include "apply/purger.h"

#include <variant>

#include "apply/purge.h"

namespace holdfast {

Status Purger::GiveUp(Permit permit, const Object& volume, const Approval& by,
                      WriteMode mode) {
  if (permit.ref() != volume.ref() || permit.uid() != volume.uid() ||
      permit.resource_version() != volume.resource_version()) {
    return Internal("the permit is for another object than " + volume.ref().ToString());
  }
  const std::string policy =
      StringIn(volume.json(), "spec", "persistentVolumeReclaimPolicy");
  // A run before this one has done so; its provisioner is at work.
  if (policy == "Delete" && !volume.annotation(kDestroyedBy).empty()) return {};
  const Json changes = {{"metadata",
                         {{"uid", permit.uid()},
                          {"resourceVersion", permit.resource_version()},
                          {"annotations", {{kDestroyedBy, by.name}}}}},
                        {"spec", {{"persistentVolumeReclaimPolicy", "Delete"}}}};
  const ApplyAnswer answer = std::move(cluster_.Patch({{volume, changes, mode, true}}).front());
  const std::string what = "giving up " + volume.ref().ToString();
  if (const auto* error = std::get_if<Error>(&answer)) return error->In(what);
  if (const auto* no = std::get_if<Rejection>(&answer)) {
    return Error{ErrorCode::kConflict,
                 what + ": the API server declined it: " + no->message};
  }
  return {};
}

}  // namespace holdfast
