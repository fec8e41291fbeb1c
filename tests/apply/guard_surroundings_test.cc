// What is around a database: its Services, budgets, policies, backups, rights.

#include "apply/guard.h"
#include "tests/apply/rule_cases.h"

namespace holdfast {
namespace {

std::string Of(const World& world, const Object& object) {
  return Judged(world, object.ref());
}

TEST_CASE("a finalizer stays until its work is done") {
  const auto with = [](const std::string& finalizers) {
    return Make("v1 PersistentVolume pv", "", "'finalizers':[" + finalizers + "]");
  };
  CHECK(WhenChanged(with("'a/b'"), with("'a/b'")) == "");
  CHECK(WhenChanged(with("'a/b'"), with("'c/d','a/b'")) == "");
  CHECK(WhenChanged(with("'a/b'"), with("")) == "H-A10 refuse");
  CHECK(WhenChanged(with("'a/b'"), Make("v1 PersistentVolume pv")) == "H-A10 refuse");
  const auto space = [](const std::string& finalizers) {
    return Make("v1 Namespace n", "'spec':{'finalizers':[" + finalizers + "]}");
  };
  CHECK(WhenChanged(space("'kubernetes'"), space("")) == "H-A10 refuse");
  // What the server makes of the manifest is not known: it need not name them.
  World unasked = Changing(with("'a/b'"), with(""));
  unasked.input.predictions[with("").ref()].result.reset();
  CHECK(Of(unasked, with("")) == "");
}

TEST_CASE("the kind of a Service") {
  const auto typed = [](const std::string& type, const std::string& name = "s") {
    return Make("v1 Service default/" + name, "'spec':{'type':'" + type + "'}");
  };
  CHECK(WhenChanged(typed("ClusterIP"), typed("ClusterIP")) == "");
  CHECK(WhenChanged(typed("ClusterIP"), Make("v1 Service default/s", "'spec':{}")) == "");
  CHECK(WhenChanged(typed("ClusterIP"), typed("NodePort")) == "H-D8 approval");
  CHECK(WhenChanged(typed("ClusterIP"), typed("ExternalName")) == "H-D8 approval");
  World governing = Changing(typed("ClusterIP", "cassandra"),
                             typed("ExternalName", "cassandra"), {LocalPath()});
  governing.Unchanged(Cassandra());
  CHECK(Of(governing, typed("", "cassandra")) == "H-D8 refuse");
}

TEST_CASE("whom a Service reaches, and where") {
  const auto judged = [](const Object& after, bool named) {
    World world = Changing(MysqlService(), after, {MysqlSecret(), Claim("wordpress")});
    world.Unchanged(Mysql()).Live(Claim("mysql", kBound));
    if (named) world.Unchanged(Wordpress());
    return Of(world, after);
  };
  const auto ports = [](const std::string& list) {
    return With(MysqlService(), "/spec/ports", list);
  };
  const Object elsewhere = With(MysqlService(), "/spec/selector/tier", "'frontend'");
  CHECK(judged(With(MysqlService(), "/metadata/labels", "{'a':'b'}"), true) == "");
  CHECK(judged(ports("[{'port':3306},{'port':33060}]"), true) == "");
  CHECK(judged(ports("[{'port':3307}]"), true) == "H-F18 refuse");
  CHECK(judged(ports("[{'port':3307}]"), false) == "H-F18 warn");
  CHECK(judged(elsewhere, true) == "H-F18 refuse");
  CHECK(judged(elsewhere, false) == "H-F18 warn");
  CHECK(judged(With(MysqlService(), "/spec/selector/app", ""), true) == "");
  // A StatefulSet has its pods' names from its Service, and a name needs no port.
  const auto governing = [](const std::string& pointer, const std::string& value) {
    const Object before = With(CassandraService(), "/spec/ports", "[{'port':9042}]");
    World world = Changing(before, With(before, pointer, value), {LocalPath()});
    world.Unchanged(Cassandra());
    return Of(world, before);
  };
  CHECK(governing("/spec/ports", "[{'port':9043}]") == "H-F18 warn");
  CHECK(governing("/spec/selector/app", "'other'") == "H-F18 refuse");
  // What has no data may move its port.
  World web;
  web.Changed(WordpressService(), With(WordpressService(), "/spec/ports/0/port", "81"));
  CHECK(Of(web, WordpressService()) == "");
}

TEST_CASE("one workload writes to a claim") {
  const Object old = With(Mysql(), "/metadata/name", "'old'");
  const auto judged = [](World world) {
    for (const Object& one : MysqlAround()) world.Live(one);
    return Of(world, Mysql());
  };
  const auto listed = [](World world) {
    for (const char* kind : {"DaemonSet", "Deployment", "StatefulSet"}) {
      world.Lists("apps", kind);
    }
    return world;
  };
  CHECK(judged(listed(Adding(Mysql()))) == "");
  CHECK(judged(listed(Adding(Mysql(), {old}))) == "H-E3 refuse");
  CHECK(judged(Adding(Mysql())) == "H-E3 hold");
  World file = Adding(Mysql());
  file.input.live_file = "live.yaml";
  CHECK(judged(file) == "H-E3 warn");
  // The old one is stopped, or the other one only reads.
  CHECK(judged(listed(Adding(Mysql(), {With(old, "/spec/replicas", "0")}))) == "");
  const Object reader =
      With(old, "/spec/template/spec/volumes/0/persistentVolumeClaim/readOnly", "true");
  CHECK(judged(listed(Adding(Mysql(), {reader}))) == "");
  // The plan removes it, but only after the new one has started.
  World renamed = listed(Adding(Mysql()));
  renamed.Removed(old);
  CHECK(judged(renamed).find("H-E3 refuse") != std::string::npos);
  // A Job ends; a pod is part of what made it.
  const Object job = Make(
      "batch/v1 Job default/j",
      "'spec':{'template':{'spec':{'containers':[],'volumes':[{'name':'d','"
      "persistentVolumeClaim':{'claimName':'mysql'}}]}}}");
  CHECK(judged(listed(Adding(Mysql(), {job}))) == "");
  CHECK(judged(Changing(Mysql(), Mysql())) == "");
}

TEST_CASE("an autoscaler of what has one claim") {
  const auto scaler = [](int most, const std::string& name) {
    return Make("autoscaling/v2 HorizontalPodAutoscaler default/h",
                "'spec':{'maxReplicas':" + std::to_string(most) +
                    ",'scaleTargetRef':{'apiVersion':'apps/v1','kind':'Deployment','name':'" + name + "'}}");
  };
  const auto judged = [&](const Object& hpa, const std::string& mode) {
    World world = Adding(hpa, {MysqlSecret(), Wordpress()});
    world.Live(Make("v1 PersistentVolumeClaim default/wordpress",
                    "'spec':{'accessModes':['" + mode + "']}"));
    return Of(world, hpa);
  };
  CHECK(judged(scaler(5, "wordpress"), "ReadWriteOnce") == "H-E2 refuse");
  CHECK(judged(scaler(1, "wordpress"), "ReadWriteOnce") == "");
  CHECK(judged(scaler(5, "wordpress"), "ReadWriteMany") == "");
}

TEST_CASE("a Job that has run is not run again") {
  const Object job = Make("batch/v1 Job default/j", "'spec':{'template':{}}");
  const auto world = [&](const std::string& ran, const std::string& now,
                         const std::string& annotation = "") {
    const Object wanted =
        annotation.empty() ? job : With(job, "/metadata/annotations", annotation);
    World one = Adding(wanted);
    one.Ours(job);
    one.input.inventory.entries[job.ref()].finished = ran;
    one.input.job_hashes[job.ref()] = now;
    return one;
  };
  const auto action = [&](const World& one) {
    const Plan plan = MakePlan(one.input);
    const Change* change = ChangeOf(plan, "Job default/j");
    const bool step = std::any_of(plan.steps.begin(), plan.steps.end(),
                                  [&](const Step& two) { return two.ref == job.ref(); });
    return std::string(ToString(change->action)) + (step ? "" : ", no step");
  };
  CHECK(action(world("", "a")) == "create");
  CHECK(Of(world("", "a"), job) == "");
  CHECK(action(world("a", "a")) == "none, no step");
  CHECK(Of(world("a", "a"), job) == "");
  CHECK(Of(world("a", "b"), job) == "H-D10 refuse");
  CHECK(Of(world("a", "b", "{'holdfast.dev/rerunnable':'true'}"), job) == "");
  CHECK(action(world("a", "b", "{'holdfast.dev/rerunnable':'true'}")) == "create");
  World gone = world("", "a");
  gone.input.inventory.entries.clear();
  gone.input.inventory.finished_jobs = {{job.ref(), "a"}};
  CHECK(action(gone) == "none, no step");
  gone.input.job_hashes[job.ref()] = "b";
  CHECK(Of(gone, job) == "H-D10 refuse");
  World there = world("a", "b");
  there.Live(job);
  CHECK(Of(there, job) == "");
}

TEST_CASE("a claim that names no class") {
  const Object claim = Make("v1 PersistentVolumeClaim default/c", "'spec':{}");
  const auto klass = [](const std::string& name, const std::string& is_default) {
    return Make("storage.k8s.io/v1 StorageClass " + name, "",
                "'annotations':{'storageclass.kubernetes.io/is-default-class':'" +
                    is_default + "'}");
  };
  const auto judged = [&](const std::vector<Object>& around) {
    return Of(Adding(claim, around).Lists("storage.k8s.io", "StorageClass"), claim);
  };
  CHECK(judged({klass("a", "true"), klass("b", "false")}) == "");
  CHECK(judged({klass("a", "false")}) == "H-G7 refuse");
  CHECK(judged({klass("a", "true"), klass("b", "true")}) == "H-G7 refuse");
  CHECK(judged({Make("v1 PersistentVolume pv", "'spec':{}")}) == "H-G7 warn");
  CHECK(Of(Adding(claim), claim) == "H-G7 hold");
  CHECK(WhenChanged(claim, With(claim, "/metadata/labels", "{'a':'b'}")) == "");
  World with_class = Adding(claim).Lists("storage.k8s.io", "StorageClass");
  with_class.Added(klass("a", "true"));
  CHECK(Of(with_class, claim) == "");
}

TEST_CASE("who is told that nothing restarts") {
  const auto config = [](const std::string& text) {
    return Make("v1 ConfigMap default/conf", "'data':{'f':'" + text + "'}");
  };
  const auto notes = [&](bool mounts, bool rolls) {
    const Object reader =
        mounts ? With(Mysql(), "/spec/template/spec/volumes/1",
                      "{'name':'c','configMap':{'name':'conf'}}")
               : Mysql();
    World world = Changing(config("a"), config("b"), {MysqlSecret()});
    world.input.predictions[config("").ref()].fields = {
        {"data.f", Json("a"), Json("b"), ""}};
    rolls ? world.Changed(reader, reader) : world.Unchanged(reader);
    if (rolls) {
      world.input.predictions[reader.ref()].fields = {
          {"spec.template.metadata.annotations.sum", Json("a"), Json("b"), ""}};
    }
    const Plan plan = MakePlan(world.input);
    const auto& findings = ChangeOf(plan, "ConfigMap default/conf")->findings;
    return std::count_if(findings.begin(), findings.end(), [](const Finding& one) {
      return one.hazard == "H-F4" && one.ruling == Ruling::kNote;
    });
  };
  CHECK(notes(true, false) == 1);
  CHECK(notes(true, true) == 0);
  CHECK(notes(false, false) == 0);
}

TEST_CASE("how many members may be away") {
  const auto budget = [](const std::string& spec) {
    return Make("policy/v1 PodDisruptionBudget default/b",
                "'spec':{" + spec + ",'selector':{'matchLabels':{'app':'cassandra'}}}");
  };
  const auto changed = [&](const Object& before, const Object& after) {
    World world = Changing(before, after, CassandraAround());
    world.Unchanged(Cassandra());
    return Of(world, after);
  };
  const auto added = [&](const Object& object, const Object& set) {
    World world = Adding(object, CassandraAround());
    world.Unchanged(set);
    return Of(world, object);
  };
  CHECK(added(budget("'maxUnavailable':1"), Cassandra()) == "");
  CHECK(added(budget("'maxUnavailable':2"), Cassandra()) == "H-F17 refuse");
  CHECK(added(budget("'maxUnavailable':'34%'"), Cassandra()) == "H-F17 refuse");
  CHECK(added(budget("'maxUnavailable':'33%'"), Cassandra()) == "");
  CHECK(added(budget("'minAvailable':1"), Cassandra()) == "H-F17 refuse");
  CHECK(added(budget("'minAvailable':2"), Cassandra()) == "");
  CHECK(added(budget("'minAvailable':1"), Cassandra("'replicas':1")) == "");
  CHECK(changed(budget("'maxUnavailable':0"), budget("'maxUnavailable':1")) ==
        "H-F17 warn");
  CHECK(changed(budget("'maxUnavailable':1"), budget("'maxUnavailable':0")) == "");
  CHECK(changed(budget("'maxUnavailable':1"), budget("'maxUnavailable':2")) ==
        "H-F17 refuse");
  CHECK(changed(budget("'maxUnavailable':1"),
                With(budget("'maxUnavailable':1"), "/spec/selector/matchLabels/app",
                     "'other'")) == "H-F17 warn");
}

TEST_CASE("pods are replaced while the budget has nothing left to give") {
  struct Row {
    const char* status;
    const char* app;
    const char* field;
    const char* finding;
  };
  const char* const kSpent = "'disruptionsAllowed':0,'currentHealthy':2,'expectedPods':3";
  const char* const kImage = "spec.template.spec.containers[name=\"cassandra\"].image";
  for (const Row& row : {
           Row{kSpent, "cassandra", kImage, "H-F17 warn"},
           Row{kSpent, "cassandra", "spec.replicas", ""},
           Row{kSpent, "other", kImage, ""},
           Row{"'disruptionsAllowed':1,'currentHealthy':3,'expectedPods':3", "cassandra",
               kImage, ""},
           // It allows none on purpose, and all are well.
           Row{"'disruptionsAllowed':0,'currentHealthy':3,'expectedPods':3", "cassandra",
               kImage, ""},
           Row{"", "cassandra", kImage, ""},
       }) {
    CAPTURE(row.status);
    CAPTURE(row.field);
    World world = Changing(Cassandra(), Cassandra(), CassandraAround());
    world.Live(Make("policy/v1 PodDisruptionBudget default/b",
                    "'spec':{'selector':{'matchLabels':{'app':'" + std::string(row.app) +
                        "'}}},'status':{" + row.status + "}"));
    world.input.predictions[Cassandra().ref()].fields = {
        {row.field, Json("a"), Json("b"), ""}};
    const std::string found = Of(world, Cassandra());
    CHECK((found.find("H-F17 warn") != std::string::npos) == (row.finding[0] != '\0'));
  }
}

Object Policy(const std::string& name, const std::string& ingress,
              const std::string& pods = "{}") {
  return Make("networking.k8s.io/v1 NetworkPolicy default/" + name,
              "'spec':{'podSelector':" + pods + ",'policyTypes':['Ingress'],'ingress':[" +
                  ingress + "]}");
}

TEST_CASE("a policy that cuts a database off") {
  const std::string own = "'from':[{'podSelector':{'matchLabels':{'app':'cassandra'}}}]";
  const std::string other = "'from':[{'podSelector':{'matchLabels':{'app':'web'}}}]";
  const std::string peers = "{" + own + ",'ports':[{'port':7000}]}";
  const std::string clients = "{" + other + ",'ports':[{'port':9042}]}";
  const auto judged = [](const Object& policy, const std::vector<Object>& around = {},
                         bool listed = true) {
    World world = Adding(policy, CassandraAround());
    world.Unchanged(Cassandra());
    for (const Object& one : around) world.Live(one);
    if (listed) world.Lists("networking.k8s.io", "NetworkPolicy");
    return Of(world, policy);
  };
  CHECK(judged(Policy("p", "")) == "H-F19 approval");
  CHECK(judged(Policy("p", "{}")) == "");
  CHECK(judged(Policy("p", peers + "," + clients)) == "");
  CHECK(judged(Policy("p", peers)) == "H-F19 approval");
  CHECK(judged(Policy("p", clients)) == "H-F19 approval");
  CHECK(judged(Policy("p", "{" + other + "}")) == "H-F19 approval");
  CHECK(judged(Policy("p", "{'ports':[{'port':7000,'endPort':9999}]}")) == "");
  CHECK(judged(Policy("p", "{'ports':[{'port':9042,'protocol':'UDP'}]}")) ==
        "H-F19 approval");
  // Another one, live, lets in; and where it cannot be told whether there is one.
  CHECK(judged(Policy("p", ""), {Policy("open", "{}")}) == "");
  CHECK(judged(Policy("p", ""), {}, false) == "H-F19 hold");
  CHECK(judged(Policy("p", peers + "," + clients), {}, false) == "");
  // A shell that runs from the image has no clients.
  World shell = Adding(Policy("p", ""));
  shell.Unchanged(Make("v1 Pod default/shell",
                       "'spec':{'containers':[{'name':'c','image':'redis:7.4.1'}]}"));
  CHECK(Of(shell, Policy("p", "")) == "");
  // It is of other pods, or all was shut already.
  CHECK(judged(Policy("p", "", "{'matchLabels':{'app':'web'}}")) == "");
  CHECK(judged(Policy("p", ""), {Policy("shut", "")}) == "");
  // Members that may hear one another and not speak.
  const auto out = [](const std::string& egress) {
    return With(With(Policy("p", ""), "/spec/policyTypes", "['Egress']"), "/spec/egress",
                "[" + egress + "]");
  };
  CHECK(judged(out("")) == "H-F19 approval");
  CHECK(judged(out("{'to':[{'podSelector':{'matchLabels':{'app':'web'}}}]}")) ==
        "H-F19 approval");
  CHECK(judged(out("{'to':[{'podSelector':{}}],'ports':[{'port':7000}]}")) == "");
  CHECK(judged(out(""), {Policy("clients-shut", peers)}) == "H-F19 approval");
  World opened = Removing(Policy("open", "{}"));
  opened.Lists("networking.k8s.io", "NetworkPolicy");
  opened.Live(Cassandra());
  CHECK(Of(opened, Policy("open", "")) == "");
  opened.Live(Policy("shut", ""));
  CHECK(Of(opened, Policy("open", "")) == "H-F19 approval");
}

TEST_CASE("backups go on") {
  const auto job = [](const std::string& name, const std::string& container,
                      const std::string& suspend = "false") {
    return Make("batch/v1 CronJob default/" + name,
                "'spec':{'suspend':" + suspend +
                    ",'jobTemplate':{'spec':{'template':{'spec':{'containers':[{'name':'c'"
                    "," +
                    container + "}]}}}}}");
  };
  const auto removed = [](const Object& object) { return Of(Removing(object), object); };
  CHECK(removed(job("report", "'image':'report:1'")) == "");
  CHECK(removed(job("mysql-backup", "'image':'x'")) == "H-F20 approval");
  CHECK(removed(job("nightly", "'image':'restic/restic:1'")) == "H-F20 approval");
  CHECK(removed(job("nightly", "'image':'mysql:8','command':['sh','-c','mysqldump -A']"))
            .find("H-F20 approval") != std::string::npos);
  CHECK(removed(Make("velero.io/v1 Schedule default/s")).find("H-F20 approval") !=
        std::string::npos);
  const Object runs = job("mysql-backup", "'image':'x'");
  const Object paused = job("mysql-backup", "'image':'x'", "true");
  CHECK(WhenChanged(runs, paused) == "H-F20 approval");
  CHECK(WhenChanged(paused, runs) == "");
  CHECK(WhenChanged(job("report", "'image':'x'"), job("report", "'image':'x'", "true")) ==
        "");
}

TEST_CASE("quotas below what is used") {
  const auto quota = [](const std::string& hard) {
    return Make("v1 ResourceQuota default/q",
                "'spec':{'hard':{" + hard +
                    "}},'status':{'used':{'pods':'5','requests.storage':'20Gi'}}");
  };
  CHECK(WhenChanged(quota("'pods':'9'"), quota("'pods':'5'")) == "");
  CHECK(WhenChanged(quota("'pods':'9'"), quota("'pods':'4'")) == "H-G9 warn");
  CHECK(WhenChanged(quota("'pods':'4'"), quota("'pods':'4'")) == "");
  CHECK(WhenChanged(quota(""), quota("'requests.storage':'19Gi'")) == "H-G9 warn");
  const auto range = [](const std::string& most) {
    return Make("v1 LimitRange default/r",
                "'spec':{'limits':[{'type':'Container','max':{'memory':'" + most + "'}}]}");
  };
  CHECK(WhenChanged(range("2Gi"), range("1Gi")) == "H-G9 warn");
  CHECK(WhenChanged(range("1Gi"), range("2Gi")) == "");
}

TEST_CASE("webhooks in everybody's way") {
  const auto webhook = [](const std::string& members) {
    return Make("admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration w",
                "'webhooks':[{'name':'w'," + members + "}]");
  };
  const auto added = [&](const Object& object) { return Of(Adding(object), object); };
  const std::string pods = "'rules':[{'apiGroups':[''],'resources':['pods']}]";
  CHECK(added(webhook(pods)) == "H-G11 warn");
  CHECK(added(webhook(pods + ",'failurePolicy':'Ignore'")) == "");
  CHECK(added(webhook(pods + ",'namespaceSelector':{'matchLabels':{'a':'b'}}")) == "");
  CHECK(added(webhook("'rules':[{'apiGroups':['*'],'resources':['*/*']}]")) ==
        "H-G11 warn");
  CHECK(added(webhook("'rules':[{'apiGroups':['apps'],'resources':['*']}]")) == "");
  CHECK(WhenChanged(webhook(pods), webhook(pods + ",'timeoutSeconds':5")) == "");
}

TEST_CASE("Holdfast keeps its own rights") {
  const auto role = [](const std::string& verbs) {
    return Make("rbac.authorization.k8s.io/v1 ClusterRole r",
                "'rules':[{'apiGroups':[''],'resources':['pods'],'verbs':[" + verbs +
                    "]}]");
  };
  const auto binding = [](const std::string& account, const std::string& space) {
    return Make("rbac.authorization.k8s.io/v1 ClusterRoleBinding b",
                "'roleRef':{'kind':'ClusterRole','name':'r'},'subjects':[{'kind':'"
                "ServiceAccount','name':'" +
                    account + "','namespace':'" + space + "'}]");
  };
  const Object ours = binding("h", "holdfast-system");
  CHECK(WhenChanged(role("'get','list'"), role("'get'"), {ours}) == "H-H9 hold");
  CHECK(WhenChanged(role("'get'"), role("'get','list'"), {ours}) == "");
  CHECK(WhenChanged(role("'get','list'"), role("'get'"), {binding("h", "other")}) == "");
  CHECK(WhenChanged(ours, binding("g", "holdfast-system")).find("H-H9 hold") !=
        std::string::npos);
  const auto removed = [](const Object& object, const std::vector<Object>& around) {
    World world = Removing(object);
    for (const Object& one : around) world.Live(one);
    return Of(world, object);
  };
  CHECK(removed(ours, {}) == "H-H9 refuse");
  CHECK(removed(binding("h", "other"), {}) == "");
  CHECK(removed(role("'get'"), {ours}).find("H-H9 refuse") != std::string::npos);
}

TEST_CASE("Holdfast keeps its own records") {
  const auto added = [](const std::string& head) {
    const Object object = Make(head);
    World world;
    return Judged(world.Added(object), object.ref());
  };
  CHECK(added("v1 ConfigMap holdfast-system/holdfast-inventory-a") == "H-H9 refuse");
  CHECK(added("coordination.k8s.io/v1 Lease holdfast-system/holdfast-a") == "H-H9 refuse");
  CHECK(added("v1 ConfigMap holdfast-system/holdfast-syncs").empty());
  CHECK(added("v1 ConfigMap default/holdfast-inventory-a").empty());
  CHECK(added("v1 ServiceAccount holdfast-system/holdfast-runner").empty());
  const Object record = Make("v1 ConfigMap holdfast-system/holdfast-approvals-a");
  CHECK(WhenChanged(record, record) == "H-H9 refuse");
  World adopted;
  adopted.Unchanged(record).input.inventory.entries.clear();
  CHECK(Judged(adopted, record.ref()) == "H-H9 refuse");
}

TEST_CASE("an object whose file is left out was not removed") {
  const Object config = Make("v1 ConfigMap default/x");
  const auto judged = [&](const ObjectRef& left_out) {
    World world = Removing(config);
    world.input.left_out.emplace(left_out, Source{"x.yaml.off", 1, 1});
    return Of(world, config);
  };
  CHECK(judged({"", "ConfigMap", "default", "x"}) == "H-H5 refuse");
  CHECK(judged({"", "ConfigMap", "", "x"}) == "H-H5 refuse");
  CHECK(judged({"", "ConfigMap", "other", "x"}) == "");
  CHECK(judged({"", "Secret", "default", "x"}) == "");
}

TEST_CASE("a class that lets nothing grow any more") {
  const auto grows = [](const std::string& member) {
    return Make("storage.k8s.io/v1 StorageClass c", member);
  };
  CHECK(WhenChanged(grows("'allowVolumeExpansion':true"), grows("")) == "H-D11 warn");
  CHECK(WhenChanged(grows(""), grows("'allowVolumeExpansion':true")) == "");
}

TEST_CASE("two things at once") {
  const auto rolls = [](World& world, const Object& object, const std::string& field) {
    world.Changed(object, object);
    world.input.predictions[object.ref()].fields = {{field, Json("a"), Json("b"), ""}};
  };
  const std::string image = "spec.template.spec.containers[name=\"mysql\"].image";
  const auto of_mysql = [](const World& world) {
    const Plan plan = MakePlan(world.input);
    const Change* change = ChangeOf(plan, "Deployment default/wordpress-mysql");
    std::string said = Joined(Brief(plan.set.findings));
    for (const Finding& one : change->findings) {
      if (one.hazard == "H-F21") said += " (mysql) " + one.reason;
    }
    return said;
  };
  World one;
  rolls(one, Mysql(), image);
  CHECK(of_mysql(one) == "");
  World two = one;
  rolls(two, Cassandra(), image);
  CHECK(of_mysql(two) == "H-F21 warn");
  World migration = one;
  migration.Added(Make("batch/v1 Job default/m"));
  CHECK(of_mysql(migration).find("Job m runs") != std::string::npos);
  World secret = one;
  rolls(secret, MysqlSecret(), "data.password");
  CHECK(of_mysql(secret).find("which it reads, changes") != std::string::npos);
}

}  // namespace
}  // namespace holdfast
