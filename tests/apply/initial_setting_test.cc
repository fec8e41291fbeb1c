// What a database reads once, and what must agree with its data for ever.

#include "tests/apply/example_objects.h"
#include "tests/apply/judged.h"

namespace holdfast {
namespace {

/// `object` with its first container's `field` set to `value`.
Object Told(const Object& object, const std::string& field, const std::string& value) {
  Json json = object.json();
  json["spec"]["template"]["spec"]["containers"][0][field] = J(value);
  return *Object::Make(json);
}

Object Ring(const std::string& env) {
  return Told(Cassandra("'replicas':3"), "env", env);
}

TEST_CASE("what a ring is made with stays") {
  struct Row {
    const char* before;
    const char* after;
    const char* findings;
  };
  const Row rows[] = {
      {"[{'name':'CASSANDRA_CLUSTER_NAME','value':'a'}]",
       "[{'name':'CASSANDRA_CLUSTER_NAME','value':'b'}]", "H-F5 refuse"},
      {"[{'name':'CASSANDRA_DC','value':'a'}]", "[]", "H-F5 refuse"},
      {"[]", "[{'name':'CASSANDRA_ENDPOINT_SNITCH','value':'x'}]", "H-F5 refuse"},
      {"[{'name':'CASSANDRA_SEEDS','value':'a'}]",
       "[{'name':'CASSANDRA_SEEDS','value':'b'}]", "H-F9 refuse"},
      {"[{'name':'CASSANDRA_SEEDS','value':'cassandra-0.cassandra'}]",
       "[{'name':'CASSANDRA_SEEDS','value':'other, cassandra-2.cassandra'}]",
       "H-F9 approval"},
      {"[{'name':'CASSANDRA_SEEDS','value':'cassandra-0.cassandra'}]",
       "[{'name':'CASSANDRA_SEEDS','value':'cassandra-3.cassandra'}]", "H-F9 refuse"},
      {"[{'name':'CASSANDRA_SEEDS','value':'cassandra-0.cassandra'}]",
       "[{'name':'CASSANDRA_SEEDS','value':'cassandra'}]", "H-F9 approval"},
      {"[{'name':'JVM_OPTS','value':'-Xms1G'}]",
       "[{'name':'JVM_OPTS','value':'-Xms1G -Dcassandra.ignore_rack=true'}]",
       "H-F5 refuse"},
      {"[{'name':'JVM_OPTS','value':'-Dcassandra.ignore_dc=true'}]", "[]", ""},
      {"[{'name':'MAX_HEAP_SIZE','value':'1G'}]",
       "[{'name':'MAX_HEAP_SIZE','value':'2G'}]", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.before));
    CAPTURE(std::string(row.after));
    CHECK(WhenChanged(Ring(row.before), Ring(row.after), CassandraAround()) ==
          row.findings);
  }
}

TEST_CASE("the files of MySQL stay where they are and as they are") {
  const auto judged = [](const char* before, const char* after) {
    return WhenChanged(Told(Mysql(), "args", before), Told(Mysql(), "args", after),
                       MysqlAround());
  };
  CHECK(judged("['--lower-case-table-names=0']", "['--lower_case_table_names=1']") ==
        "H-F11 refuse");
  CHECK(judged("[]", "['--datadir=/var/lib/mysql/x']") == "H-C4 refuse");
  CHECK(judged("['--innodb_page_size=16k']", "['--innodb-page-size=16k']").empty());
  CHECK(judged("['--max-connections=10']", "['--max-connections=20']").empty());
}

TEST_CASE("the same in a configuration file that a database mounts") {
  const auto config = [](const std::string& text) {
    return Make("v1 ConfigMap default/my", "'data':{'my.cnf':'" + text + "'}");
  };
  const auto judged = [&](const std::string& before, const std::string& after,
                          bool mounts) {
    World world;
    Json json = Mysql().json();
    if (mounts) {
      json["spec"]["template"]["spec"]["volumes"].push_back(
          J("{'name':'c','configMap':{'name':'my'}}"));
    }
    world.Unchanged(*Object::Make(json)).Live(MysqlSecret());
    world.Changed(config(before), config(after));
    return Judged(world, config("").ref());
  };
  CHECK(judged("[mysqld]\\ninnodb_page_size = 16k\\n", "[mysqld]\\ninnodb-page-size=8k",
               true) == "H-F11 refuse");
  CHECK(judged("innodb_page_size=16k", "innodb_page_size=8k", false).empty());
  CHECK(judged("max_connections=1", "max_connections=2", true).empty());
}

TEST_CASE("the same in the files of a ring") {
  const auto judged = [](const std::string& before, const std::string& after) {
    const auto config = [](const std::string& text) {
      return Make("v1 ConfigMap default/conf", "'data':{'f':'" + text + "'}");
    };
    Json json = Cassandra().json();
    json["spec"]["template"]["spec"]["volumes"].push_back(
        J("{'name':'c','configMap':{'name':'conf'}}"));
    World world;
    world.Unchanged(*Object::Make(json)).Live(CassandraService()).Live(LocalPath());
    world.Changed(config(before), config(after));
    return Judged(world, config("").ref());
  };
  CHECK(judged("cluster_name: a\\n", "cluster_name: b\\n") == "H-F5 refuse");
  CHECK(judged("dc=a\\nrack=r", "dc=b\\nrack=r") == "H-F5 refuse");
  CHECK(judged("data_file_directories:\\n  - /a\\n", "data_file_directories:\\n  - /b\\n") ==
        "H-C4 refuse");
  CHECK(judged("storage_compatibility_mode: CASSANDRA_4",
               "storage_compatibility_mode: NONE") == "H-F10 approval");
  CHECK(judged("concurrent_reads: 8", "concurrent_reads: 16").empty());
  CHECK(judged("# cluster_name: a", "# cluster_name: b").empty());
}

TEST_CASE("a password that the database has read already") {
  const auto secret = [](const std::string& value, const std::string& annotation = "") {
    return Make(
        "v1 Secret default/mysql-root-password", "'data':{'password':'" + value + "'}",
        annotation.empty()
            ? ""
            : "'annotations':{'holdfast.dev/rotated-out-of-band':'" + annotation + "'}");
  };
  const auto judged = [&](const Object& before, const Object& after, bool live) {
    World world;
    if (live) world.Unchanged(Mysql());
    world.Changed(before, after);
    const Plan plan = MakePlan(world.input);
    const Change* change = ChangeOf(plan, before.ref().ToString());
    for (const Finding& one : change->findings) {
      CHECK(one.reason.find("b2xk") == std::string::npos);  // No value is shown.
      CHECK(one.reason.find("bmV3") == std::string::npos);
    }
    return Joined(Brief(change->findings));
  };
  CHECK(judged(secret("b2xk"), secret("bmV3"), true) == "H-F1 approval");
  CHECK(judged(secret("b2xk"), secret("bmV3"), false).empty());
  CHECK(judged(secret("b2xk"), secret("b2xk"), true).empty());
  CHECK(
      judged(secret("b2xk"), secret("bmV3", "2026-11-23 ALTER USER done"), true).empty());
  // What was said of the last time does not count for this one.
  CHECK(judged(secret("b2xk", "last"), secret("bmV3", "last"), true) == "H-F1 approval");
}

}  // namespace
}  // namespace holdfast
