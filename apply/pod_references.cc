#include "apply/named_references.h"
#include "apply/pod_template.h"

namespace holdfast {
namespace {

bool IsOptional(const Json& reference) {
  const Json* optional = FindIn(reference, "optional");
  return optional != nullptr && optional->is_boolean() && optional->get<bool>();
}

void CollectEnv(ReferenceCollector& out, const ContainerAt& container) {
  const Json& env = ArrayIn(*container.json, "env");
  for (std::size_t i = 0; i < env.size(); ++i) {
    const std::string field = "env " + StringIn(env[i], "name");
    const std::string pointer = container.pointer + "/env/" + std::to_string(i);
    const Json& secret = MapIn(env[i], "valueFrom", "secretKeyRef");
    out.AddLocal("Secret", StringIn(secret, "name"), field,
                 pointer + "/valueFrom/secretKeyRef/name", IsOptional(secret));
    const Json& config = MapIn(env[i], "valueFrom", "configMapKeyRef");
    out.AddLocal("ConfigMap", StringIn(config, "name"), field,
                 pointer + "/valueFrom/configMapKeyRef/name", IsOptional(config));
  }
  const Json& env_from = ArrayIn(*container.json, "envFrom");
  for (std::size_t i = 0; i < env_from.size(); ++i) {
    const std::string pointer = container.pointer + "/envFrom/" + std::to_string(i);
    const Json& secret = MapIn(env_from[i], "secretRef");
    out.AddLocal("Secret", StringIn(secret, "name"), "envFrom",
                 pointer + "/secretRef/name", IsOptional(secret));
    const Json& config = MapIn(env_from[i], "configMapRef");
    out.AddLocal("ConfigMap", StringIn(config, "name"), "envFrom",
                 pointer + "/configMapRef/name", IsOptional(config));
  }
}

void CollectProjected(ReferenceCollector& out, const Json& volume,
                      const std::string& field, const std::string& pointer) {
  const Json& sources = ArrayIn(volume, "projected", "sources");
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const std::string at = pointer + "/projected/sources/" + std::to_string(i);
    const Json& secret = MapIn(sources[i], "secret");
    out.AddLocal("Secret", StringIn(secret, "name"), field, at + "/secret/name",
                 IsOptional(secret));
    const Json& config = MapIn(sources[i], "configMap");
    out.AddLocal("ConfigMap", StringIn(config, "name"), field, at + "/configMap/name",
                 IsOptional(config));
  }
}

/// Drivers that read a Secret when they mount: `<driver>.secretRef.name`.
void CollectDriverSecrets(ReferenceCollector& out, const Json& volume,
                          const std::string& field, const std::string& pointer) {
  for (const char* driver :
       {"cephfs", "cinder", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos"}) {
    const std::string name = StringIn(volume, driver, "secretRef", "name");
    if (name.empty()) continue;
    out.AddLocal("Secret", name, field, pointer + "/" + driver + "/secretRef/name");
  }
  out.AddLocal("Secret", StringIn(volume, "azureFile", "secretName"), field,
               pointer + "/azureFile/secretName");
  out.AddLocal("Secret", StringIn(volume, "csi", "nodePublishSecretRef", "name"), field,
               pointer + "/csi/nodePublishSecretRef/name");
}

void CollectVolumes(ReferenceCollector& out, const PodTemplate& pods) {
  const Json& volumes = ArrayIn(pods.spec(), "volumes");
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const Json& volume = volumes[i];
    const std::string field = "volume " + StringIn(volume, "name");
    const std::string pointer = pods.pointer() + "/volumes/" + std::to_string(i);
    out.AddLocal("PersistentVolumeClaim",
                 StringIn(volume, "persistentVolumeClaim", "claimName"), field,
                 pointer + "/persistentVolumeClaim/claimName");
    const Json& secret = MapIn(volume, "secret");
    out.AddLocal("Secret", StringIn(secret, "secretName"), field,
                 pointer + "/secret/secretName", IsOptional(secret));
    const Json& config = MapIn(volume, "configMap");
    out.AddLocal("ConfigMap", StringIn(config, "name"), field,
                 pointer + "/configMap/name", IsOptional(config));
    CollectProjected(out, volume, field, pointer);
    CollectDriverSecrets(out, volume, field, pointer);
  }
}

void CollectPodFields(ReferenceCollector& out, const PodTemplate& pods) {
  const std::string account = StringIn(pods.spec(), "serviceAccountName");
  // Kubernetes makes "default" in every namespace by itself.
  if (account != "default") {
    out.AddLocal("ServiceAccount", account, "serviceAccountName",
                 pods.pointer() + "/serviceAccountName");
  }
  const Json& pull_secrets = ArrayIn(pods.spec(), "imagePullSecrets");
  for (std::size_t i = 0; i < pull_secrets.size(); ++i) {
    out.AddLocal("Secret", StringIn(pull_secrets[i], "name"), "imagePullSecrets",
                 pods.pointer() + "/imagePullSecrets/" + std::to_string(i) + "/name");
  }
  const std::string priority = StringIn(pods.spec(), "priorityClassName");
  if (!priority.starts_with("system-")) {
    out.Add({"scheduling.k8s.io", "PriorityClass", "", priority},
            "priorityClassName names PriorityClass " + priority,
            pods.pointer() + "/priorityClassName");
  }
  const std::string runtime = StringIn(pods.spec(), "runtimeClassName");
  out.Add({"node.k8s.io", "RuntimeClass", "", runtime},
          "runtimeClassName names RuntimeClass " + runtime,
          pods.pointer() + "/runtimeClassName");
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
