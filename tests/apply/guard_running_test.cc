// How a database runs: its members, the time and place that they have, what they are told.

#include "tests/apply/rule_cases.h"

namespace holdfast {
namespace {

const std::string kPod = "/spec/template/spec/";
const std::string kFirst = "/spec/template/spec/containers/0/";

struct Row {
  std::string sentence;
  Object before;
  Object after;
  std::string findings;  ///< Notes left out.
};

void CheckRows(const std::vector<Row>& rows, const std::vector<Object>& around) {
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    CHECK(WhenChanged(row.before, row.after, around) == row.findings);
  }
}

Object Member(int ordinal) {
  return Claim("data-cassandra-" + std::to_string(ordinal), kBound);
}

Object Unprobed(const std::string& spec = "'replicas':3") {
  return With(Cassandra(spec), kFirst + "readinessProbe", "");
}

Object RedisSet(int replicas) {
  return Make("apps/v1 StatefulSet default/redis",
              "'spec':{'replicas':" + std::to_string(replicas) +
                  ",'template':{'spec':{'containers':[{'name':'r','image':'redis:7.4.1'}]}"
                  "},'volumeClaimTemplates':[{'metadata':{'name':'d'}}]}");
}

TEST_CASE("members that come back find old data") {
  const auto judged = [](const Object& before, const Object& after,
                         const std::vector<Object>& claims) {
    std::vector<Object> around = {CassandraService(), LocalPath(), Member(0), Member(1)};
    around.insert(around.end(), claims.begin(), claims.end());
    return WhenChanged(before, after, around);
  };
  CHECK(judged(Cassandra(), Cassandra("'replicas':4"), {}) == "");
  CHECK(judged(Cassandra(), Cassandra("'replicas':4"), {Member(2)}) == "");
  CHECK(judged(Cassandra(), Cassandra("'replicas':4"), {Member(3)}) == "H-B4 approval");
  CHECK(judged(Cassandra(), Cassandra(), {Member(3)}) == "");
  CHECK(judged(RedisSet(1), RedisSet(2), {Claim("d-redis-1", kBound)}) == "H-B4 warn");
  CHECK(judged(Cassandra("'replicas':2,'ordinals':{'start':1}"),
               Cassandra("'replicas':3,'ordinals':{'start':0}"),
               {Member(0)}) == "H-B4 approval");
  World unknown = Changing(Cassandra(), Cassandra("'replicas':4"), CassandraAround());
  unknown.Gap("", "PersistentVolumeClaim");
  CHECK(Judged(unknown, Cassandra().ref()) == "H-B4 hold");
}

TEST_CASE("a seed does not start empty beside members with data") {
  const auto judged = [](World world, const std::vector<Object>& claims) {
    for (const Object& one : CassandraAround()) world.Live(one);
    for (const Object& one : claims) world.Live(one);
    return Judged(world, Cassandra().ref());
  };
  const Object seeds = With(Cassandra(), kFirst + "env/0/value",
                            "'cassandra-0.cassandra,cassandra-1.cassandra'");
  const Object more = With(seeds, "/spec/replicas", "4");
  const Object third = With(more, kFirst + "env/0/value",
                            "'cassandra-0.cassandra,cassandra-3.cassandra'");
  const Object labelled = With(seeds, "/metadata/labels", "{'a':'b'}");
  CHECK(judged(Adding(seeds), {}) == "");
  CHECK(judged(Adding(seeds), {Member(0), Member(1)}) == "");
  CHECK(judged(Adding(seeds), {Member(0), Member(2)}) == "H-C7 refuse");
  // It is still on its first way up, one after the other.
  CHECK(judged(Changing(seeds, labelled), {Member(0)}) == "");
  CHECK(judged(Changing(seeds, labelled), {Member(0), Member(2)}) == "H-C7 refuse");
  CHECK(judged(Changing(seeds, more), {Member(0), Member(1), Member(2)}) == "");
  CHECK(judged(Changing(seeds, third), {Member(0), Member(1), Member(2)}) ==
        "H-C7 refuse, H-F9 approval");
}

TEST_CASE("members of a ring join one after the other") {
  const Object parallel = With(Cassandra(), "/spec/podManagementPolicy", "'Parallel'");
  CHECK(Judged(Adding(Cassandra(), CassandraAround()), Cassandra().ref()) == "");
  CHECK(Judged(Adding(parallel, CassandraAround()), Cassandra().ref()) == "H-F8 refuse");
  CHECK(Judged(Adding(With(parallel, "/spec/replicas", "1"), CassandraAround()),
               Cassandra().ref()) == "");
  CHECK(Judged(Adding(With(RedisSet(3), "/spec/podManagementPolicy", "'Parallel'"),
                      {LocalPath()})
                   .Lists("storage.k8s.io", "StorageClass"),
               RedisSet(1).ref()) == "H-G7 refuse");
  CheckRows({{"two, in turn", Cassandra(), Cassandra("'replicas':5"), ""},
             {"one without a probe", Unprobed(), Unprobed("'replicas':4"), ""},
             {"two without a probe", Unprobed(), Unprobed("'replicas':5"),
              "H-F8 approval"},
             {"two in parallel", parallel, With(parallel, "/spec/replicas", "5"),
              "H-F8 approval"}},
            CassandraAround());
}

TEST_CASE("as many members as the data need") {
  const auto least = [](const Object& object, const std::string& number) {
    return With(object, "/metadata/annotations",
                "{'holdfast.dev/min-replicas':'" + number + "'}");
  };
  const auto reason = [](const Object& before, const Object& after) {
    const Plan plan = MakePlan(Changing(before, after, CassandraAround()).input);
    for (const Finding& one : ChangeOf(plan, before.ref().ToString())->findings) {
      if (one.hazard == "H-F6") return one.reason;
    }
    return std::string();
  };
  const auto says = [&](const Object& before, const Object& after, const char* words) {
    return reason(before, after).find(words) != std::string::npos;
  };
  CHECK(says(Cassandra("'replicas':5"), Cassandra("'replicas':4"), "without moving its"));
  CHECK(says(Cassandra("'replicas':3"), Cassandra("'replicas':2"), "need 3 members unless"));
  CHECK(says(Cassandra("'replicas':3"), least(Cassandra("'replicas':2"), "2"),
             "without moving its"));
  CHECK(says(Cassandra("'replicas':6"), least(Cassandra("'replicas':4"), "5"),
             "need 5 members, says annotation"));
  CHECK(says(Cassandra("'replicas':6"), least(Cassandra("'replicas':5"), "many"),
             "is no number"));
  CHECK(WhenChanged(RedisSet(3), least(RedisSet(2), "3")) == "H-F6 refuse");
  CHECK(WhenChanged(RedisSet(3), least(RedisSet(2), "2")) == "H-F6 warn");
}

TEST_CASE("the time to shut down") {
  const auto grace = [](const Object& object, const std::string& seconds) {
    return With(object, kPod + "terminationGracePeriodSeconds", seconds);
  };
  const Object hooked =
      With(Cassandra(), kFirst + "lifecycle", "{'preStop':{'exec':{'command':['x']}}}");
  CheckRows({{"more", grace(Cassandra(), "120"), grace(Cassandra(), "1800"), ""},
             {"less, and enough", grace(Cassandra(), "1800"), grace(Cassandra(), "120"),
              "H-F14 warn"},
             {"too little", grace(Cassandra(), "1800"), grace(Cassandra(), "119"),
              "H-F14 refuse"},
             {"left to the default", grace(Cassandra(), "1800"), Cassandra(),
              "H-F14 refuse"},
             {"no more than the default from the first", Cassandra(),
              With(Cassandra(), "/metadata/labels", "{'a':'b'}"), ""},
             {"without the hook that drains", hooked, Cassandra(), "H-F14 warn"}},
            CassandraAround());
  CheckRows({{"too little for MySQL", grace(Mysql(), "120"), grace(Mysql(), "30"),
              "H-F14 refuse"}},
            MysqlAround());
  const Object web = Make("apps/v1 Deployment default/web",
                          "'spec':{'template':{'spec':{'containers':[]}}}");
  CheckRows({{"what has no data", grace(web, "60"), grace(web, "1"), ""}}, {});
  World unasked = Changing(grace(Cassandra(), "1800"), Cassandra(), CassandraAround());
  unasked.input.predictions[Cassandra().ref()].result.reset();
  CHECK(Judged(unasked, Cassandra().ref()) == "");
}

TEST_CASE("probes and limits") {
  const auto with = [](const std::string& field, const std::string& value) {
    return With(Cassandra(), kFirst + field, value);
  };
  const Object both = With(with("livenessProbe", "{'periodSeconds':10}"),
                           kFirst + "startupProbe", "{'tcpSocket':{}}");
  const auto limit = [&](const std::string& amount) {
    return with("resources", "{'limits':{'memory':'" + amount + "'}}");
  };
  CheckRows({{"a liveness probe", Cassandra(), with("livenessProbe", "{'tcpSocket':{}}"),
              "H-F15 warn"},
             {"a quicker one", both, With(both, kFirst + "livenessProbe/periodSeconds", "5"),
              "H-F15 warn"},
             {"a slower one", both, With(both, kFirst + "livenessProbe/periodSeconds", "20"),
              ""},
             {"without its startup probe", both, With(both, kFirst + "startupProbe", ""),
              "H-F15 warn"},
             {"less memory", limit("4Gi"), limit("2Gi"), "H-F15 warn"},
             {"the same memory", limit("2Gi"), limit("2048Mi"), ""},
             {"more memory", limit("2Gi"), limit("4Gi"), ""}},
            CassandraAround());
}

TEST_CASE("who the server runs as") {
  const auto as = [](const Object& object, const std::string& context) {
    return With(object, kPod + "securityContext", context);
  };
  CheckRows({{"a group", Cassandra(), as(Cassandra(), "{'fsGroup':999}"), "H-F13 approval"},
             {"another user of its container",
              With(Cassandra(), kFirst + "securityContext", "{'runAsUser':1}"),
              With(Cassandra(), kFirst + "securityContext", "{'runAsUser':2}"),
              "H-F13 approval"},
             {"how files are handed over", as(Cassandra(), "{'fsGroup':1}"),
              as(Cassandra(), "{'fsGroup':1,'fsGroupChangePolicy':'OnRootMismatch'}"),
              "H-F13 approval"},
             {"something else", Cassandra(),
              as(Cassandra(), "{'seccompProfile':{'type':'RuntimeDefault'}}"), ""}},
            CassandraAround());
}

Object VolumeOn(const std::string& node) {
  return Make("v1 PersistentVolume pv-mysql",
              "'spec':{'nodeAffinity':{'required':{'nodeSelectorTerms':[{'"
              "matchExpressions':[{'key':'kubernetes.io/hostname','operator':'In','values'"
              ":['" +
                  node + "']}]}]}}}");
}
Object Node(const std::string& name, const std::string& taints = "") {
  return Make("v1 Node " + name, "'spec':{'taints':[" + taints + "]}",
              "'labels':{'kubernetes.io/hostname':'" + name + "','disk':'" + name + "'}");
}

TEST_CASE("pods stay where their volumes are") {
  const Object tainted = Node("a", "{'key':'db','value':'x','effect':'NoSchedule'}");
  const Object tolerant =
      With(Mysql(), kPod + "tolerations", "[{'key':'db','operator':'Exists'}]");
  const auto selects = [](const std::string& selector) {
    return With(Mysql(), kPod + "nodeSelector", selector);
  };
  const auto demands = [](const std::string& expression) {
    return With(Mysql(), kPod + "affinity/nodeAffinity",
                "{'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':["
                "{'matchExpressions':[" +
                    expression + "]}]}}");
  };
  struct Place {
    std::string sentence;
    Object before;
    Object after;
    std::vector<Object> nodes;
    std::string findings;
  };
  const std::vector<Object> two = {Node("a"), Node("b")};
  const Place rows[] = {
      {"the node of the volume", Mysql(), selects("{'kubernetes.io/hostname':'a'}"), two, ""},
      {"another node", Mysql(), selects("{'kubernetes.io/hostname':'b'}"), two,
       "H-F16 refuse"},
      {"a label of its node", Mysql(), selects("{'disk':'a'}"), two, ""},
      {"a label of another", Mysql(), selects("{'disk':'b'}"), two, "H-F16 refuse"},
      {"an expression that its node meets", Mysql(),
       demands("{'key':'disk','operator':'NotIn','values':['b']}"), two, ""},
      {"one that it does not meet", Mysql(),
       demands("{'key':'disk','operator':'In','values':['b']}"), two, "H-F16 refuse"},
      {"its node is tolerated no more", tolerant, Mysql(), {tainted, Node("b")},
       "H-F16 refuse"},
      {"its node is tolerated", Mysql(), tolerant, {tainted, Node("b")}, ""},
      {"its node is gone already", Mysql(), selects("{'disk':'b'}"), {Node("b")}, ""},
      {"something else changes", Mysql(), With(Mysql(), "/metadata/labels", "{'a':'b'}"),
       {}, ""},
  };
  for (const Place& row : rows) {
    CAPTURE(row.sentence);
    World world = Changing(row.before, row.after, MysqlAround());
    world.Live(VolumeOn("a")).Lists("", "Node");
    for (const Object& node : row.nodes) world.Live(node);
    CHECK(Judged(world, Mysql().ref()) == row.findings);
  }
  World blind = Changing(Mysql(), selects("{'disk':'a'}"), MysqlAround());
  CHECK(Judged(blind, Mysql().ref()) == "H-F16 hold");
  blind.Live(VolumeOn("a")).Gap("", "Node");
  CHECK(Judged(blind, Mysql().ref()) == "H-F16 hold");
  const Object apart = With(Cassandra(), kPod + "affinity", "{'podAntiAffinity':{}}");
  CHECK(WhenChanged(apart, Cassandra(), CassandraAround()) == "H-F16 warn");
  const Object named = With(Cassandra(), kPod + "nodeName", "'a'");
  CHECK(WhenChanged(named, With(named, "/metadata/labels", "{'a':'b'}"),
                    CassandraAround()) == "");
}

TEST_CASE("how many members are replaced, and which") {
  const auto strategy = [](const std::string& text) {
    return With(Cassandra(), "/spec/updateStrategy", text);
  };
  CheckRows({{"one by one", Cassandra(), strategy("{'rollingUpdate':{'maxUnavailable':1}}"),
              ""},
             {"two at once", Cassandra(),
              strategy("{'rollingUpdate':{'maxUnavailable':2}}"), "H-G4 refuse"},
             {"a part of them at once", Cassandra(),
              strategy("{'rollingUpdate':{'maxUnavailable':'50%'}}"), "H-G4 refuse"},
             {"all at once", Cassandra(), strategy("{'type':'Recreate'}"), "H-G4 refuse"},
             {"by hand, and no longer said", strategy("{'type':'OnDelete'}"), Cassandra(),
              "H-F7 refuse"},
             {"by hand, and rolled on purpose", strategy("{'type':'OnDelete'}"),
              strategy("{'type':'RollingUpdate'}"), ""},
             {"a canary that is no longer said", strategy("{'rollingUpdate':{'partition':2}}"),
              Cassandra(), "H-F7 warn"},
             {"a canary that ends on purpose", strategy("{'rollingUpdate':{'partition':2}}"),
              strategy("{'rollingUpdate':{'partition':0}}"), ""}},
            CassandraAround());
  const auto rolls = [&](const std::string& text) {
    const Object after = With(strategy(text), "/spec/template/metadata/labels/a", "'b'");
    World world = Changing(strategy(text), after, CassandraAround());
    world.input.predictions[Cassandra().ref()].fields = {
        {"spec.template.metadata.labels.a", std::nullopt, Json("b"), ""}};
    return Judged(world, Cassandra().ref());
  };
  CHECK(rolls("{'rollingUpdate':{'partition':0}}") == "");
  CHECK(rolls("{'rollingUpdate':{'partition':2}}") == "");
  CHECK(rolls("{'rollingUpdate':{'partition':3}}") == "H-G2 warn");
  CHECK(rolls("{'type':'OnDelete'}") == "H-G2 warn");
}

TEST_CASE("what a database is told for an hour of need") {
  const auto args = [](const std::string& list) {
    return With(Mysql(), kFirst + "args", list);
  };
  const auto init = [](const std::string& command) {
    return With(Mysql(), kPod + "initContainers",
                "[{'name':'i','image':'busybox','command':['sh','-c','" + command +
                    "'],'volumeMounts':[{'name':'data','mountPath':'/data'}]}]");
  };
  CheckRows(
      {{"no passwords", Mysql(), args("['--skip-grant-tables']"), "H-F12 approval"},
       {"no passwords, written otherwise", Mysql(), args("['--skip_grant_tables=ON']"),
        "H-F12 approval"},
       {"passwords, said aloud", Mysql(), args("['--skip-grant-tables=0']"), ""},
       {"it was so before", args("['--skip-grant-tables']"),
        args("['--skip-grant-tables','--max-connections=9']"), ""},
       {"a mild recovery", Mysql(), args("['--innodb-force-recovery=3']"), ""},
       {"a harsh recovery", Mysql(), args("['--innodb-force-recovery=4']"),
        "H-F12 approval"},
       {"a new database at each start", Mysql(), args("['--initialize-insecure']"),
        "H-F12 approval"},
       {"the volume is emptied", Mysql(), init("rm -rf /data/*"), "H-F12 refuse"},
       {"the volume is removed", Mysql(), init("rm -fr /data && true"), "H-F12 refuse"},
       {"lost+found is removed", Mysql(), init("rm -rf /data/lost+found"), ""},
       {"something else is removed", Mysql(), init("rm -rf /tmp/x"), ""},
       {"a file is removed", Mysql(), init("rm -f /data/mysqld.pid"), ""}},
      MysqlAround());
  const auto java = [](const std::string& options) {
    return With(Cassandra(), kFirst + "env/1",
                "{'name':'JVM_OPTS','value':'" + options + "'}");
  };
  CheckRows({{"a member that has left is let in", Cassandra(),
              java("-Xms1G -Dcassandra.override_decommission=true"), "H-F12 approval"},
             {"a member replaces another for ever", Cassandra(),
              java("-Dcassandra.replace_address=10.0.0.1"), "H-F12 approval"},
             {"for its first start only", Cassandra(),
              java("-Dcassandra.replace_address_first_boot=10.0.0.1"), ""}},
            CassandraAround());
}

TEST_CASE("the same in a file that a database reads") {
  const auto judged = [](const std::string& before, const std::string& after) {
    const auto config = [](const std::string& text) {
      return Make("v1 ConfigMap default/conf", "'data':{'f':'" + text + "'}");
    };
    World world = Changing(config(before), config(after), {MysqlSecret()});
    world.Unchanged(With(Mysql(), kPod + "volumes/1",
                         "{'name':'c','configMap':{'name':'conf'}}"));
    return Judged(world, config("").ref());
  };
  CHECK(judged("[mysqld]", "[mysqld]\\nskip-grant-tables\\n") == "H-F12 approval");
  CHECK(judged("skip-grant-tables", "skip-grant-tables\\nx=1") == "");
  CHECK(judged("x=1", "# skip-grant-tables") == "");
}

}  // namespace
}  // namespace holdfast
