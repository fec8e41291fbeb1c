#include "daemon/live_file.h"

#include <doctest/doctest.h>

#include "tests/repo-layout/temporary_folder.h"

namespace holdfast {
namespace {

constexpr const char* kMap =
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: db}}";

TEST_CASE("objects in every form that kubectl writes") {
  struct Row {
    std::string what;
    std::string text;
    std::vector<std::string> refs;
  };
  const std::string map = kMap;
  const Row rows[] = {
      {"one object", map, {"ConfigMap db/a"}},
      {"documents",
       map + "\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n",
       {"ConfigMap db/a", "Namespace b"}},
      {"a List", "apiVersion: v1\nkind: List\nitems:\n- " + map, {"ConfigMap db/a"}},
      {"an empty List", "apiVersion: v1\nkind: List\nitems: []\n", {}},
      {"a list as a server answers it, whose items name no kind",
       "apiVersion: v1\nkind: PodList\nmetadata: {resourceVersion: '7'}\n"
       "items:\n- metadata: {name: p, namespace: db}\n",
       {"Pod db/p"}},
      {"JSON",
       R"({"apiVersion": "v1", "kind": "List", "items": [
           {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "db"}}]})",
       {"Pod db/p"}},
      {"JSON documents",
       "{\"apiVersion\": \"v1\", \"kind\": \"Pod\",\n \"metadata\": {\"name\": "
       "\"p\"}}\n---\n" +
           map,
       {"Pod p", "ConfigMap db/a"}},
      {"what is live of ours and never compared",
       "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: s}\n",
       {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const TemporaryFolder folder;
    folder.Write("live", row.text);
    const LiveFile file = ReadLiveFile(folder.At("live"));
    CHECK(file.errors.empty());
    CHECK(file.live.file == folder.At("live"));
    std::vector<std::string> refs;
    for (const Object& object : file.live.objects)
      refs.push_back(object.ref().ToString());
    CHECK(refs == row.refs);
  }
}

TEST_CASE("what cannot be read is an error with file and line") {
  struct Row {
    std::string what;
    std::string text;
    std::string named;
  };
  const std::string map = kMap;
  const Row rows[] = {
      {"nothing", "", "is empty"},
      {"a document of comments", "# nothing\n", "is empty"},
      {"an object twice", map + "\n---\n" + map + "\n",
       ":3: ConfigMap db/a stands on line 1"},
      {"no YAML", "a: [\n", ":"},
      {"no JSON", "{\"a\": ", ":1"},
      {"no object", "- a\n", "no Kubernetes object"},
      {"no name", "\napiVersion: v1\nkind: Pod\nmetadata: {}\n", ":2: Pod"},
      {"a List that is none", "apiVersion: v1\nkind: List\n", "items"},
      {"bytes that are no text", std::string("a: \xff\xfe\n"), ":"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const TemporaryFolder folder;
    folder.Write("live", row.text);
    const LiveFile file = ReadLiveFile(folder.At("live"));
    REQUIRE_FALSE(file.errors.empty());
    const std::string message = file.errors.front().message;
    CAPTURE(message);
    CHECK(message.starts_with("--live " + folder.At("live")));
    CHECK(message.find(row.named) != std::string::npos);
  }
  const TemporaryFolder folder;
  CHECK_FALSE(ReadLiveFile(folder.At("absent")).errors.empty());
  CHECK_FALSE(ReadLiveFile(folder.path()).errors.empty());
}

TEST_CASE("a List of very many objects is no mistake") {
  std::string text = "apiVersion: v1\nkind: List\nitems:\n";
  for (int i = 0; i < 20000; ++i) {
    text += "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a" +
            std::to_string(i) + ", namespace: db}\n  data: {";
    for (int k = 0; k < 20; ++k) text += "key" + std::to_string(k) + ": value, ";
    text += "last: value}\n";
  }
  const TemporaryFolder folder;
  folder.Write("live", text);
  const LiveFile file = ReadLiveFile(folder.At("live"));
  CHECK(file.errors.empty());
  CHECK(file.live.objects.size() == 20000);
}

}  // namespace
}  // namespace holdfast
