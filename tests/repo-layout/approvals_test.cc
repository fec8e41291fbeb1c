#include "repo-layout/approvals.h"

#include <doctest/doctest.h>

#include "repo-layout/loader.h"
#include "tests/repo-layout/memory_tree.h"

namespace holdfast {
namespace {

LoadedApprovals Loaded(const MemoryTree& tree) {
  return LoadApprovals(tree, tree.List().value());
}

TEST_CASE("the documents of approvals/ are read, with their place, and nothing else is") {
  MemoryTree tree;
  tree.files = {{"approvals/a.yaml",
                 "apiVersion: holdfast.dev/v1\nkind: Approval\nmetadata: {name: a}\n"
                 "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"},
                {"approvals/empty.yaml",
                 "# Written by a shell before holdfast approve has begun.\n"},
                {"approvalsx/a.yaml", "a: b"},
                {"x.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"}};
  const LoadedApprovals loaded = Loaded(tree);
  CHECK(loaded.findings.empty());
  REQUIRE(loaded.documents.size() == 2);
  CHECK(loaded.documents[0].source.ToString() == "approvals/a.yaml:1");
  CHECK(loaded.documents[1].source.ToString() == "approvals/a.yaml:5");
  CHECK(loaded.documents[1].object.ref().name == "b");
}

TEST_CASE("what cannot be read holds; what is no Approval is said and left aside") {
  struct Row {
    const char* path;
    const char* text;
    Ruling ruling;
    const char* word;
  };
  const Row rows[] = {
      {"approvals/a.yaml", "<<<<<<< HEAD\na: b\n", Ruling::kHold, "approvals/a.yaml:"},
      {"approvals/a.yaml", "a: b\na: c\n", Ruling::kHold, "a.yaml:2"},
      {"approvals/a.yaml", "a: b\n", Ruling::kWarn, "not an approval"},
      {"approvals/a.yaml", "[]", Ruling::kWarn, "not an approval"},
      {"approvals/a.yml", "a: b", Ruling::kWarn, "approvals/*.yaml"},
      {"approvals/sub/a.yaml", "a: b", Ruling::kWarn, "approvals/*.yaml"},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.path));
    CAPTURE(std::string(row.text));
    MemoryTree tree;
    tree.files = {{row.path, row.text}};
    const LoadedApprovals loaded = Loaded(tree);
    CHECK(loaded.documents.empty());
    REQUIRE(loaded.findings.size() == 1);
    CHECK(loaded.findings[0].finding.ruling == row.ruling);
    CHECK(loaded.findings[0].finding.reason.find(row.word) != std::string::npos);
  }
  MemoryTree broken;
  broken.broken = {"approvals/a.yaml"};
  REQUIRE(Loaded(broken).findings.size() == 1);
  CHECK(Loaded(broken).findings[0].finding.ruling == Ruling::kHold);
  MemoryTree link;
  link.others = {{.path = "approvals/a.yaml",
                  .kind = TreeEntry::Kind::kUnreadable,
                  .why = "a link that leads nowhere"}};
  REQUIRE(Loaded(link).findings.size() == 1);
  CHECK(Loaded(link).findings[0].finding.ruling == Ruling::kHold);
}

TEST_CASE("the loader hands them over and applies none") {
  MemoryTree tree;
  tree.files = {{"approvals/a.yaml",
                 "apiVersion: holdfast.dev/v1\nkind: Approval\nmetadata: {name: a}\n"},
                {"x.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"}};
  const auto loaded = LoadTree(tree, "default");
  REQUIRE(loaded.ok());
  CHECK(loaded->manifests.size() == 1);
  CHECK(loaded->approvals.size() == 1);
}

}  // namespace
}  // namespace holdfast
