// H-G8, H-A11: a StorageClass or a storage driver goes while volumes need it. Running
// pods do not notice; the next claim, growth, mount or scale-up fails.

#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/stateful.h"

namespace holdfast {
namespace {

constexpr const char* kOldClassAnnotation = "volume.beta.kubernetes.io/storage-class";
constexpr const char* kProvisionedBy = "pv.kubernetes.io/provisioned-by";

/// True if a claim, volume, template or ephemeral volume of `object` names the class.
bool NamesClass(const Object& object, const std::string& name) {
  const bool is_storage = IsClaim(object.ref()) || IsVolume(object.ref());
  if (is_storage && (StringIn(object.json(), "spec", "storageClassName") == name ||
                     object.annotation(kOldClassAnnotation) == name)) {
    return true;
  }
  for (const Edge& edge : ReferencesOf(object)) {
    if (IsStorageClass(edge.to) && edge.to.name == name) return true;
  }
  return false;
}

/// True if `volume` is mounted or deleted by `driver`; any dynamic volume where
/// which driver it is cannot be told.
bool IsServedBy(const Object& volume, const std::string& driver) {
  const std::string csi = StringIn(volume.json(), "spec", "csi", "driver");
  const std::string provisioner = volume.annotation(kProvisionedBy);
  if (driver.empty()) return !csi.empty() || !provisioner.empty();
  return csi == driver || provisioner == driver;
}

}  // namespace

void ForbidClassDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const ObjectRef& ref = deletion.live.ref();
  if (!IsStorageClass(ref)) return;
  const Outlook& outlook = deletion.outlook;
  // A claim that the same plan deletes counts too: its volume stays, and is of the class.
  std::vector<const Object*> objects = outlook.Remaining();
  for (const auto& [gone, object] : outlook.deleted()) objects.push_back(object);
  for (const Object* object : objects) {
    if (object->ref() == ref || !NamesClass(*object, ref.name)) continue;
    const std::string where = outlook.WhereIs(object->ref(), "");
    findings.push_back(
        {"H-G8", Ruling::kRefuse,
         object->ref().ToString() + (where.empty() ? "" : " (" + where + ")") +
             " names StorageClass " + ref.name +
             ": without the class its volumes can neither be made nor grow",
         "keep the manifest of StorageClass " + ref.name + " in Git"});
    return;
  }
  const ObjectRef needed[] = {{"", "PersistentVolumeClaim", "", ""},
                              {"", "PersistentVolume", "", ""},
                              {"apps", "StatefulSet", "", ""}};
  for (const ObjectRef& kind : needed) {
    const std::string unknown = outlook.Unlisted(kind.group, kind.kind, "");
    if (unknown.empty()) continue;
    findings.push_back({"H-G8", Ruling::kHold,
                        "it cannot be told whether anything uses StorageClass " +
                            ref.name + ": " + unknown,
                        "let Holdfast list " + kind.kind +
                            " objects of all namespaces, then run again"});
    return;
  }
}

void ForbidDriverDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const Object& object = deletion.live;
  const bool is_csi = object.ref().Is("storage.k8s.io", "CSIDriver");
  if (!is_csi && !IsStorageDriver(object)) return;
  const Outlook& outlook = deletion.outlook;
  const std::string driver = is_csi ? object.ref().name : std::string();
  for (const Object* volume : outlook.live().All("", "PersistentVolume")) {
    if (!IsServedBy(*volume, driver)) continue;
    findings.push_back(
        {"H-A11", Ruling::kRefuse,
         object.ref().ToString() + " serves volumes such as " + volume->ref().name +
             ": without it they can no longer be mounted, grown or cleaned up",
         "keep its manifest in Git as long as there are volumes that it made"});
    return;
  }
  const std::string unknown = outlook.Unlisted("", "PersistentVolume", "");
  if (unknown.empty()) return;
  findings.push_back({"H-A11", Ruling::kHold,
                      "it cannot be told whether volumes need " +
                          object.ref().ToString() + ": " + unknown,
                      "let Holdfast list PersistentVolume objects, then run again"});
}

}  // namespace holdfast
