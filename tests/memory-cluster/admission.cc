#include "tests/memory-cluster/admission.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "apply/kinds.h"
#include "diff/defaults.h"
#include "diff/quantity.h"

namespace holdfast::memory {
namespace {

constexpr const char* kDefaultClass = "storageclass.kubernetes.io/is-default-class";

bool RunsTemplate(const ObjectRef& ref) {
  return ref.Is("apps", "Deployment") || ref.Is("apps", "StatefulSet") ||
         ref.Is("apps", "DaemonSet") || ref.Is("apps", "ReplicaSet");
}

Rejection Invalid(const ObjectRef& ref, const std::string& field,
                  const std::string& message) {
  return {
      .kind = Rejection::Kind::kInvalid,
      .http_status = 422,
      .message = ref.kind + " \"" + ref.name + "\" is invalid: " + field + ": " + message,
      .causes = {{field, message, ""}}};
}

Rejection Forbidden(const ObjectRef& ref, const std::string& message) {
  return {.kind = Rejection::Kind::kForbidden,
          .http_status = 403,
          .message = ref.kind + " \"" + ref.name + "\" is forbidden: " + message,
          .causes = {}};
}

void DropNulls(Json& value) {
  if (value.is_object()) {
    for (auto member = value.begin(); member != value.end();) {
      if (member->is_null()) {
        member = value.erase(member);
      } else {
        DropNulls(*member);
        ++member;
      }
    }
  } else if (value.is_array()) {
    for (Json& entry : value) DropNulls(entry);
  }
}

/// What the server derives from other fields.
void Derive(const Gvk& gvk, Json& object) {
  if (!object.contains("spec")) return;
  Json& spec = object["spec"];
  if (gvk.group == "apps" && gvk.kind == "Deployment") {
    Json& strategy = spec["strategy"];
    if (StringIn(strategy, "type") == "RollingUpdate" &&
        !strategy.contains("rollingUpdate")) {
      strategy["rollingUpdate"] = {{"maxSurge", "25%"}, {"maxUnavailable", "25%"}};
    }
  }
  if (gvk.group == "apps" && gvk.kind == "StatefulSet") {
    Json& strategy = spec["updateStrategy"];
    if (StringIn(strategy, "type") == "RollingUpdate" &&
        !strategy.contains("rollingUpdate")) {
      strategy["rollingUpdate"] = {{"partition", 0}};
    }
    Json& retention = spec["persistentVolumeClaimRetentionPolicy"];
    for (const char* when : {"whenDeleted", "whenScaled"}) {
      if (StringIn(retention, when).empty()) retention[when] = "Retain";
    }
    if (spec.contains("volumeClaimTemplates")) {
      for (Json& claim : spec["volumeClaimTemplates"]) {
        claim["apiVersion"] = "v1";
        claim["kind"] = "PersistentVolumeClaim";
      }
    }
  }
}

void AdmitClaim(Json& claim, const MemoryServer& server) {
  claim["metadata"]["finalizers"] = Json::array({"kubernetes.io/pvc-protection"});
  claim["status"] = {{"phase", "Pending"}};
  if (claim["spec"].contains("storageClassName")) return;
  for (const Object* one : server.All("storage.k8s.io", "StorageClass")) {
    if (one->annotation(kDefaultClass) == "true") {
      claim["spec"]["storageClassName"] = one->ref().name;
    }
  }
}

void AdmitService(Json& service, const MemoryServer& server) {
  Json& spec = service["spec"];
  if (StringIn(spec, "type") == "ExternalName" || !StringIn(spec, "clusterIP").empty())
    return;
  spec["clusterIP"] = "10.96.0." + std::to_string(server.version() % 250 + 1);
}

bool Selects(const Json& selector, const Json& labels) {
  for (const auto& [key, value] : MapIn(selector, "matchLabels").items()) {
    const Json* there = FindIn(labels, key);
    if (there == nullptr || *there != value) return false;
  }
  return true;
}

std::optional<Rejection> WhyNotTemplate(const Object& object) {
  const Json& spec = MapIn(object.json(), "spec");
  const Json& pod = MapIn(spec, "template");
  if (!Selects(MapIn(spec, "selector"), MapIn(pod, "metadata", "labels"))) {
    return Invalid(object.ref(), "spec.template.metadata.labels",
                   "Invalid value: `selector` does not match template `labels`");
  }
  std::set<std::string> volumes;
  for (const Json& volume : ArrayIn(pod, "spec", "volumes"))
    volumes.insert(StringIn(volume, "name"));
  for (const Json& claim : ArrayIn(spec, "volumeClaimTemplates")) {
    volumes.insert(StringIn(claim, "metadata", "name"));
  }
  for (const Json& container : ArrayIn(pod, "spec", "containers")) {
    for (const Json& mount : ArrayIn(container, "volumeMounts")) {
      if (volumes.contains(StringIn(mount, "name"))) continue;
      return Invalid(object.ref(),
                     "spec.template.spec.containers[0].volumeMounts[0].name",
                     "Not found: \"" + StringIn(mount, "name") + "\"");
    }
  }
  const Json& strategy = MapIn(spec, "strategy");
  if (StringIn(strategy, "type") == "Recreate" && strategy.contains("rollingUpdate")) {
    return Invalid(object.ref(), "spec.strategy.rollingUpdate",
                   "Forbidden: may not be specified when strategy `type` is 'Recreate'");
  }
  return std::nullopt;
}

std::optional<Quantity> AskedFor(const Object& claim) {
  return Quantity::Parse(
      StringIn(claim.json(), "spec", "resources", "requests", "storage"));
}

std::optional<Rejection> WhyNotResized(const Object& before, const Object& after,
                                       const MemoryServer& server) {
  const auto was = AskedFor(before);
  const auto is = AskedFor(after);
  if (!was || !is || *was == *is) return std::nullopt;
  const bool bound = StringIn(before.json(), "status", "phase") == "Bound";
  if (*was < *is) {
    if (!bound) {
      return Forbidden(after.ref(),
                       "Only bound persistent volume claims can be expanded");
    }
    const std::string name = StringIn(before.json(), "spec", "storageClassName");
    const Object* of_class = server.Find({"storage.k8s.io", "StorageClass", "", name});
    const Json* allowed =
        of_class == nullptr ? nullptr : FindIn(of_class->json(), "allowVolumeExpansion");
    if (allowed != nullptr && allowed->is_boolean() && allowed->get<bool>())
      return std::nullopt;
    return Forbidden(
        after.ref(),
        "only dynamically provisioned pvc can be resized and the storageclass "
        "that provisions the pvc must support resize");
  }
  return Invalid(after.ref(), "spec.resources.requests.storage",
                 "Forbidden: field can not be less than status.capacity");
}

std::optional<Rejection> WhyNotClaim(const Object& before, const Object& after,
                                     const MemoryServer& server) {
  if (auto no = WhyNotResized(before, after, server)) return no;
  Json was = MapIn(before.json(), "spec");
  Json is = MapIn(after.json(), "spec");
  for (Json* spec : {&was, &is}) (*spec)["resources"].erase("requests");
  if (!was.contains("storageClassName")) is.erase("storageClassName");
  if (was == is) return std::nullopt;
  return Invalid(
      after.ref(), "spec",
      "Forbidden: spec is immutable after creation except resources.requests and "
      "volumeAttributesClassName for bound claims");
}

/// The first of `fields` of the spec (of the object if `in` is empty) that differs.
std::optional<std::string> Differing(const Object& before, const Object& after,
                                     const std::string& in,
                                     const std::vector<std::string>& fields) {
  const Json& was = in.empty() ? before.json() : MapIn(before.json(), in);
  const Json& is = in.empty() ? after.json() : MapIn(after.json(), in);
  for (const std::string& field : fields) {
    const Json* a = FindIn(was, field);
    const Json* b = FindIn(is, field);
    if ((a == nullptr) != (b == nullptr) || (a != nullptr && *a != *b)) {
      return in.empty() ? field : in + "." + field;
    }
  }
  return std::nullopt;
}

}  // namespace

bool HasGeneration(const ObjectRef& ref) {
  return RunsTemplate(ref) || ref.Is("policy", "PodDisruptionBudget") ||
         ref.Is("apiextensions.k8s.io", "CustomResourceDefinition") ||
         ref.Is("batch", "Job") || ref.Is("batch", "CronJob") ||
         !IsBuiltInKind(ref.group, ref.kind);
}

Json Defaulted(const Gvk& gvk, Json object) {
  DropNulls(object);
  const Type* type = BuiltInSchema().Find(gvk);
  if (type == nullptr) return object;
  object = WithDefaults(*type, std::move(object));
  Derive(gvk, object);
  return object;
}

Json Admitted(Json object, const MemoryServer& server) {
  const Object made = Object::Make(object).value();
  const ObjectRef& ref = made.ref();
  object.erase("status");
  object = Defaulted(made.gvk(), std::move(object));
  if (IsClaim(ref)) AdmitClaim(object, server);
  if (IsVolume(ref)) {
    object["metadata"]["finalizers"].push_back("kubernetes.io/pv-protection");
    object["status"] = {{"phase", "Pending"}};
  }
  if (ref.Is("", "Namespace")) {
    object["metadata"]["labels"]["kubernetes.io/metadata.name"] = ref.name;
    object["spec"]["finalizers"] = Json::array({"kubernetes"});
    object["status"] = {{"phase", "Active"}};
  }
  if (ref.Is("", "Service")) AdmitService(object, server);
  if (ref.Is("", "Pod")) object["status"] = {{"phase", "Pending"}};
  return object;
}

std::optional<Rejection> WhyNotCreated(const Object& object, const MemoryServer& server) {
  const std::string& name = object.ref().name_space;
  if (!name.empty()) {
    const Object* space = server.Find({"", "Namespace", "", name});
    if (space == nullptr) {
      return Rejection{.kind = Rejection::Kind::kNotFound,
                       .http_status = 404,
                       .message = "namespaces \"" + name + "\" not found",
                       .causes = {}};
    }
    if (space->terminating()) {
      return Forbidden(object.ref(), "unable to create new content in namespace " + name +
                                         " because it is being terminated");
    }
  }
  if (RunsTemplate(object.ref())) return WhyNotTemplate(object);
  return std::nullopt;
}

std::optional<Rejection> WhyNotUpdated(const Object& before, const Object& after,
                                       const MemoryServer& server) {
  const ObjectRef& ref = after.ref();
  if (IsClaim(ref)) return WhyNotClaim(before, after, server);
  if (IsVolume(ref)) {
    if (Differing(before, after, "spec", {"hostPath", "csi", "local", "nfs"})) {
      return Invalid(
          ref, "spec.persistentvolumesource",
          "Forbidden: spec.persistentvolumesource is immutable after creation");
    }
    return std::nullopt;
  }
  if (IsStorageClass(ref)) {
    const auto field =
        Differing(before, after, "",
                  {"provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"});
    if (field)
      return Invalid(ref, *field, "Forbidden: updates to " + *field + " are forbidden.");
  }
  if (ref.Is("apps", "StatefulSet") &&
      Differing(
          before, after, "spec",
          {"selector", "serviceName", "volumeClaimTemplates", "podManagementPolicy"})) {
    return Invalid(
        ref, "spec",
        "Forbidden: updates to statefulset spec for fields other than 'replicas', "
        "'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
        "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
  }
  if (RunsTemplate(ref) && Differing(before, after, "spec", {"selector"})) {
    return Invalid(ref, "spec.selector", "Invalid value: field is immutable");
  }
  if (ref.Is("", "Secret") && Differing(before, after, "", {"type"})) {
    return Invalid(ref, "type", "Invalid value: field is immutable");
  }
  if (ref.Is("", "Service") && Differing(before, after, "spec", {"clusterIP"})) {
    return Invalid(ref, "spec.clusterIP", "Invalid value: field is immutable");
  }
  if (RunsTemplate(ref)) return WhyNotTemplate(after);
  return std::nullopt;
}

}  // namespace holdfast::memory
