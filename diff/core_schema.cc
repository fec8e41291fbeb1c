#include "diff/core_schema.h"

#include <memory>
#include <string_view>

#include "diff/schema_table.h"

namespace holdfast {
namespace {

// How the API server (1.36) merges and fills in, in the notation of
// schema_table.h. A default is here only if it does not depend on other fields
// of its own struct; what does depend is left to the server. tests/diff holds
// the table against answers of a real one.

constexpr std::string_view kMeta = R"(
Meta:
  name?; namespace?; generateName?; labels {s}; annotations {s}; finalizers <s>
  ownerReferences [OwnerReference|uid]
OwnerReference!:
  controller; blockOwnerDeletion
LabelSelector!:
  matchLabels {s}; matchExpressions [SelectorRequirement]
SelectorRequirement:
  values [s]
LocalReference!:
  name?
SecretReference!:
  name?; namespace?
ObjectReference!:
  kind?; namespace?; name?; uid?; apiVersion?; resourceVersion?; fieldPath?
ClaimReference:
  kind?; namespace?; name?; uid?; apiVersion?; resourceVersion?; fieldPath?
TypedReference!:
  apiGroup; kind; name
)";

constexpr std::string_view kPod = R"(
PodTemplate:
  metadata Meta = {}; spec PodSpec = {}
PodSpec:
  containers [Container|name]; initContainers [Container|name]
  ephemeralContainers [Container|name]; volumes [Volume|name]
  imagePullSecrets [LocalReference|name]; hostAliases [HostAlias|ip]
  nodeSelector {s}!; tolerations [Toleration]; affinity Affinity
  topologySpreadConstraints [Spread|topologyKey,whenUnsatisfiable]
  readinessGates [Struct]; schedulingGates [Struct|name]; resourceClaims [Struct|name]
  securityContext PodSecurity = {}; dnsConfig DnsConfig; os Struct; overhead {q}
  resources Resources; restartPolicy? = "Always"; dnsPolicy? = "ClusterFirst"
  schedulerName? = "default-scheduler"; terminationGracePeriodSeconds = 30
  serviceAccountName? = ?; serviceAccount? = ?; nodeName?; hostNetwork?false; hostPID?false
  hostIPC?false
  hostname?; subdomain?; priorityClassName?; priority = ?; preemptionPolicy = ?
  enableServiceLinks = ?
Struct:
HostAlias:
  hostnames [s]
Toleration:
  key?; operator?; value?; effect?
Spread:
  labelSelector LabelSelector; matchLabelKeys [s]
DnsConfig:
  nameservers [s]; searches [s]; options [DnsOption]
DnsOption:
  name?
PodSecurity:
  supplementalGroups [s]; sysctls [Struct]; seLinuxOptions SeLinux
  seccompProfile Struct; appArmorProfile Struct; windowsOptions Struct
SeLinux:
  user?; role?; type?; level?
Affinity:
  nodeAffinity NodeAffinity; podAffinity PodAffinity; podAntiAffinity PodAffinity
NodeAffinity:
  requiredDuringSchedulingIgnoredDuringExecution NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution [PreferredNode]
NodeSelector!:
  nodeSelectorTerms [NodeTerm]
NodeTerm!:
  matchExpressions [SelectorRequirement]; matchFields [SelectorRequirement]
PreferredNode:
  preference NodeTerm = {}
PodAffinity:
  requiredDuringSchedulingIgnoredDuringExecution [PodTerm]
  preferredDuringSchedulingIgnoredDuringExecution [PreferredPod]
PodTerm:
  labelSelector LabelSelector; namespaceSelector LabelSelector; namespaces [s]
  matchLabelKeys [s]; mismatchLabelKeys [s]
PreferredPod:
  podAffinityTerm PodTerm = {}

Container:
  image?; command [s]; args [s]; workingDir?; env [EnvVar|name]; envFrom [EnvFrom]
  ports [ContainerPort|containerPort,protocol]; volumeMounts [VolumeMount|mountPath]
  volumeDevices [Struct|devicePath]; resources Resources = {}
  resizePolicy [Struct]; restartPolicyRules [RestartRule]
  livenessProbe Probe; readinessProbe Probe; startupProbe Probe; lifecycle Lifecycle
  securityContext Security; stdin?false; stdinOnce?false; tty?false; targetContainerName?
  terminationMessagePath? = "/dev/termination-log"; terminationMessagePolicy? = "File"
  imagePullPolicy? = ?
RestartRule:
  exitCodes ExitCodes
ExitCodes:
  values <s>
EnvVar:
  value?; valueFrom EnvSource
EnvSource:
  configMapKeyRef KeySelector; secretKeyRef KeySelector; fieldRef FieldSelector
  resourceFieldRef ResourceSelector; fileKeyRef FileKeySelector
KeySelector!:
  name?; key; optional
FileKeySelector!:
  optional = false
FieldSelector!:
  apiVersion? = "v1"
ResourceSelector!:
  containerName?; divisor q = "0"
EnvFrom:
  prefix?; configMapRef EnvFromRef; secretRef EnvFromRef
EnvFromRef:
  name?
ContainerPort:
  name?; hostPort?0; hostIP?; protocol? = "TCP"
VolumeMount:
  readOnly?false; subPath?; subPathExpr?
Resources:
  limits {q}; requests {q}; claims [ResourceClaim|name]
ResourceClaim:
  request?
Probe:
  initialDelaySeconds?0; timeoutSeconds?0 = 1; periodSeconds?0 = 10
  successThreshold?0 = 1; failureThreshold?0 = 3
  exec Exec; httpGet HttpGet; tcpSocket TcpSocket; grpc Grpc
Lifecycle:
  postStart Handler; preStop Handler
Handler:
  exec Exec; httpGet HttpGet; tcpSocket TcpSocket; sleep Struct
Exec:
  command [s]
HttpGet:
  path? = "/"; host?; scheme? = "HTTP"; httpHeaders [Struct]
TcpSocket:
  host?
Grpc:
  service = ""
Security:
  capabilities Capabilities; seLinuxOptions SeLinux; seccompProfile Struct
  appArmorProfile Struct; windowsOptions Struct
Capabilities:
  add [s]; drop [s]
)";

constexpr std::string_view kVolumes = R"(
Volume:
  emptyDir EmptyDir = ?; hostPath HostPath; secret SecretVolume; configMap SecretVolume
  downwardAPI DownwardVolume; projected Projected; persistentVolumeClaim ClaimVolume
  ephemeral Ephemeral; nfs Nfs; csi CsiVolume; image Struct; iscsi Iscsi; fc Fc
  cephfs CephFs; rbd Rbd; cinder WithSecret; flexVolume WithSecret; scaleIO WithSecret
  storageos WithSecret
EmptyDir:
  medium?; sizeLimit q
HostPath:
  type = ""
SecretVolume:
  name?; secretName?; items [Struct]; defaultMode = 420
DownwardVolume:
  items [DownwardItem]; defaultMode = 420
DownwardItem:
  fieldRef FieldSelector; resourceFieldRef ResourceSelector
Projected:
  sources [Projection]; defaultMode = 420
Projection:
  secret SecretProjection; configMap SecretProjection
  downwardAPI DownwardProjection
  serviceAccountToken TokenProjection; clusterTrustBundle TrustProjection
DownwardProjection:
  items [DownwardItem]
SecretProjection:
  name?; items [Struct]
TokenProjection:
  audience?; expirationSeconds = 3600
TrustProjection:
  labelSelector LabelSelector
ClaimVolume:
  readOnly?false
Ephemeral:
  volumeClaimTemplate ClaimTemplate
ClaimTemplate:
  metadata Meta = {}; spec ClaimSpec = {}
Nfs:
  readOnly?false
CsiVolume:
  nodePublishSecretRef LocalReference; volumeAttributes {s}
Iscsi:
  fsType?; readOnly?false; iscsiInterface? = "default"; portals [s]
  secretRef LocalReference
WithSecret:
  secretRef LocalReference; options {s}
CephFs:
  monitors [s]; path?; secretFile?; secretRef LocalReference; readOnly?false
Rbd:
  monitors [s]; secretRef LocalReference; fsType?; readOnly?false
Fc:
  fsType?; readOnly?false; targetWWNs [s]; wwids [s]

Claim:
  metadata Meta = {}; spec ClaimSpec = {}
NestedClaim:
  apiVersion = !; kind = !; metadata Meta = {}
  spec ClaimSpec = {}; status ClaimStatus = {"phase": "Pending"}
ClaimStatus:
  phase?
ClaimSpec:
  accessModes [s]; resources Resources = {}; selector LabelSelector; volumeName?
  dataSource TypedReference; dataSourceRef ClaimSource; volumeMode = "Filesystem"
ClaimSource:
  apiGroup; kind; name; namespace
PersistentVolume:
  metadata Meta = {}; spec VolumeSpec = {}
VolumeSpec:
  accessModes [s]; capacity {q}; mountOptions [s]; claimRef ClaimReference
  nodeAffinity VolumeAffinity; volumeMode = "Filesystem"
  persistentVolumeReclaimPolicy? = "Retain"; storageClassName?
  local Struct; hostPath HostPath; nfs Nfs; csi CsiSource; fc Fc
  iscsi IscsiSource; cephfs CephFsSource; rbd RbdSource; cinder WithSecretSource
  flexVolume WithSecretSource; scaleIO WithSecretSource; storageos StorageOsSource
CephFsSource:
  monitors [s]; path?; secretFile?; secretRef SecretReference; readOnly?false
RbdSource:
  monitors [s]; secretRef SecretReference; fsType?; readOnly?false
WithSecretSource:
  secretRef SecretReference; options {s}
StorageOsSource:
  secretRef ObjectReference
VolumeAffinity:
  required NodeSelector
CsiSource:
  readOnly?false; fsType?; volumeAttributes {s}; controllerExpandSecretRef SecretReference
  controllerPublishSecretRef SecretReference; nodeExpandSecretRef SecretReference
  nodePublishSecretRef SecretReference; nodeStageSecretRef SecretReference
IscsiSource:
  fsType?; readOnly?false; iscsiInterface? = "default"; portals [s]
  secretRef SecretReference
StorageClass:
  metadata Meta = {}; parameters {s}; mountOptions [s]; allowedTopologies [Topology]
  reclaimPolicy = "Delete"; volumeBindingMode = "Immediate"
Topology!:
  matchLabelExpressions [SelectorRequirement]
VolumeAttributesClass:
  metadata Meta = {}; parameters {s}
CsiDriver:
  metadata Meta = {}; spec CsiDriverSpec = {}
TokenRequest:
  audience = ""
CsiDriverSpec:
  attachRequired = true; podInfoOnMount = false; requiresRepublish = false
  storageCapacity = false; seLinuxMount = false
  fsGroupPolicy = "ReadWriteOnceWithFSType"
  tokenRequests [TokenRequest]; volumeLifecycleModes <s> = ["Persistent"]
kind v1 PersistentVolumeClaim Claim
kind v1 PersistentVolume PersistentVolume
kind storage.k8s.io/v1 StorageClass StorageClass
kind storage.k8s.io/v1 VolumeAttributesClass VolumeAttributesClass
kind storage.k8s.io/v1 CSIDriver CsiDriver
)";

constexpr std::string_view kWorkloads = R"(
StatefulSet:
  metadata Meta = {}; spec StatefulSetSpec = {}
StatefulSetSpec:
  replicas = 1; selector LabelSelector; serviceName?; template PodTemplate = {}
  volumeClaimTemplates [NestedClaim#metadata.name]; minReadySeconds?0
  updateStrategy RollingStrategy = {}; podManagementPolicy? = "OrderedReady"
  revisionHistoryLimit = 10; persistentVolumeClaimRetentionPolicy Retention = {}
  ordinals Ordinals
RollingStrategy:
  type? = "RollingUpdate"; rollingUpdate Struct = ?
Retention:
  whenDeleted? = "Retain"; whenScaled? = "Retain"
Ordinals:
  start = 0
Deployment:
  metadata Meta = {}; spec DeploymentSpec = {}
DeploymentSpec:
  replicas = 1; selector LabelSelector; template PodTemplate = {}; minReadySeconds?0
  paused?false; strategy RollingStrategy = {}; revisionHistoryLimit = 10
  progressDeadlineSeconds = 600
DaemonSet:
  metadata Meta = {}; spec DaemonSetSpec = {}
DaemonSetSpec:
  selector LabelSelector; template PodTemplate = {}; minReadySeconds?0
  updateStrategy RollingStrategy = {}; revisionHistoryLimit = 10
ReplicaSet:
  metadata Meta = {}; spec ReplicaSetSpec = {}
ReplicaSetSpec:
  replicas = 1; selector LabelSelector; template PodTemplate = {}; minReadySeconds?0
ReplicationController:
  metadata Meta = {}; spec ReplicationControllerSpec = {}
ReplicationControllerSpec:
  replicas = 1; selector {s}! = ?; template PodTemplate = {}; minReadySeconds?0
Pod:
  metadata Meta = {}; spec PodSpec = {}
PodTemplateObject:
  metadata Meta = {}; template PodTemplate = {}
Job:
  metadata Meta = {}; spec JobSpec = {}
JobSpec:
  selector LabelSelector; template PodTemplate = {}; podFailurePolicy FailurePolicy
  successPolicy SuccessPolicy; backoffLimit = ? 6; completionMode = "NonIndexed"
  parallelism = ? 1; completions = ?
  suspend = false; manualSelector = ?; podReplacementPolicy = ?
FailurePolicy:
  rules [FailureRule]
FailureRule:
  onExitCodes FailureCodes; onPodConditions [FailureCondition]
FailureCodes:
  containerName; operator; values <s>
FailureCondition:
  status? = "True"
SuccessPolicy:
  rules [Struct]
CronJob:
  metadata Meta = {}; spec CronJobSpec = {}
CronJobSpec:
  jobTemplate JobTemplate = {}; concurrencyPolicy? = "Allow"; suspend = false
  successfulJobsHistoryLimit = 3; failedJobsHistoryLimit = 1
JobTemplate:
  metadata Meta = {}; spec JobSpec = {}
kind apps/v1 StatefulSet StatefulSet
kind apps/v1 Deployment Deployment
kind apps/v1 DaemonSet DaemonSet
kind apps/v1 ReplicaSet ReplicaSet
kind v1 ReplicationController ReplicationController
kind v1 Pod Pod
kind v1 PodTemplate PodTemplateObject
kind batch/v1 Job Job
kind batch/v1 CronJob CronJob
)";

constexpr std::string_view kNetworkAndConfig = R"(
Service:
  metadata Meta = {}; spec ServiceSpec = {}
ServiceSpec:
  ports [ServicePort|port,protocol]; selector {s}!; externalIPs [s]
  clusterIP? = ?; clusterIPs [s] = ?; ipFamilies [s] = ?; ipFamilyPolicy = ?
  internalTrafficPolicy = ?; externalTrafficPolicy? = ?; healthCheckNodePort?0 = ?
  allocateLoadBalancerNodePorts = ?; sessionAffinityConfig Affinities = ?
  loadBalancerSourceRanges [s]; externalName?; publishNotReadyAddresses?false
  loadBalancerIP?; type? = "ClusterIP"; sessionAffinity? = "None"
ServicePort:
  name?; protocol? = "TCP"; targetPort = ?; nodePort?0 = ?
Affinities:
  clientIP Struct
Endpoints:
  metadata Meta = {}; subsets [Subset]
Subset:
  addresses [Address]; notReadyAddresses [Address]; ports [EndpointPort]
Address!:
  hostname?; targetRef ObjectReference
EndpointPort!:
  name?; protocol? = "TCP"
EndpointSlice:
  metadata Meta = {}; endpoints [Endpoint]; ports [SlicePort]
Endpoint:
  addresses <s>; conditions Struct = {}; targetRef ObjectReference; hints Hints
  deprecatedTopology {s}
Hints:
  forZones [Hint]; forNodes [Hint]
Hint:
  name = ""
SlicePort!:
  name = ""; protocol = "TCP"
Ingress:
  metadata Meta = {}; spec IngressSpec = {}
IngressSpec:
  defaultBackend Backend; rules [IngressRule]; tls [IngressTls]
IngressRule:
  host?; http Http
Http:
  paths [HttpPath]
HttpPath:
  path?; backend Backend = {}
Backend:
  service ServiceBackend; resource TypedReference
ServiceBackend:
  port BackendPort = {}
BackendPort!:
  name?; number?0
IngressTls:
  hosts [s]; secretName?
IngressClass:
  metadata Meta = {}; spec IngressClassSpec = {}
IngressClassSpec:
  controller?; parameters IngressParameters
IngressParameters:
  scope = "Cluster"
NetworkPolicy:
  metadata Meta = {}; spec NetworkPolicySpec = {}
NetworkPolicySpec:
  podSelector LabelSelector = {}; policyTypes [s] = ?; ingress [IngressPeers]
  egress [EgressPeers]
IngressPeers:
  from [Peer]; ports [PolicyPort]
EgressPeers:
  to [Peer]; ports [PolicyPort]
Peer:
  podSelector LabelSelector; namespaceSelector LabelSelector; ipBlock IpBlock
IpBlock:
  except [s]
PolicyPort:
  protocol = "TCP"
ConfigMap:
  metadata Meta = {}; data {s}; binaryData {b}
Secret:
  metadata Meta = {}; data {b}; stringData {s}; type? = "Opaque"
ServiceAccount:
  metadata Meta = {}; secrets [ObjectReference|name]; imagePullSecrets [LocalReference]
Namespace:
  metadata NamespaceMeta = {}; spec NamespaceSpec = {}
NamespaceMeta:
  labels NamespaceLabels = {}; annotations {s}; finalizers <s>
  ownerReferences [OwnerReference|uid]
NamespaceLabels:
  kubernetes.io/metadata.name = !
NamespaceSpec:
  finalizers [s] = !
Lease:
  metadata Meta = {}; spec LeaseSpec = {}
LeaseSpec:
  acquireTime t; renewTime t
kind v1 Service Service
kind v1 Endpoints Endpoints
kind discovery.k8s.io/v1 EndpointSlice EndpointSlice
kind networking.k8s.io/v1 Ingress Ingress
kind networking.k8s.io/v1 IngressClass IngressClass
kind networking.k8s.io/v1 NetworkPolicy NetworkPolicy
kind v1 ConfigMap ConfigMap
kind v1 Secret Secret
kind v1 ServiceAccount ServiceAccount
kind v1 Namespace Namespace
kind coordination.k8s.io/v1 Lease Lease
)";

}  // namespace

// The rest of the table is in core_schema_policy.cc.
std::string_view CoreSchemaOfPolicies();

CoreSchema::CoreSchema() : table_(std::make_unique<SchemaTable>()) {
  for (const auto text :
       {kMeta, kPod, kVolumes, kWorkloads, kNetworkAndConfig, CoreSchemaOfPolicies()}) {
    // A mistake in our own text is found by a test; until then nothing is known.
    if (!table_->Add(text)) table_ = std::make_unique<SchemaTable>();
  }
  if (!table_->Check()) table_ = std::make_unique<SchemaTable>();
}

CoreSchema::~CoreSchema() = default;

const Type* CoreSchema::Find(const Gvk& gvk) const { return table_->Find(gvk); }

std::vector<Gvk> CoreSchema::Kinds() const { return table_->Kinds(); }

}  // namespace holdfast
