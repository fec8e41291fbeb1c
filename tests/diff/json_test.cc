#include "diff/json.h"

#include <doctest/doctest.h>

#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

TEST_CASE("what is no JSON is refused with its place") {
  struct Row {
    std::string what;
    std::string text;
    std::string in_message;
  };
  const Row rows[] = {
      {"nothing", "", "line 1, column 1"},
      {"not closed", "{\"a\": 1", "line 1"},
      {"the third line", "{\n \"a\": 1,\n x}", "line 3, column 2"},
      {"more behind it", "{} {}", "line 1, column 4"},
      {"a key twice", R"({"a": 1, "a": 2})", "\"a\" stands twice"},
      {"a key twice deep down", R"({"b": [{"a": 1, "a": 2}]})", "\"a\" stands twice"},
      {"a comma too many", "[1,]", "line 1, column 4"},
      {"broken UTF-8", "\"\xff\"", "not JSON"},
      {"no number", "NaN", "not JSON"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto value = ParseJson(row.text);
    REQUIRE_FALSE(value.ok());
    CHECK(value.error().code == ErrorCode::kInvalid);
    CAPTURE(value.error().message);
    CHECK(value.error().message.find(row.in_message) != std::string::npos);
  }
}

TEST_CASE("an error never quotes a value, which may be a secret") {
  for (const std::string text :
       {"{\"p\": \"marker-4d6f\n\"}", "{\"p\": \"marker-4d6f",
        "{\"p\": \"marker-4d6f\" \"x\"}", "{\"p\": \"x\" \"marker-4d6f\"}",
        "{\"p\": marker-4d6f}", "{\"p\": 81726354e99999}", "{\"p\": 81726354-}",
        "[\"marker-4d6f\\q\"]"}) {
    CAPTURE(text);
    const auto json = ParseJson(text);
    REQUIRE_FALSE(json.ok());
    CHECK(json.error().message.find("4d6f") == std::string::npos);
    CHECK(json.error().message.find("817263") == std::string::npos);
    CHECK(json.error().message.find("marker") == std::string::npos);
  }
}

TEST_CASE("nesting is limited before it costs a stack") {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']');
  };
  CHECK(ParseJson(nested(kMaxJsonDepth)).ok());
  const auto deeper = ParseJson(nested(kMaxJsonDepth + 1));
  REQUIRE_FALSE(deeper.ok());
  CHECK(deeper.error().message.find("deeper than 200") != std::string::npos);
  CHECK_FALSE(ParseJson(std::string(1'000'000, '[')).ok());
}

TEST_CASE("equal values have equal texts") {
  CHECK(DumpJson(J(R"({"b": 1, "a": [true, null]})")) == R"({"a":[true,null],"b":1})");
  CHECK(DumpJson(J("18446744073709551615")) == "18446744073709551615");
  CHECK(DumpJson(J("-9223372036854775808")) == "-9223372036854775808");
  CHECK(DumpJson(Json("\xff")) == "\"\xEF\xBF\xBD\"");
  CHECK(DumpJsonPretty(J("{\"a\":1}")) == "{\n  \"a\": 1\n}");
}

TEST_CASE("a look into a value never fails") {
  const Json value = J(R"({"a": {"b": "c", "n": 3, "l": [1], "f": 1.5}, "s": "text"})");
  CHECK(StringIn(value, "a", "b") == "c");
  CHECK(StringIn(value, "a", "n").empty());
  CHECK(StringIn(value, "s", "b").empty());
  CHECK(IntegerIn(7, value, "a", "n") == 3);
  CHECK(IntegerIn(7, value, "a", "f") == 7);
  CHECK(IntegerIn(7, value, "x", "y", "z") == 7);
  CHECK(ArrayIn(value, "a", "l").size() == 1);
  CHECK(ArrayIn(value, "a").empty());
  CHECK(MapIn(value, "a").size() == 4);
  CHECK(MapIn(value, "s").empty());
  CHECK(FindIn(Json(), "a") == nullptr);
}

}  // namespace
}  // namespace holdfast
