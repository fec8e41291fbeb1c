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
      {"another kind", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", "Pod"},
      {"an interval that is none",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a}\nspec:\n  repo: /r\n  interval: 5\n",
       "syncs.yaml:6: "},
      {"a flag that is no boolean",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a}\nspec:\n  repo: /r\n  prune: maybe\n",
       "syncs.yaml:6: "},
      {"a setting that this version does not carry out",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a}\nspec:\n  repo: /r\n  onRefusal: apply-rest\n",
       "onRefusal"},
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
