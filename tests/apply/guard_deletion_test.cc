#include <functional>

#include "apply/guard.h"
#include "apply/operators.h"
#include "tests/apply/approval_rows.h"
#include "tests/apply/example_objects.h"

namespace holdfast {
namespace {

Object Config(const std::string& name, const std::string& metadata = "") {
  return Make("v1 ConfigMap default/" + name, "", metadata);
}

Object Stopped(const std::string& spec = "'replicas':0") {
  return Cassandra(spec, "cassandra", "'replicas':0");
}

Object OwnedClaim(const std::string& owner_uid) {
  return Make(
      "v1 PersistentVolumeClaim default/owned", "'status':{'phase':'Bound'}",
      "'ownerReferences':[{'kind':'ConfigMap','name':'x','uid':'" + owner_uid + "'}]");
}

Object WebReading(const std::string& what) {
  return Make("apps/v1 Deployment default/web",
              "'spec':{'template':{'metadata':{'labels':{'app':'web'}},'spec':{'"
              "containers':[{'name':'c','image':'nginx'," +
                  what + "}]}}}");
}

Object DynamicVolume() {
  return Make("v1 PersistentVolume pvc-1",
              "'spec':{'storageClassName':'fast','csi':{'driver':'csi.example.com'}}",
              "'annotations':{'pv.kubernetes.io/provisioned-by':'csi.example.com'}");
}

Object Definition() {
  return Make("apiextensions.k8s.io/v1 CustomResourceDefinition dbs.example.com",
              "'spec':{'group':'example.com','names':{'kind':'Db'},'versions':[{'name':"
              "'v1','served':true}]},'status':{'conditions':[{'type':'Established',"
              "'status':'True'}]}");
}

Object SecretReader() { return WebReading("'envFrom':[{'secretRef':{'name':'s'}}]"); }
Object HostReader() { return WebReading("'env':[{'name':'DB_HOST','value':'db'}]"); }

struct Row {
  std::string sentence;
  Object deleted;
  std::function<void(World&)> around;
  std::string findings;  ///< Sorted; empty: may be deleted.
};

const std::function<void(World&)> kNothing = [](World&) {};

void CheckRows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    World world;
    world.ListsAll().Unchanged(Config("stays")).Removed(row.deleted);
    row.around(world);
    const Object live = AsLive(row.deleted);
    const auto findings = JudgeDeletion(live, world.input);
    CHECK(Joined(Brief(findings)) == row.findings);
    CheckWords(findings);
    // The plan says the same, and a Permit is given only where nothing stands against it.
    const Plan plan = MakePlan(world.input);
    const Change* change = ChangeOf(plan, row.deleted.ref().ToString());
    REQUIRE(change != nullptr);
    CHECK(change->action == Action::kDelete);
    CHECK(Joined(Brief(change->findings)) == row.findings);
    const auto judged = Guard::RequestPermit(live, live.uid(), world.input);
    const bool stops = std::any_of(findings.begin(), findings.end(),
                                   [](const Finding& one) { return Stops(one.ruling); });
    CHECK(std::holds_alternative<Permit>(judged) == !stops);
  }
}

// Claims have a table of their own: guard_claim_test.cc.
TEST_CASE("storage is never deleted") {
  CheckRows({
      {"a bound claim whose volume is not there", Claim("mysql", kBound), kNothing,
       "H-A1 hold"},
      {"a claim in no phase", Claim("mysql"), kNothing, "H-A1 refuse"},
      {"a volume", Make("v1 PersistentVolume pv", "'status':{'phase':'Available'}"),
       kNothing, "H-A3 refuse"},
      {"a snapshot", Make("snapshot.storage.k8s.io/v1 VolumeSnapshot default/s"),
       kNothing, "H-A7 approval"},
      {"what snapshots are made of",
       Make("snapshot.storage.k8s.io/v1 VolumeSnapshotClass s"), kNothing,
       "H-A7 approval"},
      {"a namespace with nothing in it", Make("v1 Namespace data"), kNothing,
       "H-A6 approval"},
      {"a definition that the server does not serve",
       Make("apiextensions.k8s.io/v1 CustomResourceDefinition dbs.example.com"), kNothing,
       "H-A8 hold"},
      {"a definition whose objects were not listed", Definition(), kNothing, "H-A8 hold"},
      {"a definition without an object", Definition(),
       [](World& world) { world.Lists("example.com", "Db"); }, "H-A8 approval"},
      {"a definition with an object", Definition(),
       [](World& world) {
         world.Lists("example.com", "Db").Live(Make("example.com/v1 Db other/main"));
       },
       "H-A8 refuse"},
      {"a custom resource where no claim is", Make("example.com/v1 Db default/main"),
       kNothing, "H-A9 approval"},
      {"a custom resource in a namespace with claims",
       Make("example.com/v1 Db default/main"),
       [](World& world) { world.Live(Claim("any", kBound)); }, "H-A9 refuse"},
      {"a custom resource in no namespace", Make("example.com/v1 Db main"), kNothing,
       "H-A9 refuse"},
      {"a custom resource of a group like Kubernetes' own",
       Make("gateway.networking.k8s.io/v1 HTTPRoute default/r"),
       [](World& world) { world.Live(Claim("any", kBound)); }, "H-A9 refuse"},
  });
}

/// A claim of namespace data and its volume.
void AddClaimIn(World& world, const std::string& name, const std::string& policy,
                const std::string& metadata = "") {
  world.Live(Make("v1 PersistentVolumeClaim data/" + name,
                  "'spec':{'volumeName':'pv-" + name + "'},'status':{'phase':'Bound'}",
                  metadata));
  Json volume = VolumeFor(name, policy, "'csi':{'driver':'d','volumeHandle':'" + name + "'}")
                    .json();
  volume["spec"]["claimRef"]["namespace"] = "data";
  world.Live(*Object::Make(volume));
}

Json DetachIn(const std::vector<std::string>& names) {
  Json spec = DetachSpec("{'targets':[]}");
  for (const std::string& name : names) {
    spec["targets"].push_back({{"kind", "PersistentVolumeClaim"},
                               {"namespace", "data"},
                               {"name", name},
                               {"uid", "uid-" + name},
                               {"pv", "pv-" + name},
                               {"pvUid", "uid-pv-" + name}});
  }
  if (names.size() > 1) spec["batch"] = names.size();
  return spec;
}

struct AlongRow {
  std::string sentence;
  std::function<void(World&)> around;
  std::vector<std::string> approved;  ///< Claims that a detach names.
  std::string findings;
};

/// `removed`, of namespace data, goes; with a Permit only where nothing stands against it
/// and the volumes are made sure of.
void CheckAlong(const Object& removed, const std::vector<AlongRow>& rows) {
  for (const AlongRow& row : rows) {
    CAPTURE(row.sentence);
    World world;
    world.ListsAll().Unchanged(Config("stays")).Removed(removed);
    world.input.live.server_time = kNoon;
    row.around(world);
    if (!row.approved.empty()) {
      world.input.approvals.push_back(InApprovals(DetachIn(row.approved)));
    }
    const Plan plan = MakePlan(world.input);
    const Change* change = ChangeOf(plan, removed.ref().ToString());
    REQUIRE(change != nullptr);
    CheckWords(change->findings);
    CAPTURE(change->findings.front().reason);
    CHECK(Joined(Brief(change->findings)) == row.findings);
    const Object live = AsLive(removed);
    const auto judged = Guard::RequestPermit(live, live.uid(), world.input);
    const bool claims = !world.input.live.All("", "PersistentVolumeClaim", "data").empty();
    CHECK(std::holds_alternative<Permit>(judged) == (row.findings.empty() && !claims));
  }
}

TEST_CASE("a namespace goes with all that is in it (rows 22 and 23)") {
  const auto with = [](const std::string& policy, const std::string& metadata = "") {
    return [=](World& world) { AddClaimIn(world, "a", policy, metadata); };
  };
  const auto retained_and = [](const std::function<void(World&)>& more) {
    return [=](World& world) {
      AddClaimIn(world, "a", "Retain");
      more(world);
    };
  };
  CheckAlong(
      Make("v1 Namespace data"),
      {
          {"its volumes would be destroyed", with("Delete"), {"a"}, "H-A6 refuse"},
          {"its volumes stay, nothing approved", with("Retain"), {}, "H-A6 approval"},
          {"its volumes stay, each claim approved", with("Retain"), {"a"}, ""},
          {"its claims have gone, by an approval that named them", kNothing, {"a"}, ""},
          {"one of two claims approved",
           retained_and([](World& world) { AddClaimIn(world, "b", "Retain"); }),
           {"a"},
           "H-A6 approval"},
          {"both approved",
           retained_and([](World& world) { AddClaimIn(world, "b", "Retain"); }),
           {"a", "b"},
           ""},
          {"a claim is protected",
           with("Retain", "'annotations':{'holdfast.dev/protect':'true'}"),
           {"a"},
           "H-A6 refuse"},
          {"somebody else's object is in it",
           retained_and([](World& world) { world.Live(Make("v1 ConfigMap data/x")); }),
           {"a"},
           "H-A6 refuse"},
          {"what another sync has adopted is in it",
           retained_and([](World& world) {
             world.Removed(Make("v1 ConfigMap data/x", "",
                                "'labels':{'applyset.kubernetes.io/part-of':'theirs'}"));
           }),
           {"a"},
           "H-A6 refuse"},
          {"what Kubernetes makes in each is in it",
           retained_and([](World& world) {
             world.Live(Make("v1 ConfigMap data/kube-root-ca.crt"));
             world.Live(Make("v1 ServiceAccount data/default"));
             world.Live(Make("v1 Event data/e"));
           }),
           {"a"},
           ""},
          {"Git still has something in it",
           retained_and(
               [](World& world) { world.Unchanged(Make("v1 ConfigMap data/ours")); }),
           {"a"},
           "H-A6 refuse"},
          {"a pod of somebody else uses it",
           retained_and([](World& world) {
             world.Live(Make("v1 Pod data/p",
                             "'spec':{'containers':[],'volumes':[{'name':'d',"
                             "'persistentVolumeClaim':{'claimName':'a'}}]}"));
           }),
           {"a"},
           "H-A6 refuse"},
          {"a snapshot in it takes its copy along",
           retained_and([](World& world) {
             world.Live(Make("snapshot.storage.k8s.io/v1 VolumeSnapshotContent c",
                             "'spec':{'deletionPolicy':'Delete','volumeSnapshotRef':{"
                             "'namespace':'data','name':'s'}}"));
           }),
           {"a"},
           "H-A6 refuse"},
          {"something in it cannot be read",
           retained_and([](World& world) {
             world.input.live.gaps.push_back(
                 {{"example.com", "Db", "data", ""}, {ErrorCode::kDenied, "forbidden"}});
           }),
           {"a"},
           "H-A6 hold"},
          {"a kind's group does not answer",
           retained_and([](World& world) { world.Gap("*", "*"); }),
           {"a"},
           "H-A6 hold"},
      });
}

TEST_CASE("a resource of an operator goes with its claims (rows 24 and 25)") {
  const auto labelled = [](const std::string& policy, const std::string& more = "") {
    return [=](World& world) {
      AddClaimIn(world, "a", policy,
                 "'labels':{'cassandra.datastax.com/datacenter':'dc1'}" + more);
    };
  };
  const Object data_centre = Make("cassandra.datastax.com/v1 CassandraDatacenter data/dc1");
  CheckAlong(
      data_centre,
      {
          {"nothing approved", labelled("Delete"), {}, "H-A9 refuse"},
          {"nothing approved, and Retain", labelled("Retain"), {}, "H-A9 refuse"},
          {"each claim approved", labelled("Delete"), {"a"}, ""},
          {"no claim with data", [](World&) {}, {}, "H-A9 approval"},
          {"a claim is protected",
           labelled("Delete", ",'annotations':{'holdfast.dev/protect':'true'}"),
           {"a"},
           "H-A9 refuse"},
          {"it owns the claim, so Kubernetes deletes it, whatever its operator does",
           labelled("Delete", ",'ownerReferences':[{'kind':'CassandraDatacenter','name':"
                              "'dc1','uid':'uid-dc1'}]"),
           {"a"},
           "H-B1 refuse"},
          {"claims cannot be read",
           [](World& world) { world.Gap("", "PersistentVolumeClaim"); },
           {},
           "H-A9 hold, H-B1 hold"},
      });
  // What the operator cannot be told is not approved.
  CheckAlong(Make("mysql.oracle.com/v2 InnoDBCluster data/ic"),
             {{"each claim approved",
               [](World& world) {
                 AddClaimIn(world, "a", "Retain",
                            "'labels':{'mysql.oracle.com/cluster':'ic'}");
               },
               {"a"},
               "H-A9 refuse"}});
}

TEST_CASE("the permit for a resource wants its operator told, and the volumes kept") {
  World world;
  world.ListsAll().Unchanged(Config("stays"));
  AddClaimIn(world, "a", "Retain", "'labels':{'cassandra.datastax.com/datacenter':'dc1'}");
  world.input.live.server_time = kNoon;
  world.input.approvals.push_back(InApprovals(DetachIn({"a"})));
  const auto permit = [&](const std::string& metadata) {
    const Object live = AsLive(
        Make("cassandra.datastax.com/v1 CassandraDatacenter data/dc1", "", metadata));
    world.Removed(live);
    return std::holds_alternative<Permit>(
        Guard::RequestPermit(live, live.uid(), world.input));
  };
  const std::string told = "'annotations':{'cassandra.datastax.com/delete-pvc':'false'}";
  CHECK_FALSE(permit(told));  // The volume is Retain, but not in quarantine.
  Json volume = world.input.live.Find({"", "PersistentVolume", "", "pv-a"})->json();
  volume["metadata"]["labels"]["holdfast.dev/quarantine"] = "uid-a";
  world.input.live.Put(*Object::Make(volume));
  CHECK_FALSE(permit(""));
  CHECK_FALSE(permit("'annotations':{'cassandra.datastax.com/delete-pvc':'true'}"));
  CHECK(permit(told));
}

TEST_CASE("what keeps the claims of an operator's resource, and the patch that sets it") {
  struct OperatorRow {
    std::string sentence;
    Object resource;
    bool keeps;
    std::string patch;  ///< Empty: there is no way.
  };
  const OperatorRow rows[] = {
      {"Cassandra, by default", Make("cassandra.datastax.com/v1 CassandraDatacenter d/x"),
       false, "{'metadata':{'annotations':{'cassandra.datastax.com/delete-pvc':'false'}}}"},
      {"Percona, by default", Make("ps.percona.com/v1 PerconaServerMySQL d/x"), true,
       "{'metadata':{'finalizers':[]}}"},
      {"Percona, armed",
       Make("ps.percona.com/v1 PerconaServerMySQL d/x", "",
            "'finalizers':['percona.com/delete-mysql-pods-in-order',"
            "'percona.com/delete-mysql-pvc']"),
       false, "{'metadata':{'finalizers':['percona.com/delete-mysql-pods-in-order']}}"},
      {"XtraDB, armed by the older name",
       Make("pxc.percona.com/v1 PerconaXtraDBCluster d/x", "",
            "'finalizers':['delete-pxc-pvc']"),
       false, "{'metadata':{'finalizers':[]}}"},
      {"Kafka, one disk of two armed",
       Make("kafka.strimzi.io/v1beta2 Kafka d/x",
            "'spec':{'kafka':{'storage':{'volumes':[{'deleteClaim':false},{'deleteClaim':"
            "true}]}}}"),
       false,
       "{'spec':{'kafka':{'storage':{'volumes':[{'deleteClaim':false},{'deleteClaim':"
       "false}]}}}}"},
      {"OpenKruise, by default", Make("apps.kruise.io/v1beta1 StatefulSet d/x", "'spec':{}"),
       true, "{'spec':{}}"},
      {"MySQL's own operator", Make("mysql.oracle.com/v2 InnoDBCluster d/x"), false, ""},
      {"CloudNativePG", Make("postgresql.cnpg.io/v1 Cluster d/x"), false, ""},
      {"Vitess", Make("planetscale.com/v2 VitessCluster d/x"), false, ""},
  };
  for (const OperatorRow& row : rows) {
    CAPTURE(row.sentence);
    const OperatorKind* op = OperatorOf(row.resource.ref());
    REQUIRE(op != nullptr);
    CHECK(KeepsClaims(*op, row.resource) == row.keeps);
    const auto patch = OptOut(*op, row.resource);
    CHECK(patch.has_value() == !row.patch.empty());
    if (!patch) continue;
    CHECK(*patch == J(row.patch));
    Json json = row.resource.json();
    json.merge_patch(*patch);
    CHECK(KeepsClaims(*op, *Object::Make(json)));
  }
  CHECK(OperatorOf({"example.com", "Db", "d", "x"}) == nullptr);
}

TEST_CASE("nothing goes that takes storage along") {
  CheckRows({
      {"an object that owns nothing", Config("x"), kNothing, ""},
      {"the owner of a claim", Config("x"),
       [](World& world) { world.Live(OwnedClaim("uid-x")); }, "H-B1 refuse"},
      {"the owner of an owner of a claim", Config("x"),
       [](World& world) {
         world.Live(
             Config("middle", "'ownerReferences':[{'kind':'ConfigMap','uid':'uid-x'}]"));
         world.Live(OwnedClaim("uid-middle"));
       },
       "H-B1 refuse"},
      {"a claim of another owner", Config("x"),
       [](World& world) { world.Live(OwnedClaim("uid-y")); }, ""},
      {"claims could not be listed", Config("x"),
       [](World& world) { world.Gap("", "PersistentVolumeClaim"); }, "H-B1 hold"},
      {"volumes could not be listed", Config("x"),
       [](World& world) { world.Gap("", "PersistentVolume"); }, "H-B1 hold"},
      {"claims were not listed", Config("x"),
       [](World& world) { world.input.live.listed.clear(); }, "H-B1 hold, H-F2 hold"},
      {"a set that deletes its claims",
       Stopped("'replicas':0,'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'"
               "Delete'}"),
       kNothing, "H-B2 refuse"},
      {"a set that keeps its claims",
       Stopped("'replicas':0,'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'"
               "Retain'}"),
       kNothing, ""},
      {"a workload with claims per pod",
       Make("apps/v1 Deployment default/w",
            "'spec':{'replicas':0,'template':{'spec':{'containers':[],'volumes':[{'name':"
            "'v','ephemeral':{}}]}}}"),
       kNothing, "H-B1 refuse"},
  });
}

TEST_CASE("a workload with data stops before it goes") {
  CheckRows({
      {"a set with replicas", Cassandra("'replicas':3"), kNothing, "H-B8 refuse"},
      {"a set that names no count has one", Cassandra(""), kNothing, "H-B8 refuse"},
      {"a stopped set", Stopped(), kNothing, ""},
      {"a stopped set whose pods are not gone",
       Cassandra("'replicas':0", "cassandra", "'replicas':2"), kNothing, "H-B8 refuse"},
      {"a stopped set with a pod that lingers", Stopped(),
       [](World& world) {
         world.Live(Make("v1 Pod default/cassandra-0", "",
                         "'ownerReferences':[{'controller':true,'kind':'StatefulSet','"
                         "apiVersion':'apps/v1','name':'cassandra','uid':'u'}]"));
       },
       "H-B8 refuse"},
      {"pods could not be listed", Stopped(), [](World& world) { world.Gap("", "Pod"); },
       "H-B8 hold"},
      {"a database in a Deployment", Mysql(), kNothing, "H-B8 refuse"},
      {"a stateless Deployment", WebReading("'args':[]"), kNothing, ""},
      {"a Job that runs",
       Make("batch/v1 Job default/j",
            "'spec':{'template':{'spec':{'containers':[{'image':'mysql'}]}}},'status':{'"
            "active':1,'startTime':'t'}"),
       kNothing, "H-B8 refuse"},
      {"a Job that has ended",
       Make("batch/v1 Job default/j",
            "'spec':{'template':{'spec':{'containers':[{'image':'mysql'}]}}},'status':{'"
            "succeeded':1,'startTime':'t'}"),
       kNothing, ""},
  });
}

TEST_CASE("what volumes live on stays") {
  const Object fast = Make("storage.k8s.io/v1 StorageClass fast");
  const Object driver = Make("storage.k8s.io/v1 CSIDriver csi.example.com");
  const Object provisioner = Make("apps/v1 Deployment default/p",
                                  "'spec':{'template':{'spec':{'containers':[{'image':'"
                                  "rancher/local-path-provisioner:v0.0.30'}]}}}");
  CheckRows({
      {"a class that nothing names", fast, kNothing, ""},
      {"a class that a live claim names", fast,
       [](World& world) {
         world.Live(Make("v1 PersistentVolumeClaim other/c",
                         "'spec':{'storageClassName':'fast'}"));
       },
       "H-G8 refuse"},
      {"a class that a claim names the old way", fast,
       [](World& world) {
         world.Live(
             Make("v1 PersistentVolumeClaim other/c", "",
                  "'annotations':{'volume.beta.kubernetes.io/storage-class':'fast'}"));
       },
       "H-G8 refuse"},
      {"a class that a volume names", fast,
       [](World& world) { world.Live(DynamicVolume()); }, "H-G8 refuse"},
      {"a class that a template names", fast,
       [](World& world) {
         world.Live(Make("apps/v1 StatefulSet other/s",
                         "'spec':{'volumeClaimTemplates':[{'metadata':{'name':'d'},'spec'"
                         ":{'storageClassName':'fast'}}]}"));
       },
       "H-G8 refuse"},
      {"a class that a claim in Git names", fast,
       [](World& world) {
         world.Added(Make("v1 PersistentVolumeClaim default/c",
                          "'spec':{'storageClassName':'fast'}"));
       },
       "H-G8 refuse"},
      {"claims of the cluster could not be listed", fast,
       [](World& world) { world.Gap("", "PersistentVolumeClaim"); },
       "H-B1 hold, H-G8 hold"},
      {"sets of the cluster could not be listed", fast,
       [](World& world) { world.Gap("apps", "StatefulSet"); }, "H-G8 hold"},
      {"a driver without volumes", driver, kNothing, ""},
      {"a driver with volumes", driver, [](World& world) { world.Live(DynamicVolume()); },
       "H-A11 refuse"},
      {"a provisioner with volumes", provisioner,
       [](World& world) { world.Live(DynamicVolume()); }, "H-A11 refuse"},
      {"a provisioner without", provisioner, kNothing, ""},
      {"volumes could not be listed", provisioner,
       [](World& world) { world.Gap("", "PersistentVolume"); }, "H-A11 hold, H-B1 hold"},
  });
}

TEST_CASE("what others name stays") {
  const Object secret = Make("v1 Secret default/s");
  const Object service =
      Make("v1 Service default/db", "'spec':{'selector':{'app':'db'}}");
  CheckRows({
      {"a Secret that nobody names", secret, kNothing, ""},
      {"a Secret that Git names", secret,
       [](World& world) { world.Unchanged(SecretReader(), "web.yaml"); }, "H-F2 refuse"},
      {"a Secret that a foreign workload names", secret,
       [](World& world) { world.Live(SecretReader()); }, "H-F2 refuse"},
      {"a Secret whose reader goes too", secret,
       [](World& world) { world.Removed(SecretReader()); }, ""},
      {"a Secret whose reader's pods go too", secret,
       [](World& world) {
         world.Removed(SecretReader());
         world.Live(
             Make("v1 Pod default/web-abc-1",
                  "'spec':{'containers':[{'envFrom':[{'secretRef':{'name':'s'}}]}]}",
                  "'labels':{'pod-template-hash':'abc'},'ownerReferences':[{'controller':"
                  "true,'apiVersion':'apps/v1','kind':'ReplicaSet','name':'web-abc'}]"));
       },
       ""},
      {"a Secret that a pod of nobody reads", secret,
       [](World& world) {
         world.Live(
             Make("v1 Pod default/p",
                  "'spec':{'containers':[{'envFrom':[{'secretRef':{'name':'s'}}]}]}"));
       },
       "H-F2 refuse"},
      {"a Secret that may be missing", secret,
       [](World& world) {
         world.Live(WebReading("'envFrom':[{'secretRef':{'name':'s','optional':true}}]"));
       },
       "H-F2 warn"},
      {"a Secret of another namespace's reader", secret,
       [](World& world) {
         world.Live(
             Make("v1 Pod other/p",
                  "'spec':{'containers':[{'envFrom':[{'secretRef':{'name':'s'}}]}]}"));
       },
       ""},
      {"Deployments could not be listed", secret,
       [](World& world) { world.Gap("apps", "Deployment"); }, "H-F2 hold"},
      {"a Service that an env names", service,
       [](World& world) { world.Unchanged(HostReader()); }, "H-F18 refuse"},
      {"a Service that only selects", service,
       [](World& world) {
         world.Unchanged(Make("apps/v1 Deployment default/db",
                              "'spec':{'template':{'metadata':{'labels':{'app':'db'}},'"
                              "spec':{'containers':[]}}}"));
       },
       ""},
      {"a set's governing Service", CassandraService(),
       [](World& world) { world.Live(Cassandra()); }, "H-F18 refuse"},
      {"an account that pods run as", Make("v1 ServiceAccount default/a"),
       [](World& world) {
         world.Live(Make("v1 Pod default/p",
                         "'spec':{'containers':[],'serviceAccountName':'a'}"));
       },
       "H-G10 refuse"},
      {"a priority that pods have", Make("scheduling.k8s.io/v1 PriorityClass high"),
       [](World& world) {
         world.Live(Make("v1 Pod other/p",
                         "'spec':{'containers':[],'priorityClassName':'high'}"));
       },
       "H-G10 refuse"},
  });
}

TEST_CASE("what we live on, and what is protected, stays") {
  CheckRows({
      {"our own namespace", Make("v1 Namespace holdfast-system"), kNothing,
       "H-A6 approval, H-H9 refuse"},
      {"something in it", Make("v1 ConfigMap holdfast-system/x"),
       kNothing, "H-H9 refuse"},
      {"a protected object", Config("x", "'annotations':{'holdfast.dev/protect':'true'}"),
       kNothing, "H-A1 refuse"},
      {"an object in a protected namespace", Config("x"),
       [](World& world) {
         world.Live(Make("v1 Namespace default", "",
                         "'annotations':{'holdfast.dev/protect':'true'}"));
       },
       "H-A1 refuse"},
  });
}

TEST_CASE("a refusal tells what would be lost") {
  struct Loss {
    std::string policy;
    std::string reason;
  };
  const Loss rows[] = {
      {"Delete",
       "the claim is Bound to pv-mysql (20Gi, reclaim policy Delete): its data would be "
       "destroyed"},
      {"Retain",
       "the claim is Bound to pv-mysql (20Gi, reclaim policy Retain): its data would "
       "stay on the volume, but no claim would reach them any more"},
      {"",
       "the claim is Bound to pv-mysql (20Gi, reclaim policy unknown), and that volume "
       "is "
       "not there or is held for another claim"},
  };
  for (const Loss& row : rows) {
    CAPTURE(row.policy);
    World world;
    world.ListsAll().Removed(Claim("mysql", kBound));
    if (!row.policy.empty()) {
      world.Live(Make("v1 PersistentVolume pv-mysql",
                      "'spec':{'persistentVolumeReclaimPolicy':'" + row.policy +
                          "','claimRef':{'uid':'uid-mysql'}}"));
    }
    const auto findings = JudgeDeletion(AsLive(Claim("mysql", kBound)), world.input);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].reason == row.reason);
  }
}

TEST_CASE("a volume of an earlier claim of the same name tells nothing of this one") {
  World world;
  world.ListsAll().Removed(Claim("mysql", kBound));
  world.Live(Make(
      "v1 PersistentVolume pv-mysql",
      "'spec':{'persistentVolumeReclaimPolicy':'Retain','claimRef':{'uid':'before'}}"));
  const auto findings = JudgeDeletion(AsLive(Claim("mysql", kBound)), world.input);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].reason.find("reclaim policy unknown") != std::string::npos);
}

TEST_CASE("the one who needs it is named with file and line") {
  World world;
  world.ListsAll()
      .Removed(Make("v1 Secret default/s"))
      .Unchanged(SecretReader(), "web.yaml");
  const auto findings = JudgeDeletion(AsLive(Make("v1 Secret default/s")), world.input);
  REQUIRE(findings.size() == 1);
  CHECK(
      findings[0].reason ==
      "Deployment default/web (web.yaml:1) still needs Secret s: envFrom names Secret s");
}

TEST_CASE("a permit is for the object that was judged") {
  World world;
  world.ListsAll().Unchanged(Config("stays")).Removed(Config("x"));
  const Object live = AsLive(Config("x"));
  struct Wrong {
    std::string sentence;
    Object fresh;
    std::string expected_uid;
    std::string hazard;
  };
  const Wrong rows[] = {
      {"read without uid", Config("x"), "", "H-I5"},
      {"read without resourceVersion", Config("x", "'uid':'uid-x'"), "uid-x", "H-I5"},
      {"another object of the name", live, "uid-before", "H-I5"},
      {"never confirmed as ours", live, "", "H-I5"},
      {"wanted by Git", AsLive(Config("stays")), "uid-stays", "H-I5"},
      {"told to stay meanwhile",
       AsLive(Config("x", "'annotations':{'holdfast.dev/prune':'disabled'}")), "uid-x",
       "H-H8"},
      {"adopted by another sync meanwhile",
       AsLive(Config("x", "'labels':{'applyset.kubernetes.io/part-of':'theirs'}")),
       "uid-x", "H-H10"},
  };
  for (const Wrong& row : rows) {
    CAPTURE(row.sentence);
    const auto judged = Guard::RequestPermit(row.fresh, row.expected_uid, world.input);
    REQUIRE(std::holds_alternative<std::vector<Finding>>(judged));
    const auto& findings = std::get<std::vector<Finding>>(judged);
    REQUIRE_FALSE(findings.empty());
    CHECK(findings[0].hazard == row.hazard);
    CHECK(Stops(findings[0].ruling));
    CheckWords(findings);
  }
  const auto judged = Guard::RequestPermit(live, "uid-x", world.input);
  REQUIRE(std::holds_alternative<Permit>(judged));
  CHECK(std::get<Permit>(judged).uid() == "uid-x");
  CHECK(std::get<Permit>(judged).resource_version() == "7");
}

TEST_CASE("of many deletions that are judged together each is judged by itself") {
  World world;
  world.ListsAll().Unchanged(Config("stays"));
  world.Removed(Config("x")).Removed(Config("y")).Removed(Claim("mysql"));
  const Object stranger = AsLive(Config("stranger"));
  world.Live(stranger);
  const Outlook outlook(world.input);
  const auto permits = [&](const Object& fresh) {
    const auto judged = Guard::RequestPermit(fresh, fresh.uid(), outlook);
    return std::holds_alternative<Permit>(judged);
  };
  CHECK(permits(AsLive(Config("x"))));
  CHECK(permits(AsLive(Config("y"))));
  CHECK_FALSE(permits(AsLive(Claim("mysql"))));
  CHECK_FALSE(permits(AsLive(Config("stays"))));
  CHECK_FALSE(permits(stranger));
}

}  // namespace
}  // namespace holdfast
