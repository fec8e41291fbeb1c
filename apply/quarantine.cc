#include "apply/quarantine.h"

#include <algorithm>
#include <vector>

#include "diff/quantity.h"

namespace holdfast {
namespace {

bool IsOfName(const Object& volume, const ObjectRef& claim) {
  const Json& holder = MapIn(volume.json(), "spec", "claimRef");
  return StringIn(holder, "name") == claim.name &&
         StringIn(holder, "namespace") == claim.name_space;
}

/// Why the claim cannot be bound to the volume; empty if it can.
std::string Misfit(const Object& volume, const Object& claim) {
  const Json& has = MapIn(volume.json(), "spec");
  const Json& wants = MapIn(claim.json(), "spec");
  const std::string name = StringIn(wants, "volumeName");
  if (!name.empty() && name != volume.ref().name) {
    return "it names another volume, " + name;
  }
  const std::string of_class = StringIn(wants, "storageClassName");
  if (of_class != StringIn(has, "storageClassName")) {
    return "its storageClassName is \"" + of_class + "\", and the volume's is \"" +
           StringIn(has, "storageClassName") + "\"";
  }
  const auto asked = Quantity::Parse(StringIn(wants, "resources", "requests", "storage"));
  const auto size = Quantity::Parse(StringIn(has, "capacity", "storage"));
  if (!asked || !size || *asked > *size) {
    return "it asks for " + StringIn(wants, "resources", "requests", "storage") +
           ", and the volume has " + StringIn(has, "capacity", "storage");
  }
  const Json& modes = ArrayIn(has, "accessModes");
  for (const Json& mode : ArrayIn(wants, "accessModes")) {
    if (std::find(modes.begin(), modes.end(), mode) == modes.end()) {
      return "the volume does not have its access mode " + DumpJson(mode);
    }
  }
  const std::string mode = StringIn(wants, "volumeMode");
  const std::string its = StringIn(has, "volumeMode");
  if ((mode.empty() ? "Filesystem" : mode) != (its.empty() ? "Filesystem" : its)) {
    return "its volumeMode is another one than the volume's";
  }
  return "";
}

}  // namespace

void ForgetDetach(Json& volume) {
  if (FindIn(volume, "metadata", "labels") != nullptr) {
    volume["metadata"]["labels"].erase(kQuarantineLabel);
  }
  if (FindIn(volume, "metadata", "annotations") == nullptr) return;
  for (const char* key : {kDetachedClaim, kDetachedAt, kDetachedEngine, kUnusedSince}) {
    volume["metadata"]["annotations"].erase(key);
  }
}

bool IsQuarantined(const Object& volume) {
  const Json& spec = MapIn(volume.json(), "spec");
  const std::string label = volume.label(kQuarantineLabel);
  return !label.empty() && label == StringIn(spec, "claimRef", "uid") &&
         StringIn(spec, "persistentVolumeReclaimPolicy") == "Retain" &&
         StringIn(volume.json(), "status", "phase") == "Released" &&
         !volume.terminating();
}

bool IsKeptFor(const Object& volume, const std::string& claim_uid) {
  return volume.label(kQuarantineLabel) == claim_uid && !claim_uid.empty() &&
         StringIn(volume.json(), "spec", "persistentVolumeReclaimPolicy") == "Retain";
}

Rebinding FindRebinding(const Object& claim, const Snapshot& live) {
  Rebinding found;
  std::vector<const Object*> fitting;
  for (const Object* volume : live.All("", "PersistentVolume")) {
    if (!IsOfName(*volume, claim.ref()) || !IsQuarantined(*volume)) continue;
    const std::string misfit = Misfit(*volume, claim);
    if (misfit.empty()) {
      fitting.push_back(volume);
    } else {
      found.why_not = misfit;
    }
  }
  if (fitting.size() == 1) return {fitting.front(), ""};
  if (fitting.size() > 1) {
    found.why_not = "several volumes were its: " + fitting.front()->ref().name + ", " +
                    fitting[1]->ref().name +
                    "; write the one that is meant into spec.volumeName";
  }
  return found;
}

}  // namespace holdfast
