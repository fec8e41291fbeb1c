// The second half of the table of core_schema.cc: who may do what, and limits.

#include <string_view>

namespace holdfast {

std::string_view CoreSchemaOfPolicies() {
  return R"(
Role:
  metadata Meta = {}; rules [Rule]
Rule:
  verbs [s]; apiGroups [s]; resources [s]; resourceNames [s]; nonResourceURLs [s]
ClusterRole:
  metadata Meta = {}; rules [Rule]; aggregationRule Aggregation
Aggregation:
  clusterRoleSelectors [LabelSelector]
RoleBinding:
  metadata Meta = {}; roleRef RoleRef = {}; subjects [Subject]
RoleRef!:
  apiGroup? = "rbac.authorization.k8s.io"; kind; name
# Only users and groups get this group; a service account with it is refused.
Subject!:
  apiGroup? = ? "rbac.authorization.k8s.io"; namespace?; kind; name
kind rbac.authorization.k8s.io/v1 Role Role
kind rbac.authorization.k8s.io/v1 ClusterRole ClusterRole
kind rbac.authorization.k8s.io/v1 RoleBinding RoleBinding
kind rbac.authorization.k8s.io/v1 ClusterRoleBinding RoleBinding

DisruptionBudget:
  metadata Meta = {}; spec DisruptionSpec = {}
DisruptionSpec:
  selector LabelSelector
kind policy/v1 PodDisruptionBudget DisruptionBudget

AutoscalerV1:
  metadata Meta = {}; spec AutoscalerV1Spec = {}
AutoscalerV1Spec:
  scaleTargetRef ScaleTarget = {}; minReplicas = 1
ScaleTarget!:
  apiVersion?
Autoscaler:
  metadata Meta = {}; spec AutoscalerSpec = {}
AutoscalerSpec:
  scaleTargetRef MetricObject = {}; minReplicas = 1; metrics [Metric]; behavior Behavior
MetricObject:
  apiVersion?
Metric:
  resource ResourceMetric; containerResource ResourceMetric; pods NamedMetric
  external NamedMetric; object NamedMetric
ResourceMetric:
  target MetricTarget = {}
NamedMetric:
  metric MetricName = {}; target MetricTarget = {}; describedObject MetricObject = {}
MetricName:
  selector LabelSelector
MetricTarget:
  value q; averageValue q
Behavior:
  scaleUp Scaling = ?; scaleDown Scaling = ?
Scaling:
  policies [Struct] = ?; tolerance q; selectPolicy = "Max"
kind autoscaling/v1 HorizontalPodAutoscaler AutoscalerV1
kind autoscaling/v2 HorizontalPodAutoscaler Autoscaler

LimitRange:
  metadata Meta = {}; spec LimitRangeSpec = {}
LimitRangeSpec:
  limits [Limit#type]
Limit:
  max {q}; min {q}; default {q} ~ max; defaultRequest {q} ~ default,min
  maxLimitRequestRatio {q}
ResourceQuota:
  metadata Meta = {}; spec QuotaSpec = {}
QuotaSpec:
  hard {q}; scopes [s]; scopeSelector ScopeSelector
ScopeSelector!:
  matchExpressions [SelectorRequirement]
PriorityClass:
  metadata Meta = {}; description?; globalDefault?false; value = 0
  preemptionPolicy = "PreemptLowerPriority"
RuntimeClass:
  metadata Meta = {}; overhead RuntimeOverhead; scheduling RuntimeScheduling
RuntimeOverhead:
  podFixed {q}
RuntimeScheduling:
  nodeSelector {s}!; tolerations [Toleration]
kind v1 LimitRange LimitRange
kind v1 ResourceQuota ResourceQuota
kind scheduling.k8s.io/v1 PriorityClass PriorityClass
kind node.k8s.io/v1 RuntimeClass RuntimeClass

WebhookConfiguration:
  metadata Meta = {}; webhooks [Webhook|name]
Webhook:
  clientConfig WebhookClient = {}; rules [WebhookRule]; admissionReviewVersions [s]
  matchConditions [Struct|name]; namespaceSelector LabelSelector = {}
  objectSelector LabelSelector = {}; failurePolicy = "Fail"; matchPolicy = "Equivalent"
  timeoutSeconds = 10; reinvocationPolicy = "Never"
WebhookClient:
  caBundle? b; service WebhookService
WebhookService:
  port = 443
WebhookRule:
  apiGroups [s]; apiVersions [s]; operations [s]; resources [s]; scope = "*"
AdmissionPolicy:
  metadata Meta = {}; spec AdmissionSpec = {}
AdmissionSpec:
  matchConstraints MatchResources; matchConditions [Struct|name]
  variables [Variable|name]
  validations [PolicyValidation]; auditAnnotations [Struct]; paramKind ParamKind
  failurePolicy = "Fail"
PolicyValidation:
  message?; messageExpression?
Variable!:
  name; expression
ParamKind!:
  apiVersion?; kind?
MatchResources!:
  namespaceSelector LabelSelector = {}; objectSelector LabelSelector = {}
  resourceRules [NamedRule]; excludeResourceRules [NamedRule]; matchPolicy = "Equivalent"
NamedRule!:
  apiGroups [s]; apiVersions [s]; operations [s]; resources [s]; resourceNames [s]
  scope = "*"
AdmissionBinding:
  metadata Meta = {}; spec AdmissionBindingSpec = {}
AdmissionBindingSpec:
  paramRef ParamRef; matchResources MatchResources; validationActions <s>
ParamRef!:
  name?; namespace?; selector LabelSelector
kind admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration WebhookConfiguration
kind admissionregistration.k8s.io/v1 MutatingWebhookConfiguration WebhookConfiguration
kind admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy AdmissionPolicy
kind admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding AdmissionBinding

CustomResourceDefinition:
  metadata Meta = {}; spec CrdSpec = {}
CrdSpec:
  names CrdNames = {}; versions [CrdVersion#name]; conversion CrdConversion = {}
  preserveUnknownFields?false
CrdNames:
  shortNames [s]; categories [s]; singular? = ?; listKind? = ?
CrdConversion:
  strategy = "None"; webhook CrdWebhook
CrdWebhook:
  clientConfig WebhookClient; conversionReviewVersions [s]
CrdVersion:
  deprecated?false; additionalPrinterColumns [Struct]; selectableFields [Struct]
  schema CrdSchema
CrdSchema:
  openAPIV3Schema JsonSchema
JsonSchema:
  properties {JsonSchema}; patternProperties {JsonSchema}; definitions {JsonSchema}
  allOf [JsonSchema]; anyOf [JsonSchema]; oneOf [JsonSchema]; not JsonSchema
  required [s]; enum [*]; x-kubernetes-list-map-keys [s]
  x-kubernetes-validations [Struct|rule]
kind apiextensions.k8s.io/v1 CustomResourceDefinition CustomResourceDefinition
)";
}

}  // namespace holdfast
