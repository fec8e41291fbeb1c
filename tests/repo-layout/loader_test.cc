#include "repo-layout/loader.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/repo-layout/memory_tree.h"

namespace holdfast {
namespace {

std::string ConfigMap(const std::string& name, const std::string& more = "") {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name + "\n" + more;
}

LoadedRevision Load(const Tree& tree) {
  auto loaded = LoadTree(tree, "default");
  REQUIRE(loaded.ok());
  return std::move(loaded).value();
}

/// "H-H3 hold a.yaml:2:1: the reason" for each finding.
std::vector<std::string> Said(const LoadedRevision& loaded) {
  std::vector<std::string> said;
  for (const SourceFinding& found : loaded.findings) {
    said.push_back(found.finding.hazard + " " +
                   std::string(ToString(found.finding.ruling)) + " " +
                   found.finding.reason);
    CHECK_FALSE(found.finding.remedy.empty());
  }
  return said;
}

TEST_CASE("manifests come sorted by source, with the lines of their fields") {
  MemoryTree tree;
  tree.files = {
      {"b.yaml", "# b\n" + ConfigMap("b") + "---\n" + ConfigMap("c")},
      {"a/x.json",
       "{\"apiVersion\": \"v1\",\n\"kind\": \"Secret\",\n\"metadata\": {\n\"name\": "
       "\"x\"}}"},
      {"README.md", "# hello"},
      {"a/c.yml", ConfigMap("d")}};
  const LoadedRevision loaded = Load(tree);
  CHECK(Said(loaded).empty());
  REQUIRE(loaded.manifests.size() == 4);
  CHECK(loaded.manifests[0].source == Source{"a/c.yml", 1, 1});
  CHECK(loaded.manifests[1].source == Source{"a/x.json", 1, 1});
  CHECK(loaded.manifests[1].WhereIs("/metadata/name") == "a/x.json:4");
  CHECK(loaded.manifests[2].source == Source{"b.yaml", 1, 2});
  CHECK(loaded.manifests[3].source == Source{"b.yaml", 2, 7});
  CHECK(loaded.manifests[3].WhereIs("/metadata/name") == "b.yaml:10");
  CHECK(loaded.manifests[3].object.ref().name_space == "");
  CHECK(loaded.ignored == std::vector<std::string>{"README.md"});
}

TEST_CASE("lists are unfolded, and their members keep their lines") {
  MemoryTree tree;
  tree.files = {
      {"list.yaml",
       "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n"
       "  metadata: {name: a}\n- apiVersion: v1\n  kind: Secret\n  metadata:\n"
       "    name: b\n"},
      {"pods.yaml", "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: p}\n"},
      {"quotas.yaml",
       "apiVersion: example.com/v1\nkind: AllowList\nmetadata: {name: q}\nitems: []\n"}};
  const LoadedRevision loaded = Load(tree);
  CHECK(Said(loaded).empty());
  REQUIRE(loaded.manifests.size() == 4);
  CHECK(loaded.manifests[1].source == Source{"list.yaml", 1, 7});
  CHECK(loaded.manifests[1].WhereIs("/metadata/name") == "list.yaml:10");
  CHECK(loaded.manifests[2].object.ref().ToString() == "Pod p");
  CHECK(loaded.manifests[3].object.ref().kind == "AllowList");
}

TEST_CASE("what is no manifest is reported, file by file") {
  struct Row {
    std::string name;
    std::string path;
    std::string text;
    std::string want;
  };
  const Row rows[] = {
      {"broken YAML", "a.yaml", "a: 1\na: 2\n", "H-H3 hold a.yaml:2:1: the key \"a\""},
      {"broken JSON", "a.json", "{\n\"a\":}\n", "H-H3 hold a.json:2:5: not JSON"},
      {"values of a chart", "values.yaml", "replicas: 3\n",
       "H-H3 hold values.yaml:1: is no Kubernetes object: it has no apiVersion"},
      {"no kind", "a.yaml", "apiVersion: v1\nmetadata: {name: x}\n", "it has no kind"},
      {"no name", "a.yaml", "apiVersion: v1\nkind: Pod\n",
       "H-H3 hold a.yaml:1: Pod: has no metadata.name"},
      {"an apiVersion that is no version", "a.yaml",
       "apiVersion: a/b/c\nkind: Pod\nmetadata: {name: x}\n", "apiVersion \"a/b/c\""},
      {"a number for a name", "a.yaml",
       "apiVersion: v1\nkind: Pod\nmetadata: {name: 123}\n",
       "metadata.name is a number; put it into quotes"},
      {"a number for a namespace", "a.yaml",
       "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: 1}\n",
       "metadata.namespace is a number"},
      {"a boolean for an annotation", "a.yaml",
       "apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {x: on}}\n",
       "metadata.annotations[\"x\"] is a boolean; put the value into quotes"},
      {"a list at the top", "a.yaml", "- 1\n", "H-H3 hold a.yaml:1: is a list"},
      {"a List without items", "a.yaml", "apiVersion: v1\nkind: List\n",
       "without a list"},
      {"something else in a List", "a.yaml",
       "apiVersion: v1\nkind: List\nitems:\n- x: 1\n",
       "H-H3 hold a.yaml:4: is no Kubernetes object"},
      {"a name for the server to choose", "a.yaml",
       "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: x-}\n",
       "H-H3 refuse a.yaml:1: Job has metadata.generateName"},
      {"an Approval among manifests", "a.yaml",
       "apiVersion: holdfast.dev/v1\nkind: Approval\nmetadata: {name: x}\n",
       "H-H5 refuse a.yaml:1: an Approval counts only"},
      {"a Layout among manifests", "x/layout.yaml",
       "apiVersion: holdfast.dev/v1\nkind: Layout\nmetadata: {name: x}\n", "H-H5 refuse"},
      {"a Sync among manifests", "a.yaml",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: x}\n", "H-H5 refuse"},
      {"kustomize", "k/kustomization.yaml", "resources: []\n",
       "H-H5 refuse k/kustomization.yaml: the folder k is the input of `kustomize "
       "build`"},
      {"kustomize, its other name", "k/Kustomization", "resources: []\n",
       "the folder k is"},
      {"a chart", "c/Chart.yaml", "name: x\n",
       "the folder c is the input of `helm template`"},
      {"a pointer of Git LFS", "a.yaml", "version https://git-lfs.github.com/spec/v1\n",
       "a.yaml:1:1: is a pointer of Git LFS"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    MemoryTree tree;
    tree.files = {{row.path, row.text}, {"z.yaml", ConfigMap("z")}};
    const LoadedRevision loaded = Load(tree);
    const auto said = Said(loaded);
    REQUIRE(said.size() == 1);
    CAPTURE(said[0]);
    CHECK(said[0].find(row.want) != std::string::npos);
    CHECK(Stops(loaded.findings[0].finding.ruling));
    CHECK(loaded.manifests.size() == 1);
  }
}

TEST_CASE("every bad file is reported, not only the first") {
  MemoryTree tree;
  tree.files = {{"a.yaml", "a: [\n"}, {"b.yaml", "b: 1\n"}, {"c.json", "{"}};
  tree.broken = {"d.yaml"};
  tree.others = {{"e.yaml", TreeEntry::Kind::kUnreadable, "a link that leads nowhere"},
                 {"f", TreeEntry::Kind::kHidden, "a submodule"},
                 {"g.txt", TreeEntry::Kind::kUnreadable, "a device"}};
  const LoadedRevision loaded = Load(tree);
  const auto said = Said(loaded);
  REQUIRE(said.size() == 6);
  CHECK(said[3] == "H-H3 hold d.yaml: cannot be read");
  CHECK(said[4] == "H-H3 hold e.yaml: is a link that leads nowhere");
  CHECK(said[5] == "H-H3 hold f: is a submodule");
  CHECK(loaded.ignored == std::vector<std::string>{"g.txt"});
}

TEST_CASE("an empty revision is no wish to delete everything") {
  MemoryTree tree;
  tree.files = {{"README.md", "x"}, {"a.yaml", "# nothing\n---\n"}};
  CHECK(Said(Load(tree)) ==
        std::vector<std::string>{"H-H1 hold there is no manifest at all; that looks like "
                                 "a wrong path or a failed "
                                 "read, not like a wish to delete everything"});
}

TEST_CASE("what has no object in it is fine beside what has") {
  MemoryTree tree;
  tree.files = {
      {"a.yaml", ConfigMap("a")},
      {"comments.yaml", "# one\n---\n# two\n"},
      {"empty.yaml", ""},
      {"kind.yaml",
       "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nmetadata: {name: k}\n"}};
  const LoadedRevision loaded = Load(tree);
  CHECK(Said(loaded).empty());
  REQUIRE(loaded.manifests.size() == 2);
  CHECK(loaded.manifests[1].object.ref().kind == "Cluster");
}

TEST_CASE("a file that is left out for its capital letters is named") {
  MemoryTree tree;
  tree.files = {{"a.yaml", ConfigMap("a")},
                {"vendored/b.YAML", "x"},
                {".holdfast.yaml",
                 "apiVersion: holdfast.dev/v1\nkind: Layout\nexclude: ['vendored/**']\n"},
                {"c.Yml", "x"},
                {"d.yaml.tmpl", "x"}};
  const LoadedRevision loaded = Load(tree);
  const auto said = Said(loaded);
  REQUIRE(said.size() == 1);
  CHECK(said[0].starts_with("H-H5 warn c.Yml: is left out: patterns tell capital"));
  CHECK(loaded.ignored.size() == 3);
  tree.files.erase("a.yaml");
  CHECK(Said(Load(tree)).size() == 2);  // And that there is no manifest at all.
}

TEST_CASE("names and keys of a foreign repository cannot write to a terminal") {
  MemoryTree tree;
  tree.files = {{"a.yaml", ConfigMap("a")},
                {"b\x1b[31m.yaml", ConfigMap("b")},
                {"c\xff.yaml", ConfigMap("c")},
                {"d.yaml", "\"\\e[2J\": 1\n\"\\e[2J\": 1\n"},
                {"e.yaml", "? " + std::string(100'000, 'x') + "\n: 1\n? " +
                               std::string(100'000, 'x') + "\n: 2\n"}};
  const auto said = Said(Load(tree));
  REQUIRE(said.size() == 4);
  CHECK(
      said[0].starts_with("H-H3 hold b\\x1b[31m.yaml: has a name that cannot be shown"));
  CHECK(said[1].starts_with("H-H3 hold c\xEF\xBF\xBD.yaml: has a name"));
  CHECK(said[2].starts_with("H-H3 hold d.yaml:2:1: the key \"\\x1b[2J\" stands twice"));
  CHECK(said[3].size() < 2000);
}

TEST_CASE("aliases cost what they unfold to, over all files") {
  std::string bomb = "a: &a " + std::string(100'000, 'x') + "\nb:\n";
  for (int i = 0; i < 70; ++i) bomb += "- *a\n";
  MemoryTree tree;
  for (int i = 0; i < 12; ++i) tree.files[std::to_string(100 + i) + ".yaml"] = bomb;
  const auto said = Said(Load(tree));
  REQUIRE_FALSE(said.empty());
  CHECK(said.back().find("the manifests are larger than 64 MiB, aliases unfolded") !=
        std::string::npos);
  CHECK(said.size() < 12);
}

TEST_CASE("one object in two places") {
  struct Row {
    std::string name;
    std::string one;
    std::string other;
    bool same;
  };
  const std::string deployment =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n";
  const std::string secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a";
  const Row rows[] = {
      {"in both", deployment, deployment, true},
      {"in two versions of its group", deployment,
       "apiVersion: apps/v1beta2\nkind: Deployment\nmetadata: {name: a}\n", true},
      {"in two groups", deployment,
       "apiVersion: example.com/v1\nkind: Deployment\nmetadata: {name: a}\n", false},
      {"in the default namespace, once by name", secret + "}\n",
       secret + ", namespace: default}\n", true},
      {"in two namespaces", secret + "}\n", secret + ", namespace: other}\n", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    MemoryTree tree;
    tree.files = {{"a.yaml", row.one}, {"b.yaml", "# comment\n" + row.other}};
    const LoadedRevision loaded = Load(tree);
    CHECK(loaded.findings.size() == (row.same ? 1 : 0));
    if (!row.same) continue;
    const Finding& finding = loaded.findings.front().finding;
    CHECK(finding.hazard == "H-H4");
    CHECK(finding.ruling == Ruling::kRefuse);
    CHECK(finding.reason.starts_with("b.yaml:2: "));
    CHECK(finding.reason.find("stands here and at a.yaml:1") != std::string::npos);
  }
}

TEST_CASE("the layout says what is read, and where") {
  MemoryTree tree;
  tree.files = {
      {".holdfast.yaml",
       "apiVersion: holdfast.dev/v1\nkind: Layout\nexclude: [values.yaml, 'k/**', "
       "vendor]\nnamespace: data\n"},
      {"values.yaml", "replicas: 3\n"},
      {"k/kustomization.yaml", "resources: []\n"},
      {"k/patch.yaml", "spec: {}\n"},
      {"approvals/a.yaml",
       "apiVersion: holdfast.dev/v1\nkind: Approval\n"
       "metadata: {name: a}\n"},
      {"x.yaml", ConfigMap("x")},
      {"y.yaml", ConfigMap("x", "  namespace: data\n")}};
  tree.others = {{"vendor", TreeEntry::Kind::kHidden, "a submodule"}};
  const LoadedRevision loaded = Load(tree);
  CHECK(loaded.layout.name_space == "data");
  CHECK(loaded.ignored == std::vector<std::string>{"vendor", "approvals/a.yaml",
                                                   "k/kustomization.yaml", "k/patch.yaml",
                                                   "values.yaml"});
  const auto said = Said(loaded);
  REQUIRE(said.size() == 1);
  CHECK(said[0].starts_with("H-H4 refuse y.yaml:1"));
}

TEST_CASE("a broken layout is the only thing that is reported") {
  MemoryTree tree;
  tree.files = {{".holdfast.yaml",
                 "apiVersion: holdfast.dev/v1\nkind: Layout\nexlude: [values.yaml]\n"
                 "namespace: 5\n"},
                {"values.yaml", "replicas: 3\n"}};
  const auto said = Said(Load(tree));
  REQUIRE(said.size() == 2);
  CHECK(said[0].starts_with("H-H3 hold .holdfast.yaml:3:1: there is no field exlude"));
  CHECK(said[1].starts_with("H-H3 hold .holdfast.yaml:4:1: namespace must be"));
}

TEST_CASE("a folder in a folder that another tool builds is told once") {
  MemoryTree tree;
  tree.files = {{"k/kustomization.yaml", "x"},
                {"k/base/kustomization.yaml", "x"},
                {"k/base/a.yaml", "broken: ["},
                {"k2/kustomization.yaml", "x"},
                {"z.yaml", ConfigMap("z")}};
  CHECK(Said(Load(tree)).size() == 2);
}

TEST_CASE("what stands in files that are left out is known") {
  const auto config = [](const std::string& name) {
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\n";
  };
  MemoryTree tree;
  tree.files = {{".holdfast.yaml", "apiVersion: holdfast.dev/v1\nkind: Layout\n"
                                   "exclude: [\"old/**\"]\n"},
                {"a.yaml", config("a")},
                {"b.yaml.disabled", config("b")},
                {"old/c.yaml", config("c") + "---\n" + config("d")},
                {"old/broken.yaml", "a: [b"},
                {"README.md", config("e")},
                {"approvals/f.yaml", config("f")}};
  const auto loaded = LoadTree(tree, "default");
  REQUIRE(loaded.ok());
  std::string left_out;
  for (const auto& [ref, source] : loaded->left_out) {
    left_out += ref.name + " " + source.ToString() + ", ";
  }
  CHECK(left_out == "b b.yaml.disabled:1, c old/c.yaml:1, d old/c.yaml:5, ");
}

}  // namespace
}  // namespace holdfast
