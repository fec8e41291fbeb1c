#include "diff/effects.h"

#include <doctest/doctest.h>

#include "diff/compare.h"
#include "diff/core_schema.h"
#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

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

TEST_CASE("a changed Secret or ConfigMap restarts nothing") {
  const auto make = [](const std::string& kind, const std::string& value) {
    return O(R"({"apiVersion": "v1", "kind": ")" + kind +
             R"(", "metadata": {"name": "x"}, "data": {"a": ")" + value + "\"}}");
  };
  const CoreSchema schema;
  for (const std::string kind : {"Secret", "ConfigMap"}) {
    const Object before = make(kind, "eA==");
    const Object after = make(kind, "eQ==");
    CHECK(Effects(before, after, Difference(before, after, schema)) ==
          std::vector<std::string>{"no pod restarts: env is read at start"});
    CHECK(Effects(before, before, {}).empty());
  }
}

}  // namespace
}  // namespace holdfast
