#include "apply/health.h"

#include "tests/apply/example_objects.h"

namespace holdfast {
namespace {

struct Row {
  std::string sentence;
  Object object;
  std::vector<Object> around;
  std::string state;
  std::string part;  ///< Of the sentence.
};

void CheckRows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    Snapshot around;
    for (const Object& object : row.around) around.Put(object);
    const Health health = HealthOf(row.object, around);
    CHECK(std::string(ToString(health.state)) == row.state);
    CAPTURE(health.sentence);
    CHECK_FALSE(health.sentence.empty());
    CHECK(health.sentence.find(row.part) != std::string::npos);
    CHECK(OpensGate(health) == (row.state == "Current" || row.state == "PendingManual"));
  }
}

const char* kSeen = "'generation':2";

std::string Status(const std::string& fields) {
  return "'status':{'observedGeneration':2" + std::string(fields.empty() ? "" : ",") + fields + "}";
}

std::string Conditions(const std::string& type, const std::string& value,
                       const std::string& reason = "", const std::string& message = "") {
  return "'conditions':[{'type':'" + type + "','status':'" + value + "','reason':'" + reason +
         "','message':'" + message + "'}]";
}

Object OwnedPod(const std::string& owner_kind, const std::string& owner, const std::string& name,
                const std::string& status, const std::string& labels = "",
                const std::string& more = "") {
  return Make("v1 Pod default/" + name, "'status':{" + status + "}",
              "'labels':{" + labels + "},'ownerReferences':[{'controller':true,'apiVersion':"
              "'apps/v1','kind':'" + owner_kind + "','name':'" + owner + "','uid':'u'}]" + more);
}

const char* kReady = "'phase':'Running','conditions':[{'type':'Ready','status':'True'}]";

std::string WaitingFor(const std::string& reason, const std::string& message = "") {
  return "'phase':'Pending','containerStatuses':[{'name':'c','image':'cassandra:9','state':{"
         "'waiting':{'reason':'" + reason + "','message':'" + message + "'}}}]";
}

TEST_CASE("claims and volumes") {
  const auto claim = [](const std::string& status, const std::string& spec = "") {
    return Make("v1 PersistentVolumeClaim default/c",
                "'spec':{'storageClassName':'local-path','resources':{'requests':{'storage':'2Gi'}}" +
                    spec + "},'status':{" + status + "}");
  };
  const Object immediate = Make("storage.k8s.io/v1 StorageClass local-path",
                                "'volumeBindingMode':'Immediate'");
  const Object failed = Make("v1 Event default/e",
                             "'type':'Warning','reason':'ProvisioningFailed','message':"
                             "'disk quota exceeded','involvedObject':{'kind':"
                             "'PersistentVolumeClaim','name':'c'}");
  CheckRows({
      {"bound", claim("'phase':'Bound','capacity':{'storage':'2Gi'}"), {}, "Current", "bound"},
      {"bound, written another way", claim("'phase':'Bound','capacity':{'storage':'2048Mi'}"), {},
       "Current", "bound"},
      {"bound and growing", claim("'phase':'Bound','capacity':{'storage':'1Gi'}"), {}, "InProgress",
       "growing from 1Gi to 2Gi"},
      {"grown but for its file system",
       claim("'phase':'Bound','capacity':{'storage':'1Gi'}," +
             Conditions("FileSystemResizePending", "True")),
       {}, "Current", "when a pod mounts it"},
      {"cannot grow",
       claim("'phase':'Bound','capacity':{'storage':'1Gi'},'allocatedResourceStatuses':{'storage':"
             "'ControllerResizeInfeasible'}"),
       {}, "Failed", "cannot grow"},
      {"waits for its first pod", claim("'phase':'Pending'"), {LocalPath()}, "Current",
       "waits for its first pod"},
      {"waits for its first pod, as far as is known", claim("'phase':'Pending'"), {}, "InProgress",
       "local-path"},
      {"waits for a volume", claim("'phase':'Pending'"), {immediate}, "InProgress", "local-path"},
      {"waits for a volume by name", claim("'phase':'Pending'", ",'volumeName':'pv'"), {LocalPath()},
       "InProgress", "volume pv"},
      {"waits in vain", claim("'phase':'Pending'"), {immediate, failed}, "InProgress",
       "disk quota exceeded"},
      {"lost", claim("'phase':'Lost'"), {}, "Failed", "lost"},
      {"no status", claim(""), {}, "Unknown", "no status"},
      {"going", Make("v1 PersistentVolumeClaim default/c", "'status':{'phase':'Bound'}",
                     "'deletionTimestamp':'t'"),
       {}, "Terminating", "deleted"},
      {"a free volume", Make("v1 PersistentVolume v", "'status':{'phase':'Available'}"), {},
       "Current", "free"},
      {"a volume whose claim went", Make("v1 PersistentVolume v", "'status':{'phase':'Released'}"),
       {}, "Failed", "Released"},
      {"a snapshot", Make("snapshot.storage.k8s.io/v1 VolumeSnapshot default/s",
                          "'status':{'readyToUse':true,'boundVolumeSnapshotContentName':'c'}"),
       {}, "Current", "ready"},
      {"a snapshot that is not ready", Make("snapshot.storage.k8s.io/v1 VolumeSnapshot default/s",
                                            "'status':{'error':{'message':'no such disk'}}"),
       {}, "InProgress", "no such disk"},
  });
}

Object Set(const std::string& spec, const std::string& status) {
  return Make("apps/v1 StatefulSet default/cassandra",
              "'spec':{" + spec + ",'volumeClaimTemplates':[{'metadata':{'name':'data'}}]}," +
                  Status(status),
              kSeen);
}

std::string Counts(int replicas, int ready, int updated, const std::string& current,
                   const std::string& update) {
  return "'replicas':" + std::to_string(replicas) + ",'readyReplicas':" + std::to_string(ready) +
         ",'availableReplicas':" + std::to_string(ready) +
         ",'updatedReplicas':" + std::to_string(updated) + ",'currentRevision':'" + current +
         "','updateRevision':'" + update + "'";
}

Object SetPod(int ordinal, const std::string& revision, const std::string& status = kReady,
              const std::string& more = "") {
  return OwnedPod("StatefulSet", "cassandra", "cassandra-" + std::to_string(ordinal), status,
                  "'controller-revision-hash':'" + revision + "'", more);
}

TEST_CASE("a StatefulSet") {
  const std::string partition = "'replicas':3,'updateStrategy':{'type':'RollingUpdate',"
                                "'rollingUpdate':{'partition':2}}";
  const std::string on_delete = "'replicas':3,'updateStrategy':{'type':'OnDelete'}";
  CheckRows({
      {"all there", Set("'replicas':3", Counts(3, 3, 3, "a", "a")), {}, "Current", "3 of 3"},
      {"stopped", Set("'replicas':0", Counts(0, 0, 0, "a", "a")), {}, "Current", "stopped"},
      {"not seen yet",
       Make("apps/v1 StatefulSet default/cassandra", "'status':{'observedGeneration':1}", kSeen), {},
       "Unknown", "not seen"},
      {"no status", Make("apps/v1 StatefulSet default/cassandra", "", kSeen), {}, "Unknown", "seen"},
      {"one missing, and why", Set("'replicas':3", Counts(3, 2, 3, "a", "a")),
       {SetPod(2, "a", WaitingFor("ImagePullBackOff"))}, "InProgress",
       "2 of 3 pods ready; cassandra-2: image pull back-off (cassandra:9)"},
      {"an image name that no one can pull", Set("'replicas':3", Counts(3, 2, 3, "a", "a")),
       {SetPod(2, "a", WaitingFor("InvalidImageName"))}, "Failed", "not valid"},
      {"ready, but of the old template", Set("'replicas':3", Counts(3, 3, 1, "a", "b")), {},
       "InProgress", "2 still of the old template"},
      {"the count says new, a pod's label says old", Set("'replicas':3", Counts(3, 3, 3, "a", "b")),
       {SetPod(0, "a"), SetPod(1, "b"), SetPod(2, "b")}, "InProgress", "1 still of the old"},
      {"a pod is still going", Set("'replicas':3", Counts(3, 3, 3, "b", "b")),
       {SetPod(0, "b", kReady, ",'deletionTimestamp':'t'")}, "InProgress", "is being deleted"},
      {"paused at a partition", Set(partition, Counts(3, 3, 1, "a", "b")), {}, "PendingManual",
       "2 of 3 pods old: paused at partition 2"},
      {"above the partition not rolled yet", Set(partition, Counts(3, 3, 0, "a", "b")), {},
       "InProgress", "1 still of the old"},
      {"a partition and nothing to roll", Set(partition, Counts(3, 3, 3, "a", "a")), {}, "Current",
       "3 of 3"},
      {"waits for somebody to delete pods", Set(on_delete, Counts(3, 3, 1, "a", "b")), {},
       "PendingManual", "2 of 3 pods old"},
      {"OnDelete and rolled", Set(on_delete, Counts(3, 3, 3, "b", "b")), {}, "Current", "3 of 3"},
      {"OnDelete and not ready", Set(on_delete, Counts(3, 2, 1, "a", "b")), {}, "InProgress",
       "2 of 3"},
      {"a claim without a volume", Set("'replicas':3", Counts(1, 0, 1, "a", "a")),
       {Make("v1 PersistentVolumeClaim default/data-cassandra-0", "'status':{'phase':'Pending'}"),
        Make("v1 Event default/e", "'type':'Warning','message':'no node has room','involvedObject':{"
                                   "'kind':'PersistentVolumeClaim','name':'data-cassandra-0'}")},
       "InProgress", "claim data-cassandra-0 is not bound: no node has room"},
      {"a claim of a member that left", Set("'replicas':1", Counts(1, 1, 1, "a", "a")),
       {Make("v1 PersistentVolumeClaim default/data-cassandra-7", "'status':{'phase':'Pending'}")},
       "Current", "1 of 1"},
  });
}

Object App(const std::string& spec, const std::string& status) {
  return Make("apps/v1 Deployment default/app", "'spec':{" + spec + "}," + Status(status), kSeen);
}

std::string AppCounts(int replicas, int ready, int updated, const std::string& reason,
                      const std::string& progressing = "True") {
  return "'replicas':" + std::to_string(replicas) + ",'readyReplicas':" + std::to_string(ready) +
         ",'availableReplicas':" + std::to_string(ready) +
         ",'updatedReplicas':" + std::to_string(updated) +
         ",'conditions':[{'type':'Available','status':'" + (ready > 0 ? "True" : "False") +
         "'},{'type':'Progressing','status':'" + progressing + "','reason':'" + reason + "'}]";
}

TEST_CASE("a Deployment") {
  const std::string done = "NewReplicaSetAvailable";
  const Object pod =
      Make("v1 Pod default/app-5d-x", "'status':{" + WaitingFor("CrashLoopBackOff") + "}",
           "'labels':{'pod-template-hash':'5d'},'ownerReferences':[{'controller':true,'apiVersion':"
           "'apps/v1','kind':'ReplicaSet','name':'app-5d'}]");
  CheckRows({
      {"all there", App("'replicas':1", AppCounts(1, 1, 1, done)), {}, "Current", "1 of 1"},
      {"counts right, rollout not done", App("'replicas':1", AppCounts(1, 1, 1, "ReplicaSetUpdated")),
       {}, "InProgress", "1 of 1"},
      {"old pods left", App("'replicas':1", AppCounts(2, 2, 1, "ReplicaSetUpdated")), {},
       "InProgress", "1 still of the old"},
      {"Recreate between two pods",
       App("'replicas':1,'strategy':{'type':'Recreate'}", AppCounts(0, 0, 0, "ReplicaSetUpdated")), {},
       "InProgress", "0 of 1"},
      {"ends again and again", App("'replicas':1", AppCounts(1, 0, 1, "ReplicaSetUpdated")), {pod},
       "InProgress", "app-5d-x: ends again and again"},
      {"over its deadline",
       App("'replicas':1", AppCounts(1, 0, 1, "ProgressDeadlineExceeded", "False")), {pod}, "Failed",
       "app-5d-x"},
      {"stopped", App("'replicas':0", "'replicas':0"), {}, "Current", "stopped"},
      {"paused", App("'replicas':1,'paused':true", AppCounts(1, 1, 1, done)), {}, "PendingManual",
       "paused"},
      {"not seen yet", Make("apps/v1 Deployment default/app", "'status':{'observedGeneration':1}",
                            kSeen),
       {}, "Unknown", "seen"},
  });
}

TEST_CASE("pods and what makes them") {
  const auto daemons = [](const std::string& strategy, int updated) {
    return Make("apps/v1 DaemonSet default/d", "'spec':{'updateStrategy':{'type':'" + strategy + "'}}," +
                    Status("'desiredNumberScheduled':2,'currentNumberScheduled':2,'numberReady':2,"
                           "'numberAvailable':2,'updatedNumberScheduled':" + std::to_string(updated)),
                kSeen);
  };
  const auto pod = [](const std::string& status) {
    return Make("v1 Pod default/p", "'status':{" + status + "}");
  };
  const auto job = [](const std::string& status) {
    return Make("batch/v1 Job default/j", "'status':{" + status + "}");
  };
  CheckRows({
      {"daemons", daemons("RollingUpdate", 2), {}, "Current", "2 of 2"},
      {"daemons that roll", daemons("RollingUpdate", 1), {}, "InProgress", "2 of 2"},
      {"daemons that wait", daemons("OnDelete", 1), {}, "PendingManual", "1 of 2 pods old"},
      {"a Job that is done", job(Conditions("Complete", "True")), {}, "Current", "complete"},
      {"a Job that runs", job("'active':1"), {}, "InProgress", "0 of 1"},
      {"a Job that failed", job(Conditions("Failed", "True", "", "too many tries")), {}, "Failed",
       "too many tries"},
      {"a pod that is ready", pod(kReady), {}, "Current", "ready"},
      {"a pod that runs", pod("'phase':'Running'"), {}, "InProgress", "not ready"},
      {"a pod without a node",
       pod("'phase':'Pending'," + Conditions("PodScheduled", "False", "Unschedulable",
                                            "0/3 nodes are available")),
       {}, "InProgress", "0/3 nodes are available"},
      {"a pod without its configuration",
       pod(WaitingFor("CreateContainerConfigError", "secret x not found")), {}, "InProgress",
       "secret x not found"},
      {"a pod that ended well", pod("'phase':'Succeeded'"), {}, "Current", "ended"},
      {"a pod that failed", pod("'phase':'Failed','message':'evicted'"), {}, "Failed", "evicted"},
      {"a CronJob", Make("batch/v1 CronJob default/c"), {}, "Current", "there"},
  });
}

TEST_CASE("all other kinds") {
  const auto custom = [](const std::string& status) {
    return Make("example.com/v1 Db default/main", Status(status), kSeen);
  };
  const Object definition = Make(
      "apiextensions.k8s.io/v1 CustomResourceDefinition c",
      "'status':{'conditions':[{'type':'Established','status':'True'},{'type':'NamesAccepted',"
      "'status':'True'}]}");
  const auto service = [](const std::string& spec) {
    return Make("v1 Service default/s", "'spec':{" + spec + "}");
  };
  CheckRows({
      {"a definition", definition, {}, "Current", "established"},
      {"a definition to come", Make("apiextensions.k8s.io/v1 CustomResourceDefinition c"), {},
       "InProgress", "not established"},
      {"a definition whose names are taken",
       Make("apiextensions.k8s.io/v1 CustomResourceDefinition c",
            "'status':{" + Conditions("NamesAccepted", "False", "", "taken by x") + "}"),
       {}, "Failed", "taken by x"},
      {"a namespace", Make("v1 Namespace n", "'status':{'phase':'Active'}"), {}, "Current", "active"},
      {"a namespace that goes", Make("v1 Namespace n", "'status':{'phase':'Terminating'}"), {},
       "Terminating", "deleted"},
      {"a headless Service", service("'clusterIP':'None'"), {}, "Current", "address"},
      {"a load balancer without a cloud", service("'type':'LoadBalancer','clusterIP':'10.0.0.1'"), {},
       "Current", "pending"},
      {"a Service without an address", service("'type':'ClusterIP'"), {}, "InProgress", "no cluster"},
      {"a budget", Make("policy/v1 PodDisruptionBudget default/b", Status(""), kSeen), {}, "Current",
       "seen"},
      {"a budget that protects nothing",
       Make("policy/v1 PodDisruptionBudget default/b",
            Status(Conditions("DisruptionAllowed", "False", "SyncFailed", "no controller")), kSeen),
       {}, "Failed", "no controller"},
      {"a Secret", MysqlSecret(), {}, "Current", "there"},
      {"an API that is away",
       Make("apiregistration.k8s.io/v1 APIService a",
            "'status':{" + Conditions("Available", "False", "", "no endpoints") + "}"),
       {}, "InProgress", "no endpoints"},
      {"a custom object that is ready", custom(Conditions("Ready", "True")), {}, "Current", "ready"},
      {"one that is not", custom(Conditions("Ready", "False", "", "electing")), {}, "InProgress",
       "electing"},
      {"one that is stuck", custom(Conditions("Stalled", "True", "", "bad spec")), {}, "Failed",
       "bad spec"},
      {"one that works", custom(Conditions("Reconciling", "True", "", "rolling")), {}, "InProgress",
       "rolling"},
      {"one that has not seen this version",
       Make("example.com/v1 Db default/main", "'status':{'observedGeneration':1}", kSeen), {},
       "Unknown", "seen"},
      {"one that reports nothing", Make("example.com/v1 Db default/main"), {}, "Current", "there"},
  });
}

}  // namespace
}  // namespace holdfast
