#include "apply/gate_timeout.h"

#include <doctest/doctest.h>

#include "tests/apply/example_objects.h"

namespace holdfast {
namespace {

TEST_CASE("each kind has its own time to get ready") {
  struct Row {
    const char* sentence;
    Object object;
    std::chrono::seconds time;
  };
  using std::chrono::minutes;
  using std::chrono::seconds;
  const auto deployment = [](const std::string& spec) {
    return Make("apps/v1 Deployment default/d", "'spec':{" + spec + "}");
  };
  const auto job = [](const std::string& spec) {
    return Make("batch/v1 Job default/j", "'spec':{" + spec + "}");
  };
  const std::vector<Row> rows = {
      {"a definition", Make("apiextensions.k8s.io/v1 CustomResourceDefinition c"), seconds(60)},
      {"a namespace", Make("v1 Namespace n"), seconds(30)},
      {"a volume", Make("v1 PersistentVolume v"), seconds(60)},
      {"a claim", Claim("c"), minutes(5)},
      {"a claim that grows", Claim("c", kBound), minutes(15)},
      {"a snapshot", Make("snapshot.storage.k8s.io/v1 VolumeSnapshot default/s"), minutes(30)},
      {"a budget", CassandraBudget(), seconds(30)},
      {"a StatefulSet of three", Cassandra(), minutes(30)},
      {"a StatefulSet of none", Cassandra("'replicas':0"), minutes(10)},
      {"a Deployment", deployment(""), minutes(10)},
      {"a Deployment with a short deadline", deployment("'progressDeadlineSeconds':60"), minutes(10)},
      {"a Deployment with none", deployment("'progressDeadlineSeconds':2147483647"), minutes(10)},
      {"a Deployment with a deadline", deployment("'progressDeadlineSeconds':3600"), seconds(3630)},
      {"a DaemonSet", Make("apps/v1 DaemonSet default/d"), minutes(10)},
      {"a Job", job(""), minutes(10)},
      {"a Job with a deadline", job("'activeDeadlineSeconds':7200"), seconds(7230)},
      {"a deadline beyond all measure", job("'activeDeadlineSeconds':9223372036854775807"),
       minutes(10)},
      {"a webhook", Make("admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration w"),
       seconds(60)},
      {"a database that an operator runs",
       Make("cassandra.datastax.com/v1beta1 CassandraDatacenter default/dc1"), minutes(30)},
      {"any other", MysqlSecret(), minutes(10)},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.sentence));
    CHECK(GateTimeout(row.object) == row.time);
  }
}

}  // namespace
}  // namespace holdfast
