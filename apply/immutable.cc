#include "apply/immutable.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace holdfast {
namespace {

struct Row {
  std::string_view kind;
  std::string_view field;  ///< It or anything below it.
  std::string_view hazard;
  std::string_view what;
  std::string_view remedy;
};

constexpr std::string_view kNewClaim =
    "put the old value back; for other storage make a new claim under another name and "
    "copy the data into it";
constexpr std::string_view kSameSet =
    "put the old value back; for another one make a StatefulSet of another name beside "
    "it and move the data";

// The first row that fits counts: narrow fields stand before wide ones.
constexpr Row kRows[] = {
    {"PersistentVolumeClaim", "spec.resources.requests.storage", "H-D4",
     "a claim can grow and never shrink", "put the larger size back"},
    {"PersistentVolumeClaim", "spec.storageClassName", "H-C5",
     "the storage class of a claim is fixed once it is made", kNewClaim},
    {"PersistentVolumeClaim", "spec", "H-C5",
     "class, volume, access modes and source of a claim are fixed once it is made",
     kNewClaim},
    {"PersistentVolumeClaim", "metadata.annotations", "H-C5",
     "the storage class of a claim is fixed once it is made", kNewClaim},
    {"PersistentVolume", "spec", "H-C5",
     "where a volume's data is (its source, mode and node) is fixed once it is made",
     "put the old value back; describe other storage as a new PersistentVolume"},
    {"StatefulSet", "spec.volumeClaimTemplates", "H-D3",
     "the claim templates of a StatefulSet are fixed once it is made, their size too",
     "put the old value back; to give one member more room, grow its claim by hand if "
     "the class allows it"},
    {"StatefulSet", "spec.selector", "H-D6",
     "which pods belong to a StatefulSet is fixed once it is made",
     "put the old selector back, and keep its labels on the pod template"},
    {"StatefulSet", "spec.serviceName", "H-D7",
     "the Service that gives the pods of a StatefulSet their names is fixed once it is "
     "made: seeds and replicas find one another by these names",
     "put the old serviceName back"},
    {"StatefulSet", "spec.podManagementPolicy", "H-D2",
     "how a StatefulSet starts and stops its pods is fixed once it is made", kSameSet},
    {"StatefulSet", "spec", "H-D2",
     "this field of a StatefulSet is fixed once it is made", kSameSet},
    {"Deployment", "spec.selector", "H-D6",
     "which pods belong to a Deployment is fixed once it is made: a new one would start "
     "pods beside the old ones, on the same volume",
     "put the old selector back, and keep its labels on the pod template"},
    {"DaemonSet", "spec.selector", "H-D6",
     "which pods belong to a DaemonSet is fixed once it is made",
     "put the old selector back, and keep its labels on the pod template"},
    {"ReplicaSet", "spec.selector", "H-D6",
     "which pods belong to a ReplicaSet is fixed once it is made",
     "put the old selector back, and keep its labels on the pod template"},
    {"Service", "spec.clusterIP", "H-D8",
     "a Service keeps its address, or stays without one, as long as it exists",
     "put the old clusterIP back, or add a second Service of another name beside it"},
    {"Service", "spec.clusterIPs", "H-D8",
     "a Service keeps its address, or stays without one, as long as it exists",
     "put the old clusterIP back, or add a second Service of another name beside it"},
    {"Service", "spec.ipFamilies", "H-D8",
     "the first address family of a Service is fixed", "put the old family back"},
    {"Service", "spec.loadBalancerClass", "H-D8",
     "the load balancer class of a Service is fixed",
     "put the old class back, or add a second Service of another name"},
    {"Service", "spec.healthCheckNodePort", "H-D8",
     "the health check port of a Service is fixed", "put the old port back"},
    {"Secret", "type", "H-D9", "the type of a Secret is fixed once it is made",
     "give the new Secret another name and let its users name that"},
    {"Secret", "data", "H-D9", "the Secret says immutable: true, so its data are fixed",
     "give the new Secret another name and let its users name that"},
    {"Secret", "immutable", "H-D9", "immutable: true cannot be taken back",
     "give the new Secret another name and let its users name that"},
    {"ConfigMap", "data", "H-D9",
     "the ConfigMap says immutable: true, so its data are fixed",
     "give the new ConfigMap another name and let its users name that"},
    {"ConfigMap", "binaryData", "H-D9",
     "the ConfigMap says immutable: true, so its data are fixed",
     "give the new ConfigMap another name and let its users name that"},
    {"ConfigMap", "immutable", "H-D9", "immutable: true cannot be taken back",
     "give the new ConfigMap another name and let its users name that"},
    {"Job", "spec", "H-D10",
     "what a Job runs is fixed once it is made, and making it anew would run it a second "
     "time",
     "give the new Job another name, for example with a version in it"},
    {"StorageClass", "", "H-D11",
     "provisioner, parameters, reclaimPolicy and volumeBindingMode of a StorageClass are "
     "fixed once it is made",
     "put the old value back; describe the new storage as a StorageClass of another name "
     "and let new claims name it"},
    {"RoleBinding", "roleRef", "H-D2",
     "the role of a RoleBinding is fixed once it is made",
     "put the old role back, or add a RoleBinding of another name"},
    {"ClusterRoleBinding", "roleRef", "H-D2",
     "the role of a ClusterRoleBinding is fixed once it is made",
     "put the old role back, or add a ClusterRoleBinding of another name"},
    {"PriorityClass", "", "H-D2", "the value of a PriorityClass is fixed once it is made",
     "put the old value back, or add a PriorityClass of another name"},
    {"IngressClass", "spec.controller", "H-D2",
     "the controller of an IngressClass is fixed once it is made",
     "put the old controller back, or add an IngressClass of another name"},
    {"CSIDriver", "spec", "H-D2", "this field of a CSIDriver is fixed once it is made",
     "put the old value back"},
    {"Pod", "spec", "H-D2", "a Pod keeps nearly all of its spec as long as it exists",
     "put the old value back, or let a Deployment or StatefulSet make the pods"},
    {"VolumeSnapshot", "spec.source", "H-D2", "what a snapshot was taken of is fixed",
     "put the old source back, or add a snapshot of another name"},
};

/// ".spec.ports[0].port" -> "spec.ports[0].port".
std::string_view Plain(std::string_view field) {
  while (field.starts_with('.')) field.remove_prefix(1);
  return field;
}

bool IsAtOrBelow(std::string_view field, std::string_view root) {
  if (root.empty() || field == root) return true;
  return field.starts_with(root) &&
         (field[root.size()] == '.' || field[root.size()] == '[');
}

/// The words by which the server says that a value is right but may not be changed to.
bool SaysFixed(std::string_view message) {
  constexpr std::array<std::string_view, 9> kWords = {"immutable",
                                                      "updates to ",
                                                      "may not change",
                                                      "may not be changed",
                                                      "cannot change",
                                                      "can not be less than",
                                                      "is not allowed to be changed",
                                                      "may not update",
                                                      "cannot be updated"};
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
    return message.find(word) != std::string_view::npos;
  });
}

bool SaysNoGrowth(const Rejection& rejection, const Object& object) {
  const bool about_size = rejection.message.find("resize") != std::string::npos ||
                          rejection.message.find("expan") != std::string::npos;
  return object.ref().Is("", "PersistentVolumeClaim") && about_size &&
         rejection.kind == Rejection::Kind::kForbidden;
}

const Row* RowFor(const Object& object, std::string_view field) {
  const auto row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& one) {
    return one.kind == object.ref().kind && IsAtOrBelow(field, one.field);
  });
  return row == std::end(kRows) ? nullptr : row;
}

/// "... is invalid: spec: Forbidden: ..." -> "spec"; empty if it is not of this form.
std::string FieldInMessage(std::string_view message) {
  constexpr std::string_view kHead = " is invalid: ";
  const auto head = message.find(kHead);
  if (head == std::string_view::npos) return "";
  message.remove_prefix(head + kHead.size());
  if (message.starts_with('[')) message.remove_prefix(1);
  return std::string(message.substr(0, message.find(':')));
}

}  // namespace

std::vector<ImmutableField> ImmutableFieldsIn(const Rejection& rejection,
                                              const Object& object) {
  std::vector<ImmutableField> found;
  const auto add = [&](std::string_view field) {
    const Row* row = RowFor(object, Plain(field));
    if (row == nullptr) return;
    const bool known =
        std::any_of(found.begin(), found.end(),
                    [&](const ImmutableField& one) { return one.field == Plain(field); });
    if (known) return;
    found.push_back({std::string(Plain(field)), row->hazard, row->what, row->remedy});
  };
  if (SaysNoGrowth(rejection, object)) {
    found.push_back({"spec.resources.requests.storage", "H-D5",
                     "the storage behind this claim cannot grow",
                     "put the old size back; to get more room make a larger claim of "
                     "another name and copy the data into it"});
    return found;
  }
  if (rejection.kind != Rejection::Kind::kInvalid) return found;
  for (const Rejection::Cause& cause : rejection.causes) {
    if (SaysFixed(cause.message)) add(cause.field);
  }
  if (rejection.causes.empty() && SaysFixed(rejection.message)) {
    add(FieldInMessage(rejection.message));
  }
  return found;
}

}  // namespace holdfast
