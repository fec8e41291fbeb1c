#include "tests/apply/approval_rows.h"
#include "tests/apply/rule_cases.h"

namespace holdfast {
namespace {

Object Empty(const std::string& head, const std::string& metadata = "") {
  return Make(head, "", metadata);
}

RuleCase Case(const char* rule, const char* finding, const Object& removed,
              const std::vector<Object>& around = {}) {
  RuleCase one{rule, finding, Removing(removed), removed.ref()};
  for (const Object& object : around) one.world.Live(object);
  return one;
}

Object Reader(const std::string& pod) {
  return Make("apps/v1 Deployment default/web",
              "'spec':{'template':{'spec':{'containers':[{'name':'c','image':'nginx'}]," +
                  pod + "}}}");
}

}  // namespace

std::vector<RuleCase> DeletionCases() {
  const Object config = Empty("v1 ConfigMap default/x");
  const Object dying =
      Make("v1 PersistentVolumeClaim default/c",
           "'spec':{'volumeName':'pv'},'status':{'phase':'Bound'}",
           "'uid':'u','deletionTimestamp':'2026-01-01T00:00:00Z'");
  const Object owned =
      Make("v1 PersistentVolumeClaim default/owned", "'status':{'phase':'Bound'}",
           "'ownerReferences':[{'kind':'ConfigMap','name':'x','uid':'uid-x'}]");
  const Object fast = Empty("storage.k8s.io/v1 StorageClass fast");
  const Object default_class =
      Empty("storage.k8s.io/v1 StorageClass fast",
            "'annotations':{'storageclass.kubernetes.io/is-default-class':'true'}");
  const Object volume =
      Make("v1 PersistentVolume pv",
           "'spec':{'csi':{'driver':'d'},'claimRef':{'namespace':'default','name':'c','"
           "uid':'u'},'persistentVolumeReclaimPolicy':'Delete'}");
  RuleCase of_default = Case("GuardDefaultClassDeletion", "H-G7 approval", default_class);
  of_default.world.Unchanged(
      Make("v1 PersistentVolumeClaim default/any", "'spec':{'resources':{}}"));
  const Object binding = Make(
      "rbac.authorization.k8s.io/v1 RoleBinding default/b",
      "'subjects':[{'kind':'ServiceAccount','name':'a','namespace':'default'}]");
  const Object own_binding = Make(
      "rbac.authorization.k8s.io/v1 ClusterRoleBinding b",
      "'subjects':[{'kind':'ServiceAccount','name':'h','namespace':'holdfast-system'}]");
  const auto policy = [](const std::string& name, const std::string& ingress) {
    return Make("networking.k8s.io/v1 NetworkPolicy default/" + name,
                "'spec':{'podSelector':{},'policyTypes':['Ingress'],'ingress':" + ingress +
                    "}");
  };
  RuleCase opening =
      Case("GuardOpeningDeletion", "H-F19 approval", policy("open", "[{}]"),
           {policy("deny", "[]"), Cassandra()});
  opening.world.Lists("networking.k8s.io", "NetworkPolicy");
  RuleCase left_out = Case("RefuseLeftOut", "H-H5 refuse", config);
  left_out.world.input.left_out.emplace(ObjectRef{"", "ConfigMap", "", "x"},
                                        Source{"x.yaml.off", 1, 1});
  World purged = Removing(config);
  purged.Live(Make("v1 PersistentVolume pv-mysql",
                   "'spec':{'claimRef':{'namespace':'default','name':'mysql','uid':'uid-"
                   "mysql'},'persistentVolumeReclaimPolicy':'Retain'},'status':{'phase':'"
                   "Released','lastPhaseTransitionTime':'2026-11-10T12:00:00Z'}",
                   "'uid':'uid-pv-mysql','labels':{'holdfast.dev/quarantine':'uid-mysql'},"
                   "'annotations':{'holdfast.dev/detached-at':'2026-11-10T12:00:00Z'}"));
  purged.input.live.server_time = kNoon;
  purged.input.approvals.push_back(InApprovals(DetachSpec("{'action':'destroy'}")));
  return {
      {"GuardPurge", "H-A3 refuse", purged, {"", "PersistentVolume", "", "pv-mysql"}},
      Case("GuardBackupDeletion", "H-F20 approval",
           Empty("batch/v1 CronJob default/mysql-backup")),
      Case("WarnBudgetDeletion", "H-F17 warn", CassandraBudget(), {Cassandra()}),
      opening,
      Case("WarnAccessDeletion", "H-G10 warn", binding,
           {Reader("'serviceAccountName':'a'")}),
      Case("ForbidOwnAccessDeletion", "H-H9 refuse", own_binding),
      left_out,
      Case("ForbidClaimDeletion", "H-A1 hold", Claim("mysql", kBound)),
      Case("ForbidClaimDeletion", "H-A2 hold", dying, {volume}),
      Case("ForbidVolumeDeletion", "H-A3 refuse", Empty("v1 PersistentVolume pv")),
      Case("ForbidNamespaceDeletion", "H-A6 approval", Empty("v1 Namespace data")),
      Case("ForbidSnapshotDeletion", "H-A7 approval",
           Empty("snapshot.storage.k8s.io/v1 VolumeSnapshot default/s")),
      Case("ForbidCustomDeletion", "H-A8 hold",
           Empty("apiextensions.k8s.io/v1 CustomResourceDefinition dbs.example.com")),
      Case("ForbidCustomDeletion", "H-A9 approval", Empty("example.com/v1 Db default/d")),
      Case("ForbidDriverDeletion", "H-A11 refuse",
           Empty("storage.k8s.io/v1 CSIDriver d"), {volume}),
      Case("ForbidOwnerDeletion", "H-B1 refuse", config, {owned}),
      Case("ForbidEphemeralOwner", "H-B1 refuse",
           Make("apps/v1 Deployment default/w",
                "'spec':{'replicas':0,'template':{'spec':{'containers':[],'volumes':[{'"
                "name':'v','ephemeral':{}}]}}}")),
      Case("ForbidRetentionDelete", "H-B2 refuse",
           Cassandra("'replicas':0,'persistentVolumeClaimRetentionPolicy':{'whenDeleted':"
                     "'Delete'}")),
      Case("ForbidRunningDeletion", "H-B8 refuse", Cassandra()),
      Case("ForbidClassDeletion", "H-G8 refuse", fast,
           {Make("v1 PersistentVolumeClaim other/c",
                 "'spec':{'storageClassName':'fast'}")}),
      of_default,
      Case("ForbidNeededDeletion", "H-F2 refuse", Empty("v1 Secret default/s"),
           {Reader("'imagePullSecrets':[{'name':'s'}]")}),
      Case("ForbidNeededDeletion", "H-F18 refuse", CassandraService(), {Cassandra()}),
      Case("ForbidNeededDeletion", "H-G10 refuse", Empty("v1 ServiceAccount default/a"),
           {Reader("'serviceAccountName':'a'")}),
      Case("ForbidOwnDeletion", "H-H9 refuse",
           Empty("v1 ConfigMap holdfast-system/x")),
      Case("ForbidProtectedDeletion", "H-A1 refuse",
           Empty("v1 ConfigMap default/x",
                 "'annotations':{'holdfast.dev/protect':'true'}")),
  };
}

}  // namespace holdfast
