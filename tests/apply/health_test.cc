#include "tests/apply/health_rows.h"

namespace holdfast {
namespace {

Object Hook(const std::string& bundle) {
  return Make("admissionregistration.k8s.io/v1 MutatingWebhookConfiguration w",
              "'webhooks':[{'name':'a.example.com','clientConfig':{'caBundle':" + bundle +
                  ",'service':{'name':'hook','namespace':'default'}}}]");
}
Object Slice(const std::string& ready) {
  return Make("discovery.k8s.io/v1 EndpointSlice default/hook-x",
              "'endpoints':[{'conditions':{'ready':" + ready + "}}]",
              "'labels':{'kubernetes.io/service-name':'hook'}");
}

TEST_CASE("all other kinds") {
  const auto custom = [](const std::string& status) {
    return Make("example.com/v1 Db default/main", Reported(status), kSeen);
  };
  const Object definition = Make("apiextensions.k8s.io/v1 CustomResourceDefinition c",
                                 "'status':{'conditions':[{'type':'Established','status':"
                                 "'True'},{'type':'NamesAccepted','status':'True'}]}");
  const auto service = [](const std::string& spec) {
    return Make("v1 Service default/s", "'spec':{" + spec + "}");
  };
  CheckRows({
      {"a definition", definition, {}, "Current", "established"},
      {"a definition to come",
       Make("apiextensions.k8s.io/v1 CustomResourceDefinition c"),
       {},
       "InProgress",
       "not established"},
      {"a definition whose names are taken",
       Make("apiextensions.k8s.io/v1 CustomResourceDefinition c",
            "'status':{" + Conditions("NamesAccepted", "False", "", "taken by x") + "}"),
       {},
       "Failed",
       "taken by x"},
      {"a namespace",
       Make("v1 Namespace n", "'status':{'phase':'Active'}"),
       {},
       "Current",
       "active"},
      {"a namespace that goes",
       Make("v1 Namespace n", "'status':{'phase':'Terminating'}"),
       {},
       "Terminating",
       "deleted"},
      {"a headless Service", service("'clusterIP':'None'"), {}, "Current", "address"},
      {"a load balancer without a cloud",
       service("'type':'LoadBalancer','clusterIP':'10.0.0.1'"),
       {},
       "Current",
       "pending"},
      {"a Service without an address",
       service("'type':'ClusterIP'"),
       {},
       "InProgress",
       "no cluster"},
      {"a budget",
       Make("policy/v1 PodDisruptionBudget default/b", Reported(""), kSeen),
       {},
       "Current",
       "seen"},
      {"a budget that protects nothing",
       Make("policy/v1 PodDisruptionBudget default/b",
            Reported(
                Conditions("DisruptionAllowed", "False", "SyncFailed", "no controller")),
            kSeen),
       {},
       "Failed",
       "no controller"},
      {"a Secret", MysqlSecret(), {}, "Current", "there"},
      {"an API that is away",
       Make("apiregistration.k8s.io/v1 APIService a",
            "'status':{" + Conditions("Available", "False", "", "no endpoints") + "}"),
       {},
       "InProgress",
       "no endpoints"},
      {"an Ingress without an address yet",
       Make("networking.k8s.io/v1 Ingress default/i"),
       {},
       "Current",
       "pending"},
      {"a webhook that nobody trusts yet",
       Hook("''"),
       {},
       "InProgress",
       "no caBundle"},
      {"a webhook behind which nobody answers",
       Hook("'QQ=='"),
       {Slice("false")},
       "InProgress",
       "no pod behind Service default/hook is ready"},
      {"a webhook whose server is ready", Hook("'QQ=='"), {Slice("true")}, "Current", "ready"},
      {"a namespace that cannot end",
       Make("v1 Namespace n",
            "'status':{'phase':'Terminating','conditions':[{'type':'NamespaceContentRemaining'"
            ",'status':'True','message':'Some resources are remaining: pods. has 1 "
            "resource instances'}]}",
            "'deletionTimestamp':'t','finalizers':['example.com/hold']"),
       {},
       "Terminating",
       "finalizers: example.com/hold; Some resources are remaining: pods."},
      {"a claim that a pod keeps",
       Make("v1 PersistentVolumeClaim default/c", "",
            "'deletionTimestamp':'t','finalizers':['kubernetes.io/pvc-protection']"),
       {Make("v1 Pod default/p",
             "'spec':{'volumes':[{'name':'v','persistentVolumeClaim':{'claimName':'c'}}]}")},
       "Terminating",
       "pod p has it mounted"},
      {"a custom object that is ready",
       custom(Conditions("Ready", "True")),
       {},
       "Current",
       "ready"},
      {"one that is not",
       custom(Conditions("Ready", "False", "", "electing")),
       {},
       "InProgress",
       "electing"},
      {"one that is stuck",
       custom(Conditions("Stalled", "True", "", "bad spec")),
       {},
       "Failed",
       "bad spec"},
      {"one that works",
       custom(Conditions("Reconciling", "True", "", "rolling")),
       {},
       "InProgress",
       "rolling"},
      {"one that has not seen this version",
       Make("example.com/v1 Db default/main", "'status':{'observedGeneration':1}", kSeen),
       {},
       "Unknown",
       "seen"},
      {"one that reports nothing",
       Make("example.com/v1 Db default/main"),
       {},
       "Current",
       "there"},
  });
}

}  // namespace
}  // namespace holdfast
