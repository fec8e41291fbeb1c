#include "tests/apply/rule_cases.h"

namespace holdfast {
namespace {

RuleCase Changed(const char* rule, const char* finding, const Object& before,
                 const Object& after, const std::vector<Object>& around = {}) {
  return {rule, finding, Changing(before, after, around), after.ref()};
}

RuleCase Added(const char* rule, const char* finding, const Object& object,
               const std::vector<Object>& around = {}) {
  return {rule, finding, Adding(object, around), object.ref()};
}

/// The server says that `field` of the object is fixed.
RuleCase Fixed(const char* finding, const std::string& head, const std::string& field) {
  const Object object = Make(head);
  World world;
  world.Rejected(object, object,
                 {Rejection::Kind::kInvalid,
                  422,
                  "x is invalid",
                  {{field, "field is immutable", ""}}});
  return {"RefuseImmutableChange", finding, world, object.ref()};
}

std::vector<RuleCase> ImmutableCases() {
  const Object claim = Claim("c");
  World no_growth;
  no_growth.Rejected(claim, claim,
                     {Rejection::Kind::kForbidden, 403, "no resize of it", {}});
  return {
      Fixed("H-C5 refuse", "v1 PersistentVolumeClaim default/c", "spec.volumeMode"),
      Fixed("H-D2 refuse", "apps/v1 StatefulSet default/s", "spec.podManagementPolicy"),
      Fixed("H-D3 refuse", "apps/v1 StatefulSet default/s", "spec.volumeClaimTemplates"),
      Fixed("H-D4 refuse", "v1 PersistentVolumeClaim default/c",
            "spec.resources.requests.storage"),
      {"RefuseImmutableChange", "H-D5 refuse", no_growth, claim.ref()},
      Fixed("H-D6 refuse", "apps/v1 Deployment default/d", "spec.selector"),
      Fixed("H-D7 refuse", "apps/v1 StatefulSet default/s", "spec.serviceName"),
      Fixed("H-D8 refuse", "v1 Service default/s", "spec.clusterIP"),
      Fixed("H-D9 refuse", "v1 Secret default/s", "type"),
      Fixed("H-D10 refuse", "batch/v1 Job default/j", "spec.template"),
      Fixed("H-D11 refuse", "storage.k8s.io/v1 StorageClass c", "provisioner"),
  };
}

Object Sized(const std::string& size) {
  return Make("v1 PersistentVolumeClaim default/c",
              "'spec':{'storageClassName':'fast','resources':{'requests':{'storage':'" +
                  size + "'}}},'status':{'phase':'Bound','capacity':{'storage':'2Gi'}}");
}

Object Volume(const std::string& spec) {
  return Make("v1 PersistentVolume pv",
              "'spec':{" + spec + "},'status':{'phase':'Bound'}");
}

std::vector<RuleCase> StorageCases() {
  const Object fixed_class =
      Make("storage.k8s.io/v1 StorageClass fast", "'provisioner':'x'");
  const Object dying =
      Make("v1 PersistentVolumeClaim default/c", "'status':{'phase':'Bound'}",
           "'deletionTimestamp':'2026-01-01T00:00:00Z'");
  const Object dying_config = Make("v1 ConfigMap default/c", "",
                                   "'deletionTimestamp':'2026-01-01T00:00:00Z'");
  const Object no_default = Make("storage.k8s.io/v1 StorageClass fast");
  const Object is_default =
      Make("storage.k8s.io/v1 StorageClass fast", "",
           "'annotations':{'storageclass.kubernetes.io/is-default-class':'true'}");
  RuleCase of_default =
      Changed("GuardDefaultClass", "H-G7 approval", no_default, is_default);
  of_default.world.Unchanged(
      Make("v1 PersistentVolumeClaim default/any", "'spec':{'resources':{}}"));
  return {
      Changed("GuardClaimSize", "H-D4 refuse", Sized("2Gi"), Sized("1Gi"), {fixed_class}),
      Changed("GuardClaimSize", "H-D5 refuse", Sized("2Gi"), Sized("3Gi"), {fixed_class}),
      Changed("GuardVolumeFields", "H-A4 approval",
              Volume("'persistentVolumeReclaimPolicy':'Retain'"),
              Volume("'persistentVolumeReclaimPolicy':'Delete'")),
      Changed("GuardVolumeFields", "H-A5 refuse",
              Volume("'claimRef':{'namespace':'default','name':'c'}"), Volume("")),
      Changed("HoldTerminating", "H-A2 hold", dying, dying),
      Changed("HoldTerminating", "H-I5 warn", dying_config, dying_config),
      of_default,
      Added("GuardReAddedClaim", "H-C6 approval", Claim("c"),
            {LocalPath(),
             Volume("'claimRef':{'namespace':'default','name':'c','uid':'u'}")}),
      Added("GuardLeftVolumes", "H-C6 approval", Cassandra(),
            {LocalPath(), CassandraService(),
             Volume("'claimRef':{'namespace':'default','name':'data-cassandra-0','uid':'u'}"
                    )}),
  };
}

std::vector<RuleCase> WorkloadCases() {
  const std::string when_deleted =
      "'replicas':3,'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Delete'}";
  const std::string when_scaled =
      ",'persistentVolumeClaimRetentionPolicy':{'whenScaled':'Delete'}";
  const std::string recreate = "'replicas':1,'strategy':{'type':'Recreate'}";
  const std::string mount = "'name':'data','mountPath':'/var/lib/mysql'";
  const std::string image = "/spec/template/spec/containers/0/image";
  const std::string args = "/spec/template/spec/containers/0/args";
  const std::string env = "/spec/template/spec/containers/0/env";
  World conflict;
  conflict.Rejected(Cassandra(), Cassandra(),
                    {Rejection::Kind::kFieldConflict,
                     409,
                     "conflict",
                     {{".spec.replicas", "", "kubectl"}}});
  return {
      {"RefuseFieldConflict", "H-E7 refuse", conflict, Cassandra().ref()},
      Changed("GuardRetentionPolicy", "H-B2 approval", Cassandra(),
              Cassandra(when_deleted), CassandraAround()),
      Changed("GuardScaleDown", "H-B3 refuse", Cassandra("'replicas':3" + when_scaled),
              Cassandra("'replicas':2" + when_scaled), CassandraAround()),
      Changed("GuardScaleDown", "H-F6 refuse", Cassandra(), Cassandra("'replicas':2"),
              CassandraAround()),
      Changed("GuardScaleDown", "H-F7 refuse", Cassandra(), Cassandra(""),
              CassandraAround()),
      Changed("GuardStrategy", "H-E1 refuse", Mysql(recreate), Mysql("'replicas':1"),
              MysqlAround()),
      Changed("GuardStrategy", "H-E2 refuse", Mysql(recreate),
              Mysql("'replicas':2,'strategy':{'type':'Recreate'}"), MysqlAround()),
      Changed("GuardDataPath", "H-C2 refuse", Mysql(),
              Mysql(recreate, mount, "'emptyDir':{}"), MysqlAround()),
      Changed("GuardDataPath", "H-C3 refuse", Mysql(),
              Mysql(recreate, "'name':'data','mountPath':'/data'"), MysqlAround()),
      Changed("GuardPodData", "H-B1 refuse", Mysql(recreate, mount, "'ephemeral':{}"),
              With(Mysql(recreate, mount, "'ephemeral':{}"), args, "['--x']"),
              {MysqlSecret()}),
      Changed("GuardEngineVersion", "H-F10 refuse", Mysql(),
              With(Mysql(), image, "'mysql:8.0.36'"), MysqlAround()),
      Changed("GuardInitialSettings", "H-C4 refuse", Mysql(),
              With(Mysql(), args, "['--datadir=/x']"), MysqlAround()),
      Changed("GuardInitialSettings", "H-F11 refuse", Mysql(),
              With(Mysql(), args, "['--innodb-page-size=8k']"), MysqlAround()),
      Changed("GuardInitialSettings", "H-F5 refuse", Cassandra(),
              With(Cassandra(), env + "/1", "{'name':'CASSANDRA_DC','value':'x'}"),
              CassandraAround()),
      Changed("GuardInitialSettings", "H-F9 approval", Cassandra(),
              With(Cassandra(), env + "/0/value", "'cassandra-1.cassandra'"),
              CassandraAround()),
  };
}

std::vector<RuleCase> NeighbourCases() {
  const auto secret = [](const std::string& value) {
    return Make("v1 Secret default/mysql-root-password",
                "'data':{'password':'" + value + "'}");
  };
  RuleCase rotated =
      Changed("GuardInitialPassword", "H-F1 approval", secret("b2xk"), secret("bmV3"));
  rotated.world.Unchanged(Mysql());
  const auto pod = [](const std::string& spec) {
    return Make("v1 Pod default/p", "'spec':{'containers':[]," + spec + "}");
  };
  const Object foreign =
      Make("v1 ConfigMap default/c", "", "'labels':{'argocd.argoproj.io/instance':'a'}");
  RuleCase adopted = Changed("WarnForeignOwner", "H-H8 warn", foreign, foreign);
  adopted.world.input.inventory.entries.clear();
  return {
      rotated,
      Added("GuardMissingReference", "H-F2 hold",
            pod("'imagePullSecrets':[{'name':'s'}]")),
      Added("GuardMissingReference", "H-F18 hold", Cassandra(), {LocalPath()}),
      Added("GuardMissingReference", "H-G8 hold", Claim("c")),
      Added("GuardMissingReference", "H-G10 hold", pod("'serviceAccountName':'a'")),
      Added("GuardMissingKey", "H-F2 refuse", Mysql(),
            {Claim("mysql", kBound),
             Make("v1 Secret default/mysql-root-password", "'data':{}")}),
      adopted,
      Changed("WarnForeignOwner", "H-H10 refuse",
              Make("v1 ConfigMap default/c", "",
                   "'labels':{'applyset.kubernetes.io/part-of':'other'}"),
              Make("v1 ConfigMap default/c")),
  };
}

/// The hazards of how a database runs: its members, its time, its place.
std::vector<RuleCase> RunningCases() {
  const std::string pod = "/spec/template/spec/";
  const std::string container = pod + "containers/0/";
  const Object grace = With(Cassandra(), pod + "terminationGracePeriodSeconds", "1800");
  const Object parallel = With(Cassandra(), "/spec/podManagementPolicy", "'Parallel'");
  const auto member = [](int i) {
    return Claim("data-cassandra-" + std::to_string(i), kBound);
  };
  const Object on_a = Make(
      "v1 PersistentVolume pv-data-cassandra-0",
      "'spec':{'nodeAffinity':{'required':{'nodeSelectorTerms':[{'matchExpressions':[{'"
      "key':'kubernetes.io/hostname','operator':'In','values':['a']}]}]}}}");
  const Object node_a =
      Make("v1 Node a", "", "'labels':{'kubernetes.io/hostname':'a'}");
  RuleCase elsewhere =
      Changed("GuardScheduling", "H-F16 refuse", Cassandra(),
              With(Cassandra(), pod + "nodeSelector", "{'kubernetes.io/hostname':'b'}"),
              {CassandraService(), LocalPath(), member(0), on_a, node_a});
  elsewhere.world.Lists("", "Node");
  RuleCase on_delete =
      Changed("GuardRollout", "H-G2 warn",
              With(Cassandra(), "/spec/updateStrategy", "{'type':'OnDelete'}"),
              With(With(Cassandra(), "/spec/updateStrategy", "{'type':'OnDelete'}"),
                   "/spec/template/metadata/annotations", "{'a':'b'}"),
              CassandraAround());
  on_delete.world.input.predictions[Cassandra().ref()].fields = {
      {"spec.template.spec.containers[name=\"cassandra\"].image", Json("a"), Json("b"), ""}};
  return {
      Added("GuardStrategy", "H-E4 note", Mysql(), MysqlAround()),
      Changed("GuardJoiningMembers", "H-B4 approval", Cassandra("'replicas':3"),
              Cassandra("'replicas':4"), {CassandraService(), LocalPath(), member(3)}),
      Added("GuardJoiningMembers", "H-C7 refuse", Cassandra(),
            {CassandraService(), LocalPath(), member(1)}),
      Added("GuardJoiningMembers", "H-F8 refuse", parallel, CassandraAround()),
      Changed("GuardUser", "H-F13 approval", Cassandra(),
              With(Cassandra(), pod + "securityContext", "{'fsGroup':1}"),
              CassandraAround()),
      Changed("GuardGrace", "H-F14 refuse", grace,
              With(grace, pod + "terminationGracePeriodSeconds", "60"),
              CassandraAround()),
      Changed("WarnProbes", "H-F15 warn", Cassandra(),
              With(Cassandra(), container + "livenessProbe", "{'tcpSocket':{}}"),
              CassandraAround()),
      elsewhere,
      on_delete,
      Changed("GuardRollout", "H-F7 refuse",
              With(Cassandra(), "/spec/updateStrategy", "{'type':'OnDelete'}"),
              Cassandra(), CassandraAround()),
      Changed("GuardRollout", "H-G4 refuse", Cassandra(),
              With(Cassandra(), "/spec/updateStrategy",
                   "{'rollingUpdate':{'maxUnavailable':2}}"),
              CassandraAround()),
      Added("WarnNamedNode", "H-G6 warn", With(Cassandra(), pod + "nodeName", "'a'"),
            CassandraAround()),
      Changed("GuardDangerousSettings", "H-F12 approval", Mysql(),
              With(Mysql(), container + "args", "['--skip-grant-tables']"),
              MysqlAround()),
  };
}

/// Those of what is around a database.
std::vector<RuleCase> SurroundingCases() {
  const auto finalized = [](const std::string& finalizers) {
    return Make("v1 ConfigMap default/c", "", "'finalizers':[" + finalizers + "]");
  };
  const auto typed = [](const std::string& type) {
    return Make("v1 Service default/s", "'spec':{'type':'" + type + "'}");
  };
  RuleCase unreachable =
      Changed("GuardService", "H-F18 refuse", MysqlService(),
              With(MysqlService(), "/spec/ports/0/port", "3307"));
  unreachable.world.Unchanged(Mysql()).Unchanged(Wordpress()).Unchanged(MysqlSecret());
  const Object with_address =
      Make("v1 Service default/cassandra", "'spec':{'selector':{'app':'cassandra'}}");
  const Object job = Make("batch/v1 Job default/migrate", "'spec':{'template':{}}");
  RuleCase rerun = Added("GuardJobRerun", "H-D10 refuse", job);
  rerun.world.Ours(job);
  rerun.world.input.inventory.entries[job.ref()].finished = "then";
  rerun.world.input.job_hashes[job.ref()] = "now";
  RuleCase classless = Added("GuardClassOfNewClaim", "H-G7 refuse",
                             Make("v1 PersistentVolumeClaim default/c", "'spec':{}"));
  classless.world.Lists("storage.k8s.io", "StorageClass");
  const auto grows = [](const std::string& member) {
    return Make("storage.k8s.io/v1 StorageClass fast", member);
  };
  RuleCase second = Added("RefuseSecondWriter", "H-E3 refuse", Mysql(), MysqlAround());
  second.world.Live(With(Mysql(), "/metadata/name", "'old'"));
  RuleCase scaled = Added(
      "GuardAutoscaler", "H-E2 refuse",
      Make("autoscaling/v2 HorizontalPodAutoscaler default/h",
           "'spec':{'maxReplicas':3,'scaleTargetRef':{'apiVersion':'apps/v1','kind':'Deployment','name':'"
           "wordpress-mysql'}}"));
  scaled.world.Unchanged(Mysql()).Live(MysqlSecret()).Live(Claim("mysql", kBound));
  const auto config = [](const std::string& value) {
    return Make("v1 ConfigMap default/conf", "'data':{'f':'" + value + "'}");
  };
  RuleCase unread = Changed("NoteUnreadChange", "H-F4 note", config("a"), config("b"));
  unread.world.Unchanged(With(Mysql(), "/spec/template/spec/volumes/1",
                              "{'name':'c','configMap':{'name':'conf'}}"));
  unread.world.input.predictions[config("").ref()].fields = {
      {"data.f", Json("a"), Json("b"), ""}};
  RuleCase budget = Added("GuardBudget", "H-F17 refuse",
                          With(CassandraBudget(), "/spec/maxUnavailable", "2"));
  budget.world.Unchanged(Cassandra());
  RuleCase spent = Changed("WarnSpentBudget", "H-F17 warn", Cassandra(), Cassandra());
  spent.world.Live(With(CassandraBudget(), "/status",
                        "{'disruptionsAllowed':0,'currentHealthy':2,'expectedPods':3}"));
  spent.world.input.predictions[Cassandra().ref()].fields = {
      {"spec.template.metadata.annotations.x", Json("a"), Json("b"), ""}};
  RuleCase denied = Added(
      "GuardNetworkPolicy", "H-F19 approval",
      Make("networking.k8s.io/v1 NetworkPolicy default/deny",
           "'spec':{'podSelector':{},'policyTypes':['Ingress']}"));
  denied.world.Unchanged(Cassandra()).Lists("networking.k8s.io", "NetworkPolicy");
  const auto backup = [](const std::string& suspend) {
    return Make("batch/v1 CronJob default/backup", "'spec':{'suspend':" + suspend + "}");
  };
  const auto quota = [](const std::string& pods) {
    return Make("v1 ResourceQuota default/q",
                "'spec':{'hard':{'pods':'" + pods + "'}},'status':{'used':{'pods':'5'}}");
  };
  const auto role = [](const std::string& verbs) {
    return Make("rbac.authorization.k8s.io/v1 ClusterRole holdfast",
                "'rules':[{'apiGroups':[''],'resources':['pods'],'verbs':[" + verbs +
                    "]}]");
  };
  const Object own_binding = Make(
      "rbac.authorization.k8s.io/v1 ClusterRoleBinding holdfast",
      "'roleRef':{'kind':'ClusterRole','name':'holdfast'},'subjects':[{'kind':'"
      "ServiceAccount','name':'holdfast','namespace':'holdfast-system'}]");
  return {
      Changed("RefuseFinalizerLoss", "H-A10 refuse", finalized("'a/b'"), finalized("")),
      Added("WarnServiceUse", "H-F18 warn", Cassandra(), {with_address, LocalPath()}),
      Added("WarnUnusedClaim", "H-G5 warn", Claim("c"), {LocalPath()}),
      Changed("GuardService", "H-D8 approval", typed("LoadBalancer"),
              typed("ClusterIP")),
      unreachable,
      rerun,
      classless,
      Changed("WarnClassChange", "H-D11 warn", grows("'allowVolumeExpansion':true"),
              grows("'allowVolumeExpansion':false")),
      second,
      scaled,
      unread,
      budget, spent,
      denied,
      Changed("GuardBackupChange", "H-F20 approval", backup("false"), backup("true")),
      Changed("WarnQuota", "H-G9 warn", quota("9"), quota("4")),
      Added("WarnWebhook", "H-G11 warn",
            Make("admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration w",
                 "'webhooks':[{'name':'w','rules':[{'apiGroups':[''],'resources':['pods'"
                 "]}]}]")),
      Changed("GuardOwnRights", "H-H9 hold", role("'get','list'"), role("'get'"),
              {own_binding}),
      Added("RefuseOwnRecord", "H-H9 refuse",
            Make("v1 ConfigMap holdfast-system/holdfast-inventory-x")),
      Changed("GuardInitialSettings", "H-F10 approval", Cassandra(),
              With(Cassandra(), "/spec/template/spec/containers/0/args",
                   "['--storage_compatibility_mode=NONE']"),
              CassandraAround()),
  };
}

Object DataCenter(const std::string& spec) {
  return Make("cassandra.datastax.com/v1beta1 CassandraDatacenter default/dc1",
              "'spec':{" + spec + "}");
}

std::vector<RuleCase> OperatorCases() {
  const auto stored = [](const std::string& size) {
    return DataCenter(
        "'storageConfig':{'cassandraDataVolumeClaimSpec':{'resources':{'requests':{'"
        "storage':'" +
        size + "'}}}}");
  };
  const auto racks = [](const std::string& names) {
    return DataCenter("'racks':[" + names + "]");
  };
  const auto content = [](const std::string& policy) {
    return Make("snapshot.storage.k8s.io/v1 VolumeSnapshotContent c",
                "'spec':{'deletionPolicy':'" + policy + "'}");
  };
  const char* rule = "GuardOperatorChange";
  return {
      Changed(rule, "H-A9 approval", DataCenter("'size':3"), DataCenter("'size':2")),
      Changed(rule, "H-D4 refuse", stored("2Gi"), stored("1Gi")),
      Changed(rule, "H-F10 refuse", DataCenter("'serverVersion':'4.1.4'"),
              DataCenter("'serverVersion':'4.0.4'")),
      Changed(rule, "H-F5 refuse", racks("{'name':'r1'},{'name':'r2'}"),
              racks("{'name':'r1'}")),
      Changed("GuardSnapshotPolicy", "H-A7 approval", content("Retain"),
              content("Delete")),
  };
}

/// A set of one member whose claim template is not as it was.
RuleCase Templates(const char* finding, const std::string& field) {
  const Object set = Make(
      "apps/v1 StatefulSet default/s",
      "'spec':{'replicas':1,'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{'"
      "storageClassName':'fast','resources':{'requests':{'storage':'1Gi'}}}}]},'status':{'"
      "observedGeneration':3,'replicas':1,'readyReplicas':1,'currentRevision':'r','"
      "updateRevision':'r'}",
      "'generation':3");
  const bool grows = field.starts_with("spec");
  const Object after =
      grows ? With(set, "/spec/volumeClaimTemplates/0/spec/resources/requests/storage",
                   "'2Gi'")
            : set;
  World world;
  world.Rejected(set, after,
                 {Rejection::Kind::kInvalid,
                  422,
                  "updates to statefulset spec are forbidden",
                  {{"spec", "Forbidden: updates to statefulset spec", ""}}});
  world.input.predictions[set.ref()].fields = {
      {"spec.volumeClaimTemplates[metadata.name=\"data\"]." + field, Json("1Gi"),
       Json("2Gi"), ""}};
  world.Live(Make("storage.k8s.io/v1 StorageClass fast", "'allowVolumeExpansion':true"))
      .Live(Make("v1 PersistentVolumeClaim default/data-s-0",
                 "'spec':{'storageClassName':'fast','resources':{'requests':{'storage':'1Gi'"
                 "}}},'status':{'phase':'Bound','capacity':{'storage':'1Gi'}}"));
  return {"GuardTemplateChange", finding, world, set.ref()};
}

std::vector<RuleCase> RolloutCases() {
  const Object before = Cassandra("'replicas':3", "cassandra", "'readyReplicas':2");
  // Which pod holds it up cannot be told without a list of them.
  return {
      Changed("HoldBrokenRollout", "H-G3 hold", before,
              With(before, "/spec/template/spec/containers/0/image", "'cassandra:4.1.11'"),
              CassandraAround()),
      Templates("H-D3 approval", "spec.resources.requests.storage"),
      Templates("H-D2 approval", "metadata.labels.team"),
  };
}

}  // namespace

std::vector<RuleCase> ChangeCases() {
  std::vector<RuleCase> cases;
  for (const auto& part :
       {ImmutableCases(), StorageCases(), WorkloadCases(), NeighbourCases(),
        RunningCases(), SurroundingCases(), OperatorCases(), RolloutCases()}) {
    cases.insert(cases.end(), part.begin(), part.end());
  }
  return cases;
}

}  // namespace holdfast
