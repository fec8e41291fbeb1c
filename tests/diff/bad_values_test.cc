// Values that no schema foresees: an error or the right answer, never a crash, and no
// time that grows faster than the input.

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <string>

#include "diff/compare.h"
#include "diff/core_schema.h"
#include "diff/mask.h"
#include "diff/render_json.h"
#include "diff/render_text.h"
#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

Object ConfigMap(Json data) {
  Json json = {{"apiVersion", "v1"},
               {"kind", "ConfigMap"},
               {"metadata",
                {{"name", "x"},
                 {"managedFields",
                  {{{"manager", "holdfast"},
                    {"operation", "Apply"},
                    {"apiVersion", "v1"},
                    {"fieldsType", "FieldsV1"},
                    {"fieldsV1", Json::object()}}}}}}};
  json["data"] = std::move(data);
  auto object = Object::Make(std::move(json));
  REQUIRE(object.ok());
  return *object;
}

Answer AnswerFor(const Json& desired, const Json& live) {
  static const CoreSchema kSchema;
  Object wanted = ConfigMap({{"a", desired}});
  Json json = wanted.json();
  json["metadata"].erase("managedFields");
  const Comparison c =
      Compare(*Object::Make(json), ConfigMap({{"a", live}}), "holdfast", kSchema);
  // Whatever was found can be shown.
  ChangeSet set;
  set.changes.resize(1);
  set.changes[0].action = Action::kUpdate;
  set.changes[0].ref = wanted.ref();
  set.changes[0].fields = c.fields;
  CHECK_FALSE(RenderText(set).empty());
  CHECK_FALSE(DumpJson(RenderJson(set)).empty());
  return c.answer;
}

TEST_CASE("values that are no text of a person") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinite = std::numeric_limits<double>::infinity();
  const std::string nul("a\0b", 3);
  const std::string long_text(1 << 20, 'x');
  struct Row {
    std::string what;
    Json desired, live;
    Answer answer;
  };
  const Row rows[] = {
      {"beyond 64 bits, read as a float", 1e30, 1e30, Answer::kSame},
      {"2^64 - 1", 18446744073709551615U, 18446744073709551615U, Answer::kSame},
      {"2^64 - 1 and -1", 18446744073709551615U, -1, Answer::kUnsure},
      {"2^53 + 1 and its float", 9007199254740993, 9007199254740992.0, Answer::kUnsure},
      {"not a number", nan, nan, Answer::kDifferent},
      {"not a number and one", nan, 1, Answer::kDifferent},
      {"infinite", infinite, 1, Answer::kUnsure},
      {"broken UTF-8", "a\xFF", "a\xFF", Answer::kSame},
      {"broken UTF-8 and not", "a\xFF", "a\xEF\xBF\xBD", Answer::kDifferent},
      {"a NUL byte", nul, nul, Answer::kSame},
      {"a NUL byte and not", nul, "a", Answer::kDifferent},
      {"1 MiB", long_text, long_text, Answer::kSame},
      {"1 MiB and one more", long_text, long_text + "y", Answer::kDifferent},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(ToString(AnswerFor(row.desired, row.live)) == ToString(row.answer));
  }
}

TEST_CASE("depth: no text gets in that could exhaust a stack") {
  for (const char* ends : {"[]", "{}"}) {
    const std::string open = ends[0] == '[' ? "[" : R"({"a":)";
    std::string text;
    for (int i = 0; i < 1000; ++i) text += open;
    text += "1" + std::string(1000, ends[1]);
    const auto parsed = ParseJson(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().message.find("nested deeper than") != std::string::npos);
  }
  Json deep = 1;
  for (int i = 0; i < kMaxJsonDepth - 10; ++i) deep = Json{{"a", deep}};
  Json other = 2;
  for (int i = 0; i < kMaxJsonDepth - 10; ++i) other = Json{{"a", other}};
  CHECK(AnswerFor(deep, deep) == Answer::kSame);
  CHECK(AnswerFor(deep, other) == Answer::kDifferent);
}

/// A Deployment with as many variables as that, the last first where `turned`.
Json Deployment(int variables, bool turned) {
  Json env = Json::array();
  Json ours = {{".", Json::object()}};
  for (int i = 0; i < variables; ++i) {
    const int number = turned ? variables - 1 - i : i;
    const std::string name = "V" + std::to_string(number);
    env.push_back({{"name", name}, {"value", "x"}});
    ours[R"(k:{"name":")" + name + "\"}"] = {
        {".", Json::object()}, {"f:name", Json::object()}, {"f:value", Json::object()}};
  }
  return {
      {"apiVersion", "apps/v1"},
      {"kind", "Deployment"},
      {"metadata",
       {{"name", "x"},
        {"managedFields",
         {{{"manager", "holdfast"},
           {"operation", "Apply"},
           {"apiVersion", "apps/v1"},
           {"fieldsType", "FieldsV1"},
           {"fieldsV1",
            {{"f:spec",
              {{"f:template",
                {{"f:spec",
                  {{"f:containers",
                    {{R"(k:{"name":"c"})",
                      {{".", Json::object()},
                       {"f:name", Json::object()},
                       {"f:env", ours}}}}}}}}}}}}}}}}}},
      {"spec",
       {{"template", {{"spec", {{"containers", {{{"name", "c"}, {"env", env}}}}}}}}}}};
}

double SecondsOf(int variables) {
  static const CoreSchema kSchema;
  Json manifest = Deployment(variables, true);
  manifest["metadata"].erase("managedFields");
  const Object desired = *Object::Make(std::move(manifest));
  const Object live = *Object::Make(Deployment(variables, false));
  const auto began = std::chrono::steady_clock::now();
  const Comparison c = Compare(desired, live, "holdfast", kSchema);
  const auto took = std::chrono::steady_clock::now() - began;
  CHECK(c.answer == Answer::kDifferent);
  CHECK(c.fields.size() == 1);
  return std::chrono::duration<double>(took).count();
}

TEST_CASE("a list of 10,000 entries in another order takes no quadratic time") {
  const double few = SecondsOf(1000);
  const double many = SecondsOf(10'000);
  CAPTURE(few);
  CAPTURE(many);
  // Ten times the entries: linear is 10, quadratic 100.
  CHECK(many < 40 * few);
}

TEST_CASE("a secret of 1 MiB is taken out of a text without quadratic time") {
  std::string value;
  while (value.size() < (1U << 20U)) value += "a<&> \"";
  const Object secret =
      O(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"},
                              "stringData": {"a": )" +
        DumpJson(Json(value)) + "}}");
  const auto began = std::chrono::steady_clock::now();
  CHECK(MaskText("it says: " + value, {secret}) == "it says: [secret]");
  const auto took = std::chrono::steady_clock::now() - began;
  CHECK(std::chrono::duration<double>(took).count() < 10);
}

}  // namespace
}  // namespace holdfast
