#include "apply/order.h"

#include <map>
#include <set>

#include "tests/apply/example_objects.h"

namespace holdfast {
namespace {

/// "1: StorageClass local-path\n2: Secret ..." of the plan's steps.
std::string Waves(const Plan& plan) {
  std::string text;
  int wave = 0;
  for (const Step& step : plan.steps) {
    text += step.wave == wave
                ? ", "
                : (wave == 0 ? "" : "\n") + std::to_string(step.wave) + ": ";
    text += step.ref.kind + " " + step.ref.name;
    wave = step.wave;
  }
  return text;
}

World FreshInstall(const std::vector<Object>& objects) {
  World world;
  for (const Object& object : objects) world.Added(object);
  return world;
}

TEST_CASE("the example comes up class, secret, claims, services, database, client") {
  const Plan plan = MakePlan(FreshInstall(Example()).input);
  CHECK(plan.set.verdict() < Ruling::kApproval);
  CHECK(Waves(plan) ==
        "1: StorageClass local-path\n2: Secret mysql-root-password\n3: "
        "PersistentVolumeClaim mysql, PersistentVolumeClaim wordpress\n4: Service "
        "cassandra, Service wordpress-mysql\n5: Service wordpress\n6: "
        "PodDisruptionBudget cassandra\n7: Deployment wordpress-mysql, StatefulSet "
        "cassandra\n8: Deployment wordpress");
}

TEST_CASE("a step says why it waits, and for which steps") {
  const Plan plan = MakePlan(FreshInstall(Example()).input);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    for (const std::size_t need : plan.steps[i].needs) {
      CHECK(need < i);
      CHECK(plan.steps[need].wave < plan.steps[i].wave);
    }
  }
  const Step& last = plan.steps.back();
  CHECK(last.ref.name == "wordpress");
  CHECK(last.phase == 12);
  CHECK(last.why ==
        "after Deployment wordpress-mysql: env WORDPRESS_DB_HOST names Service "
        "wordpress-mysql");
  const auto database =
      std::find_if(plan.steps.begin(), plan.steps.end(),
                   [](const Step& step) { return step.ref == Mysql().ref(); });
  REQUIRE(database != plan.steps.end());
  CHECK(
      database->why ==
      "after PersistentVolumeClaim mysql: volume data names PersistentVolumeClaim mysql");
}

TEST_CASE("deletions come last, users before what they use") {
  World world;
  world.Unchanged(LocalPath());
  world.Removed(Make("v1 ConfigMap default/web"));
  world.Removed(Make("v1 Service default/web", "'spec':{'selector':{'app':'web'}}"));
  world.Removed(Make(
      "apps/v1 Deployment default/web",
      "'spec':{'template':{'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'"
      "name':'c','image':'nginx','envFrom':[{'configMapRef':{'name':'web'}}]}]}}}"));
  world.Removed(Make("networking.k8s.io/v1 Ingress default/web",
                     "'spec':{'defaultBackend':{'service':{'name':'web'}}}"));
  const Plan plan = MakePlan(world.ListsAll().input);
  CHECK(Waves(plan) ==
        "1: StorageClass local-path\n2: Ingress web\n3: Deployment web\n4: Service "
        "web\n5: ConfigMap web");
  CHECK(plan.steps[1].phase == 101);
  CHECK(plan.set.changes.back().action == Action::kDelete);
}

Object DependsOn(const std::string& name, const std::string& value) {
  return Make("v1 ConfigMap default/" + name, "",
              "'annotations':{'holdfast.dev/depends-on':'" + value + "'}");
}

TEST_CASE("an edge is stronger than a phase") {
  const Plan plan = MakePlan(
      FreshInstall({DependsOn("late", "Service/default/cassandra"), CassandraService()})
          .input);
  CHECK(Waves(plan) == "1: Service cassandra\n2: ConfigMap late");
}

TEST_CASE("a circle of hard edges refuses the revision and is printed") {
  World world = FreshInstall({DependsOn("a", "ConfigMap/default/b")});
  world.Added(DependsOn("b", "ConfigMap/default/c"), "b.yaml");
  world.Added(DependsOn("c", "ConfigMap/default/a"), "c.yaml");
  const Plan plan = MakePlan(world.input);
  CHECK(plan.steps.empty());
  REQUIRE(plan.set.findings.size() == 1);
  CHECK(plan.set.findings[0].hazard == "H-G5");
  CHECK(plan.set.findings[0].ruling == Ruling::kRefuse);
  for (const char* part :
       {"ConfigMap default/a (a.yaml:1) waits for ConfigMap default/b",
        "ConfigMap default/b (b.yaml:1) waits for ConfigMap default/c",
        "ConfigMap default/c (c.yaml:1) waits for ConfigMap default/a"}) {
    CHECK(plan.set.findings[0].reason.find(part) != std::string::npos);
  }
}

Object Server(const std::string& kind, const std::string& name, const std::string& host) {
  return Make("apps/v1 " + kind + " default/" + name,
              "'spec':{'template':{'metadata':{'labels':{'app':'" + name +
                  "'}},'spec':{'containers':[{'name':'c','image':'x','env':[{'name':'"
                  "PEER_HOST','value':'" +
                  host + "'}]}]}}}");
}
Object ServiceFor(const std::string& name) {
  return Make("v1 Service default/" + name, "'spec':{'selector':{'app':'" + name + "'}}");
}

TEST_CASE("soft edges never form a circle, and the database goes first") {
  const Plan plan =
      MakePlan(FreshInstall({Server("Deployment", "a-web", "z-db"), ServiceFor("a-web"),
                             Server("StatefulSet", "z-db", "a-web"), ServiceFor("z-db")})
                   .input);
  CHECK(plan.set.findings.empty());
  CHECK(Waves(plan) ==
        "1: Service a-web, Service z-db\n2: StatefulSet z-db\n3: Deployment a-web");
}

TEST_CASE("the name of a database is not taken for the Service of that name") {
  // MYSQL_DATABASE=wordpress in MySQL, WORDPRESS_DB_HOST=wordpress-mysql in WordPress.
  const Plan plan = MakePlan(
      FreshInstall({Mysql(), MysqlService(), Wordpress(), WordpressService(),
                    MysqlSecret(), Claim("mysql"), Claim("wordpress"), LocalPath()})
          .input);
  CHECK(plan.steps.back().ref == Wordpress().ref());
}

TEST_CASE("stateful workloads of a namespace roll one after the other") {
  const auto changed = [](const std::string& name) {
    return Server("StatefulSet", name, "nobody");
  };
  World world;
  world.Changed(changed("a"), changed("a")).Changed(changed("b"), changed("b"));
  world.Unchanged(changed("c"));
  CHECK(Waves(MakePlan(world.input)) ==
        "1: StatefulSet a, StatefulSet c\n2: StatefulSet b");
}

TEST_CASE("members of one engine's cluster take turns over namespaces") {
  const auto member = [](const std::string& head, const std::string& cluster) {
    return Make("apps/v1 StatefulSet " + head,
                "'spec':{'template':{'spec':{'containers':[{'name':'c','image':'cassandra:4','"
                "env':[{'name':'CASSANDRA_CLUSTER_NAME','value':'" +
                    cluster + "'}]}]}}}");
  };
  World world;
  for (const auto& [head, cluster] :
       {std::pair{"east/a", "main"}, {"west/b", "main"}, {"north/c", "other"}}) {
    world.Changed(member(head, cluster), member(head, cluster));
  }
  CHECK(Waves(MakePlan(world.input)) ==
        "1: StatefulSet a, StatefulSet c\n2: StatefulSet b");
}

TEST_CASE("ten thousand objects get waves without holes") {
  World world;
  constexpr int kCount = 10'000;
  for (int i = 0; i < kCount; ++i) {
    const std::string name = "o" + std::to_string(i);
    // A chain of a hundred links, over and over.
    const std::string before = "ConfigMap/default/o" + std::to_string(i - 1);
    world.Added(i % 100 == 0 ? Make("v1 ConfigMap default/" + name)
                             : DependsOn(name, before));
  }
  const Plan plan = MakePlan(world.input);
  REQUIRE(plan.steps.size() == kCount);
  std::set<int> waves;
  for (const Step& step : plan.steps) waves.insert(step.wave);
  CHECK(waves.size() == 100);
  CHECK(*waves.rbegin() == 100);
}

TEST_CASE("a chain as long as the revision does not exhaust the stack") {
  std::vector<OrderNode> nodes;
  std::vector<Edge> edges;
  constexpr int kCount = 10'000;
  for (int i = 0; i < kCount; ++i) {
    nodes.push_back({{"", "ConfigMap", "d", std::to_string(i)}, {7, 0}});
    if (i == 0) continue;
    Edge edge;
    edge.from = nodes.back().ref;
    edge.to = nodes[nodes.size() - 2].ref;
    edges.push_back(edge);
  }
  const Order order = MakeOrder(nodes, edges);
  CHECK(order.cycle.empty());
  CHECK(order.places.back().wave == kCount);
}

}  // namespace
}  // namespace holdfast
