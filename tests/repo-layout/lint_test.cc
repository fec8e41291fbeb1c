#include "repo-layout/lint.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "repo-layout/loader.h"
#include "tests/repo-layout/memory_tree.h"

namespace holdfast {
namespace {

/// "H-E5 refuse Deployment a kills ..." for each finding about the YAML texts.
std::vector<std::string> Said(const std::string& yaml) {
  MemoryTree tree;
  tree.files = {{"a.yaml", yaml}};
  const auto loaded = LoadTree(tree, "default");
  REQUIRE(loaded.ok());
  std::vector<std::string> said;
  for (const SourceFinding& found : loaded->findings)
    said.push_back(found.finding.reason);
  CHECK(said.empty());
  for (const SourceFinding& found : Lint(loaded->manifests)) {
    said.push_back(found.finding.hazard + " " +
                   std::string(ToString(found.finding.ruling)) + " " +
                   found.finding.reason);
    CHECK_FALSE(found.finding.remedy.empty());
    CHECK(found.ref.has_value());
  }
  return said;
}

struct Row {
  std::string name;
  std::string yaml;
  std::string want;  ///< Begins the one finding; "" for none.
};

void Check(const Row& row) {
  CAPTURE(row.name);
  const auto said = Said(row.yaml);
  if (row.want.empty()) {
    CHECK(said == std::vector<std::string>{});
    return;
  }
  REQUIRE(said.size() == 1);
  CAPTURE(said[0]);
  CHECK(said[0].find(row.want) == 0);
}

std::string Head(const std::string& kind, const std::string& api_version = "v1") {
  return "apiVersion: " + api_version + "\nkind: " + kind + "\nmetadata:\n  name: a\n";
}

/// A workload whose pod spec holds `pod` (indented by six) beside one container.
std::string Workload(const std::string& kind, const std::string& spec,
                     const std::string& image, const std::string& container = "",
                     const std::string& pod = "") {
  return Head(kind, "apps/v1") + "spec:\n" + spec +
         "  template:\n    spec:\n      containers:\n      - name: c\n        image: " +
         image + "\n" + container + pod;
}

const std::string kClaimVolume =
    "      volumes:\n      - name: d\n        persistentVolumeClaim: {claimName: data}\n";
const std::string kMount = "        volumeMounts:\n        - {name: d, mountPath: /d}\n";
const std::string kReadOnlyMount =
    "        volumeMounts:\n        - {name: d, mountPath: /d, readOnly: true}\n";

std::string Claim(const std::string& mode) {
  return "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n"
         "spec: {accessModes: [" +
         mode + "]}\n";
}

std::string Autoscaler(const std::string& kind, int most) {
  return "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
         "metadata: {name: h}\nspec:\n  scaleTargetRef: {kind: " +
         kind + ", name: a}\n  maxReplicas: " + std::to_string(most) + "\n";
}

TEST_CASE("a dump of a live object is told by every field that makes it one") {
  const Row rows[] = {
      {"written by hand", Head("ConfigMap") + "  creationTimestamp: null\nstatus: {}\n",
       ""},
      {"what code generators leave",
       Head("ConfigMap") + "status:\n  conditions: []\n  acceptedNames: {kind: ''}\n",
       ""},
      {"an owner", Head("ConfigMap") + "  ownerReferences:\n  - {uid: x}\n",
       "H-B5 refuse ConfigMap a is a copy of a live object: it carries "
       "metadata.ownerReferences (line 5), which"},
      {"everything",
       Head("ConfigMap") + "  uid: x\n  resourceVersion: '5'\n  generation: 2\n"
                           "  creationTimestamp: '2021-09-10T17:11:34Z'\n"
                           "  managedFields: [{manager: x}]\n  deletionTimestamp: x\n"
                           "status: {phase: Bound}\n",
       "H-B5 refuse ConfigMap a is a copy of a live object: it carries metadata.uid "
       "(line 5), "
       "metadata.resourceVersion (line 6), metadata.deletionTimestamp (line 10), "
       "metadata.managedFields (line 9), metadata.generation (line 7), "
       "metadata.creationTimestamp (line 8) and status (line 11)"},
      {"a volume for a claim by name",
       Head("PersistentVolume") + "spec:\n  claimRef: {namespace: x, name: y}\n", ""},
      {"a volume for one particular claim",
       Head("PersistentVolume") + "spec:\n  claimRef:\n    name: y\n    uid: z\n",
       "H-A5 refuse PersistentVolume a is tied to one particular claim by "
       "spec.claimRef.uid "
       "(line 8)"},
      {"encrypted by SOPS", Head("ConfigMap") + "sops:\n  version: 3\n",
       "H-H3 hold ConfigMap a is encrypted by SOPS (line 5)"},
  };
  for (const Row& row : rows) Check(row);
}

TEST_CASE("a Secret that holds no secret") {
  const std::string refuse = "H-F3 refuse Secret a has a ";
  const std::string env =
      "---\n" + Workload("Deployment", "", "app:1",
                         "        env:\n        - name: P\n          "
                         "valueFrom: {secretKeyRef: {name: a, key: p}}\n");
  const Row rows[] = {
      {"a value", Head("Secret") + "stringData: {p: s3cr3t}\n", ""},
      {"a value in base64", Head("Secret") + "data: {p: czNjcjN0}\n", ""},
      {"a certificate", Head("Secret") + "stringData:\n  tls.crt: |\n    a ${x}\n    b\n",
       ""},
      {"a file of one line that nobody reads into an environment",
       Head("Secret") + "data: {id.pub: YQo=}\n", ""},
      {"a variable", Head("Secret") + "stringData: {p: 'x${PASSWORD}'}\n",
       refuse + "stringData[\"p\"] (line 5) that is a placeholder"},
      {"a template", Head("Secret") + "stringData: {p: '{{ .x }}'}\n",
       refuse + "stringData[\"p\"] (line 5) that is a placeholder"},
      {"an instruction", Head("Secret") + "stringData: {p: Change-Me}\n",
       refuse + "stringData[\"p\"] (line 5) that is a placeholder"},
      {"an instruction in base64", Head("Secret") + "data: {p: Q0hBTkdFTUU=}\n",
       refuse + "data[\"p\"] (line 5) that is a placeholder"},
      {"an instruction in brackets",
       Head("Secret") + "stringData: {p: <password here>}\n",
       refuse + "stringData[\"p\"] (line 5) that is a placeholder"},
      {"ciphertext of SOPS",
       Head("Secret") + "stringData: {p: 'ENC[AES256_GCM,data:x]'}\n",
       refuse + "stringData[\"p\"] (line 5) that is still encrypted"},
      {"a reference", Head("Secret") + "stringData: {p: 'vault:secret/x#y'}\n",
       refuse + "stringData[\"p\"] (line 5) that is a reference"},
      {"nothing", Head("Secret") + "stringData:\n  p:\n",
       refuse + "stringData[\"p\"] (line 6) that is empty"},
      {"blanks", Head("Secret") + "stringData: {p: '  '}\n",
       refuse + "stringData[\"p\"] (line 5) that is empty"},
      {"no base64", Head("Secret") + "data: {p: 'pass word'}\n",
       refuse + "data[\"p\"] (line 5) that is not base64"},
      {"no map", Head("Secret") + "data: [czNjcjN0]\n",
       refuse + "data (line 5) that is no map"},
      {"a number", Head("Secret") + "stringData: {p: 12345}\n",
       refuse + "stringData[\"p\"] (line 5) that is no text"},
      {"a line break that gets into the environment",
       Head("Secret") + "data: {p: czNjcjN0Cg==}\n" + env,
       refuse + "data[\"p\"] (line 5) that ends with a line break"},
      {"the same of a key that nobody reads",
       Head("Secret") + "data: {q: czNjcjN0Cg==}\n" + env, ""},
      {"a ConfigMap may hold what it likes", Head("ConfigMap") + "data: {p: '${X}'}\n",
       ""},
  };
  for (const Row& row : rows) Check(row);
}

TEST_CASE("no value of a Secret gets into a finding") {
  const char* values[] = {"'hunter2${X}'", "'ENC[hunter2]'", "<hunter2>", "'{{hunter2'",
                          "vault:hunter2"};
  for (const std::string value : values) {
    for (const std::string& said :
         Said(Head("Secret") + "stringData: {p: " + value + "}\n")) {
      CAPTURE(said);
      CHECK(said.find("hunter2") == std::string::npos);
    }
  }
  for (const std::string& said : Said(Head("Secret") + "data: {p: 'hunter2 !'}\n")) {
    CHECK(said.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("two writers on one volume") {
  const std::string recreate = "  strategy: {type: Recreate}\n";
  const Row rows[] = {
      {"Recreate", Workload("Deployment", recreate, "mysql:8.4.6", kMount, kClaimVolume),
       ""},
      {"a database without Recreate",
       Workload("Deployment", "", "mysql:8.4.6", kMount, kClaimVolume),
       "H-E1 refuse Deployment a writes to claim data (line 14)"},
      {"a database without Recreate, on a volume for many",
       Workload("Deployment", "", "mysql:8.4.6", kMount, kClaimVolume) +
           Claim("ReadWriteMany"),
       "H-E1 refuse"},
      {"a program without Recreate",
       Workload("Deployment", "", "app:1", kMount, kClaimVolume),
       "H-E1 warn Deployment a writes to claim data"},
      {"a program on a volume for many",
       Workload("Deployment", "", "app:1", kMount, kClaimVolume) + Claim("ReadWriteMany"),
       ""},
      {"a reader", Workload("Deployment", "", "app:1", kReadOnlyMount, kClaimVolume), ""},
      {"replicas on one claim",
       Workload("Deployment", recreate + "  replicas: 2\n", "app:1", kMount,
                kClaimVolume) +
           Claim("ReadWriteOnce"),
       "H-E2 refuse Deployment a asks for 2 replicas (line 7) that all write to the one "
       "claim"},
      {"replicas on a claim that is elsewhere",
       Workload("Deployment", recreate + "  replicas: 2\n", "app:1", kMount,
                kClaimVolume),
       "H-E2 refuse Deployment a asks for 2 replicas (line 7) that all write to the one "
       "claim data, which is not in this revision"},
      {"replicas of a database on a claim that is elsewhere",
       Workload("Deployment", recreate + "  replicas: 2\n", "mysql:8.4.6", kMount,
                kClaimVolume),
       "H-E2 refuse"},
      {"replicas on a claim that many may only read",
       Workload("Deployment", recreate + "  replicas: 2\n", "app:1", kMount,
                kClaimVolume) +
           Claim("ReadWriteOnce, ReadOnlyMany"),
       "H-E2 refuse"},
      {"replicas by an autoscaler",
       Workload("Deployment", recreate, "app:1", kMount, kClaimVolume) +
           Claim("ReadWriteOnce") + Autoscaler("Deployment", 5),
       "H-E2 refuse Deployment a asks for 5 replicas (a.yaml:28) that all write"},
      {"an autoscaler of another kind",
       Workload("Deployment", recreate, "app:1", kMount, kClaimVolume) +
           Claim("ReadWriteOnce") + Autoscaler("StatefulSet", 5),
       ""},
      {"an autoscaler that gives one",
       Workload("Deployment", recreate, "app:1", kMount, kClaimVolume) +
           Claim("ReadWriteOnce") + Autoscaler("Deployment", 1),
       ""},
      {"two programs on one claim",
       Workload("Deployment", recreate, "app:1", kMount, kClaimVolume) + "---\n" +
           Workload("StatefulSet", "", "app:2", kMount, kClaimVolume),
       "H-E3 warn StatefulSet a writes to claim data (line 31), to which Deployment a "
       "(a.yaml:1) writes too"},
      {"two servers on one claim, whatever it is made for",
       Workload("StatefulSet", "", "app:1", kMount, kClaimVolume) + "---\n" +
           Workload("Deployment", recreate, "mysql:8.4.6", kMount, kClaimVolume) +
           Claim("ReadWriteMany"),
       "H-E3 refuse Deployment a writes to claim data"},
      {"two programs on a claim for many",
       Workload("Deployment", recreate, "app:1", kMount, kClaimVolume) + "---\n" +
           Workload("StatefulSet", "", "app:2", kMount, kClaimVolume) +
           Claim("ReadWriteMany"),
       ""},
      {"one writes and one reads",
       Workload("Deployment", recreate, "app:1", kMount, kClaimVolume) + "---\n" +
           Workload("StatefulSet", "", "app:2", kReadOnlyMount, kClaimVolume),
       ""},
      {"a Job beside it",
       Workload("Deployment", recreate, "app:1", kMount, kClaimVolume) +
           "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {template: "
           "{spec: {containers: [{name: c, image: app}], volumes: [{name: d, "
           "persistentVolumeClaim: {claimName: data}}]}}}\n",
       ""},
      {"replicas on a claim for many",
       Workload("Deployment", recreate + "  replicas: 2\n", "app:1", kMount,
                kClaimVolume) +
           Claim("ReadWriteMany"),
       ""},
      {"replicas of a database on a claim for many",
       Workload("Deployment", recreate + "  replicas: 2\n", "mysql:8.4.6", kMount,
                kClaimVolume) +
           Claim("ReadWriteMany"),
       "H-E2 refuse"},
      {"replicas that read",
       Workload("Deployment", "  replicas: 2\n", "app:1", kReadOnlyMount, kClaimVolume),
       ""},
      {"replicas without a claim", Workload("Deployment", "  replicas: 2\n", "app:1"),
       ""},
  };
  for (const Row& row : rows) Check(row);
}

TEST_CASE("claims that are deleted with what uses them") {
  const std::string policy = "  persistentVolumeClaimRetentionPolicy:\n";
  const Row rows[] = {
      {"Retain",
       Workload("StatefulSet",
                policy + "    whenDeleted: Retain\n    whenScaled: Retain\n", "app:1"),
       ""},
      {"whenDeleted",
       Workload("StatefulSet", policy + "    whenDeleted: Delete\n", "app:1"),
       "H-B2 refuse StatefulSet a has whenDeleted: Delete (line 7)"},
      {"whenScaled",
       Workload("StatefulSet", policy + "    whenScaled: Delete\n", "app:1"),
       "H-B3 refuse StatefulSet a has whenScaled: Delete (line 7)"},
  };
  for (const Row& row : rows) Check(row);
}

TEST_CASE("how pods start and stop") {
  const std::string probe = "        readinessProbe: {tcpSocket: {port: 1}}\n";
  const std::string hook = "        lifecycle: {preStop: {exec: {command: [x]}}}\n";
  const Row rows[] = {
      {"no grace",
       Workload("Deployment", "", "app:1", "",
                "      terminationGracePeriodSeconds: 0\n"),
       "H-E5 refuse Deployment a kills its pods at once (terminationGracePeriodSeconds: "
       "0 "
       "(line 11))"},
      {"no grace in a Pod", Head("Pod") + "spec: {terminationGracePeriodSeconds: 0}\n",
       "H-E5 refuse Pod a"},
      {"no grace in a CronJob",
       Head("CronJob", "batch/v1") + "spec: {jobTemplate: {spec: {template: {spec: "
                                     "{terminationGracePeriodSeconds: 0}}}}}\n",
       "H-E5 refuse CronJob a"},
      {"some grace",
       Workload("Deployment", "", "app:1", "",
                "      terminationGracePeriodSeconds: 1\n"),
       ""},
      {"a tag that moves", Workload("Deployment", "", "mysql:8.0"),
       "H-F10 warn Deployment a runs mysql:8.0 (line 10)"},
      {"no tag", Workload("Deployment", "", "host:5000/library/cassandra"), "H-F10 warn"},
      {"latest", Workload("Deployment", "", "mariadb:latest"), "H-F10 warn"},
      {"a version of another kind", Workload("Deployment", "", "gcr.io/x/cassandra:v13"),
       "H-F10 warn"},
      {"a patch version", Workload("Deployment", "", "mysql:8.4.6-oracle"), ""},
      {"a patch version of Percona",
       Workload("Deployment", "", "percona/percona-server:8.0.36-28"), ""},
      {"a version of PostgreSQL", Workload("Deployment", "", "postgres:16.3-bookworm"), ""},
      {"a PostgreSQL that moves", Workload("Deployment", "", "postgres:16"), "H-F10 warn"},
      {"an old one that moves", Workload("Deployment", "", "postgres:9.6"), "H-F10 warn"},
      {"a digest", Workload("Deployment", "", "mysql@sha256:abc"), ""},
      {"no database", Workload("Deployment", "", "nginx"), ""},
      {"beside a database", Workload("Deployment", "", "prom/mysqld-exporter"), ""},
      {"Cassandra without a readinessProbe",
       Workload("StatefulSet", "", "cassandra:4.1.10"),
       "H-F8 warn StatefulSet a has no readinessProbe in container c"},
      {"Cassandra with one", Workload("StatefulSet", "", "cassandra:4.1.10", probe), ""},
      {"another program without one", Workload("StatefulSet", "", "app:1"), ""},
      {"preStop with the default grace",
       Workload("StatefulSet", "", "cassandra:4.1.10", probe + hook),
       "H-F14 warn StatefulSet a has a preStop hook in container c (line 12)"},
      {"preStop with a grace of its own",
       Workload("StatefulSet", "", "cassandra:4.1.10", probe + hook,
                "      terminationGracePeriodSeconds: 1800\n"),
       ""},
      {"preStop of what holds no data", Workload("Deployment", "", "nginx:1", hook), ""},
  };
  for (const Row& row : rows) Check(row);
}

TEST_CASE("what an engine is told, and how many of its members go at once") {
  const std::string probe = "        readinessProbe: {tcpSocket: {port: 1}}\n";
  const std::string grace = "      terminationGracePeriodSeconds: 1800\n";
  const auto ring = [&](const std::string& spec, const std::string& container,
                        const std::string& pod = "") {
    return Workload("StatefulSet", spec, "cassandra:4.1.10", probe + container,
                    grace + pod);
  };
  const std::string heap = "        env: [{name: MAX_HEAP_SIZE, value: 2G}]\n";
  const auto memory = [](const std::string& amount) {
    return "        resources: {limits: {memory: " + amount + "}}\n";
  };
  const std::string recreate = "  strategy: {type: Recreate}\n";
  const auto mysql = [&](const std::string& container) {
    return Workload("Deployment", recreate, "mysql:8.4.6", container);
  };
  const Row rows[] = {
      {"a ring in order", ring("  podManagementPolicy: OrderedReady\n", ""), ""},
      {"a ring in parallel", ring("  podManagementPolicy: Parallel\n", ""),
       "H-F8 warn StatefulSet a has podManagementPolicy: Parallel (line 6)"},
      {"another program in parallel",
       Workload("StatefulSet", "  podManagementPolicy: Parallel\n", "app:1"), ""},
      {"one at a time",
       ring("  replicas: 3\n  updateStrategy: {rollingUpdate: {maxUnavailable: 1}}\n", ""),
       ""},
      {"two at a time",
       ring("  replicas: 3\n  updateStrategy: {rollingUpdate: {maxUnavailable: 2}}\n", ""),
       "H-G4 refuse StatefulSet a replaces several members at once (line 7)"},
      {"two of one", ring("  updateStrategy: {rollingUpdate: {maxUnavailable: 2}}\n", ""),
       ""},
      {"a heap within its memory", ring("", heap + memory("4Gi")), ""},
      {"a heap that fills it", ring("", heap + memory("2Gi")),
       "H-F15 warn StatefulSet a gives container c MAX_HEAP_SIZE of 2G"},
      {"a node by name", ring("", "", "      nodeName: n1\n"),
       "H-G6 warn StatefulSet a has nodeName: n1"},
      {"a node by name for what has no data",
       Workload("Deployment", "", "nginx:1", "", "      nodeName: n1\n"), ""},
      {"no passwords", mysql("        args: [--skip-grant-tables]\n"),
       "H-F12 warn Deployment a says skip_grant_tables"},
      {"a volume is emptied",
       Workload("Deployment", recreate, "mysql:8.4.6",
                kMount + "        command: [sh, -c, 'rm -rf /d/* && mysqld']\n",
                kClaimVolume),
       "H-F12 refuse Deployment a says rm -r /d/*"},
      {"a password that nobody has filled in",
       mysql("        env: [{name: MYSQL_ROOT_PASSWORD, value: CHANGE_ME}]\n"),
       "H-F3 refuse Deployment a has an env MYSQL_ROOT_PASSWORD"},
      {"an empty one on purpose",
       mysql("        env: [{name: MYSQL_ALLOW_EMPTY_PASSWORD, value: 'yes'}]\n"), ""},
      {"a ConfigMap with a value", Head("ConfigMap") + "data: {p: '5'}\n", ""},
      {"a ConfigMap that nobody has filled in", Head("ConfigMap") + "data: {p: <host>}\n",
       "H-F3 warn ConfigMap a has a data[\"p\"] (line 5)"},
  };
  for (const Row& row : rows) Check(row);
}

TEST_CASE("a strict policy refuses images whose tag moves") {
  MemoryTree tree;
  tree.files = {{"a.yaml", Workload("Deployment", "", "mysql:8.4")},
                {"b.yaml", Workload("Deployment", "", "nginx")}};
  const auto loaded = LoadTree(tree, "default");
  REQUIRE(loaded.ok());
  const auto rulings = [&](LintPolicy policy) {
    std::string text;
    for (const SourceFinding& found : Lint(loaded->manifests, "default", policy)) {
      text += found.finding.hazard + " " + std::string(ToString(found.finding.ruling));
    }
    return text;
  };
  CHECK(rulings(LintPolicy::kStandard) == "H-F10 warn");
  CHECK(rulings(LintPolicy::kStrict) == "H-F10 refuse");
}

TEST_CASE("a finding keeps the source of its manifest, since it is found by that") {
  MemoryTree tree;
  tree.files = {{"a.yaml", Workload("Deployment", "", "mysql:8.0")}};
  const auto loaded = LoadTree(tree, "default");
  REQUIRE(loaded.ok());
  const auto findings = Lint(loaded->manifests);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].source == loaded->manifests[0].source);
}

}  // namespace
}  // namespace holdfast
