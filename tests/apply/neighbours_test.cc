#include "apply/neighbours.h"

#include <doctest/doctest.h>

#include "apply/readers.h"
#include "diff/compare.h"
#include "diff/core_schema.h"
#include "tests/apply/plan_input.h"

namespace holdfast {
namespace {

/// A workload whose only container has `container`, and whose pod has `pod`.
Object Workload(const std::string& head, const std::string& container,
                const std::string& pod = "", const std::string& labels = "'app':'db'") {
  const std::string open = head.find("CronJob") != std::string::npos
                               ? "'spec':{'jobTemplate':{'spec':{'template':{"
                               : "'spec':{'template':{";
  const std::string close = head.find("CronJob") != std::string::npos ? "}}}}" : "}}";
  return Make(head, open + "'metadata':{'labels':{" + labels +
                        "}},'spec':{'containers':[{" + "'name':'c'" +
                        (container.empty() ? "" : ",") + container + "}]" +
                        (pod.empty() ? "" : ",") + pod + "}" + close);
}

const char* kMounted = "'volumeMounts':[{'name':'v','mountPath':'/etc/c'}]";
const char* kVolume = "'volumes':[{'name':'v','configMap':{'name':'c'}}]";

TEST_CASE("how a workload reads a ConfigMap or a Secret") {
  struct Row {
    std::string what;
    std::string source;  ///< "ConfigMap c"
    std::string container;
    std::string pod;
    std::string keys;  ///< "a b"
    std::string read;  ///< "env A", "volume /etc/c", joined by ", "
  };
  const std::string env =
      "'env':[{'name':'A','valueFrom':{'configMapKeyRef':{'name':'c','key':'a'}}}]";
  const std::string secret_env =
      "'env':[{'name':'A','valueFrom':{'secretKeyRef':{'name':'c','key':'a'}}}]";
  const std::string sub_path =
      "'volumeMounts':[{'name':'v','mountPath':'/etc/my.cnf','subPath':'a'}]";
  const std::string items =
      "'volumes':[{'name':'v','configMap':{'name':'c','items':[{'key':'a','path':'x/"
      "a'}]}}]";
  const std::string projected =
      "'volumes':[{'name':'v','projected':{'sources':[{'secret':{'name':'c'}}]}}]";
  const Row rows[] = {
      {"env", "ConfigMap c", env, "", "a", "env A"},
      {"env of another key", "ConfigMap c", env, "", "b", ""},
      {"env of a Secret of the same name", "Secret c", env, "", "a", ""},
      {"env of a Secret", "Secret c", secret_env, "", "a", "env A"},
      {"env of another ConfigMap", "ConfigMap d", env, "", "a", ""},
      {"all of it as env", "ConfigMap c", "'envFrom':[{'configMapRef':{'name':'c'}}]", "",
       "a", "env envFrom"},
      {"a volume", "ConfigMap c", kMounted, kVolume, "a", "volume /etc/c"},
      {"a volume that nobody mounts", "ConfigMap c", "", kVolume, "a", ""},
      {"a volume of some keys", "ConfigMap c", kMounted, items, "a", "volume /etc/c"},
      {"a volume of other keys", "ConfigMap c", kMounted, items, "b", ""},
      {"one file by subPath", "ConfigMap c", sub_path, kVolume, "a",
       "subPath /etc/my.cnf"},
      {"another file by subPath", "ConfigMap c", sub_path, kVolume, "b", ""},
      {"a projected volume", "Secret c", kMounted, projected, "a", "volume /etc/c"},
      {"pulling images", "Secret c", "", "'imagePullSecrets':[{'name':'c'}]",
       ".dockercfg", "pull imagePullSecrets"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const Object workload = Workload("apps/v1 Deployment db/w", row.container, row.pod);
    const auto space = row.source.find(' ');
    const ObjectRef source{"", row.source.substr(0, space), "db",
                           row.source.substr(space + 1)};
    std::vector<std::string> read;
    for (const Reading& one : ReadingsOf(workload, source, {row.keys})) {
      const char* how = one.how == Reading::How::kEnv       ? "env "
                        : one.how == Reading::How::kVolume  ? "volume "
                        : one.how == Reading::How::kSubPath ? "subPath "
                                                            : "pull ";
      read.push_back((one.what.starts_with("env ") ? "" : how) + one.what);
    }
    CHECK(Joined(read) == row.read);
  }
  const Object elsewhere = Workload("apps/v1 Deployment web/w", env);
  CHECK(ReadingsOf(elsewhere, {"", "ConfigMap", "db", "c"}, {}).empty());
}

/// What is told of `before` that becomes `after`, with `around` unchanged in Git.
std::vector<std::string> Told(
    const Object& before, const Object& after, const std::vector<Object>& around,
    const std::vector<std::pair<Object, Object>>& changed = {}) {
  World world;
  for (const Object& one : around) world.Unchanged(one);
  for (const auto& [was, is] : changed) world.Changed(was, is);
  world.Changed(before, after);
  for (auto& [ref, prediction] : world.input.predictions) {
    const Object* live = world.input.live.Find(ref);
    if (prediction.result && live != nullptr) {
      prediction.fields = Difference(*live, *prediction.result, CoreSchema());
    }
  }
  const Plan plan = MakePlan(world.input);
  const Change* change = ChangeOf(plan, after.ref().ToString());
  REQUIRE(change != nullptr);
  return change->effects;
}

Object Config(const std::string& data) {
  return Make("v1 ConfigMap db/c", "'data':{" + data + "}");
}

TEST_CASE("who sees a changed ConfigMap, and when") {
  const std::string head = "apps/v1 StatefulSet db/mysql";
  const std::string env =
      "'env':[{'name':'A','valueFrom':{'configMapKeyRef':{'name':'c','key':'a'}}}]";
  const Object before = Config("'a':'1'");
  const Object after = Config("'a':'2'");
  using Sentences = std::vector<std::string>;
  CHECK(
      Told(before, after, {Workload(head, env)}) ==
      Sentences{"no pod of StatefulSet mysql restarts: env is read at start (env A), so "
                "the old value stays until then"});
  CHECK(
      Told(before, after, {Workload(head, kMounted, kVolume)}) ==
      Sentences{"no pod of StatefulSet mysql restarts: /etc/c is updated in place within "
                "a minute or two"});
  CHECK(
      Told(before, after,
           {Workload(head, "'volumeMounts':[{'name':'v','mountPath':'/f','subPath':'a'}]",
                     kVolume)}) ==
      Sentences{
          "no pod of StatefulSet mysql restarts: /f is mounted by subPath, which is "
          "read at start and never updated"});
  CHECK(Told(before, after, {Workload("batch/v1 CronJob db/backup", env)}) ==
        Sentences{"CronJob backup reads it at its next run"});
  CHECK(Told(before, after, {Workload(head, "")}) ==
        Sentences{"no pod restarts: no workload that is known here reads what changes"});
  CHECK(Told(before, after, {},
             {{Workload(head, env), Workload(head, env + ",'image':'new'")}}) ==
        Sentences{"StatefulSet mysql starts pods in this plan too, and they get the new "
                  "value"});
}

TEST_CASE("a label alone is no new value") {
  const Object before = Config("'a':'1'");
  CHECK(Told(before, before.WithLabel("x", "y"), {}).empty());
}

TEST_CASE("who serves a changed certificate") {
  const auto secret = [](const std::string& crt) {
    return Make("v1 Secret db/tls", "'data':{'tls.crt':'" + crt + "'}");
  };
  const Object ingress = Make("networking.k8s.io/v1 Ingress db/web",
                              "'spec':{'tls':[{'secretName':'tls'}]}");
  CHECK(Told(secret("YQ=="), secret("Yg=="), {ingress}) ==
        std::vector<std::string>{
            "Ingress web serves the new certificate; no pod restarts"});
}

TEST_CASE("whom a Service reaches") {
  const auto service = [](const std::string& app) {
    return Make("v1 Service db/s", "'spec':{'selector':{'app':'" + app + "'}}");
  };
  const Object db = Workload("apps/v1 StatefulSet db/mysql", "", "", "'app':'db'");
  const Object web = Workload("apps/v1 Deployment db/web", "", "", "'app':'web'");
  CHECK(Told(service("db"), service("web"), {db, web}).back() ==
        "its clients reach Deployment web in place of StatefulSet mysql");
  CHECK(Told(service("db"), service("nobody"), {db, web}).back() ==
        "its clients reach no pod: no workload that is known here has the labels of the "
        "new "
        "selector; until now they reach StatefulSet mysql");
  const Object moved = Workload("apps/v1 StatefulSet db/mysql", "", "", "'app':'web'");
  CHECK(Told(db, moved, {service("db")}).back() ==
        "clients of Service s no longer reach its pods");
  CHECK(Told(moved, db, {service("db")}).back() ==
        "clients of Service s reach its pods too");
}

TEST_CASE("who mounts a claim that grows") {
  const auto claim = [](const std::string& size) {
    return Make("v1 PersistentVolumeClaim db/data",
                "'spec':{'resources':{'requests':{'storage':'" + size + "'}}}");
  };
  const Object mysql =
      Workload("apps/v1 Deployment db/mysql", "",
               "'volumes':[{'name':'d','persistentVolumeClaim':{'claimName':'data'}}]");
  CHECK(Told(claim("1Gi"), claim("2Gi"), {mysql}).back() ==
        "Deployment mysql has it mounted: it grows online, and no pod restarts");
  CHECK(
      Told(claim("1Gi"), claim("2Gi"), {}).back() ==
      "no workload that is known here mounts it: its file system grows when a pod does");
}

}  // namespace
}  // namespace holdfast
