#include "apply/pod_template.h"

#include <charconv>

namespace holdfast {
namespace {

const Json& NoMap() {
  static const Json none = Json::object();
  return none;
}

bool KeepsTemplateInSpec(const ObjectRef& ref) {
  return ref.Is("apps", "Deployment") || ref.Is("apps", "StatefulSet") ||
         ref.Is("apps", "DaemonSet") || ref.Is("apps", "ReplicaSet") ||
         ref.Is("batch", "Job") || ref.Is("", "ReplicationController");
}

}  // namespace

PodTemplate::PodTemplate(const Object& object) {
  const Json& json = object.json();
  const ObjectRef& ref = object.ref();
  if (ref.Is("", "Pod")) {
    spec_ = FindIn(json, "spec");
    labels_ = FindIn(json, "metadata", "labels");
    pointer_ = "/spec";
  } else if (ref.Is("batch", "CronJob")) {
    spec_ = FindIn(json, "spec", "jobTemplate", "spec", "template", "spec");
    labels_ =
        FindIn(json, "spec", "jobTemplate", "spec", "template", "metadata", "labels");
    pointer_ = "/spec/jobTemplate/spec/template/spec";
  } else if (ref.Is("", "PodTemplate")) {
    spec_ = FindIn(json, "template", "spec");
    labels_ = FindIn(json, "template", "metadata", "labels");
    pointer_ = "/template/spec";
  } else {
    // Also custom kinds of this shape (OpenKruise and others): to see too many
    // references only orders more, to see too few would lose data.
    const Json* spec = FindIn(json, "spec", "template", "spec");
    const bool has_pods = spec != nullptr && !ArrayIn(*spec, "containers").empty();
    if (KeepsTemplateInSpec(ref) || has_pods) {
      spec_ = spec;
      labels_ = FindIn(json, "spec", "template", "metadata", "labels");
      pointer_ = "/spec/template/spec";
    }
  }
  if (spec_ != nullptr && !spec_->is_object()) spec_ = nullptr;
}

const Json& PodTemplate::spec() const { return spec_ == nullptr ? NoMap() : *spec_; }

const Json& PodTemplate::labels() const {
  return labels_ == nullptr || !labels_->is_object() ? NoMap() : *labels_;
}

std::vector<ContainerAt> PodTemplate::Containers() const {
  std::vector<ContainerAt> found;
  for (const char* list : {"initContainers", "containers", "ephemeralContainers"}) {
    const Json& containers = ArrayIn(spec(), list);
    for (std::size_t i = 0; i < containers.size(); ++i) {
      if (!containers[i].is_object()) continue;
      found.push_back({&containers[i], std::string_view(list) == "initContainers",
                       pointer_, list, i});
    }
  }
  return found;
}

std::vector<MountedClaim> MountedClaims(const PodTemplate& pods) {
  std::vector<MountedClaim> found;
  const Json& volumes = ArrayIn(pods.spec(), "volumes");
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const std::string& claim = StringIn(volumes[i], "persistentVolumeClaim", "claimName");
    if (claim.empty()) continue;
    const Json* read_only = FindIn(volumes[i], "persistentVolumeClaim", "readOnly");
    found.push_back(
        {claim, StringIn(volumes[i], "name"),
         read_only != nullptr && read_only->is_boolean() && read_only->get<bool>(),
         pods.base(), i});
  }
  return found;
}

std::vector<std::string> ClaimTemplateNames(const Object& stateful_set) {
  std::vector<std::string> names;
  for (const Json& one : ArrayIn(stateful_set.json(), "spec", "volumeClaimTemplates")) {
    const std::string name = StringIn(one, "metadata", "name");
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

long long OrdinalOfClaim(const Object& stateful_set, const std::string& claim) {
  for (const std::string& name : ClaimTemplateNames(stateful_set)) {
    const std::string head = name + "-" + stateful_set.ref().name + "-";
    if (!claim.starts_with(head) || claim.size() == head.size()) continue;
    const char* begin = claim.data() + head.size();
    const char* end = claim.data() + claim.size();
    long long ordinal = 0;
    const auto parsed = std::from_chars(begin, end, ordinal);
    if (parsed.ec == std::errc() && parsed.ptr == end && ordinal >= 0) return ordinal;
  }
  return -1;
}

long long ReplicasOf(const Object& object) {
  return IntegerIn(1, object.json(), "spec", "replicas");
}

}  // namespace holdfast
