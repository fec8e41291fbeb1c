#include "tests/bench/plan_inputs.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace holdfast {
namespace {

constexpr std::size_t kObjectsOfOne = 10;
const char* const kSpace = "databases";
const char* const kClass = "local-path";

Object Make(Json json) {
  auto object = Object::Make(std::move(json));
  if (!object.ok()) {
    std::fprintf(stderr, "plan_inputs: %s\n", object.error().message.c_str());
    std::exit(1);
  }
  return std::move(object).value();
}

Json Head(const char* api_version, const char* kind, const std::string& name) {
  return {{"apiVersion", api_version},
          {"kind", kind},
          {"metadata", {{"name", name}, {"namespace", kSpace}}}};
}

Json With(Json head, const char* member, Json value) {
  head[member] = std::move(value);
  return head;
}

Json Labels(const std::string& name) {
  return {{"app.kubernetes.io/name", name}, {"app.kubernetes.io/part-of", "databases"}};
}

Json ClaimSpec(const char* size) {
  return {{"storageClassName", kClass},
          {"accessModes", {"ReadWriteOnce"}},
          {"resources", {{"requests", {{"storage", size}}}}}};
}

/// A container with what such pods name: a Secret's key, a Service by text, mounts.
Json Pods(const std::string& name, const char* image, Json volumes) {
  Json mounts = {{{"name", "data"}, {"mountPath", "/var/lib/mysql"}}};
  for (const Json& volume : volumes) {
    if (volume["name"] != "data") {
      mounts.push_back({{"name", volume["name"]}, {"mountPath", "/etc/mysql"}});
    }
  }
  const Json password = {{"secretKeyRef", {{"name", name}, {"key", "password"}}}};
  const Json container = {
      {"name", "main"},
      {"image", image},
      {"env",
       {{{"name", "DB_HOST"}, {"value", name + "-db." + kSpace + ".svc:3306"}},
        {{"name", "PASSWORD"}, {"valueFrom", password}}}},
      {"volumeMounts", mounts}};
  return {{"metadata", {{"labels", Labels(name)}}},
          {"spec",
           {{"serviceAccountName", name},
            {"containers", Json::array({container})},
            {"volumes", std::move(volumes)}}}};
}

Json MountOf(const std::string& claim) {
  return {{"name", "data"}, {"persistentVolumeClaim", {{"claimName", claim}}}};
}

Json Workload(const char* kind, const std::string& name, Json pods) {
  return With(Head("apps/v1", kind, name), "spec",
              {{"replicas", 1},
               {"selector", {{"matchLabels", pods["metadata"]["labels"]}}},
               {"template", std::move(pods)}});
}

/// The ten objects of one database and its web server.
std::vector<Object> Database(std::size_t number) {
  const std::string name = "shop-" + std::to_string(number);
  const std::string db = name + "-db";
  const Json config = {{"name", "config"}, {"configMap", {{"name", name}}}};
  Json set =
      Workload("StatefulSet", db, Pods(name, "mysql:8.4.3", Json::array({config})));
  set["spec"]["serviceName"] = db;
  set["spec"]["volumeClaimTemplates"] =
      Json::array({{{"metadata", {{"name", "data"}}}, {"spec", ClaimSpec("10Gi")}}});
  Json web = Workload("Deployment", name,
                      Pods(name, "wordpress:6.7", Json::array({config, MountOf(name)})));
  web["spec"]["strategy"] = {{"type", "Recreate"}};
  Json job =
      Workload("Deployment", name + "-backup",
               Pods(name, "busybox:1.36", Json::array({MountOf(name + "-backup")})));
  const Json ports = Json::array({{{"name", "mysql"}, {"port", 3306}}});
  const Json selector = Labels(name);
  std::vector<Object> objects;
  objects.push_back(Make(Head("v1", "ServiceAccount", name)));
  objects.push_back(Make(With(Head("v1", "ConfigMap", name), "data",
                              {{"my.cnf", "[mysqld]\nport=3306\nbind-address=*\n"}})));
  objects.push_back(
      Make(With(Head("v1", "Secret", name), "data", {{"password", "b25seS1hLXRlc3Q="}})));
  for (const std::string& claim : {name, name + "-backup"}) {
    objects.push_back(Make(
        With(Head("v1", "PersistentVolumeClaim", claim), "spec", ClaimSpec("20Gi"))));
  }
  objects.push_back(Make(With(Head("v1", "Service", name), "spec",
                              {{"selector", selector}, {"ports", ports}})));
  objects.push_back(
      Make(With(Head("v1", "Service", db), "spec",
                {{"clusterIP", "None"}, {"selector", selector}, {"ports", ports}})));
  objects.push_back(Make(std::move(set)));
  objects.push_back(Make(std::move(web)));
  objects.push_back(Make(std::move(job)));
  return objects;
}

Object AsLive(const Object& object) {
  Json json = object.json();
  json["metadata"]["uid"] = "uid-" + object.ref().kind + "-" + object.ref().name;
  json["metadata"]["resourceVersion"] = "7";
  if (object.ref().Is("", "PersistentVolumeClaim")) {
    json["spec"]["volumeName"] = "pv-" + object.ref().name;
    json["status"] = {{"phase", "Bound"}, {"capacity", {{"storage", "20Gi"}}}};
  }
  return Make(std::move(json));
}

/// The claim of a StatefulSet's pod, that pod, and the volume of each claim.
void AddMadeByOthers(const std::vector<Object>& database, Snapshot& live) {
  for (const Object& object : database) {
    const std::string& name = object.ref().name;
    std::string claim;
    if (object.ref().Is("apps", "StatefulSet")) {
      claim = "data-" + name + "-0";
      live.Put(AsLive(Make(
          With(Head("v1", "PersistentVolumeClaim", claim), "spec", ClaimSpec("10Gi")))));
      Json pod = With(Head("v1", "Pod", name + "-0"), "spec",
                      object.json()["spec"]["template"]["spec"]);
      pod["metadata"]["ownerReferences"] =
          Json::array({{{"apiVersion", "apps/v1"},
                        {"kind", "StatefulSet"},
                        {"name", name},
                        {"uid", "uid-StatefulSet-" + name},
                        {"controller", true}}});
      live.Put(AsLive(Make(std::move(pod))));
    } else if (object.ref().Is("", "PersistentVolumeClaim")) {
      claim = name;
    }
    if (claim.empty()) continue;
    Json volume = With(Head("v1", "PersistentVolume", "pv-" + claim), "spec",
                       {{"persistentVolumeReclaimPolicy", "Retain"},
                        {"storageClassName", kClass},
                        {"claimRef", {{"namespace", kSpace}, {"name", claim}}}});
    volume["metadata"].erase("namespace");
    live.Put(AsLive(Make(std::move(volume))));
  }
}

void AddDesired(const Object& object, Revised revised, PlanInput& input) {
  Prediction prediction;
  prediction.exists = revised != Revised::kCreate;
  prediction.rung = Prediction::Rung::kLocal;
  if (revised == Revised::kCreate || revised == Revised::kUpdate) {
    prediction.rung = Prediction::Rung::kDryRun;
    prediction.result = AsLive(object);
  }
  if (revised == Revised::kUpdate) {
    prediction.fields.push_back({"metadata.labels.tier", Json("a"), Json("b"), ""});
  }
  input.predictions.emplace(object.ref(), std::move(prediction));
  input.desired.push_back({object, {object.ref().name + ".yaml", 1, 1}, nullptr});
}

/// What the rules for deletions and claims list.
void AddLists(Snapshot& live) {
  for (const char* kind : {"Pod", "PersistentVolumeClaim", "PersistentVolume",
                           "ServiceAccount", "Namespace"}) {
    live.listed.push_back({"", kind, ""});
  }
  for (const char* kind : {"StatefulSet", "Deployment", "DaemonSet"}) {
    live.listed.push_back({"apps", kind, ""});
  }
  for (const char* kind : {"Job", "CronJob"}) live.listed.push_back({"batch", kind, ""});
  live.listed.push_back({"networking.k8s.io", "Ingress", ""});
  live.listed.push_back({"storage.k8s.io", "StorageClass", ""});
}

}  // namespace

PlanInput ManyDatabases(std::size_t count, Revised revised) {
  PlanInput input;
  input.live.cluster_uid = "cluster";
  input.inventory.exists = true;
  input.inventory.sync = input.sync;
  input.inventory.cluster_uid = "cluster";
  AddLists(input.live);
  input.live.Put(AsLive(Make({{"apiVersion", "storage.k8s.io/v1"},
                              {"kind", "StorageClass"},
                              {"metadata", {{"name", kClass}}},
                              {"provisioner", "rancher.io/local-path"}})));
  const std::size_t databases = (count + kObjectsOfOne - 1) / kObjectsOfOne;
  for (std::size_t i = 0; i < databases; ++i) {
    const std::vector<Object> database = Database(i);
    for (const Object& object : database) {
      if (revised != Revised::kCreate) {
        const Object live = AsLive(object);
        input.inventory.entries.emplace(
            object.ref(), InventoryEntry{object.ref(), "v1", live.uid(), "hash"});
        input.live.Put(live);
      }
      if (revised != Revised::kRemove || i % 3 != 0) AddDesired(object, revised, input);
    }
    if (revised != Revised::kCreate) AddMadeByOthers(database, input.live);
  }
  return input;
}

}  // namespace holdfast
