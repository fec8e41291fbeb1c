#include "diff/manifest.h"

#include <doctest/doctest.h>

#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

TEST_CASE("a field, or its nearest ancestor, has a line") {
  auto lines = std::make_shared<LineMap>();
  lines->Add("/spec", 5);
  lines->Add("/spec/ports/0", 7);
  lines->Add("", 2);
  lines->Seal();
  struct Row {
    std::string pointer;
    int line;
  };
  const Row rows[] = {{"/spec", 5},         {"/spec/ports", 5},
                      {"/spec/ports/0", 7}, {"/spec/ports/0/port", 7},
                      {"/status", 2},       {"", 2}};
  for (const Row& row : rows) {
    CAPTURE(row.pointer);
    CHECK(lines->LineOf(row.pointer) == row.line);
  }

  Manifest manifest{O(R"({"apiVersion": "v1", "kind": "X", "metadata": {"name": "x"}})"),
                    {"a/b.yaml", 2, 9},
                    lines};
  CHECK(manifest.WhereIs("/spec/ports/0/port") == "a/b.yaml:7");
  manifest.lines = nullptr;
  CHECK(manifest.WhereIs("/spec") == "a/b.yaml:9");
  CHECK(manifest.source.ToString() == "a/b.yaml:9");
}

TEST_CASE("a map without lines knows none") {
  LineMap lines;
  lines.Seal();
  CHECK(lines.LineOf("/a/b") == 0);
}

}  // namespace
}  // namespace holdfast
