// H-F2: a Secret or ConfigMap is there, but not the key of it that a pod asks for.
// Running pods live on; the next one does not start.

#include "apply/hazard.h"
#include "apply/pod_template.h"

namespace holdfast {
namespace {

/// The object that the pods will read: as the plan leaves it, or as it is live; null if
/// neither is known.
const Object* AsItWillBe(const ObjectRef& ref, const Outlook& outlook) {
  const auto& predictions = outlook.input().predictions;
  const auto prediction = predictions.find(ref);
  if (prediction != predictions.end() && prediction->second.result) {
    return &*prediction->second.result;
  }
  const Object* live = outlook.live().Find(ref);
  const bool unchanged = prediction != predictions.end() &&
                         prediction->second.rung == Prediction::Rung::kLocal;
  const Manifest* desired = outlook.Desired(ref);
  if (desired == nullptr || (unchanged && live != nullptr)) return live;
  return &desired->object;
}

bool HasKey(const Object& object, const std::string& key) {
  for (const char* member : {"data", "stringData", "binaryData"}) {
    if (FindIn(object.json(), member, key) != nullptr) return true;
  }
  return false;
}

}  // namespace

void GuardMissingKey(const ChangeCase& change, std::vector<Finding>& findings) {
  const PodTemplate pods(change.manifest.object);
  for (const ContainerAt& container : pods.Containers()) {
    const Json& env = ArrayIn(*container.json, "env");
    for (std::size_t i = 0; i < env.size(); ++i) {
      for (const char* kind : {"Secret", "ConfigMap"}) {
        const bool secret = std::string_view(kind) == "Secret";
        const char* field = secret ? "secretKeyRef" : "configMapKeyRef";
        const Json& wanted = MapIn(env[i], "valueFrom", field);
        const std::string name = StringIn(wanted, "name");
        const std::string key = StringIn(wanted, "key");
        const Json* optional = FindIn(wanted, "optional");
        if (name.empty() || key.empty() || (optional != nullptr && *optional == true))
          continue;
        const Object* object =
            AsItWillBe({"", kind, change.ref().name_space, name}, change.outlook);
        if (object == nullptr || HasKey(*object, key)) continue;
        findings.push_back(
            {"H-F2", Ruling::kRefuse,
             change.manifest.WhereIs(container.pointer + "/env/" + std::to_string(i)) +
                 ": env " + StringIn(env[i], "name") + " of " + change.ref().ToString() +
                 " asks for key " + key + " of " + kind + " " + name +
                 ", which has no such key",
             "add the key " + key + " to " + kind + " " + name +
                 ", or correct the name"});
      }
    }
  }
}

}  // namespace holdfast
