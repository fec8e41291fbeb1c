// H-D11, H-G7: a StorageClass changes under the claims that are of it, and a claim that
// names no class where there is no default, or more than one.

#include "apply/claim_modes.h"
#include "apply/hazard.h"
#include "apply/kinds.h"

namespace holdfast {
namespace {

constexpr const char* kDefault = "storageclass.kubernetes.io/is-default-class";

bool Grows(const Object& storage_class) {
  const Json* grows = FindIn(storage_class.json(), "allowVolumeExpansion");
  return grows != nullptr && *grows == true;
}

/// Where `object` asks for storage of the default class, as a pointer; "" if nowhere.
std::string AsksForDefault(const Object& object) {
  if (IsClaim(object.ref())) {
    const bool bound = !StringIn(object.json(), "spec", "volumeName").empty();
    return OmitsStorageClass(object.json()) && !bound ? "/spec" : "";
  }
  const Json& templates = ArrayIn(object.json(), "spec", "volumeClaimTemplates");
  for (std::size_t i = 0; i < templates.size(); ++i) {
    if (OmitsStorageClass(templates[i]))
      return "/spec/volumeClaimTemplates/" + std::to_string(i);
  }
  return "";
}

std::vector<std::string> DefaultClasses(const Outlook& outlook) {
  std::vector<std::string> names;
  for (const Object* object : outlook.Remaining()) {
    if (IsStorageClass(object->ref()) && object->annotation(kDefault) == "true") {
      names.push_back(object->ref().name);
    }
  }
  return names;
}

}  // namespace

void WarnClassChange(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!IsStorageClass(change.ref()) || change.live == nullptr) return;
  if (!Grows(*change.live) || Grows(change.After())) return;
  findings.push_back({"H-D11", Ruling::kWarn,
                      change.manifest.WhereIs("/allowVolumeExpansion") +
                          ": no claim of StorageClass " + change.ref().name +
                          " can grow any more, since allowVolumeExpansion is taken back",
                      "keep allowVolumeExpansion: true"});
}

void GuardClassOfNewClaim(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live != nullptr) return;
  const std::string pointer = AsksForDefault(change.manifest.object);
  if (pointer.empty()) return;
  const Outlook& outlook = change.outlook;
  const auto add = [&](Ruling ruling, const std::string& reason) {
    findings.push_back({"H-G7", ruling,
                        change.manifest.WhereIs(pointer) + ": " +
                            change.ref().ToString() + " names no storage class, and " +
                            reason,
                        "write spec.storageClassName: the class decides where the data "
                        "lie and whether they outlive the claim"});
  };
  const std::string unknown = outlook.Unlisted("storage.k8s.io", "StorageClass", "");
  if (!unknown.empty()) {
    const bool asked_nobody = !outlook.input().live_file.empty();
    return add(asked_nobody ? Ruling::kWarn : Ruling::kHold,
               "which one is the default cannot be told: " + unknown);
  }
  const auto defaults = DefaultClasses(outlook);
  if (defaults.size() == 1) return;
  if (defaults.empty()) {
    // A volume that was made by hand without a class may be waiting for it.
    const bool by_hand = outlook.IsClassOfVolumes("");
    return add(by_hand ? Ruling::kWarn : Ruling::kRefuse,
               "no class is the default" +
                   std::string(by_hand ? "; it waits for a volume that is made by hand"
                                       : ": it would wait for ever"));
  }
  add(Ruling::kRefuse, "there is more than one default (" + defaults[0] + ", " +
                           defaults[1] + "): which of them it gets is left to chance");
}

}  // namespace holdfast
