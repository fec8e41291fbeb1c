#include <doctest/doctest.h>

#include "apply/api_path.h"
#include "apply/discovery.h"

namespace holdfast {
namespace {

const std::string kAggregated = R"({"kind":"APIGroupDiscoveryList","items":[
  {"metadata":{"name":"autoscaling"},"versions":[
    {"version":"v2","freshness":"Current","resources":[
      {"resource":"horizontalpodautoscalers","scope":"Namespaced",
       "responseKind":{"group":"","version":"","kind":"HorizontalPodAutoscaler"}}]},
    {"version":"v1","freshness":"Current","resources":[
      {"resource":"horizontalpodautoscalers","scope":"Namespaced",
       "responseKind":{"group":"","version":"","kind":"HorizontalPodAutoscaler"}},
      {"resource":"olds","scope":"Cluster",
       "responseKind":{"group":"","version":"","kind":"Old"}},
      {"resource":"nodes","scope":"Cluster"}]}]},
  {"metadata":{"name":"away.example.org"},"versions":[{"version":"v1","freshness":"Stale"}]}
]})";

Discovery Known() {
  Discovery discovery;
  REQUIRE(AddGroups(ParseJson(kAggregated).value(), discovery).value().empty());
  discovery.resources.push_back({{"", "v1", "ConfigMap"}, "configmaps", true, true});
  discovery.resources.push_back({{"", "v1", "Node"}, "nodes", false, true});
  Finish(discovery);
  return discovery;
}

TEST_CASE(
    "aggregated discovery tells kinds, scopes, preference and what it cannot tell") {
  const Discovery discovery = Known();
  REQUIRE(discovery.resources.size() == 5);
  const ApiResource* scaler =
      discovery.FindKind("autoscaling", "HorizontalPodAutoscaler");
  REQUIRE(scaler != nullptr);
  CHECK(scaler->gvk.version == "v2");
  CHECK(scaler->namespaced);
  const ApiResource* old = discovery.FindKind("autoscaling", "Old");
  REQUIRE(old != nullptr);
  CHECK_FALSE(old->preferred);
  CHECK_FALSE(old->namespaced);
  CHECK(discovery.failed_groups == std::vector<std::string>{"away.example.org"});
}

TEST_CASE("classic discovery is read list by list") {
  Discovery discovery;
  const auto core = AddGroups(
      ParseJson(R"({"kind":"APIVersions","versions":["v1"]})").value(), discovery);
  REQUIRE(core.value().size() == 1);
  CHECK(core.value()[0].path == "/api/v1");
  const auto groups =
      AddGroups(ParseJson(R"({"kind":"APIGroupList","groups":[{"name":"batch",
        "versions":[{"groupVersion":"batch/v1","version":"v1"},
                    {"groupVersion":"batch/v1beta1","version":"v1beta1"}],
        "preferredVersion":{"version":"v1"}}]})")
                    .value(),
                discovery);
  REQUIRE(groups.value().size() == 2);
  CHECK(groups.value()[1].path == "/apis/batch/v1beta1");
  CHECK_FALSE(groups.value()[1].preferred);
  const Json list = ParseJson(R"({"kind":"APIResourceList","groupVersion":"batch/v1",
    "resources":[{"name":"jobs","kind":"Job","namespaced":true},
                 {"name":"jobs/status","kind":"Job","namespaced":true}]})")
                        .value();
  REQUIRE(AddResourceList(list, groups.value()[0], discovery).ok());
  REQUIRE(discovery.resources.size() == 1);
  CHECK(discovery.resources[0].gvk == Gvk{"batch", "v1", "Job"});
  CHECK(discovery.resources[0].preferred);
  CHECK_FALSE(AddGroups(ParseJson(R"({"kind":"Status"})").value(), discovery).ok());
  CHECK_FALSE(
      AddResourceList(ParseJson("{}").value(), groups.value()[0], discovery).ok());
}

TEST_CASE("an unknown kind is named with what is near, a failed group is unknown") {
  const Discovery discovery = Known();
  struct Case {
    Gvk gvk;
    ErrorCode code;
    std::string words;
  };
  const Case cases[] = {
      {{"autoscaling", "v3", "HorizontalPodAutoscaler"},
       ErrorCode::kInvalid,
       "it serves HorizontalPodAutoscaler as autoscaling/v2, autoscaling/v1"},
      {{"", "v1", "Foo"},
       ErrorCode::kInvalid,
       "is its CustomResourceDefinition missing?"},
      {{"away.example.org", "v1", "Foo"}, ErrorCode::kUnavailable, "unknown"},
  };
  for (const Case& row : cases) {
    CAPTURE(row.words);
    const auto found = Resolve(discovery, row.gvk);
    REQUIRE_FALSE(found.ok());
    CHECK(ToString(found.error().code) == ToString(row.code));
    CHECK(found.error().message.find(row.words) != std::string::npos);
  }
}

TEST_CASE("paths") {
  const ApiResource config_map{{"", "v1", "ConfigMap"}, "configmaps", true, true};
  const ApiResource role{
      {"rbac.authorization.k8s.io", "v1", "ClusterRole"}, "clusterroles", false, true};
  CHECK(CollectionPath(config_map, "data") == "/api/v1/namespaces/data/configmaps");
  CHECK(CollectionPath(config_map, "") == "/api/v1/configmaps");
  CHECK(ObjectPath(config_map, "data", "a").value() ==
        "/api/v1/namespaces/data/configmaps/a");
  CHECK(ObjectPath(role, "", "system:node/x").value() ==
        "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode%2Fx");
  CHECK_FALSE(ObjectPath(config_map, "", "a").ok());
  CHECK_FALSE(ObjectPath(role, "data", "a").ok());
  for (const std::string name : {"", ".", ".."}) {
    CAPTURE(name);
    CHECK_FALSE(ObjectPath(config_map, "data", name).ok());
  }
  CHECK(Query({{"limit", "500"}, {"continue", ""}, {"labelSelector", "a=b"}}) ==
        "?limit=500&labelSelector=a%3Db");
  CHECK(Query({{"continue", ""}}).empty());
}

}  // namespace
}  // namespace holdfast
