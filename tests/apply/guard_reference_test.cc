#include "tests/apply/judged.h"

namespace holdfast {
namespace {

TEST_CASE("a reference to what is nowhere holds") {
  const auto judged = [](const World& world) { return Judged(world, Wordpress().ref()); };
  World world;
  world.ListsAll().Added(Wordpress(), "wordpress.yaml");
  CHECK(judged(world) == "H-F2 hold");
  world.Live(MysqlSecret());
  CHECK(judged(world) == "H-F2 hold");
  World in_git = world;
  in_git.Added(Claim("wordpress"));
  CHECK(judged(in_git) == "");
  world.Live(Claim("wordpress", kBound));
  CHECK(judged(world) == "");
  world.Gap("", "Secret");
  world.input.live.objects.erase(MysqlSecret().ref());
  CHECK(judged(world) == "H-F2 hold");
}

TEST_CASE("missing things have the hazard of their kind") {
  const auto judged = [](const Object& object) {
    World world;
    world.Added(object);
    return Judged(world, object.ref());
  };
  CHECK(judged(Claim("c")) == "H-G8 hold");
  CHECK(judged(Make("apps/v1 StatefulSet default/s", "'spec':{'serviceName':'s'}")) ==
        "H-F18 hold");
  CHECK(judged(Make("v1 Pod default/p",
                    "'spec':{'containers':[],'serviceAccountName':'a'}")) ==
        "H-G10 hold");
  CHECK(judged(Make("v1 Pod default/p",
                    "'spec':{'containers':[{'envFrom':[{'secretRef':{'name':'s','"
                    "optional':true}}]}]}")) == "H-F2 warn");
  CHECK(judged(Make("v1 ConfigMap default/c", "",
                    "'annotations':{'holdfast.dev/depends-on':'Secret/default/typo'}")) ==
        "H-F2 hold");
  CHECK(judged(Make("v1 ConfigMap default/c", "",
                    "'annotations':{'holdfast.dev/depends-on':'mysql'}")) == "H-F2 hold");
  CHECK(judged(Make("v1 ConfigMap default/c", "",
                    "'annotations':{'holdfast.dev/depends-on':'Nonsense/default/x'}")) ==
        "H-F2 hold");
}

TEST_CASE("a class that is only a name of volumes made by hand is not missing") {
  World world;
  world.Added(Claim("c"))
      .Live(Make("v1 PersistentVolume pv", "'spec':{'storageClassName':'local-path'}"));
  CHECK(Judged(world, Claim("c").ref()) == "");
}

TEST_CASE("a key that a volume asks for counts like one in the environment") {
  const auto judged = [](const std::string& volume) {
    World world;
    const Object pod =
        Make("v1 Pod default/p",
             "'spec':{'containers':[],'volumes':[{'name':'v'," + volume + "}]}");
    world.Added(pod);
    world.Live(Make("v1 ConfigMap default/c", "'data':{'my.cnf':'x'}"));
    return Judged(world, pod.ref());
  };
  CHECK(judged("'configMap':{'name':'c','items':[{'key':'my.cnf','path':'p'}]}") == "");
  CHECK(judged("'configMap':{'name':'c','items':[{'key':'your.cnf','path':'p'}]}") ==
        "H-F2 refuse");
  CHECK(judged("'configMap':{'name':'c','optional':true,'items':[{'key':'your.cnf','path':'"
               "p'}]}") == "");
  CHECK(judged("'projected':{'sources':[{'configMap':{'name':'c','items':[{'key':'your.cnf','"
               "path':'p'}]}}]}") == "H-F2 refuse");
}

TEST_CASE("what leads through a Service that does not lead there is told") {
  struct Row {
    const char* sentence;
    Object by;
    Object service;
    std::string finding;
  };
  const auto cassandra = [](const std::string& spec) {
    return Make("v1 Service default/cassandra", "'spec':{" + spec + "}");
  };
  const auto ingress = [](const std::string& port) {
    return Make("networking.k8s.io/v1 Ingress default/web",
                "'spec':{'rules':[{'http':{'paths':[{'backend':{'service':{'name':'web','port'"
                ":{" + port + "}}}}]}}]}");
  };
  const auto web = [](const std::string& more) {
    return Make("v1 Service default/web",
                "'spec':{'ports':[{'name':'http','port':80}]" + more + "}");
  };
  const std::vector<Row> rows = {
      {"headless, and selects the members", Cassandra(), CassandraService(), ""},
      {"not headless", Cassandra(), cassandra("'selector':{'app':'cassandra'}"), "H-F18 warn"},
      {"selects others", Cassandra(), cassandra("'clusterIP':'None','selector':{'app':'x'}"),
       "H-F18 warn"},
      {"selects nothing", Cassandra(), cassandra("'clusterIP':'None'"), "H-F18 warn"},
      {"a port by number", ingress("'number':80"), web(""), ""},
      {"a port by name", ingress("'name':'http'"), web(""), ""},
      {"no such number", ingress("'number':81"), web(""), "H-F18 warn"},
      {"no such name", ingress("'name':'https'"), web(""), "H-F18 warn"},
      {"a host elsewhere", ingress("'number':81"), web(",'type':'ExternalName'"), ""},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.sentence));
    World in_git;
    in_git.Added(row.by).Added(row.service).Added(LocalPath());
    CHECK(Judged(in_git, row.by.ref()) == row.finding);
    World live;
    live.Added(row.by).Live(row.service).Live(LocalPath());
    CHECK(Judged(live, row.by.ref()) == row.finding);
  }
  World unchanged;
  unchanged.ListsAll().Unchanged(ingress("'number':81")).Unchanged(web(""));
  CHECK(Judged(unchanged, ingress("").ref()) == "");
  World moved;
  moved.ListsAll().Unchanged(ingress("'number':80")).Changed(
      web(""), Make("v1 Service default/web", "'spec':{'ports':[{'name':'http','port':81}]}"));
  CHECK(Judged(moved, ingress("").ref()) == "H-F18 warn");
  // How a database that is there is found is no news.
  const Object service = cassandra("'selector':{'app':'cassandra'}");
  World there;
  there.ListsAll().Unchanged(Cassandra()).Unchanged(service).Unchanged(LocalPath());
  CHECK(Judged(there, Cassandra().ref()) == "");
}

TEST_CASE("a new claim that waits for a pod is told where nothing brings one") {
  const auto judged = [](const std::vector<Object>& around, const Object& claim = Claim("data-db-0")) {
    World world;
    world.Added(claim).Added(LocalPath());
    for (const Object& one : around) world.Added(one);
    return Judged(world, claim.ref());
  };
  CHECK(judged({}) == "H-G5 warn");
  CHECK(judged({Mysql()}) == "H-G5 warn");
  CHECK(judged({Mysql()}, Claim("mysql")) == "");
  CHECK(judged({Make("apps/v1 StatefulSet default/db",
                     "'spec':{'volumeClaimTemplates':[{'metadata':{'name':'data'}}]}")}) == "");
  CHECK(judged({Make("example.com/v1 Db default/main")}) == "");
  CHECK(judged({Make("v1 PersistentVolume v", "'spec':{'claimRef':{'namespace':'default','name':'"
                                              "data-db-0'}}")}) == "");
  CHECK(judged({Make("v1 PersistentVolume v")},
               Make("v1 PersistentVolumeClaim default/data-db-0",
                    "'spec':{'storageClassName':'local-path','volumeName':'v'}")) == "");
  World there;
  there.Unchanged(Claim("c")).Unchanged(LocalPath());
  CHECK(Judged(there, Claim("c").ref()) == "");
}

TEST_CASE("a key that the Secret does not have is refused") {
  World world;
  world.Added(Mysql()).Added(Claim("mysql")).Added(LocalPath());
  World good = world;
  good.Added(MysqlSecret());
  CHECK(Judged(good, Mysql().ref()) == "");
  World renamed = world;
  renamed.Added(
      Make("v1 Secret default/mysql-root-password", "'stringData':{'pass':'x'}"));
  CHECK(Judged(renamed, Mysql().ref()) == "H-F2 refuse");
  World live = world;
  live.Live(Make("v1 Secret default/mysql-root-password", "'data':{'password':'eA=='}"));
  CHECK(Judged(live, Mysql().ref()) == "");
  World empty = world;
  empty.Live(Make("v1 Secret default/mysql-root-password", "'data':{'password':''}"));
  CHECK(Judged(empty, Mysql().ref()) == "H-F2 warn");
}

}  // namespace
}  // namespace holdfast
