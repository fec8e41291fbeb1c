#include "diff/effects.h"

#include <doctest/doctest.h>

#include "diff/compare.h"
#include "diff/core_schema.h"
#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

TEST_CASE("what comes with an object that is new") {
  struct Row {
    std::string what;
    std::string kind;
    std::string spec;
    std::vector<std::string> told;
  };
  const std::string claims = R"("volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
      "storageClassName": "fast", "resources": {"requests": {"storage": "10Gi"}}}}])";
  const std::string size = R"("resources": {"requests": {"storage": "5Gi"}})";
  const Row rows[] = {
      {"one after the other", "apps/v1 StatefulSet", R"("replicas": 3, )" + claims,
       {"starts 3 pods, x-0 to x-2, each when the one before is ready",
        "claims data: 10Gi of class fast for each pod that has none yet"}},
      {"all at once", "apps/v1 StatefulSet",
       R"("replicas": 2, "podManagementPolicy": "Parallel", "ordinals": {"start": 5})",
       {"starts 2 pods, x-5 to x-6, all at once"}},
      {"one pod", "apps/v1 StatefulSet", R"("serviceName": "x")", {"starts 1 pod, x-0"}},
      {"none", "apps/v1 Deployment", R"("replicas": 0)", {"starts no pod: its replicas are 0"}},
      {"a claim", "v1 PersistentVolumeClaim", size, {"asks for 5Gi of the default class"}},
      {"without a class", "v1 PersistentVolumeClaim", R"("storageClassName": "", )" + size,
       {"asks for 5Gi of no class"}},
      {"out of a snapshot", "v1 PersistentVolumeClaim",
       R"("dataSource": {"kind": "VolumeSnapshot", "name": "s"}, )" + size,
       {"asks for 5Gi of the default class, filled from VolumeSnapshot s"}},
      {"of a volume", "v1 PersistentVolumeClaim", R"("volumeName": "pv", )" + size,
       {"takes the volume pv"}},
      {"suspended", "batch/v1 Job", R"("suspend": true)", {"runs nothing: it is suspended"}},
      {"by the clock", "batch/v1 CronJob", R"("schedule": "@daily")",
       {"runs by the schedule @daily"}},
      {"an address", "v1 Service", R"("type": "LoadBalancer")",
       {"asks for a load balancer with an external address"}},
      {"nothing to say", "v1 Service", R"("type": "ClusterIP")", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto blank = row.kind.find(' ');
    CHECK(EffectsOfCreation(O(R"({"apiVersion": ")" + row.kind.substr(0, blank) +
                              R"(", "kind": ")" + row.kind.substr(blank + 1) +
                              R"(", "metadata": {"name": "x", "namespace": "default"}, "spec": {)" +
                              row.spec + "}}")) == row.told);
  }
}

TEST_CASE("what Kubernetes does next") {
  struct Row {
    std::string what;
    std::string kind;  ///< "apps/v1 StatefulSet"
    std::string before;
    std::string after;
    std::vector<std::string> told;
  };
  const std::string image1 =
      R"("template": {"spec": {"containers": [{"name": "c", "image": "1"}]}})";
  const std::string image2 =
      R"("template": {"spec": {"containers": [{"name": "c", "image": "2"}]}})";
  const std::string on_delete = R"("updateStrategy": {"type": "OnDelete"}, )";
  const std::string sts = "apps/v1 StatefulSet";
  const std::string deployment = "apps/v1 Deployment";
  const Row rows[] = {
      {"an image",
       sts,
       R"("replicas": 3, )" + image1,
       R"("replicas": 3, )" + image2,
       {"rolls 3 pods, highest ordinal first"}},
      {"an image of one pod", sts, image1, image2, {"rolls 1 pod"}},
      {"of no pod",
       sts,
       R"("replicas": 0, )" + image1,
       R"("replicas": 0, )" + image2,
       {}},
      {"by hand",
       sts,
       on_delete + image1,
       on_delete + image2,
       {"no pod restarts until it is deleted by hand (OnDelete)"}},
      {"with a partition",
       sts,
       R"("replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 2}}, )" +
           image1,
       R"("replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 2}}, )" +
           image2,
       {"rolls 1 pod; the partition keeps 2"}},
      {"all behind the partition",
       sts,
       R"("replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 3}}, )" +
           image1,
       R"("replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 3}}, )" +
           image2,
       {"no pod restarts: the partition is 3"}},
      {"up",
       sts,
       "\"replicas\": 3",
       "\"replicas\": 5",
       {"adds pods cassandra-3, cassandra-4"}},
      {"up by many",
       sts,
       "\"replicas\": 0",
       "\"replicas\": 9",
       {"adds pods cassandra-0, cassandra-1, cassandra-2, cassandra-3, cassandra-4 and 4 "
        "more"}},
      {"down", sts, "\"replicas\": 3", "\"replicas\": 2", {"deletes pod cassandra-2"}},
      {"down, with ordinals that begin at 5",
       sts,
       R"("replicas": 3, "ordinals": {"start": 5})",
       R"("replicas": 1, "ordinals": {"start": 5})",
       {"deletes pods cassandra-7, cassandra-6"}},
      {"down and another image",
       sts,
       R"("replicas": 3, )" + image1,
       R"("replicas": 2, )" + image2,
       {"deletes pod cassandra-2", "rolls 2 pods, highest ordinal first"}},
      {"a Deployment",
       deployment,
       R"("replicas": 2, )" + image1,
       R"("replicas": 2, )" + image2,
       {"rolls 2 pods"}},
      {"Recreate",
       deployment,
       R"("strategy": {"type": "Recreate"}, )" + image1,
       R"("strategy": {"type": "Recreate"}, )" + image2,
       {"stops its pod, then starts a new one"}},
      {"paused",
       deployment,
       R"("paused": true, )" + image1,
       R"("paused": true, )" + image2,
       {"no pod restarts: it is paused"}},
      {"a Deployment down",
       deployment,
       "\"replicas\": 3",
       "\"replicas\": 1",
       {"deletes 2 pods"}},
      {"a DaemonSet",
       "apps/v1 DaemonSet",
       image1,
       image2,
       {"rolls its pods, node by node"}},
      {"another kind of this name",
       "apps.kruise.io/v1 StatefulSet",
       R"("replicas": 3)",
       R"("replicas": 2)",
       {}},
      {"a selector",
       "v1 Service",
       R"("selector": {"app": "a"})",
       R"("selector": {"app": "b"})",
       {"traffic goes to the pods of the new selector at once"}},
      {"a type",
       "v1 Service",
       R"("type": "LoadBalancer")",
       R"("type": "ClusterIP")",
       {"gives up its load balancer and its external address"}},
      {"a claim",
       "v1 PersistentVolumeClaim",
       R"("resources": {"requests": {"storage": "1Gi"}})",
       R"("resources": {"requests": {"storage": "2Gi"}})",
       {"the volume grows from 1Gi to 2Gi; it cannot shrink again"}},
      {"a claim of the same size",
       "v1 PersistentVolumeClaim",
       R"("resources": {"requests": {"storage": "1Gi"}})",
       R"("resources": {"requests": {"storage": "1024Mi"}})",
       {}},
      {"nothing", sts, image1, image1, {}},
      {"what restarts nothing",
       sts,
       "\"minReadySeconds\": 1",
       "\"minReadySeconds\": 2",
       {"no pod restarts"}},
      {"ordinals that move up",
       sts,
       R"("replicas": 3, "ordinals": {"start": 0})",
       R"("replicas": 3, "ordinals": {"start": 2})",
       {"deletes pods cassandra-1, cassandra-0", "adds pods cassandra-3, cassandra-4"}},
      {"ordinals that move down",
       sts,
       R"("replicas": 2, "ordinals": {"start": 2})",
       R"("replicas": 2, "ordinals": {"start": 0})",
       {"deletes pods cassandra-3, cassandra-2", "adds pods cassandra-0, cassandra-1"}},
      {"another selector",
       deployment,
       R"("replicas": 2, "selector": {"matchLabels": {"a": "1"}})",
       R"("replicas": 2, "selector": {"matchLabels": {"a": "2"}})",
       {"another selector is another identity: its 2 pods would run on unmanaged beside "
        "new ones, on the same volumes"}},
      {"another Service of a StatefulSet",
       sts,
       R"("serviceName": "a")",
       R"("serviceName": "b")",
       {"another identity: its pods would be known as cassandra-N.b and no longer as "
        "cassandra-N.a"}},
      {"no longer paused",
       deployment,
       R"("paused": true)",
       R"("paused": false)",
       {"goes on rolling out: what its template was given while it was paused"}},
      {"a CronJob is suspended",
       "batch/v1 CronJob",
       R"("suspend": false)",
       R"("suspend": true)",
       {"no further run starts; running jobs go on"}},
      {"another time",
       "batch/v1 CronJob",
       R"("schedule": "0 3 * * *", "timeZone": "UTC")",
       R"("schedule": "0 4 * * *", "timeZone": "UTC")",
       {"runs at 0 4 * * *, time of UTC from now on"}},
      {"more at a time",
       "batch/v1 Job",
       R"("parallelism": 1)",
       R"("parallelism": 2)",
       {"runs 2 pods at a time"}},
      {"an autoscaler",
       "autoscaling/v2 HorizontalPodAutoscaler",
       R"("scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 3)",
       R"("scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 5)",
       {"keeps between 1 and 5 pods of Deployment web"}},
      {"a budget",
       "policy/v1 PodDisruptionBudget",
       R"("maxUnavailable": 1)",
       R"("maxUnavailable": "50%")",
       {"no pod restarts; a drain of nodes takes at most 50% of its pods at a time"}},
      {"a port that goes",
       "v1 Service",
       R"("ports": [{"port": 3306}, {"port": 33060}])",
       R"("ports": [{"port": 3306}])",
       {"its clients find nothing on port 33060 any more"}},
      {"an address that goes",
       "v1 Service",
       R"("clusterIP": "10.0.0.7")",
       R"("clusterIP": "None")",
       {"its clients lose the address 10.0.0.7"}},
      {"a volume's policy",
       "v1 PersistentVolume",
       R"("persistentVolumeReclaimPolicy": "Retain")",
       R"("persistentVolumeReclaimPolicy": "Delete")",
       {"its data are destroyed when its claim is deleted"}},
      {"a network policy",
       "networking.k8s.io/v1 NetworkPolicy",
       R"("podSelector": {"matchLabels": {"a": "1"}})",
       R"("podSelector": {"matchLabels": {"a": "2"}})",
       {"counts at once; no pod restarts"}},
  };
  const CoreSchema schema;
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto make = [&](const std::string& spec) {
      const auto space = row.kind.find(' ');
      return O(R"({"apiVersion": ")" + row.kind.substr(0, space) + R"(", "kind": ")" +
               row.kind.substr(space + 1) +
               R"(", "metadata": {"name": "cassandra"}, "spec": {)" + spec + "}}");
    };
    const Object before = make(row.before);
    const Object after = make(row.after);
    CHECK(Effects(before, after, Difference(before, after, schema)) == row.told);
  }
}

TEST_CASE("a manifest that does not name a field leaves it as it is") {
  const Object before = O(R"({"apiVersion": "apps/v1", "kind": "Deployment",
      "metadata": {"name": "x"}, "spec": {"replicas": 3, "strategy": {"type": "Recreate"}}})");
  const Object manifest = O(R"({"apiVersion": "apps/v1", "kind": "Deployment",
      "metadata": {"name": "x"}, "spec": {"template": {"spec": {"priority": 2}}}})");
  const std::vector<FieldChange> fields = {
      {"spec.template.spec.priority", Json(1), Json(2), ""}};
  CHECK(Effects(before, manifest, fields) ==
        std::vector<std::string>{"stops its 3 pods, then starts new ones"});
}

TEST_CASE("a partition that lets go of pods it has kept back") {
  const auto set = [](int partition, const std::string& update) {
    return O(
        R"({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "c"},
        "spec": {"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": )" +
        std::to_string(partition) + R"(}}}, "status": {"currentRevision": "1",
        "updateRevision": ")" +
        update + "\"}}");
  };
  const CoreSchema schema;
  const auto told = [&](const Object& before, const Object& after) {
    return Effects(before, after, Difference(before, after, schema));
  };
  CHECK(
      told(set(3, "2"), set(1, "2")) ==
      std::vector<std::string>{"rolls pods c-2, c-1, which the partition has kept back"});
  CHECK(told(set(3, "1"), set(1, "1")) == std::vector<std::string>{"no pod restarts"});
  CHECK(told(set(1, "2"), set(3, "2")) == std::vector<std::string>{"no pod restarts"});
}

TEST_CASE("what a deletion does next") {
  struct Row {
    std::string kind;
    std::string spec;
    std::string told;
  };
  const Row rows[] = {
      {"apps/v1 StatefulSet", R"("replicas": 3)",
       "stops its 3 pods, in no order; their claims stay"},
      {"apps/v1 StatefulSet",
       R"("persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"})",
       "stops its 1 pod, in no order; their claims go with them"},
      {"apps/v1 Deployment", R"("replicas": 2)", "stops its 2 pods"},
      {"v1 Service", R"("clusterIP": "10.0.0.7")",
       "its clients lose the name x.db.svc and the address 10.0.0.7"},
      {"v1 Service", R"("clusterIP": "None")", "its clients lose the name x.db.svc"},
      {"policy/v1 PodDisruptionBudget", "",
       "a drain of nodes may take down all of the pods that it protected at once"},
      {"v1 ConfigMap", "", ""},
      {"apps.kruise.io/v1 StatefulSet", "", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.kind);
    const auto space = row.kind.find(' ');
    const Object live =
        O(R"({"apiVersion": ")" + row.kind.substr(0, space) + R"(", "kind": ")" +
          row.kind.substr(space + 1) +
          R"(", "metadata": {"name": "x", "namespace": "db"}, "spec": {)" + row.spec +
          "}}");
    std::string told;
    for (const std::string& sentence : EffectsOfDeletion(live)) told += sentence;
    CHECK(told == row.told);
  }
}

}  // namespace
}  // namespace holdfast
