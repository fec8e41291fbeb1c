#include "repo-layout/json_file.h"

#include <doctest/doctest.h>

#include <string>

namespace holdfast {
namespace {

TEST_CASE("a JSON file gives one document with lines") {
  const YamlFile file = ParseJsonFile(
      "\xEF\xBB\xBF\n{\n  \"kind\": \"List\",\n  \"items\": [\n    {\"a\\/b\": "
      "\"\\ud83d\\ude00\"},\n"
      "    {\n      \"c\": 1\n    }\n  ]\n}\n");
  REQUIRE(file.errors.empty());
  REQUIRE(file.documents.size() == 1);
  const YamlDocument& document = file.documents.front();
  CHECK(document.line == 2);
  CHECK(document.lines->LineOf("/kind") == 3);
  CHECK(document.lines->LineOf("/items/0/a~1b") == 5);
  CHECK(document.lines->LineOf("/items/1/c") == 7);
  REQUIRE(document.item_lines.size() == 2);
  CHECK(document.item_lines[1]->LineOf("/c") == 7);
}

TEST_CASE("numbers that fit are read as they are") {
  const YamlFile file = ParseJsonFile(
      "[18446744073709551615, -9223372036854775808, 0, 1.5, 1e30, "
      "99999999999999999999.5]");
  REQUIRE(file.errors.empty());
  CHECK(DumpJson(file.documents[0].json) ==
        "[18446744073709551615,-9223372036854775808,0,1.5,1e+30,1e+20]");
}

TEST_CASE("a broken JSON file says where") {
  struct Row {
    std::string name;
    std::string json;
    int line;
    int column;
    std::string want;
  };
  const Row rows[] = {
      {"nothing", "", 1, 1, "not JSON"},
      {"a comma too many", "{\n  \"a\": 1,\n}\n", 3, 1, "not JSON"},
      {"a comment", "# x\n{}\n", 1, 1, "not JSON"},
      {"a key twice", "{\n  \"a\": 1,\n  \"b\": {},\n  \"a\": 2\n}\n", 4, 3,
       "first on line 2"},
      {"a key twice in two spellings", "{\"a\": 1, \"\\u0061\": 2}", 1, 10,
       "\"a\" stands twice"},
      {"a number that loses digits", "{\n  \"a\": [1, 99999999999999999999]\n}\n", 2, 12,
       "does not fit 64 bits"},
      {"a negative one", "[-9223372036854775809]", 1, 2, "does not fit 64 bits"},
      {"text behind the value", "{}\n{}\n", 2, 1, "not JSON"},
      {"cut off", "{\"a\": [1, {\"b\": \"x", 1, 18, "not JSON"},
      {"broken UTF-8", "{\"a\": \"\xFF\"}", 1, 8, "UTF-8"},
      {"a merge conflict", "{\n<<<<<<< HEAD\n}\n", 2, 1, "merge conflict"},
      {"UTF-16", std::string("\xFF\xFE{\0}\0", 6), 1, 1, "UTF-8"},
      {"too deep", std::string(300, '['), 1, 1, "nested deeper"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const YamlFile file = ParseJsonFile(row.json);
    CHECK(file.documents.empty());
    REQUIRE(file.errors.size() == 1);
    CAPTURE(file.errors[0].message);
    CHECK(file.errors[0].line == row.line);
    CHECK(file.errors[0].column == row.column);
    CHECK(file.errors[0].message.find(row.want) != std::string::npos);
  }
}

}  // namespace
}  // namespace holdfast
