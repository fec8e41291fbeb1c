#include "apply/engine_version.h"

#include "tests/apply/rule_cases.h"

namespace holdfast {
namespace {

std::string Step(const std::string& image, const std::string& from,
                 const std::string& to) {
  const Engine* engine = EngineOfImage(image);
  REQUIRE(engine != nullptr);
  const auto before = ParseEngineVersion(from);
  const auto after = ParseEngineVersion(to);
  REQUIRE(before);
  REQUIRE(after);
  const VersionStep step = JudgeVersionStep(*engine, *before, *after);
  CHECK(step.reason.empty() == (step.ruling == Ruling::kOk));
  return std::string(ToString(step.ruling));
}

TEST_CASE("tags") {
  CHECK(TagOf("mysql:8.4") == "8.4");
  CHECK(TagOf("host:5000/library/mysql:8.4.6-oracle@sha256:abc") == "8.4.6-oracle");
  CHECK(TagOf("host:5000/mysql") == "");
  CHECK(ParseEngineVersion("8.4.6-oracle")->ToString() == "8.4.6");
  CHECK(ParseEngineVersion("v4.1")->ToString() == "4.1");
  CHECK(ParseEngineVersion("5")->ToString() == "5");
  for (const char* none : {"", "latest", "lts", "v", "20260101123", "-8"}) {
    CAPTURE(std::string(none));
    CHECK_FALSE(ParseEngineVersion(none));
  }
}

TEST_CASE("which version may follow which") {
  struct Row {
    const char* image;
    const char* from;
    const char* to;
    const char* ruling;
  };
  const Row rows[] = {
      {"mysql", "8.4.6", "8.4.7", "ok"},
      {"mysql", "8.4.7", "8.4.6", "ok"},
      {"mysql", "8.0.40", "8.0.35", "ok"},
      {"mysql", "8.0.40", "8.0.34", "refuse"},
      {"mysql", "5.7.44", "5.7.43", "refuse"},
      {"mysql", "8.0", "8.0.40", "ok"},
      {"mysql", "5.7", "8.0", "approval"},
      {"mysql", "8.0.40", "8.4.6", "approval"},
      {"mysql", "8.4", "9.7", "approval"},
      {"mysql", "8.0", "8.1", "approval"},
      {"mysql", "8.4", "9.3", "approval"},
      {"mysql", "5.7", "8.4", "refuse"},
      {"mysql", "5.7", "8.1", "refuse"},
      {"mysql", "8.0", "9.0", "refuse"},
      {"mysql", "8.2", "8.4", "refuse"},
      {"mysql", "8.4", "8.0", "refuse"},
      {"mysql", "9.0.1", "8.4.6", "refuse"},
      {"mysql", "8.4", "12.0", "refuse"},
      {"mysql", "8", "8.4", "refuse"},
      {"percona-server", "8.0.40", "8.4.1", "approval"},
      {"percona-server", "8.4.1", "8.0.40", "refuse"},
      {"mariadb", "10.11.6", "10.11.7", "ok"},
      {"mariadb", "10.6", "11.4", "approval"},
      {"mariadb", "11.4", "10.11", "refuse"},
      {"mariadb", "10.11.7", "10.11.6", "approval"},
      {"cassandra", "4.1.10", "4.1.11", "ok"},
      {"cassandra", "4.0.1", "4.1.0", "approval"},
      {"cassandra", "4.1", "5.0", "approval"},
      {"cassandra", "3.11", "4.1", "approval"},
      {"cassandra", "3.11", "5.0", "refuse"},
      {"cassandra", "4.1", "4.0", "refuse"},
      {"cassandra", "5", "5.0", "refuse"},
      {"postgres", "16.1", "16.2", "ok"},
      {"postgres", "16", "16.2", "ok"},
      {"postgres", "16.2", "17.0", "refuse"},
      {"postgres", "9.5", "9.6", "refuse"},
      {"mongo", "7.0.1", "7.0.2", "ok"},
      {"mongo", "7.0", "8.0", "approval"},
      {"mongo", "8.0", "7.0", "refuse"},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.image));
    CAPTURE(std::string(row.from));
    CAPTURE(std::string(row.to));
    CHECK(Step(row.image, row.from, row.to) == row.ruling);
  }
}

Object WithImage(const Object& object, const std::string& image,
                 const std::string& annotation = "") {
  Json json = object.json();
  json["spec"]["template"]["spec"]["containers"][0]["image"] = image;
  if (!annotation.empty()) {
    json["metadata"]["annotations"]["holdfast.dev/engine-version"] = annotation;
  }
  return *Object::Make(json);
}

TEST_CASE("another image on the same data") {
  struct Row {
    const char* sentence;
    const char* from;
    const char* to;
    const char* findings;
    const char* stated = "";  ///< Annotation on both.
  };
  const Row rows[] = {
      {"a patch", "mysql:8.4.3", "mysql:8.4.6", ""},
      {"a mirror", "mysql:8.4.3", "registry.example.com/mirror/mysql:8.4.3", ""},
      {"an upgrade", "mysql:8.0.40", "mysql:8.4.6", "H-F10 approval"},
      {"a revert of it", "mysql:8.4.6", "mysql:8.0.40", "H-F10 refuse"},
      {"a skipped series", "mysql:5.7", "mysql:8.4", "H-F10 refuse"},
      {"another engine", "mysql:8.4.3", "mariadb:11.4", "H-F10 refuse"},
      {"another build", "mysql:8.4.3", "bitnami/mysql:8.4.3", "H-F10 refuse"},
      {"no version any more", "mysql:8.4.3", "mysql:latest", "H-F10 refuse"},
      {"digests alone", "mysql@sha256:a", "mysql@sha256:b", "H-F10 refuse"},
      {"digests of a stated version", "mysql@sha256:a", "mysql@sha256:b", "", "8.4.6"},
      {"what is no database", "busybox:1", "busybox:2", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.sentence));
    CHECK(WhenChanged(WithImage(Mysql(), row.from, row.stated),
                      WithImage(Mysql(), row.to, row.stated),
                      MysqlAround()) == row.findings);
  }
}

Object MysqlPod(const std::string& image, const std::string& phase = "Running") {
  return Make("v1 Pod default/wordpress-mysql-0",
              "'spec':{'containers':[{'name':'mysql','image':'" + image +
                  "'},{'name':'proxy','image':'envoy:1'}]},'status':{'phase':'" + phase + "'}",
              "'ownerReferences':[{'controller':true,'apiVersion':'apps/v1','kind':'Deployment',"
              "'name':'wordpress-mysql','uid':'u'}]");
}

TEST_CASE("what pods run counts beside what the template says") {
  struct Row {
    const char* sentence;
    const char* runs;
    const char* from;
    const char* to;
    const char* findings;
    const char* phase = "Running";
  };
  const Row rows[] = {
      {"it runs what it says", "mysql:8.4.3", "mysql:8.4.3", "mysql:8.4.6", ""},
      {"two series at once", "mysql:5.7.44", "mysql:8.0.40", "mysql:8.4.6",
       "H-F10 approval, H-F10 refuse"},
      {"the template was put back by hand", "mysql:8.4.6", "mysql:8.0.40", "mysql:8.0.40",
       "H-F10 refuse"},
      {"an approved upgrade that is not through", "mysql:8.0.40", "mysql:8.4.6",
       "mysql:8.4.6", ""},
      {"a pod that ran before", "mysql:8.4.6", "mysql:8.0.40", "mysql:8.0.40", "", "Failed"},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.sentence));
    Json after = WithImage(Mysql(), row.to).json();
    after["spec"]["template"]["metadata"]["annotations"]["example.com/touched"] = "today";
    std::vector<Object> around = MysqlAround();
    around.push_back(MysqlPod(row.runs, row.phase));
    CHECK(WhenChanged(WithImage(Mysql(), row.from), *Object::Make(after), around) ==
          row.findings);
  }
}

TEST_CASE("pods of another template that cannot be listed hold") {
  const std::string spec = "'replicas':1,'strategy':{'type':'Recreate'}";
  const std::string mount = "'name':'data','mountPath':'/var/lib/mysql'";
  const std::string source = "'persistentVolumeClaim':{'claimName':'mysql'}";
  const auto judged = [&](const std::string& status) {
    World world = Changing(Mysql(spec, mount, source, status),
                           WithImage(Mysql(), "mysql:8.4.6"), MysqlAround());
    world.Gap("", "Pod");
    return Judged(world, Mysql().ref());
  };
  CHECK(judged("'replicas':1,'updatedReplicas':1") == "");
  CHECK(judged("'replicas':2,'updatedReplicas':1") == "H-F10 hold");
  // A rollout that is under way, of which Git wants nothing new.
  World rolling;
  rolling.ListsAll().Unchanged(
      Mysql(spec, mount, source, "'replicas':2,'updatedReplicas':1"));
  for (const Object& one : MysqlAround()) rolling.Live(one);
  rolling.Gap("", "Pod");
  CHECK(Judged(rolling, Mysql().ref()) == "");
}

TEST_CASE("a container of another name is still that database") {
  Json json = WithImage(Mysql(), "mysql:8.0.40").json();
  json["spec"]["template"]["spec"]["containers"][0]["name"] = "db";
  CHECK(WhenChanged(WithImage(Mysql(), "mysql:8.4.6"), *Object::Make(json), MysqlAround())
            .find("H-F10 refuse") != std::string::npos);
}

TEST_CASE("where there are no data, any image may come") {
  const Object without = Make("apps/v1 Deployment default/web",
                              "'spec':{'template':{'metadata':{'labels':{'app':'web'}},'"
                              "spec':{'containers':[{'name':"
                              "'c','image':'mysql:8.4.6'}]}}}");
  CHECK(WhenChanged(without, WithImage(without, "mysql:8.0.40")).find("H-F10") ==
        std::string::npos);
}

}  // namespace
}  // namespace holdfast
