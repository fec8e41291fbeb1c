#include "apply/references.h"

#include "tests/apply/example_objects.h"

namespace holdfast {
namespace {

std::string Text(const Edge& edge) {
  std::string text = edge.to.kind + " " +
                     (edge.to.name_space.empty() ? "" : edge.to.name_space + "/") +
                     edge.to.name;
  if (edge.strength == EdgeStrength::kSoft) text += " (soft)";
  if (edge.optional) text += " (optional)";
  return text;
}

std::string Targets(const std::vector<Edge>& edges) {
  std::vector<std::string> texts;
  for (const Edge& edge : edges) texts.push_back(Text(edge));
  return Joined(texts);
}

const std::string kPodHead = "v1 Pod db/p";

Object PodWith(const std::string& spec) {
  return Make(kPodHead, "'spec':{" + spec + "}");
}
Object PodWithVolume(const std::string& source) {
  return PodWith("'containers':[],'volumes':[{'name':'v'," + source + "}]");
}
Object PodWithEnv(const std::string& env) {
  return PodWith("'containers':[{'name':'c','env':[" + env + "]}]");
}

TEST_CASE("what one object names is an edge") {
  struct Row {
    std::string sentence;
    Object object;
    std::string targets;
  };
  const Row rows[] = {
      {"a claim", PodWithVolume("'persistentVolumeClaim':{'claimName':'data'}"),
       "PersistentVolumeClaim db/data"},
      {"a Secret as a volume", PodWithVolume("'secret':{'secretName':'s'}"),
       "Secret db/s"},
      {"one that may be missing",
       PodWithVolume("'secret':{'secretName':'s','optional':true}"),
       "Secret db/s (optional)"},
      {"a ConfigMap as a volume", PodWithVolume("'configMap':{'name':'c'}"),
       "ConfigMap db/c"},
      {"projected sources",
       PodWithVolume("'projected':{'sources':[{'secret':{'name':'s'}},{'configMap':{'"
                     "name':'c'}}]}"),
       "ConfigMap db/c, Secret db/s"},
      {"a CSI driver's secret",
       PodWithVolume("'csi':{'nodePublishSecretRef':{'name':'s'}}"), "Secret db/s"},
      {"the class of an ephemeral claim",
       PodWithVolume(
           "'ephemeral':{'volumeClaimTemplate':{'spec':{'storageClassName':'fast'}}}"),
       "StorageClass fast"},
      {"env from a Secret",
       PodWithEnv("{'name':'P','valueFrom':{'secretKeyRef':{'name':'s','key':'k'}}}"),
       "Secret db/s"},
      {"env from a ConfigMap",
       PodWithEnv("{'name':'P','valueFrom':{'configMapKeyRef':{'name':'c','key':'k'}}}"),
       "ConfigMap db/c"},
      {"envFrom of an init container",
       PodWith("'initContainers':[{'envFrom':[{'secretRef':{'name':'s'}},{'configMapRef':"
               "{'name':'c'}}]}]"),
       "ConfigMap db/c, Secret db/s"},
      {"pull secrets and account",
       PodWith("'imagePullSecrets':[{'name':'r'}],'serviceAccountName':'a'"),
       "Secret db/r, ServiceAccount db/a"},
      {"the account that is always there", PodWith("'serviceAccountName':'default'"), ""},
      {"classes of pods",
       PodWith("'priorityClassName':'high','runtimeClassName':'gvisor'"),
       "RuntimeClass gvisor, PriorityClass high"},
      {"a priority of Kubernetes' own",
       PodWith("'priorityClassName':'system-node-critical'"), ""},
      {"a CronJob's pods",
       Make("batch/v1 CronJob db/backup",
            "'spec':{'jobTemplate':{'spec':{'template':{'spec':{'serviceAccountName':'a'}"
            "}}}}"),
       "ServiceAccount db/a"},
      {"a claim's class, volume and source",
       Make("v1 PersistentVolumeClaim db/c",
            "'spec':{'storageClassName':'fast','volumeName':'pv','dataSource':{'kind':'"
            "VolumeSnapshot','apiGroup':'snapshot.storage.k8s.io','name':'snap'}}"),
       "PersistentVolume pv, VolumeSnapshot db/snap, StorageClass fast"},
      {"a StatefulSet's Service and class", Cassandra(),
       "Service default/cassandra, StorageClass local-path"},
      {"the secrets of a volume's driver",
       Make("v1 PersistentVolume pv",
            "'spec':{'csi':{'nodeStageSecretRef':{'name':'s','namespace':'csi'}}}"),
       "Secret csi/s"},
      {"the secrets of a class, but no pattern",
       Make("storage.k8s.io/v1 StorageClass fast",
            "'parameters':{'csi.storage.k8s.io/"
            "provisioner-secret-name':'s','csi.storage.k8s.io/"
            "provisioner-secret-namespace':'csi','csi.storage.k8s.io/"
            "node-stage-secret-name':'${pvc.name}','csi.storage.k8s.io/"
            "node-stage-secret-namespace':'csi'}"),
       "Secret csi/s"},
      {"a binding's role",
       Make("rbac.authorization.k8s.io/v1 RoleBinding db/b",
            "'roleRef':{'kind':'Role','name':'r'},'subjects':[{'kind':'ServiceAccount','"
            "name':'a'}]"),
       "Role db/r"},
      {"what an autoscaler scales",
       Make("autoscaling/v2 HorizontalPodAutoscaler db/h",
            "'spec':{'scaleTargetRef':{'apiVersion':'apps/"
            "v1','kind':'Deployment','name':'d'}}"),
       "Deployment db/d"},
      {"an Ingress",
       Make("networking.k8s.io/v1 Ingress db/i",
            "'spec':{'ingressClassName':'nginx','tls':[{'secretName':'t'}],'rules':[{'"
            "http':{'paths':[{'backend':{'service':{'name':'web'}}}]}}]}"),
       "Secret db/t (optional), Service db/web, IngressClass nginx"},
      {"a webhook's Service",
       Make(
           "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration w",
           "'webhooks':[{'clientConfig':{'service':{'name':'hook','namespace':'ops'}}}]"),
       "Service ops/hook"},
      {"a backend that is no Service",
       Make("networking.k8s.io/v1 Ingress db/i",
            "'spec':{'defaultBackend':{'resource':{'apiGroup':'example.com','kind':'Bucket','"
            "name':'b'}}}"),
       "Bucket db/b"},
      {"a route's gateway and Services",
       Make("gateway.networking.k8s.io/v1 HTTPRoute db/r",
            "'spec':{'parentRefs':[{'name':'g','namespace':'edge'}],'rules':[{'backendRefs':[{'"
            "name':'web'}]}]}"),
       "Service db/web, Gateway edge/g"},
      {"the secret of a volume that is no CSI volume",
       Make("v1 PersistentVolume pv",
            "'spec':{'rbd':{'secretRef':{'name':'s','namespace':'ceph'}}}"),
       "Secret ceph/s"},
      {"the secrets of a class of snapshots",
       Make("snapshot.storage.k8s.io/v1 VolumeSnapshotClass vsc",
            "'parameters':{'csi.storage.k8s.io/snapshotter-secret-name':'s','csi.storage.k8s.io/"
            "snapshotter-secret-namespace':'csi'}"),
       "Secret csi/s"},
      {"a snapshot that exists already",
       Make("snapshot.storage.k8s.io/v1 VolumeSnapshot db/s",
            "'spec':{'source':{'volumeSnapshotContentName':'content'}}"),
       "VolumeSnapshotContent content"},
      {"a snapshot's claim",
       Make("snapshot.storage.k8s.io/v1 VolumeSnapshot db/s",
            "'spec':{'source':{'persistentVolumeClaimName':'c'},'volumeSnapshotClassName'"
            ":'vsc'}"),
       "PersistentVolumeClaim db/c, VolumeSnapshotClass vsc"},
      {"the annotation",
       Make("v1 ConfigMap db/c", "",
            "'annotations':{'holdfast.dev/depends-on':'statefulset/other/mysql, "
            "Namespace/other'}"),
       "Namespace other, StatefulSet other/mysql"},
      {"the annotation with a custom kind",
       Make("v1 ConfigMap db/c", "",
            "'annotations':{'holdfast.dev/depends-on':'Cluster.example.com/db/main'}"),
       "Cluster db/main"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    CHECK(Targets(ReferencesOf(row.object)) == row.targets);
  }
}

/// The soft edges out of `client` among the client and a MySQL of the same namespace.
std::string Mentions(const Object& client, const Object& more = MysqlSecret()) {
  std::vector<Manifest> desired = {InGit(client), InGit(MysqlService()), InGit(Mysql()),
                                   InGit(more)};
  std::vector<std::string> found;
  for (const Edge& edge : FindReferences(desired)) {
    if (edge.from != client.ref() || edge.strength != EdgeStrength::kSoft) continue;
    found.push_back(edge.to.kind + (edge.guess ? "?" : ""));
  }
  return Joined(found);
}

Object Client(const std::string& container) {
  return Make("apps/v1 Deployment default/client",
              "'spec':{'template':{'metadata':{'labels':{'app':'client'}},'spec':{'"
              "containers':[{" +
                  container + "}]}}}");
}

TEST_CASE("a text that names a Service leads to it and to the workload behind it") {
  struct Row {
    std::string sentence;
    std::string container;
    std::string found;
  };
  const std::string both = "Service, Deployment";
  const Row rows[] = {
      {"name alone in a host variable",
       "'env':[{'name':'DB_HOST','value':'wordpress-mysql'}]", "Service, Deployment"},
      {"with a port", "'env':[{'name':'X','value':'wordpress-mysql:3306'}]", both},
      {"with its namespace", "'env':[{'name':'X','value':'wordpress-mysql.default'}]",
       both},
      {"in full",
       "'env':[{'name':'X','value':'wordpress-mysql.default.svc.cluster.local'}]", both},
      {"in a URL", "'env':[{'name':'X','value':'mysql://root@wordpress-mysql/db'}]",
       both},
      {"in a list", "'env':[{'name':'HOSTS','value':'a,wordpress-mysql,b'}]", both},
      {"as an argument", "'args':['--host=wordpress-mysql:3306']", both},
      {"of another namespace", "'env':[{'name':'X','value':'wordpress-mysql.other.svc'}]",
       ""},
      {"as part of another word",
       "'env':[{'name':'DB_HOST','value':'my-wordpress-mysql-2'}]", ""},
      {"a bare word in another variable is a guess",
       "'env':[{'name':'DB_NAME','value':'wordpress-mysql'}]", "Service?, Deployment?"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    // Edges are sorted by group first: the Service of the core group precedes.
    CHECK(Mentions(Client(row.container)) == row.found);
  }
}

TEST_CASE("a ConfigMap that a workload reads counts as its own text") {
  const Object config =
      Make("v1 ConfigMap default/c", "'data':{'db.conf':'host=wordpress-mysql:3306'}");
  CHECK(Mentions(Client("'envFrom':[{'configMapRef':{'name':'c'}}]"), config) ==
        "Service, Deployment");
  CHECK(Mentions(Client("'image':'x'"), config) == "");
}

TEST_CASE("a workload that names its own Service does not wait for itself") {
  const std::vector<Manifest> desired = {InGit(Cassandra()), InGit(CassandraService())};
  for (const Edge& edge : FindReferences(desired)) CHECK(edge.from != edge.to);
}

TEST_CASE("edges say where they come from") {
  const auto edges =
      FindReferences({InGit(Wordpress()), InGit(MysqlService()), InGit(Mysql())});
  const auto found = std::find_if(edges.begin(), edges.end(), [](const Edge& edge) {
    return edge.to == Mysql().ref() && edge.from == Wordpress().ref();
  });
  REQUIRE(found != edges.end());
  CHECK(found->why == "env WORDPRESS_DB_HOST names Service wordpress-mysql");
  CHECK(found->pointer == "/spec/template/spec/containers/0/env/0/value");
}

TEST_CASE("what only a whole revision shows") {
  const Object crd =
      Make("apiextensions.k8s.io/v1 CustomResourceDefinition dbs.example.com",
           "'spec':{'group':'example.com','names':{'kind':'Db'}}");
  const Object custom = Make("example.com/v1 Db data/main");
  const Object space = Make("v1 Namespace data");
  const Object standard =
      Make("storage.k8s.io/v1 StorageClass standard", "",
           "'annotations':{'storageclass.kubernetes.io/is-default-class':'true'}");
  const Object claim = Make("v1 PersistentVolumeClaim data/c", "'spec':{}");
  const Object volume = Make("v1 PersistentVolume pv",
                             "'spec':{'claimRef':{'namespace':'data','name':'c'}}");
  const auto edges = FindReferences({InGit(crd), InGit(custom), InGit(space),
                                     InGit(standard), InGit(claim), InGit(volume)});
  std::string text;
  for (const Edge& edge : edges) text += edge.from.name + ">" + Text(edge) + "\n";
  CHECK(text ==
        "c>Namespace data\nc>PersistentVolume pv (soft)\nc>StorageClass standard "
        "(soft)\nmain>Namespace data\nmain>CustomResourceDefinition dbs.example.com\n");
}

/// The edges out of `from` that no field states, as "Deployment operator".
std::string Servers(const Object& from, const std::vector<Object>& others) {
  std::vector<Manifest> desired = {InGit(from)};
  for (const Object& other : others) desired.push_back(InGit(other));
  std::vector<std::string> found;
  for (const Edge& edge : FindReferences(desired)) {
    if (edge.from != from.ref() || edge.strength != EdgeStrength::kSoft) continue;
    found.push_back(edge.to.kind + " " + edge.to.name);
  }
  return Joined(found);
}

TEST_CASE("what an object is only a wish without") {
  const auto runs = [](const std::string& name, const std::string& pod,
                       const std::string& image = "x") {
    return Make("apps/v1 Deployment ops/" + name,
                "'spec':{'template':{'metadata':{'labels':{'app':'" + name + "'}},'spec':{" +
                    pod + "'containers':[{'name':'c','image':'" + image +
                    "','args':['--provisioner=csi.example.com']}]}}}");
  };
  const Object role = Make("rbac.authorization.k8s.io/v1 ClusterRole rings",
                           "'rules':[{'apiGroups':['example.com'],'resources':['rings']}]");
  const Object admin = Make("rbac.authorization.k8s.io/v1 ClusterRole rings",
                            "'rules':[{'apiGroups':['*'],'resources':['*']}]");
  const Object binding =
      Make("rbac.authorization.k8s.io/v1 ClusterRoleBinding rings",
           "'roleRef':{'kind':'ClusterRole','name':'rings'},'subjects':[{'kind':'"
           "ServiceAccount','namespace':'ops','name':'operator'}]");
  const Object custom = Make("example.com/v1 Ring db/main");
  const Object op = runs("operator", "'serviceAccountName':'operator',");
  CHECK(Servers(custom, {role, binding, op}) == "Deployment operator");
  CHECK(Servers(custom, {admin, binding, op}) == "");
  CHECK(Servers(custom, {role, binding, runs("web", "")}) == "");

  const Object fast = Make("storage.k8s.io/v1 StorageClass fast",
                           "'provisioner':'csi.example.com'");
  const Object claim = Make("v1 PersistentVolumeClaim db/c",
                            "'spec':{'storageClassName':'fast'}");
  CHECK(Servers(claim, {fast, runs("driver", "", "csi-provisioner:1")}) ==
        "Deployment driver");
  CHECK(Servers(claim, {fast, runs("web", "", "web:1")}) == "");
  const Object local = Make("storage.k8s.io/v1 StorageClass fast",
                            "'provisioner':'rancher.io/local-path'");
  CHECK(Servers(claim, {local, runs("local", "", "rancher/local-path-provisioner:v0.0.30")}) ==
        "Deployment local");

  const Object hook = Make(
      "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration w",
      "'webhooks':[{'clientConfig':{'service':{'name':'hook','namespace':'ops'}}}]");
  const Object service = Make("v1 Service ops/hook", "'spec':{'selector':{'app':'server'}}");
  CHECK(Servers(hook, {service, runs("server", "")}) == "Deployment server");
}

}  // namespace
}  // namespace holdfast
