#include "daemon/config.h"

#include <doctest/doctest.h>

namespace holdfast {
namespace {

constexpr const char* kGood = R"(apiVersion: holdfast.dev/v1
kind: Sync
metadata: {name: databases}
spec:
  repo: file:///srv/databases.git
  ref: main
  path: clusters/prod
  interval: 30s
  namespace: data
  prune: false
  timeout: 5m
)";

TEST_CASE("a Sync is read whole") {
  const Config config = ParseConfig(kGood, "syncs.yaml");
  REQUIRE(config.errors.empty());
  REQUIRE(config.syncs.size() == 1);
  const SyncSpec& sync = config.syncs.front();
  CHECK(sync.name == "databases");
  CHECK(sync.repo == "file:///srv/databases.git");
  CHECK(sync.ref == "main");
  CHECK(sync.path == "clusters/prod");
  CHECK(sync.interval == std::chrono::seconds(30));
  CHECK(sync.name_space == "data");
  CHECK_FALSE(sync.prune);
  CHECK_FALSE(sync.suspend);
  CHECK(sync.timeout == std::chrono::minutes(5));
}

TEST_CASE("what a Sync may say besides") {
  const Config config = ParseConfig(R"(apiVersion: holdfast.dev/v1
kind: Sync
metadata: {name: databases, namespace: ops}
spec:
  repo: /r
  serviceAccountName: databases
  onRefusal: apply-rest
  approvals: {requireSignature: true, allowedSigners: /etc/signers, keyring: /etc/ring}
  limits: {maxDeletePercent: 5, maxDeleteObjects: 0}
  dependsOn: [{name: storage}, {name: network}]
)",
                                    "syncs.yaml");
  REQUIRE(config.errors.empty());
  const SyncSpec& sync = config.syncs.front();
  CHECK(sync.of_namespace == "ops");
  CHECK(sync.service_account == "databases");
  CHECK(sync.on_refusal == OnRefusal::kApplyRest);
  CHECK(sync.signatures.allowed_signers == "/etc/signers");
  CHECK(sync.signatures.keyring == "/etc/ring");
  CHECK(sync.limits.percent == 5);
  CHECK(sync.limits.objects == 0);
  CHECK(sync.depends_on == std::vector<std::string>{"storage", "network"});
}

TEST_CASE("by default a revision is whole or nothing, and signatures are not asked for") {
  const SyncSpec sync = ParseConfig(kGood, "syncs.yaml").syncs.front();
  CHECK(sync.on_refusal == OnRefusal::kHold);
  CHECK_FALSE(sync.signatures.asked());
  CHECK(sync.limits.objects == 10);
  CHECK(sync.limits.percent == 30);
}

TEST_CASE("syncs that wait for one another are not run, the others are") {
  const auto sync = [](const std::string& name, const std::string& on) {
    return "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: " + name +
           "}\nspec: {repo: /r, dependsOn: [{name: " + on + "}]}\n---\n";
  };
  const Config config =
      ParseConfig(sync("a", "b") + sync("b", "c") + sync("c", "a") + sync("d", "a") +
                      sync("e", "elsewhere") + sync("f", "f"),
                  "syncs.yaml");
  std::vector<std::string> run;
  for (const SyncSpec& one : config.syncs) run.push_back(one.name);
  CHECK(run == std::vector<std::string>{"d", "e"});
  CHECK(config.errors.size() == 4);
}

TEST_CASE("a bad document is named with its line and does not stop the others") {
  struct Case {
    const char* what;
    const char* document;
    const char* named;
  };
  const Case cases[] = {
      {"a misspelled field",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a}\nspec:\n  repo: /r\n  refs: x\n",
       "syncs.yaml:6: "},
      {"no repository", "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a}\nspec: {}\n",
       "repo"},
      {"no name", "apiVersion: holdfast.dev/v1\nkind: Sync\nspec: {repo: /r}\n", "name"},
      {"a name that Kubernetes would refuse",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: Data Bases}\n"
       "spec: {repo: /r}\n",
       "metadata.name"},
      {"a misspelled field of metadata",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a, lables: {}}\n"
       "spec: {repo: /r}\n",
       "metadata.lables"},
      {"another kind", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", "Pod"},
      {"an interval that is none",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a}\nspec:\n  repo: /r\n  interval: 5\n",
       "syncs.yaml:6: "},
      {"a flag that is no boolean",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a}\nspec:\n  repo: /r\n  prune: maybe\n",
       "syncs.yaml:6: "},
      {"a setting that this version does not carry out",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a}\nspec:\n  repo: /r\n  secretRef: {name: s}\n",
       "secretRef"},
      {"a refusal of another kind",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a}\nspec:\n  repo: /r\n  onRefusal: apply\n",
       "syncs.yaml:6: spec.onRefusal is neither hold nor apply-rest"},
      {"a limit that is none",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a}\nspec:\n  repo: /r\n  limits: {maxDeletePercent: 101}\n",
       "spec.limits.maxDeletePercent is no whole number from 0 to 100"},
      {"a limit that is not known",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a}\nspec:\n  repo: /r\n  limits: {maxDeletes: 1}\n",
       "no field spec.limits.maxDeletes"},
      {"signatures of nobody",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a}\nspec:\n  repo: /r\n  approvals: {requireSignature: true}\n",
       "says of nobody that theirs count"},
      {"a list of signers that is anywhere",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a}\nspec:\n  repo: /r\n  approvals: {requireSignature: true, allowedSigners: signers}\n",
       "does not begin with '/'"},
      {"a dependency without a name",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a}\nspec:\n  repo: /r\n  dependsOn: [storage]\n",
       "spec.dependsOn: each of it is {name: <sync>}"},
  };
  for (const Case& row : cases) {
    CAPTURE(row.what);
    const Config config =
        ParseConfig(std::string(row.document) + "---\n" + kGood, "syncs.yaml");
    REQUIRE(config.errors.size() == 1);
    CHECK(config.errors.front().message.find(row.named) != std::string::npos);
    CHECK(config.syncs.size() == 1);
  }
}

TEST_CASE("of two Syncs with one name neither is run, since they would prune each other") {
  const Config config = ParseConfig(std::string(kGood) + "---\n" + kGood, "syncs.yaml");
  CHECK(config.syncs.empty());
  REQUIRE(config.errors.size() == 2);
  CHECK(config.errors.front().message.find("databases") != std::string::npos);
}

TEST_CASE("what is no YAML gives an error and no Sync") {
  const Config config = ParseConfig("kind: [", "syncs.yaml");
  CHECK(config.syncs.empty());
  REQUIRE(config.errors.size() == 1);
  CHECK(config.errors.front().message.find("syncs.yaml:1") != std::string::npos);
}

}  // namespace
}  // namespace holdfast
