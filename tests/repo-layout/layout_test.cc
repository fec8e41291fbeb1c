#include "repo-layout/layout.h"

#include <doctest/doctest.h>

#include <string>

#include "repo-layout/glob.h"

namespace holdfast {
namespace {

TEST_CASE("patterns") {
  struct Row {
    std::string pattern;
    std::string path;
    bool matches;
  };
  const Row rows[] = {
      {"**/*.yaml", "a.yaml", true},
      {"**/*.yaml", "a/b/c.yaml", true},
      {"**/*.yaml", "a.yml", false},
      {"*.yaml", "a/b.yaml", false},
      {"*.yaml", "a.yaml", true},
      {"**/README*", "README.md", true},
      {"**/README*", "a/README", true},
      {"**/README*", "a/README/x", false},
      {"a/**", "a/b/c", true},
      {"a/**", "a", true},
      {"a/**", "ab/c", false},
      {"**", "a/b", true},
      {"a/**/b", "a/b", true},
      {"a/**/b", "a/x/y/b", true},
      {"a/**/b", "a/x/y/c", false},
      {"a/**/b/**/c", "a/b/b/x/c", true},
      {"?.yaml", "a.yaml", true},
      {"?.yaml", "ab.yaml", false},
      {"a?b", "a/b", false},
      {"a*b*c", "aXbXbXc", true},
      {"a*b*c", "aXbXbX", false},
      {"", "", true},
      {"", "a", false},
      {"a", "", false},
      {"[a].yaml", "[a].yaml", true},
      {"**.yaml", "a.yaml", true},
      {"**.yaml", "a/b.yaml", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.pattern);
    CAPTURE(row.path);
    CHECK(MatchesGlob(row.pattern, row.path) == row.matches);
  }
}

TEST_CASE("no pattern takes for ever") {
  std::string stars;
  std::string folders;
  std::string path;
  for (int i = 0; i < 200; ++i) {
    stars += "*a";
    folders += "**/a/";
    path += "a/";
  }
  CHECK_FALSE(MatchesGlob(stars + "b", std::string(5000, 'a')));
  CHECK_FALSE(MatchesGlob(folders + "b", path + path + "c"));
}

TEST_CASE("the default layout") {
  const Layout layout;
  CHECK(layout.Takes("a.yaml"));
  CHECK(layout.Takes("a/b.yml"));
  CHECK(layout.Takes("a/b.json"));
  CHECK_FALSE(layout.Takes("README.md"));
  CHECK_FALSE(layout.Takes("approvals/a.yaml"));
  CHECK(layout.Takes("a/approvals/a.yaml"));
  CHECK_FALSE(layout.Takes(".holdfast.yaml"));
}

TEST_CASE("a layout is read strictly") {
  struct Row {
    std::string name;
    std::string text;
    int line;
    std::string want;
  };
  const std::string head = "apiVersion: holdfast.dev/v1\nkind: Layout\n";
  const Row rows[] = {
      {"as it should be", head + "include: ['*.yaml']\nexclude: []\nnamespace: a-1\n", 0,
       ""},
      {"a field nobody knows", head + "excludes: []\n", 3, "no field excludes"},
      {"another kind", "apiVersion: holdfast.dev/v1\nkind: Sync\n", 2,
       "kind must be Layout"},
      {"another version", "apiVersion: v1\nkind: Layout\n", 1, "apiVersion must be"},
      {"no kind", "apiVersion: holdfast.dev/v1\n", 1, "kind is missing"},
      {"a text for a list", head + "exclude: x\n", 3, "exclude must be a list"},
      {"numbers for patterns", head + "include: [1]\n", 3, "include must be a list"},
      {"a namespace that cannot be", head + "namespace: A_b\n", 3, "namespace must be"},
      {"secret fields that name no path", head + "secretFields: [{group: g, kind: K}]\n", 3,
       "secretFields must be a list"},
      {"a path into one entry of a list",
       head + "secretFields: [{group: g, kind: K, paths: ['a[0]']}]\n", 3,
       "secretFields must be a list"},
      {"a list", "- x\n", 1, "must hold one document"},
      {"nothing", "", 1, "must hold one document"},
      {"two documents", head + "---\n" + head, 1, "must hold one document"},
      {"broken YAML", head + "exclude: [\n", 0, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const ParsedLayout parsed = ParseLayout(row.text);
    if (row.name == "as it should be") {
      CHECK(parsed.errors.empty());
      CHECK(parsed.layout.name_space == "a-1");
      CHECK(parsed.layout.include.size() == 1);
      continue;
    }
    REQUIRE(parsed.errors.size() == 1);
    CHECK(parsed.layout == Layout{});
    CAPTURE(parsed.errors[0].message);
    if (row.line != 0) CHECK(parsed.errors[0].line == row.line);
    CHECK(parsed.errors[0].message.find(row.want) != std::string::npos);
  }
}

TEST_CASE("fields that hold secrets are named by kind and path") {
  const ParsedLayout parsed = ParseLayout(
      "apiVersion: holdfast.dev/v1\nkind: Layout\n"
      "secretFields:\n"
      "- {group: example.org, kind: Vault, paths: [spec.data, spec.users.password]}\n");
  REQUIRE(parsed.errors.empty());
  REQUIRE(parsed.layout.secret_fields.size() == 2);
  CHECK(parsed.layout.secret_fields[1] ==
        SecretField{"example.org", "Vault", FieldPath::Parse("spec.users.password").value()});
}

}  // namespace
}  // namespace holdfast
