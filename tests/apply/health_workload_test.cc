#include "tests/apply/health_rows.h"

namespace holdfast {
namespace {

Object Set(const std::string& spec, const std::string& status) {
  return Make("apps/v1 StatefulSet default/cassandra",
              "'spec':{" + spec +
                  ",'volumeClaimTemplates':[{'metadata':{'name':'data'}}]}," +
                  Reported(status),
              kSeen);
}

std::string Counts(int replicas, int ready, int updated, const std::string& current,
                   const std::string& update) {
  return "'replicas':" + std::to_string(replicas) +
         ",'readyReplicas':" + std::to_string(ready) +
         ",'availableReplicas':" + std::to_string(ready) +
         ",'updatedReplicas':" + std::to_string(updated) + ",'currentRevision':'" +
         current + "','updateRevision':'" + update + "'";
}

Object SetPod(int ordinal, const std::string& revision,
              const std::string& status = kReady, const std::string& more = "") {
  return OwnedPod("StatefulSet", "cassandra", "cassandra-" + std::to_string(ordinal),
                  status, "'controller-revision-hash':'" + revision + "'", more);
}

TEST_CASE("a StatefulSet") {
  const std::string partition =
      "'replicas':3,'updateStrategy':{'type':'RollingUpdate','rollingUpdate':{'partition'"
      ":2}}";
  const std::string on_delete = "'replicas':3,'updateStrategy':{'type':'OnDelete'}";
  CheckRows({
      {"all there",
       Set("'replicas':3", Counts(3, 3, 3, "a", "a")),
       {},
       "Current",
       "3 of 3"},
      {"stopped",
       Set("'replicas':0", Counts(0, 0, 0, "a", "a")),
       {},
       "Current",
       "stopped"},
      {"not seen yet",
       Make("apps/v1 StatefulSet default/cassandra", "'status':{'observedGeneration':1}",
            kSeen),
       {},
       "Unknown",
       "not seen"},
      {"no status",
       Make("apps/v1 StatefulSet default/cassandra", "", kSeen),
       {},
       "Unknown",
       "seen"},
      {"one missing, and why",
       Set("'replicas':3", Counts(3, 2, 3, "a", "a")),
       {SetPod(2, "a", WaitingFor("ImagePullBackOff"))},
       "InProgress",
       "2 of 3 pods ready; cassandra-2: image pull back-off (cassandra:9)"},
      {"an image name that no one can pull",
       Set("'replicas':3", Counts(3, 2, 3, "a", "a")),
       {SetPod(2, "a", WaitingFor("InvalidImageName"))},
       "Failed",
       "not valid"},
      {"ready, but of the old template",
       Set("'replicas':3", Counts(3, 3, 1, "a", "b")),
       {},
       "InProgress",
       "2 still of the old template"},
      {"the count says new, a pod's label says old",
       Set("'replicas':3", Counts(3, 3, 3, "a", "b")),
       {SetPod(0, "a"), SetPod(1, "b"), SetPod(2, "b")},
       "InProgress",
       "1 still of the old"},
      {"a pod is still going",
       Set("'replicas':3", Counts(3, 3, 3, "b", "b")),
       {SetPod(0, "b", kReady, ",'deletionTimestamp':'t'")},
       "InProgress",
       "is being deleted"},
      {"paused at a partition",
       Set(partition, Counts(3, 3, 1, "a", "b")),
       {},
       "PendingManual",
       "2 of 3 pods old: paused at partition 2"},
      {"a partition counts from the first ordinal",
       Set("'replicas':3,'ordinals':{'start':2},'updateStrategy':{'type':'RollingUpdate','"
           "rollingUpdate':{'partition':2}}",
           Counts(3, 3, 1, "a", "b")),
       {SetPod(2, "a"), SetPod(3, "a"), SetPod(4, "b")},
       "PendingManual",
       "2 of 3 pods old (cassandra-2, cassandra-3): paused at partition 2"},
      {"above the partition not rolled yet",
       Set(partition, Counts(3, 3, 0, "a", "b")),
       {},
       "InProgress",
       "1 still of the old"},
      {"a partition and nothing to roll",
       Set(partition, Counts(3, 3, 3, "a", "a")),
       {},
       "Current",
       "3 of 3"},
      {"waits for somebody to delete pods",
       Set(on_delete, Counts(3, 3, 1, "a", "b")),
       {},
       "PendingManual",
       "2 of 3 pods old"},
      {"and which those are",
       Set(on_delete, Counts(3, 3, 1, "a", "b")),
       {SetPod(0, "a"), SetPod(1, "a"), SetPod(2, "b")},
       "PendingManual",
       "2 of 3 pods old (cassandra-0, cassandra-1): with update strategy OnDelete"},
      {"a quota forbids the second pod",
       Set("'replicas':2", Counts(1, 1, 1, "a", "a")),
       {SetPod(0, "a"),
        Make("v1 Event default/cassandra.17c3",
             "'type':'Warning','message':'create Pod cassandra-1 failed: exceeded "
             "quota','involvedObject':{'kind':'StatefulSet','name':'cassandra'}")},
       "InProgress",
       "exceeded quota"},
      {"OnDelete and rolled",
       Set(on_delete, Counts(3, 3, 3, "b", "b")),
       {},
       "Current",
       "3 of 3"},
      {"OnDelete and not ready",
       Set(on_delete, Counts(3, 2, 1, "a", "b")),
       {},
       "InProgress",
       "2 of 3"},
      {"a claim without a volume",
       Set("'replicas':3", Counts(1, 0, 1, "a", "a")),
       {Make("v1 PersistentVolumeClaim default/data-cassandra-0",
             "'status':{'phase':'Pending'}"),
        Make("v1 Event default/data-cassandra-0.17c3",
             "'type':'Warning','message':'no node has "
             "room','involvedObject':{'kind':'PersistentVolumeClaim','name':'data-"
             "cassandra-0'}")},
       "InProgress",
       "claim data-cassandra-0 is not bound: no node has room"},
      {"a claim of a member that left",
       Set("'replicas':1", Counts(1, 1, 1, "a", "a")),
       {Make("v1 PersistentVolumeClaim default/data-cassandra-7",
             "'status':{'phase':'Pending'}")},
       "Current",
       "1 of 1"},
  });
}

Object App(const std::string& spec, const std::string& status) {
  return Make("apps/v1 Deployment default/app",
              "'spec':{" + spec + "}," + Reported(status), kSeen);
}

std::string AppCounts(int replicas, int ready, int updated, const std::string& reason,
                      const std::string& progressing = "True") {
  return "'replicas':" + std::to_string(replicas) +
         ",'readyReplicas':" + std::to_string(ready) +
         ",'availableReplicas':" + std::to_string(ready) +
         ",'updatedReplicas':" + std::to_string(updated) +
         ",'conditions':[{'type':'Available','status':'" +
         (ready > 0 ? "True" : "False") + "'},{'type':'Progressing','status':'" +
         progressing + "','reason':'" + reason + "'}]";
}

TEST_CASE("a Deployment") {
  const std::string done = "NewReplicaSetAvailable";
  const Object pod =
      Make("v1 Pod default/app-5d-x", "'status':{" + WaitingFor("CrashLoopBackOff") + "}",
           "'labels':{'pod-template-hash':'5d'},'ownerReferences':[{'controller':true,'"
           "apiVersion':'apps/v1','kind':'ReplicaSet','name':'app-5d'}]");
  CheckRows({
      {"all there",
       App("'replicas':1", AppCounts(1, 1, 1, done)),
       {},
       "Current",
       "1 of 1"},
      {"counts right, rollout not done",
       App("'replicas':1", AppCounts(1, 1, 1, "ReplicaSetUpdated")),
       {},
       "InProgress",
       "1 of 1"},
      {"old pods left",
       App("'replicas':1", AppCounts(2, 2, 1, "ReplicaSetUpdated")),
       {},
       "InProgress",
       "1 still of the old"},
      {"Recreate between two pods",
       App("'replicas':1,'strategy':{'type':'Recreate'}",
           AppCounts(0, 0, 0, "ReplicaSetUpdated")),
       {},
       "InProgress",
       "0 of 1"},
      {"ends again and again",
       App("'replicas':1", AppCounts(1, 0, 1, "ReplicaSetUpdated")),
       {pod},
       "InProgress",
       "app-5d-x: ends again and again"},
      {"over its deadline",
       App("'replicas':1", AppCounts(1, 0, 1, "ProgressDeadlineExceeded", "False")),
       {pod},
       "Failed",
       "app-5d-x"},
      {"stopped", App("'replicas':0", "'replicas':0"), {}, "Current", "stopped"},
      {"paused",
       App("'replicas':1,'paused':true", AppCounts(1, 1, 1, done)),
       {},
       "PendingManual",
       "paused"},
      {"not seen yet",
       Make("apps/v1 Deployment default/app", "'status':{'observedGeneration':1}", kSeen),
       {},
       "Unknown",
       "seen"},
  });
}

TEST_CASE("pods and what makes them") {
  const auto daemons = [](const std::string& strategy, int updated) {
    return Make(
        "apps/v1 DaemonSet default/d",
        "'spec':{'updateStrategy':{'type':'" + strategy + "'}}," +
            Reported("'desiredNumberScheduled':2,'currentNumberScheduled':2,'numberReady'"
                     ":2,'numberAvailable':2,'updatedNumberScheduled':" +
                     std::to_string(updated)),
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
      {"daemons that wait",
       daemons("OnDelete", 1),
       {},
       "PendingManual",
       "1 of 2 pods old"},
      {"a Job that is done",
       job(Conditions("Complete", "True")),
       {},
       "Current",
       "complete"},
      {"a Job that runs", job("'active':1"), {}, "InProgress", "0 of 1"},
      {"a Job that failed",
       job(Conditions("Failed", "True", "", "too many tries")),
       {},
       "Failed",
       "too many tries"},
      {"a pod that is ready", pod(kReady), {}, "Current", "ready"},
      {"a pod that runs", pod("'phase':'Running'"), {}, "InProgress", "not ready"},
      {"a pod without a node",
       pod("'phase':'Pending'," + Conditions("PodScheduled", "False", "Unschedulable",
                                             "0/3 nodes are available")),
       {},
       "InProgress",
       "0/3 nodes are available"},
      {"a pod without its configuration",
       pod(WaitingFor("CreateContainerConfigError", "secret x not found")),
       {},
       "InProgress",
       "secret x not found"},
      {"a pod that ended well", pod("'phase':'Succeeded'"), {}, "Current", "ended"},
      {"a pod that failed",
       pod("'phase':'Failed','message':'evicted'"),
       {},
       "Failed",
       "evicted"},
      {"a CronJob", Make("batch/v1 CronJob default/c"), {}, "Current", "there"},
  });
}

}  // namespace
}  // namespace holdfast
