#include "apply/named_references.h"

#include "apply/kinds.h"
#include "apply/pod_template.h"

namespace holdfast {
namespace {

constexpr const char* kStorage = "storage.k8s.io";
constexpr const char* kRbac = "rbac.authorization.k8s.io";

/// "apps/v1" -> "apps"; "v1" -> "".
std::string GroupOf(const std::string& api_version) {
  const auto slash = api_version.find('/');
  return slash == std::string::npos ? std::string() : api_version.substr(0, slash);
}

void CollectClaimSpec(ReferenceCollector& out, const Json& spec,
                      const std::string& pointer) {
  const std::string of_class = StringIn(spec, "storageClassName");
  out.Add({kStorage, "StorageClass", "", of_class},
          "storageClassName names StorageClass " + of_class,
          pointer + "/storageClassName");
  const std::string volume = StringIn(spec, "volumeName");
  out.Add({"", "PersistentVolume", "", volume},
          "volumeName names PersistentVolume " + volume, pointer + "/volumeName");
  const std::string attributes = StringIn(spec, "volumeAttributesClassName");
  out.Add({kStorage, "VolumeAttributesClass", "", attributes},
          "volumeAttributesClassName names VolumeAttributesClass " + attributes,
          pointer + "/volumeAttributesClassName");
  for (const char* field : {"dataSource", "dataSourceRef"}) {
    const Json& source = MapIn(spec, field);
    const std::string kind = StringIn(source, "kind");
    const std::string name = StringIn(source, "name");
    if (kind.empty()) continue;
    std::string name_space = StringIn(source, "namespace");
    if (name_space.empty()) name_space = out.name_space();
    out.Add({StringIn(source, "apiGroup"), kind, name_space, name},
            std::string(field) + " names " + kind + " " + name,
            pointer + "/" + field + "/name");
  }
}

/// Claims that pods make for themselves, and that go with them.
void CollectEphemeralClaims(ReferenceCollector& out) {
  const PodTemplate pods(out.object());
  const Json& volumes = ArrayIn(pods.spec(), "volumes");
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    CollectClaimSpec(out, MapIn(volumes[i], "ephemeral", "volumeClaimTemplate", "spec"),
                     pods.pointer() + "/volumes/" + std::to_string(i) +
                         "/ephemeral/volumeClaimTemplate/spec");
  }
}

void CollectClaimTemplates(ReferenceCollector& out) {
  const Json& templates = ArrayIn(out.object().json(), "spec", "volumeClaimTemplates");
  for (std::size_t i = 0; i < templates.size(); ++i) {
    CollectClaimSpec(out, MapIn(templates[i], "spec"),
                     "/spec/volumeClaimTemplates/" + std::to_string(i) + "/spec");
  }
}

void CollectVolume(ReferenceCollector& out) {
  const Json& json = out.object().json();
  // A static volume may carry the name of a class that never was an object.
  const std::string of_class = StringIn(json, "spec", "storageClassName");
  out.Add({kStorage, "StorageClass", "", of_class},
          "storageClassName names StorageClass " + of_class, "/spec/storageClassName",
          EdgeStrength::kSoft);
  const Json& csi = MapIn(json, "spec", "csi");
  for (const char* field :
       {"controllerExpandSecretRef", "controllerPublishSecretRef", "nodeExpandSecretRef",
        "nodePublishSecretRef", "nodeStageSecretRef"}) {
    const std::string name = StringIn(csi, field, "name");
    out.Add({"", "Secret", StringIn(csi, field, "namespace"), name},
            std::string(field) + " names Secret " + name,
            "/spec/csi/" + std::string(field) + "/name");
  }
  const Json& spec = MapIn(json, "spec");
  for (const char* driver : {"cephfs", "cinder", "flexVolume", "iscsi", "rbd", "scaleIO"}) {
    const std::string name = StringIn(spec, driver, "secretRef", "name");
    out.Add({"", "Secret", StringIn(spec, driver, "secretRef", "namespace"), name},
            std::string(driver) + " names Secret " + name,
            "/spec/" + std::string(driver) + "/secretRef/name");
  }
  const std::string azure = StringIn(spec, "azureFile", "secretName");
  out.Add({"", "Secret", StringIn(spec, "azureFile", "secretNamespace"), azure},
          "azureFile names Secret " + azure, "/spec/azureFile/secretName");
  const std::string driver = StringIn(csi, "driver");
  out.Add({kStorage, "CSIDriver", "", driver}, "csi.driver names CSIDriver " + driver,
          "/spec/csi/driver", EdgeStrength::kSoft);
}

/// The Secrets that a class hands to its CSI driver, among its parameters.
void CollectClassSecrets(ReferenceCollector& out) {
  const Json& parameters = MapIn(out.object().json(), "parameters");
  constexpr std::string_view kPrefix = "csi.storage.k8s.io/";
  constexpr std::string_view kSuffix = "-secret-name";
  for (auto it = parameters.begin(); it != parameters.end(); ++it) {
    const std::string& key = it.key();
    if (!key.starts_with(kPrefix) || !key.ends_with(kSuffix)) continue;
    const std::string name = StringIn(parameters, key);
    const std::string stem = key.substr(0, key.size() - std::string_view("name").size());
    const std::string name_space = StringIn(parameters, stem + "namespace");
    // "${pvc.name}" and the like are filled in per claim.
    const bool is_template = (name + name_space).find('$') != std::string::npos;
    if (is_template) continue;
    out.Add({"", "Secret", name_space, name}, key + " names Secret " + name,
            "/parameters/csi.storage.k8s.io~1" + key.substr(kPrefix.size()));
  }
}

void CollectStorageClass(ReferenceCollector& out) {
  CollectClassSecrets(out);
  const std::string provisioner = StringIn(out.object().json(), "provisioner");
  out.Add({kStorage, "CSIDriver", "", provisioner},
          "provisioner names CSIDriver " + provisioner, "/provisioner",
          EdgeStrength::kSoft);
}

void CollectServiceAccount(ReferenceCollector& out) {
  for (const char* list : {"imagePullSecrets", "secrets"}) {
    const Json& secrets = ArrayIn(out.object().json(), list);
    for (std::size_t i = 0; i < secrets.size(); ++i) {
      out.AddLocal("Secret", StringIn(secrets[i], "name"), list,
                   "/" + std::string(list) + "/" + std::to_string(i) + "/name",
                   std::string_view(list) == "secrets");
    }
  }
}

void CollectBinding(ReferenceCollector& out) {
  const Json& json = out.object().json();
  const std::string kind = StringIn(json, "roleRef", "kind");
  const std::string role = StringIn(json, "roleRef", "name");
  const std::string where = kind == "Role" ? out.name_space() : std::string();
  if (!kind.empty()) {
    out.Add({kRbac, kind, where, role}, "roleRef names " + kind + " " + role,
            "/roleRef/name");
  }
  const Json& subjects = ArrayIn(json, "subjects");
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    if (StringIn(subjects[i], "kind") != "ServiceAccount") continue;
    std::string name_space = StringIn(subjects[i], "namespace");
    if (name_space.empty()) name_space = out.name_space();
    const std::string name = StringIn(subjects[i], "name");
    // Rights may be given to an account before it exists.
    out.Add({"", "ServiceAccount", name_space, name},
            "subjects names ServiceAccount " + name,
            "/subjects/" + std::to_string(i) + "/name", EdgeStrength::kSoft);
  }
}

void CollectScaleTarget(ReferenceCollector& out, const char* field) {
  const Json& target = MapIn(out.object().json(), "spec", field);
  const std::string kind = StringIn(target, "kind");
  const std::string name = StringIn(target, "name");
  if (kind.empty()) return;
  out.Add({GroupOf(StringIn(target, "apiVersion")), kind, out.name_space(), name},
          std::string(field) + " names " + kind + " " + name,
          "/spec/" + std::string(field) + "/name");
}

/// A backend is a Service, or any object that the Ingress controller understands.
void CollectBackend(ReferenceCollector& out, const Json& backend, const char* field,
                    const std::string& pointer) {
  out.AddLocal("Service", StringIn(backend, "service", "name"), field,
               pointer + "/service/name");
  const Json& resource = MapIn(backend, "resource");
  const std::string kind = StringIn(resource, "kind");
  const std::string name = StringIn(resource, "name");
  out.Add({StringIn(resource, "apiGroup"), kind, out.name_space(), name},
          std::string(field) + " names " + kind + " " + name, pointer + "/resource/name");
}

void CollectIngress(ReferenceCollector& out) {
  const Json& json = out.object().json();
  const std::string of_class = StringIn(json, "spec", "ingressClassName");
  out.Add({"networking.k8s.io", "IngressClass", "", of_class},
          "ingressClassName names IngressClass " + of_class, "/spec/ingressClassName");
  const Json& tls = ArrayIn(json, "spec", "tls");
  for (std::size_t i = 0; i < tls.size(); ++i) {
    // Certificate controllers make this Secret after they have seen the Ingress.
    out.AddLocal("Secret", StringIn(tls[i], "secretName"), "tls",
                 "/spec/tls/" + std::to_string(i) + "/secretName", true);
  }
  CollectBackend(out, MapIn(json, "spec", "defaultBackend"), "defaultBackend",
                 "/spec/defaultBackend");
  const Json& rules = ArrayIn(json, "spec", "rules");
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Json& paths = ArrayIn(rules[i], "http", "paths");
    for (std::size_t j = 0; j < paths.size(); ++j) {
      CollectBackend(out, MapIn(paths[j], "backend"), "backend",
                     "/spec/rules/" + std::to_string(i) + "/http/paths/" +
                         std::to_string(j) + "/backend");
    }
  }
}

void CollectWebhooks(ReferenceCollector& out) {
  const Json& hooks = ArrayIn(out.object().json(), "webhooks");
  for (std::size_t i = 0; i < hooks.size(); ++i) {
    const Json& service = MapIn(hooks[i], "clientConfig", "service");
    const std::string name = StringIn(service, "name");
    out.Add({"", "Service", StringIn(service, "namespace"), name},
            "webhook " + StringIn(hooks[i], "name") + " names Service " + name,
            "/webhooks/" + std::to_string(i) + "/clientConfig/service/name");
  }
}

/// Gateway and its routes (Gateway API): the class, the gateways, the Services.
void CollectGateway(ReferenceCollector& out) {
  const ObjectRef& ref = out.object().ref();
  const Json& spec = MapIn(out.object().json(), "spec");
  const std::string of_class = StringIn(spec, "gatewayClassName");
  out.Add({ref.group, "GatewayClass", "", of_class},
          "gatewayClassName names GatewayClass " + of_class, "/spec/gatewayClassName");
  const auto add = [&](const Json& named, const char* group, const char* kind,
                       const char* field, const std::string& pointer) {
    std::string name_space = StringIn(named, "namespace");
    if (name_space.empty()) name_space = out.name_space();
    const bool is_default = StringIn(named, "kind").empty();
    const ObjectRef to{is_default ? group : StringIn(named, "group"),
                       is_default ? kind : StringIn(named, "kind"), name_space,
                       StringIn(named, "name")};
    out.Add(to, std::string(field) + " names " + to.kind + " " + to.name, pointer);
  };
  const Json& parents = ArrayIn(spec, "parentRefs");
  for (std::size_t i = 0; i < parents.size(); ++i) {
    add(parents[i], ref.group.c_str(), "Gateway", "parentRefs",
        "/spec/parentRefs/" + std::to_string(i) + "/name");
  }
  const Json& rules = ArrayIn(spec, "rules");
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Json& backends = ArrayIn(rules[i], "backendRefs");
    for (std::size_t j = 0; j < backends.size(); ++j) {
      add(backends[j], "", "Service", "backendRefs",
          "/spec/rules/" + std::to_string(i) + "/backendRefs/" + std::to_string(j) +
              "/name");
    }
  }
}

void CollectSnapshot(ReferenceCollector& out) {
  const Json& json = out.object().json();
  const std::string content =
      StringIn(json, "spec", "source", "volumeSnapshotContentName");
  out.Add({out.object().ref().group, "VolumeSnapshotContent", "", content},
          "source names VolumeSnapshotContent " + content,
          "/spec/source/volumeSnapshotContentName");
  out.AddLocal("PersistentVolumeClaim",
               StringIn(json, "spec", "source", "persistentVolumeClaimName"), "source",
               "/spec/source/persistentVolumeClaimName");
  const std::string of_class = StringIn(json, "spec", "volumeSnapshotClassName");
  out.Add({out.object().ref().group, "VolumeSnapshotClass", "", of_class},
          "volumeSnapshotClassName names VolumeSnapshotClass " + of_class,
          "/spec/volumeSnapshotClassName");
}

void CollectApiService(ReferenceCollector& out) {
  const Json& service = MapIn(out.object().json(), "spec", "service");
  const std::string name = StringIn(service, "name");
  out.Add({"", "Service", StringIn(service, "namespace"), name},
          "service names Service " + name, "/spec/service/name");
}

void CollectByKind(ReferenceCollector& out) {
  const ObjectRef& ref = out.object().ref();
  const Json& json = out.object().json();
  if (IsClaim(ref)) CollectClaimSpec(out, MapIn(json, "spec"), "/spec");
  if (IsVolume(ref)) CollectVolume(out);
  if (IsStorageClass(ref)) CollectStorageClass(out);
  if (IsStatefulSet(ref)) {
    out.AddLocal("Service", StringIn(json, "spec", "serviceName"), "serviceName",
                 "/spec/serviceName");
  }
  CollectClaimTemplates(out);
  CollectEphemeralClaims(out);
  if (ref.Is("", "ServiceAccount")) CollectServiceAccount(out);
  if (ref.Is(kRbac, "RoleBinding") || ref.Is(kRbac, "ClusterRoleBinding")) {
    CollectBinding(out);
  }
  if (ref.kind == "HorizontalPodAutoscaler") CollectScaleTarget(out, "scaleTargetRef");
  if (ref.kind == "VerticalPodAutoscaler") CollectScaleTarget(out, "targetRef");
  if (ref.Is("networking.k8s.io", "Ingress")) CollectIngress(out);
  if (ref.group == "admissionregistration.k8s.io") CollectWebhooks(out);
  if (ref.Is("apiregistration.k8s.io", "APIService")) CollectApiService(out);
  if (ref.Is("snapshot.storage.k8s.io", "VolumeSnapshot")) CollectSnapshot(out);
  if (ref.Is("snapshot.storage.k8s.io", "VolumeSnapshotClass")) CollectClassSecrets(out);
  if (ref.group == "gateway.networking.k8s.io") CollectGateway(out);
}

}  // namespace

void ReferenceCollector::Add(ObjectRef to, std::string why, std::string pointer,
                             EdgeStrength strength, bool optional) {
  if (to.name.empty() || to.kind.empty() || to == object_.ref()) return;
  edges_.push_back({object_.ref(), std::move(to), strength, optional, false,
                    std::move(why), std::move(pointer)});
}

void ReferenceCollector::AddLocal(const char* kind, const std::string& name,
                                  const std::string& field, std::string pointer,
                                  bool optional) {
  Add({"", kind, name_space(), name}, field + " names " + kind + " " + name,
      std::move(pointer), EdgeStrength::kHard, optional);
}

std::vector<Edge> NamedReferences(const Object& object) {
  ReferenceCollector collector(object);
  CollectPodReferences(collector);
  CollectByKind(collector);
  return collector.Take();
}

}  // namespace holdfast
