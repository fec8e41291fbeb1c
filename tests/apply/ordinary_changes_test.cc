// False alarms count too: what people do every day goes through without asking anybody.
//
// A guard that cries wolf is switched off. Each row is a commit to one repository, the
// example's MySQL, WordPress and Cassandra with a small stateless application beside
// them; none of them may be stopped.

#include <functional>
#include <map>
#include <set>

#include "apply/facts.h"
#include "tests/apply/approval_rows.h"
#include "tests/apply/example_objects.h"
#include "tests/apply/rule_cases.h"

namespace holdfast {
namespace {

const char* const kPod = "/spec/template/spec";
const char* const kFirst = "/spec/template/spec/containers/0";

Object Web(const std::string& name = "web", const std::string& config = "web") {
  return Make("apps/v1 Deployment default/" + name,
              "'spec':{'replicas':2,'selector':{'matchLabels':{'app':'" + name +
                  "'}},'template':{'metadata':{'labels':{'app':'" + name +
                  "'}},'spec':{'serviceAccountName':'web','containers':[{'name':'web','"
                  "image':'nginx:1.29','env':[{'name':'DB','value':'wordpress-mysql'}],'"
                  "envFrom':[{'configMapRef':{'name':'" +
                  config + "'}}]}]}}}");
}
Object WebService() {
  return Make("v1 Service default/web",
              "'spec':{'type':'ClusterIP','ports':[{'port':80}],'selector':{'app':'web'}}");
}
Object WebConfig(const std::string& name = "web") {
  return Make("v1 ConfigMap default/" + name, "'data':{'LOG':'info'}");
}
Object WebAccount() { return Make("v1 ServiceAccount default/web"); }
Object WebIngress() {
  return Make("networking.k8s.io/v1 Ingress default/web",
              "'spec':{'rules':[{'http':{'paths':[{'backend':{'service':{'name':'web','"
              "port':{'number':80}}}}]}}]}");
}
Object MysqlConfig(const std::string& text) {
  return Make("v1 ConfigMap default/my-cnf", "'data':{'my.cnf':'" + text + "'}");
}
Object ConfiguredMysql() {
  return With(Mysql(), std::string(kPod) + "/volumes/1",
              "{'name':'conf','configMap':{'name':'my-cnf'}}");
}
Object Backup(const std::string& when = "0 3 * * *") {
  return Make("batch/v1 CronJob default/mysql-backup",
              "'spec':{'schedule':'" + when +
                  "','jobTemplate':{'spec':{'template':{'spec':{'containers':[{'name':'b',"
                  "'image':'mysql:8.4.3','command':['mysqldump']}]}}}}}");
}
Object Report() {
  return Make("batch/v1 CronJob default/report",
              "'spec':{'schedule':'0 6 * * *','jobTemplate':{'spec':{'template':{'spec':{'"
              "containers':[{'name':'r','image':'report:1'}]}}}}}");
}
Object Migration(const std::string& name = "migrate-1") {
  return Make("batch/v1 Job default/" + name,
              "'spec':{'template':{'spec':{'containers':[{'name':'m','image':'migrate:1'}]}"
              "}},'status':{'succeeded':1}");
}
Object AppSecret(const std::string& value) {
  return Make("v1 Secret default/app", "'data':{'token':'" + value + "'}");
}
Object Scratch() {
  return Make("v1 PersistentVolumeClaim default/scratch",
              "'spec':{'storageClassName':'local-path'},'status':{'phase':'Pending'}");
}
Object Reader(const std::string& verbs = "'get'") {
  return Make("rbac.authorization.k8s.io/v1 Role default/web",
              "'rules':[{'apiGroups':[''],'resources':['configmaps'],'verbs':[" + verbs +
                  "]}]");
}
Object Quota(const std::string& pods = "50") {
  return Make("v1 ResourceQuota default/q", "'spec':{'hard':{'pods':'" + pods +
                                                "'}},'status':{'used':{'pods':'9'}}");
}
Object Redis() {
  return Make(
      "apps/v1 StatefulSet default/redis",
      "'spec':{'replicas':1,'serviceName':'redis','selector':{'matchLabels':{'app':'redis'"
      "}},'template':{'metadata':{'labels':{'app':'redis'}},'spec':{'containers':[{'name'"
      ":'redis','image':'redis:7.4.1','volumeMounts':[{'name':'d','mountPath':'/data'}]}]}"
      "},'volumeClaimTemplates':[{'metadata':{'name':'d'},'spec':{'storageClassName':'"
      "local-path'}}]}");
}
/// What its pods hold is meant to go with them.
Object Runner() {
  return Make("apps/v1 StatefulSet default/runner",
              "'spec':{'replicas':3,'serviceName':'redis','selector':{'matchLabels':{'app':"
              "'runner'}},'template':{'metadata':{'labels':{'app':'runner'}},'spec':{'"
              "containers':[{'name':'runner','image':'runner:1','volumeMounts':[{'name':'w',"
              "'mountPath':'/work'}]}],'volumes':[{'name':'w','ephemeral':{'"
              "volumeClaimTemplate':{'spec':{'storageClassName':'local-path'}}}}]}}}");
}
Object Cache() {
  const Object named = With(With(With(Redis(), "/metadata/name", "'cache'"),
                                 "/spec/selector/matchLabels/app", "'cache'"),
                            "/spec/template/metadata/labels/app", "'cache'");
  return With(With(named, "/spec/volumeClaimTemplates", ""), "/spec/template/spec/volumes",
              "[{'name':'d','emptyDir':{}}]");
}
Object RedisService() {
  return Make("v1 Service default/redis",
              "'spec':{'clusterIP':'None','selector':{'app':'redis'}}");
}

/// The live objects that nobody wrote by hand.
std::vector<Object> Around() {
  std::vector<Object> around;
  for (const char* name : {"mysql", "wordpress", "data-cassandra-0", "data-cassandra-1",
                           "data-cassandra-2"}) {
    around.push_back(VolumeFor(name));
  }
  for (int i = 0; i < 3; ++i) {
    around.push_back(Claim("data-cassandra-" + std::to_string(i), kBound));
  }
  return around;
}

/// A repository, and a commit to it.
class Commit {
 public:
  Commit() {
    for (const Object& one :
         {WordpressService(), Wordpress(), Cassandra(), CassandraBudget(),
          ConfiguredMysql(), MysqlConfig("max_connections=100"), MysqlService(),
          With(LocalPath(), "/allowVolumeExpansion", "true"), Claim("mysql", kBound),
          Claim("wordpress", kBound), CassandraService(), MysqlSecret(), Web(),
          WebService(), WebConfig(), WebAccount(), WebIngress(), Backup(), Report(),
          Migration(), AppSecret("b2xk"), Scratch(), Reader(), Quota(), RedisService(),
          Runner(), Cache()}) {
      before_.emplace(one.ref(), one);
    }
    after_ = before_;
  }

  Commit& Add(const Object& object) {
    after_.insert_or_assign(object.ref(), object);
    return *this;
  }
  Commit& Remove(const Object& object) {
    after_.erase(object.ref());
    return *this;
  }
  /// Sets what `pointer` leads to in the object; "" removes it.
  Commit& Edit(const Object& object, const std::string& pointer, const std::string& value) {
    return Add(::holdfast::With(after_.at(object.ref()), pointer, value));
  }
  Commit& EditAll(const std::string& pointer, const std::string& value) {
    for (const auto& [ref, object] : before_) Edit(object, pointer, value);
    return *this;
  }
  Commit& Move(const std::string& folder) {
    folder_ = folder;
    return *this;
  }

  /// What the reader would have read: all that the rules ask for is listed whole.
  World Build() const {
    World world;
    std::set<ObjectRef> all;
    for (const auto& [ref, object] : before_) all.insert(ref);
    for (const auto& [ref, object] : after_) all.insert(ref);
    for (const ObjectRef& ref : all) {
      const auto was = before_.find(ref);
      const auto is = after_.find(ref);
      const std::string path = folder_ + ref.name + ".yaml";
      if (is == after_.end()) {
        world.Removed(was->second);
      } else if (was == before_.end()) {
        world.Added(is->second, path);
      } else if (was->second == is->second) {
        world.Unchanged(is->second, path);
      } else {
        world.Changed(was->second, is->second, path);
        auto& fields = world.input.predictions[ref].fields;
        fields.clear();
        Compare(was->second.json(), is->second.json(), "", fields);
      }
    }
    for (const Object& object : Around()) world.Live(object);
    for (int round = 0; round < 3; ++round) {
      for (const Snapshot::Listed& list : FactsNeeded(world.input).lists) {
        world.input.live.listed.push_back(list);
      }
    }
    return world;
  }

 private:
  static void Compare(const Json& before, const Json& after, const std::string& path,
                      std::vector<FieldChange>& fields) {
    if (before == after) return;
    if (!before.is_object() || !after.is_object()) {
      fields.push_back({path, before, after, ""});
      return;
    }
    std::set<std::string> keys;
    for (const auto& [key, value] : before.items()) keys.insert(key);
    for (const auto& [key, value] : after.items()) keys.insert(key);
    for (const std::string& key : keys) {
      const std::string below = path.empty() ? key : path + "." + key;
      const Json none;
      Compare(before.contains(key) ? before[key] : none,
              after.contains(key) ? after[key] : none, below, fields);
    }
  }

  std::map<ObjectRef, Object> before_;
  std::map<ObjectRef, Object> after_;
  std::string folder_;
};

struct Row {
  std::string sentence;
  Commit commit;
};

std::string At(const char* where, const std::string& field) { return where + field; }

std::vector<Row> Rows() {
  const Object tls = Make("v1 Secret default/tls", "'data':{'tls.crt':'bmV3'}");
  const Object priority = Make("scheduling.k8s.io/v1 PriorityClass high", "'value':1000");
  const Object allow = Make(
      "networking.k8s.io/v1 NetworkPolicy default/cassandra",
      "'spec':{'podSelector':{'matchLabels':{'app':'cassandra'}},'ingress':[{'from':[{'"
      "podSelector':{'matchLabels':{'app':'cassandra'}}}],'ports':[{'port':7000}]},{'"
      "ports':[{'port':9042}]}]}");
  const Object definition =
      Make("apiextensions.k8s.io/v1 CustomResourceDefinition dbs.example.com");
  return {
      // Databases.
      {"a ring grows by one", Commit().Edit(Cassandra(), "/spec/replicas", "4")},
      {"a ring grows by two, one after the other",
       Commit().Edit(Cassandra(), "/spec/replicas", "5")},
      {"a patch of MySQL", Commit().Edit(Mysql(), At(kFirst, "/image"), "'mysql:8.4.4'")},
      {"a patch of Cassandra",
       Commit().Edit(Cassandra(), At(kFirst, "/image"), "'cassandra:4.1.8'")},
      {"a new WordPress",
       Commit().Edit(Wordpress(), At(kFirst, "/image"), "'wordpress:6.8'")},
      {"a second database", Commit().Add(Redis())},
      {"a second MySQL with a claim of its own",
       Commit()
           .Add(Claim("shop"))
           .Add(With(With(With(With(Mysql(), "/metadata/name", "'shop-mysql'"),
                               "/spec/selector/matchLabels", "{'app':'shop'}"),
                          "/spec/template/metadata/labels", "{'app':'shop'}"),
                     At(kPod, "/volumes/0/persistentVolumeClaim/claimName"), "'shop'"))},
      {"an option of MySQL",
       Commit().Edit(Mysql(), At(kFirst, "/args"), "['--max-connections=300']")},
      {"a line in MySQL's file",
       Commit().Add(MysqlConfig("max_connections=300\\nslow_query_log=1"))},
      {"a claim grows",
       Commit().Edit(Claim("mysql", kBound), "/spec/resources/requests/storage",
                     "'30Gi'")},
      {"more time to shut down", Commit().Edit(Cassandra(), At(kPod, "/terminationGrace"
                                                                     "PeriodSeconds"),
                                               "1800")},
      {"a startup probe",
       Commit().Edit(Mysql(), At(kFirst, "/startupProbe"), "{'tcpSocket':{'port':3306}}")},
      {"a stricter readiness probe",
       Commit().Edit(Cassandra(), At(kFirst, "/readinessProbe/periodSeconds"), "5")},
      {"a memory limit that was not there",
       Commit().Edit(Mysql(), At(kFirst, "/resources"), "{'limits':{'memory':'2Gi'}}")},
      {"a request for processors",
       Commit().Edit(Cassandra(), At(kFirst, "/resources"), "{'requests':{'cpu':'1'}}")},
      {"members are kept apart",
       Commit().Edit(Cassandra(), At(kPod, "/affinity"),
                     "{'podAntiAffinity':{'preferredDuringSchedulingIgnoredDuringExecutio"
                     "n':[]}}")},
      {"an exporter beside MySQL",
       Commit().Edit(Mysql(), At(kPod, "/containers/1"),
                     "{'name':'exporter','image':'prom/mysqld-exporter:v0.17'}")},
      {"one retained revision more",
       Commit().Edit(Cassandra(), "/spec/revisionHistoryLimit", "20")},
      {"a canary: the last member only",
       Commit()
           .Edit(Cassandra(), "/spec/updateStrategy", "{'rollingUpdate':{'partition':2}}")
           .Edit(Cassandra(), At(kFirst, "/image"), "'cassandra:4.1.8'")},
      {"a backup that was not there",
       Commit().Add(With(Backup(), "/metadata/name", "'cassandra-backup'"))},
      {"backups at another hour", Commit().Add(Backup("0 4 * * *"))},
      {"a budget for MySQL",
       Commit().Add(Make("policy/v1 PodDisruptionBudget default/mysql",
                         "'spec':{'maxUnavailable':0,'selector':{'matchLabels':{'tier':'"
                         "mysql'}}}"))},
      {"a policy that lets in who is let in now", Commit().Add(allow)},
      {"a port more of the database's Service",
       Commit().Edit(MysqlService(), "/spec/ports/1", "{'port':33060}")},
      // Labels, names and places.
      {"a label on every object", Commit().EditAll("/metadata/labels", "{'team':'db'}")},
      {"an annotation on a Service",
       Commit().Edit(MysqlService(), "/metadata/annotations", "{'a':'b'}")},
      {"a label on the pods of MySQL",
       Commit().Edit(Mysql(), "/spec/template/metadata/labels/team", "'db'")},
      {"files moved to another folder", Commit().Move("databases/")},
      {"a ConfigMap renamed",
       Commit().Remove(WebConfig()).Add(WebConfig("web-v2")).Add(Web("web", "web-v2"))},
      {"a stateless program renamed",
       Commit()
           .Remove(Web())
           .Add(Web("site"))
           .Edit(WebService(), "/spec/selector", "{'app':'site'}")},
      // Removals.
      {"a finished migration removed", Commit().Remove(Migration())},
      {"the next migration", Commit().Remove(Migration()).Add(Migration("migrate-2"))},
      {"a stateless program removed with all that is its own",
       Commit()
           .Remove(Web())
           .Remove(WebService())
           .Remove(WebConfig())
           .Remove(WebIngress())},
      {"an Ingress removed", Commit().Remove(WebIngress())},
      {"a report nobody reads removed", Commit().Remove(Report())},
      {"a claim removed that never had a volume", Commit().Remove(Scratch())},
      {"a Secret removed that nobody reads", Commit().Remove(AppSecret(""))},
      {"a quota removed", Commit().Remove(Quota())},
      // What has no data.
      {"more pods of a stateless program", Commit().Edit(Web(), "/spec/replicas", "6")},
      {"fewer pods of a stateless program", Commit().Edit(Web(), "/spec/replicas", "1")},
      {"another image of a stateless program",
       Commit().Edit(Web(), At(kFirst, "/image"), "'nginx:1.30'")},
      {"an autoscaler for it, which takes its count over",
       Commit()
           .Edit(Web(), "/spec/replicas", "")
           .Add(Make("autoscaling/v2 HorizontalPodAutoscaler default/web",
                     "'spec':{'maxReplicas':9,'scaleTargetRef':{'apiVersion':'apps/v1','"
                     "kind':'Deployment','name':'web'}}"))},
      {"its limits, lower",
       Commit().Edit(Web(), At(kFirst, "/resources"), "{'limits':{'memory':'64Mi'}}")},
      {"another user for it",
       Commit().Edit(Web(), At(kPod, "/securityContext"), "{'runAsUser':1000}")},
      {"a token that no database reads", Commit().Add(AppSecret("bmV3"))},
      {"a certificate", Commit().Add(tls).Edit(WebIngress(), "/spec/tls",
                                               "[{'secretName':'tls'}]")},
      {"a priority for it",
       Commit().Add(priority).Edit(Web(), At(kPod, "/priorityClassName"), "'high'")},
      {"a report that pauses", Commit().Edit(Report(), "/spec/suspend", "true")},
      {"another image of runners with scratch volumes",
       Commit().Edit(Runner(), At(kFirst, "/image"), "'runner:2'")},
      {"fewer of them", Commit().Edit(Runner(), "/spec/replicas", "1")},
      {"another image of a cache that keeps nothing",
       Commit().Edit(Cache(), At(kFirst, "/image"), "'redis:7.4.2'")},
      // The cluster.
      {"a storage class more",
       Commit().Add(With(LocalPath(), "/metadata/name", "'fast'"))},
      {"a namespace", Commit().Add(Make("v1 Namespace shop"))},
      {"a right more for an account", Commit().Add(Reader("'get','list'"))},
      {"an account with its rights",
       Commit()
           .Add(Make("v1 ServiceAccount default/bot"))
           .Add(Make("rbac.authorization.k8s.io/v1 RoleBinding default/bot",
                     "'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'Role','"
                     "name':'web'},'subjects':[{'kind':'ServiceAccount','name':'bot'}]"))},
      {"a larger quota", Commit().Add(Quota("80"))},
      {"a definition and an object of it",
       Commit().Add(definition).Add(Make("example.com/v1 Db default/main"))},
  };
}

TEST_CASE("ordinary changes go through without an approval") {
  const std::vector<Row> rows = Rows();
  CHECK(rows.size() >= 40);
  CHECK(MakePlan(Commit().Build().input).set.verdict() == Ruling::kOk);
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    const Plan plan = MakePlan(row.commit.Build().input);
    CHECK(plan.set.changes_anything() != (row.sentence.starts_with("files moved")));
    std::string stopped;
    const auto add = [&](const std::vector<Finding>& findings) {
      for (const Finding& one : findings) {
        if (Stops(one.ruling)) {
          stopped += one.hazard + " " + std::string(ToString(one.ruling)) + ": " +
                     one.reason + "\n";
        }
      }
    };
    add(plan.set.findings);
    for (const Change& change : plan.set.changes) add(change.findings);
    CHECK(stopped == "");
  }
}

}  // namespace
}  // namespace holdfast
