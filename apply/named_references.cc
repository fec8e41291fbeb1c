#include "apply/named_references.h"

#include "apply/kinds.h"
#include "apply/pod_template.h"

namespace holdfast {
namespace {

constexpr const char* kStorage = "storage.k8s.io";
constexpr const char* kRbac = "rbac.authorization.k8s.io";

/// "apps/v1" -> "apps"; "v1" -> "".
std::string_view GroupOf(std::string_view api_version) {
  const auto slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view()
                                         : api_version.substr(0, slash);
}

/// The namespace that a reference states, or else the object's own.
std::string_view NamespaceIn(const ReferenceCollector& out, const Json& reference) {
  const std::string& stated = StringIn(reference, "namespace");
  return stated.empty() ? out.name_space() : stated;
}

void CollectClaimSpec(ReferenceCollector& out, const Json& spec,
                      const std::string& pointer) {
  out.Add({kStorage, "StorageClass", "", StringIn(spec, "storageClassName")},
          {"storageClassName"}, {pointer, "/storageClassName"});
  out.Add({"", "PersistentVolume", "", StringIn(spec, "volumeName")}, {"volumeName"},
          {pointer, "/volumeName"});
  out.Add(
      {kStorage, "VolumeAttributesClass", "", StringIn(spec, "volumeAttributesClassName")},
      {"volumeAttributesClassName"}, {pointer, "/volumeAttributesClassName"});
  for (const char* field : {"dataSource", "dataSourceRef"}) {
    const Json& source = MapIn(spec, field);
    out.Add({StringIn(source, "apiGroup"), StringIn(source, "kind"),
             NamespaceIn(out, source), StringIn(source, "name")},
            {field}, {pointer, "/", field, "/name"});
  }
}

/// Claims that pods make for themselves, and that go with them.
void CollectEphemeralClaims(ReferenceCollector& out) {
  const PodTemplate pods(out.object());
  const Json& volumes = ArrayIn(pods.spec(), "volumes");
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const Json* spec = FindIn(volumes[i], "ephemeral", "volumeClaimTemplate", "spec");
    if (spec == nullptr) continue;
    CollectClaimSpec(out, *spec,
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
  const Json& spec = MapIn(out.object().json(), "spec");
  // A static volume may carry the name of a class that never was an object.
  out.Add({kStorage, "StorageClass", "", StringIn(spec, "storageClassName")},
          {"storageClassName"}, {"/spec/storageClassName"}, EdgeStrength::kSoft);
  const Json& csi = MapIn(spec, "csi");
  for (const char* field :
       {"controllerExpandSecretRef", "controllerPublishSecretRef", "nodeExpandSecretRef",
        "nodePublishSecretRef", "nodeStageSecretRef"}) {
    out.Add({"", "Secret", StringIn(csi, field, "namespace"), StringIn(csi, field, "name")},
            {field}, {"/spec/csi/", field, "/name"});
  }
  for (const char* driver : {"cephfs", "cinder", "flexVolume", "iscsi", "rbd", "scaleIO"}) {
    out.Add({"", "Secret", StringIn(spec, driver, "secretRef", "namespace"),
             StringIn(spec, driver, "secretRef", "name")},
            {driver}, {"/spec/", driver, "/secretRef/name"});
  }
  out.Add({"", "Secret", StringIn(spec, "azureFile", "secretNamespace"),
           StringIn(spec, "azureFile", "secretName")},
          {"azureFile"}, {"/spec/azureFile/secretName"});
  out.Add({kStorage, "CSIDriver", "", StringIn(csi, "driver")}, {"csi.driver"},
          {"/spec/csi/driver"}, EdgeStrength::kSoft);
}

/// The Secrets that a class hands to its CSI driver, among its parameters.
void CollectClassSecrets(ReferenceCollector& out) {
  const Json& parameters = MapIn(out.object().json(), "parameters");
  constexpr std::string_view kPrefix = "csi.storage.k8s.io/";
  constexpr std::string_view kSuffix = "-secret-name";
  for (auto it = parameters.begin(); it != parameters.end(); ++it) {
    const std::string& key = it.key();
    if (!key.starts_with(kPrefix) || !key.ends_with(kSuffix)) continue;
    const std::string& name = StringIn(parameters, key);
    const std::string stem = key.substr(0, key.size() - std::string_view("name").size());
    const std::string& name_space = StringIn(parameters, stem + "namespace");
    // "${pvc.name}" and the like are filled in per claim.
    const bool is_template = (name + name_space).find('$') != std::string::npos;
    if (is_template) continue;
    out.Add({"", "Secret", name_space, name}, {key},
            {"/parameters/csi.storage.k8s.io~1", key.substr(kPrefix.size())});
  }
}

void CollectStorageClass(ReferenceCollector& out) {
  CollectClassSecrets(out);
  out.Add({kStorage, "CSIDriver", "", StringIn(out.object().json(), "provisioner")},
          {"provisioner"}, {"/provisioner"}, EdgeStrength::kSoft);
}

void CollectServiceAccount(ReferenceCollector& out) {
  for (const char* list : {"imagePullSecrets", "secrets"}) {
    const Json& secrets = ArrayIn(out.object().json(), list);
    for (std::size_t i = 0; i < secrets.size(); ++i) {
      out.AddLocal("Secret", StringIn(secrets[i], "name"), {list},
                   {"/", list, "/", std::to_string(i), "/name"},
                   std::string_view(list) == "secrets");
    }
  }
}

void CollectBinding(ReferenceCollector& out) {
  const Json& json = out.object().json();
  const std::string& kind = StringIn(json, "roleRef", "kind");
  const std::string_view where = kind == "Role" ? out.name_space() : std::string_view();
  out.Add({kRbac, kind, where, StringIn(json, "roleRef", "name")}, {"roleRef"},
          {"/roleRef/name"});
  const Json& subjects = ArrayIn(json, "subjects");
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    if (StringIn(subjects[i], "kind") != "ServiceAccount") continue;
    // Rights may be given to an account before it exists.
    out.Add({"", "ServiceAccount", NamespaceIn(out, subjects[i]),
             StringIn(subjects[i], "name")},
            {"subjects"}, {"/subjects/", std::to_string(i), "/name"}, EdgeStrength::kSoft);
  }
}

void CollectScaleTarget(ReferenceCollector& out, const char* field) {
  const Json& target = MapIn(out.object().json(), "spec", field);
  out.Add({GroupOf(StringIn(target, "apiVersion")), StringIn(target, "kind"),
           out.name_space(), StringIn(target, "name")},
          {field}, {"/spec/", field, "/name"});
}

/// A backend is a Service, or any object that the Ingress controller understands.
void CollectBackend(ReferenceCollector& out, const Json& backend, const char* field,
                    const std::string& pointer) {
  out.AddLocal("Service", StringIn(backend, "service", "name"), {field},
               {pointer, "/service/name"});
  const Json& resource = MapIn(backend, "resource");
  out.Add({StringIn(resource, "apiGroup"), StringIn(resource, "kind"), out.name_space(),
           StringIn(resource, "name")},
          {field}, {pointer, "/resource/name"});
}

void CollectIngress(ReferenceCollector& out) {
  const Json& json = out.object().json();
  out.Add({"networking.k8s.io", "IngressClass", "",
           StringIn(json, "spec", "ingressClassName")},
          {"ingressClassName"}, {"/spec/ingressClassName"});
  const Json& tls = ArrayIn(json, "spec", "tls");
  for (std::size_t i = 0; i < tls.size(); ++i) {
    // Certificate controllers make this Secret after they have seen the Ingress.
    out.AddLocal("Secret", StringIn(tls[i], "secretName"), {"tls"},
                 {"/spec/tls/", std::to_string(i), "/secretName"}, true);
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
    out.Add({"", "Service", StringIn(service, "namespace"), StringIn(service, "name")},
            {"webhook ", StringIn(hooks[i], "name")},
            {"/webhooks/", std::to_string(i), "/clientConfig/service/name"});
  }
}

/// Gateway and its routes (Gateway API): the class, the gateways, the Services.
void CollectGateway(ReferenceCollector& out) {
  const ObjectRef& ref = out.object().ref();
  const Json& spec = MapIn(out.object().json(), "spec");
  out.Add({ref.group, "GatewayClass", "", StringIn(spec, "gatewayClassName")},
          {"gatewayClassName"}, {"/spec/gatewayClassName"});
  const auto add = [&](const Json& named, std::string_view group, std::string_view kind,
                       const char* field, const std::string& pointer) {
    const std::string& stated = StringIn(named, "kind");
    out.Add({stated.empty() ? group : StringIn(named, "group"),
             stated.empty() ? kind : stated, NamespaceIn(out, named),
             StringIn(named, "name")},
            {field}, {pointer});
  };
  const Json& parents = ArrayIn(spec, "parentRefs");
  for (std::size_t i = 0; i < parents.size(); ++i) {
    add(parents[i], ref.group, "Gateway", "parentRefs",
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
  const Json& spec = MapIn(out.object().json(), "spec");
  out.Add({out.object().ref().group, "VolumeSnapshotContent", "",
           StringIn(spec, "source", "volumeSnapshotContentName")},
          {"source"}, {"/spec/source/volumeSnapshotContentName"});
  out.AddLocal("PersistentVolumeClaim",
               StringIn(spec, "source", "persistentVolumeClaimName"), {"source"},
               {"/spec/source/persistentVolumeClaimName"});
  out.Add({out.object().ref().group, "VolumeSnapshotClass", "",
           StringIn(spec, "volumeSnapshotClassName")},
          {"volumeSnapshotClassName"}, {"/spec/volumeSnapshotClassName"});
}

void CollectApiService(ReferenceCollector& out) {
  const Json& service = MapIn(out.object().json(), "spec", "service");
  out.Add({"", "Service", StringIn(service, "namespace"), StringIn(service, "name")},
          {"service"}, {"/spec/service/name"});
}

void CollectByKind(ReferenceCollector& out) {
  const ObjectRef& ref = out.object().ref();
  const Json& json = out.object().json();
  if (IsClaim(ref)) CollectClaimSpec(out, MapIn(json, "spec"), "/spec");
  if (IsVolume(ref)) CollectVolume(out);
  if (IsStorageClass(ref)) CollectStorageClass(out);
  if (IsStatefulSet(ref)) {
    out.AddLocal("Service", StringIn(json, "spec", "serviceName"), {"serviceName"},
                 {"/spec/serviceName"});
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

void ReferenceCollector::Add(const Named& to, TextParts field, TextParts pointer,
                             EdgeStrength strength, bool optional) {
  if (to.name.empty() || to.kind.empty()) return;
  const ObjectRef& from = object_.ref();
  if (from.name == to.name && from.kind == to.kind && from.name_space == to.name_space &&
      from.group == to.group) {
    return;
  }
  const bool configures = to.group.empty() && (to.kind == "ConfigMap" || to.kind == "Secret");
  if (wanted_ == Wanted::kConfiguration && !configures) return;
  Edge& edge = edges_.emplace_back();
  edge.from = from;
  edge.to = {std::string(to.group), std::string(to.kind), std::string(to.name_space),
             std::string(to.name)};
  edge.strength = strength;
  edge.optional = optional;
  if (wanted_ == Wanted::kBare) return;
  for (const std::string_view part : field) edge.why += part;
  for (const std::string_view part : {std::string_view(" names "), to.kind,
                                      std::string_view(" "), to.name}) {
    edge.why += part;
  }
  for (const std::string_view part : pointer) edge.pointer += part;
}

namespace {

std::vector<Edge> Collected(ReferenceCollector collector) {
  CollectPodReferences(collector);
  CollectByKind(collector);
  return collector.Take();
}

}  // namespace

std::vector<Edge> NamedReferences(const Object& object) {
  return Collected(ReferenceCollector(object));
}

std::vector<Edge> NamedReferencesBare(const Object& object) {
  return Collected(ReferenceCollector(object, ReferenceCollector::Wanted::kBare));
}

std::vector<Edge> NamedConfiguration(const Object& object) {
  return Collected(
      ReferenceCollector(object, ReferenceCollector::Wanted::kConfiguration));
}

}  // namespace holdfast
