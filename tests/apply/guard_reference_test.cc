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
}

}  // namespace
}  // namespace holdfast
