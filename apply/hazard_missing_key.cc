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

/// The value of `key`, or null if there is no such key.
const Json* FindKey(const Object& object, const std::string& key) {
  for (const char* member : {"stringData", "data", "binaryData"}) {
    if (const Json* value = FindIn(object.json(), member, key)) return value;
  }
  return nullptr;
}

bool IsOptional(const Json& reference) {
  const Json* optional = FindIn(reference, "optional");
  return optional != nullptr && *optional == true;
}

/// One key that pods ask of a Secret or ConfigMap.
struct KeyAsked {
  const char* kind;
  std::string name;
  std::string key;
  std::string field;    ///< "env DB_PASSWORD", "volume config".
  std::string pointer;  ///< Of the field.
};

void AskEnv(const ContainerAt& container, std::vector<KeyAsked>& asked) {
  const Json& env = ArrayIn(*container.json, "env");
  for (std::size_t i = 0; i < env.size(); ++i) {
    for (const char* kind : {"Secret", "ConfigMap"}) {
      const bool secret = std::string_view(kind) == "Secret";
      const Json& wanted =
          MapIn(env[i], "valueFrom", secret ? "secretKeyRef" : "configMapKeyRef");
      if (wanted.empty() || IsOptional(wanted)) continue;
      asked.push_back({kind, StringIn(wanted, "name"), StringIn(wanted, "key"),
                       "env " + StringIn(env[i], "name"),
                       container.pointer() + "/env/" + std::to_string(i)});
    }
  }
}

/// Without `items` a volume holds whatever keys there are.
void AskItems(const char* kind, const Json& source, const char* name_field,
              const std::string& field, const std::string& pointer,
              std::vector<KeyAsked>& asked) {
  if (IsOptional(source)) return;
  for (const Json& item : ArrayIn(source, "items")) {
    asked.push_back(
        {kind, StringIn(source, name_field), StringIn(item, "key"), field, pointer});
  }
}

void AskVolumes(const PodTemplate& pods, std::vector<KeyAsked>& asked) {
  const Json& volumes = ArrayIn(pods.spec(), "volumes");
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const std::string field = "volume " + StringIn(volumes[i], "name");
    const std::string pointer = pods.pointer() + "/volumes/" + std::to_string(i);
    AskItems("Secret", MapIn(volumes[i], "secret"), "secretName", field, pointer, asked);
    AskItems("ConfigMap", MapIn(volumes[i], "configMap"), "name", field, pointer, asked);
    for (const Json& source : ArrayIn(volumes[i], "projected", "sources")) {
      AskItems("Secret", MapIn(source, "secret"), "name", field, pointer, asked);
      AskItems("ConfigMap", MapIn(source, "configMap"), "name", field, pointer, asked);
    }
  }
}

}  // namespace

void GuardMissingKey(const ChangeCase& change, std::vector<Finding>& findings) {
  const PodTemplate pods(change.manifest.object);
  std::vector<KeyAsked> asked;
  for (const ContainerAt& container : pods.Containers()) AskEnv(container, asked);
  AskVolumes(pods, asked);
  for (const KeyAsked& one : asked) {
    if (one.name.empty() || one.key.empty()) continue;
    const Object* object =
        AsItWillBe({"", one.kind, change.ref().name_space, one.name}, change.outlook);
    if (object == nullptr) continue;
    if (const Json* value = FindKey(*object, one.key)) {
      const bool is_empty = object->ref().kind == "Secret" && *value == "";
      // Told where it is meant to be read, not for ever after.
      const bool is_news = change.live == nullptr || !change.prediction.fields.empty();
      if (!is_empty || !is_news) continue;
      findings.push_back(
          {"H-F2", Ruling::kWarn,
           change.manifest.WhereIs(one.pointer) + ": " + one.field + " of " +
               change.ref().ToString() + " asks for key " + one.key + " of Secret " +
               one.name + ", which is empty",
           "give the key " + one.key + " of Secret " + one.name + " its value"});
      continue;
    }
    findings.push_back(
        {"H-F2", Ruling::kRefuse,
         change.manifest.WhereIs(one.pointer) + ": " + one.field + " of " +
             change.ref().ToString() + " asks for key " + one.key + " of " + one.kind +
             " " + one.name + ", which has no such key",
         "add the key " + one.key + " to " + one.kind + " " + one.name +
             ", or correct the name"});
  }
}

}  // namespace holdfast
