#include "diff/yaml_text.h"

#include <doctest/doctest.h>

#include "repo-layout/yaml.h"

namespace holdfast {
namespace {

TEST_CASE("a document is written in block style") {
  const Json json = {{"kind", "Diff"},
                     {"changes", {{{"name", "cassandra"}, {"fields", Json::array()}}, {{"name", "b"}}}},
                     {"volumes", Json::object()},
                     {"wave", 3}};
  CHECK(ToYaml(json) ==
        "changes:\n"
        "  - fields: []\n"
        "    name: cassandra\n"
        "  - name: b\n"
        "kind: Diff\n"
        "volumes: {}\n"
        "wave: 3\n");
}

TEST_CASE("a string that a YAML parser would read as something else is quoted") {
  for (const char* text : {"yes", "No", "null", "on", "y", "", " x", "1Gi", "- a", "a: b", "a\nb",
                           "#", "*x", "0777", "2024-01-01", "~", "tRuE"}) {
    CAPTURE(text);
    CHECK(ToYaml(Json{{"k", text}}) == "k: " + DumpJson(Json(text)) + "\n");
  }
}

TEST_CASE("what is written is read back as the same value") {
  const Json json = {{"a", {1, 2.5, true, nullptr, "no", "plain", {{"b", {"x", Json::array()}}}}},
                     {"yes", {{"1", "2"}}},
                     {"text", "line one\nline two: \"quoted\"\n"}};
  const auto read = ParseYaml(ToYaml(json));
  REQUIRE(read.documents.size() == 1);
  CHECK(read.documents.front().json == json);
}

}  // namespace
}  // namespace holdfast
