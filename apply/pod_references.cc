#include "apply/named_references.h"
#include "apply/pod_template.h"

namespace holdfast {
namespace {

bool IsOptional(const Json& reference) {
  const Json* optional = FindIn(reference, "optional");
  return optional != nullptr && optional->is_boolean() && optional->get<bool>();
}

void CollectEnv(ReferenceCollector& out, const ContainerAt& container) {
  const std::string at = container.pointer();
  const Json& env = ArrayIn(*container.json, "env");
  for (std::size_t i = 0; i < env.size(); ++i) {
    const Json& from = MapIn(env[i], "valueFrom");
    if (from.empty()) continue;
    const std::string number = std::to_string(i);
    const TextParts field = {"env ", StringIn(env[i], "name")};
    const Json& secret = MapIn(from, "secretKeyRef");
    out.AddLocal("Secret", StringIn(secret, "name"), field,
                 {at, "/env/", number, "/valueFrom/secretKeyRef/name"},
                 IsOptional(secret));
    const Json& config = MapIn(from, "configMapKeyRef");
    out.AddLocal("ConfigMap", StringIn(config, "name"), field,
                 {at, "/env/", number, "/valueFrom/configMapKeyRef/name"},
                 IsOptional(config));
  }
  const Json& env_from = ArrayIn(*container.json, "envFrom");
  for (std::size_t i = 0; i < env_from.size(); ++i) {
    const std::string number = std::to_string(i);
    const Json& secret = MapIn(env_from[i], "secretRef");
    out.AddLocal("Secret", StringIn(secret, "name"), {"envFrom"},
                 {at, "/envFrom/", number, "/secretRef/name"},
                 IsOptional(secret));
    const Json& config = MapIn(env_from[i], "configMapRef");
    out.AddLocal("ConfigMap", StringIn(config, "name"), {"envFrom"},
                 {at, "/envFrom/", number, "/configMapRef/name"},
                 IsOptional(config));
  }
}

void CollectProjected(ReferenceCollector& out, const Json& volume, TextParts field,
                      const std::string& pointer) {
  const Json& sources = ArrayIn(volume, "projected", "sources");
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const std::string number = std::to_string(i);
    const Json& secret = MapIn(sources[i], "secret");
    out.AddLocal("Secret", StringIn(secret, "name"), field,
                 {pointer, "/projected/sources/", number, "/secret/name"},
                 IsOptional(secret));
    const Json& config = MapIn(sources[i], "configMap");
    out.AddLocal("ConfigMap", StringIn(config, "name"), field,
                 {pointer, "/projected/sources/", number, "/configMap/name"},
                 IsOptional(config));
  }
}

/// Drivers that read a Secret when they mount: `<driver>.secretRef.name`.
void CollectDriverSecrets(ReferenceCollector& out, const Json& volume, TextParts field,
                          const std::string& pointer) {
  for (const char* driver :
       {"cephfs", "cinder", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos"}) {
    out.AddLocal("Secret", StringIn(volume, driver, "secretRef", "name"), field,
                 {pointer, "/", driver, "/secretRef/name"});
  }
  out.AddLocal("Secret", StringIn(volume, "azureFile", "secretName"), field,
               {pointer, "/azureFile/secretName"});
  out.AddLocal("Secret", StringIn(volume, "csi", "nodePublishSecretRef", "name"), field,
               {pointer, "/csi/nodePublishSecretRef/name"});
}

void CollectVolumes(ReferenceCollector& out, const PodTemplate& pods) {
  const Json& volumes = ArrayIn(pods.spec(), "volumes");
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const Json& volume = volumes[i];
    const TextParts field = {"volume ", StringIn(volume, "name")};
    const std::string pointer = pods.pointer() + "/volumes/" + std::to_string(i);
    out.AddLocal("PersistentVolumeClaim",
                 StringIn(volume, "persistentVolumeClaim", "claimName"), field,
                 {pointer, "/persistentVolumeClaim/claimName"});
    const Json& secret = MapIn(volume, "secret");
    out.AddLocal("Secret", StringIn(secret, "secretName"), field,
                 {pointer, "/secret/secretName"}, IsOptional(secret));
    const Json& config = MapIn(volume, "configMap");
    out.AddLocal("ConfigMap", StringIn(config, "name"), field,
                 {pointer, "/configMap/name"}, IsOptional(config));
    CollectProjected(out, volume, field, pointer);
    CollectDriverSecrets(out, volume, field, pointer);
  }
}

void CollectPodFields(ReferenceCollector& out, const PodTemplate& pods) {
  const std::string& account = StringIn(pods.spec(), "serviceAccountName");
  // Kubernetes makes "default" in every namespace by itself.
  if (account != "default") {
    out.AddLocal("ServiceAccount", account, {"serviceAccountName"},
                 {pods.pointer(), "/serviceAccountName"});
  }
  const Json& pull_secrets = ArrayIn(pods.spec(), "imagePullSecrets");
  for (std::size_t i = 0; i < pull_secrets.size(); ++i) {
    out.AddLocal("Secret", StringIn(pull_secrets[i], "name"), {"imagePullSecrets"},
                 {pods.pointer(), "/imagePullSecrets/", std::to_string(i), "/name"});
  }
  const std::string& priority = StringIn(pods.spec(), "priorityClassName");
  if (!priority.starts_with("system-")) {
    out.Add({"scheduling.k8s.io", "PriorityClass", "", priority}, {"priorityClassName"},
            {pods.pointer(), "/priorityClassName"});
  }
  out.Add({"node.k8s.io", "RuntimeClass", "", StringIn(pods.spec(), "runtimeClassName")},
          {"runtimeClassName"}, {pods.pointer(), "/runtimeClassName"});
}

}  // namespace

void CollectPodReferences(ReferenceCollector& collector) {
  const PodTemplate pods(collector.object());
  if (!pods.exists()) return;
  CollectPodFields(collector, pods);
  CollectVolumes(collector, pods);
  for (const ContainerAt& container : pods.Containers()) CollectEnv(collector, container);
}

}  // namespace holdfast
