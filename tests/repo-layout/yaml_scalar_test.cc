// What a plain scalar means to kubectl, and so to us: go-yaml v2's answers.

#include "repo-layout/yaml_scalar.h"

#include <doctest/doctest.h>

#include <string>

#include "repo-layout/yaml.h"

namespace holdfast {
namespace {

/// The JSON text of the scalar `yaml`, or "error: ...".
std::string Typed(const std::string& yaml) {
  const YamlFile file = ParseYaml("k: " + yaml + "\n");
  if (!file.errors.empty()) return "error: " + file.errors.front().message;
  const Json* value = FindIn(file.documents.front().json, "k");
  return value == nullptr ? "missing" : DumpJson(*value);
}

struct Row {
  std::string yaml;
  std::string json;
};

TEST_CASE("plain scalars are typed as kubectl types them") {
  const Row rows[] = {
      {"y", "true"},
      {"Y", "true"},
      {"yes", "true"},
      {"Yes", "true"},
      {"YES", "true"},
      {"on", "true"},
      {"On", "true"},
      {"ON", "true"},
      {"true", "true"},
      {"True", "true"},
      {"TRUE", "true"},
      {"n", "false"},
      {"N", "false"},
      {"no", "false"},
      {"No", "false"},
      {"NO", "false"},
      {"off", "false"},
      {"Off", "false"},
      {"OFF", "false"},
      {"false", "false"},
      {"False", "false"},
      {"FALSE", "false"},
      {"tRuE", R"("tRuE")"},
      {"yEs", R"("yEs")"},
      {"nope", R"("nope")"},
      {"", "null"},
      {"~", "null"},
      {"null", "null"},
      {"Null", "null"},
      {"NULL", "null"},
      {"nULL", R"("nULL")"},
      {"8080", "8080"},
      {"-1", "-1"},
      {"+5", "5"},
      {"0", "0"},
      {"-0", "0"},
      {"0777", "511"},
      {"010", "8"},
      {"0o17", "15"},
      {"0O17", "15"},
      {"-010", "-8"},
      {"0x1F", "31"},
      {"0X1f", "31"},
      {"+0x1F", "31"},
      {"0b101", "5"},
      {"-0b11", "-3"},
      {"1_000", "1000"},
      {"0x_1", "1"},
      {"1_", "1"},
      {"_1", R"("_1")"},
      {"08", "8"},
      {"0_8", "8"},
      {"0x", R"("0x")"},
      {"0b2", R"("0b2")"},
      {"-", "error"},
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"18446744073709551615", "18446744073709551615"},
      {"1e3", "1000"},
      {"1E3", "1000"},
      {"1.", "1"},
      {".5", "0.5"},
      {"-.5", "-0.5"},
      {"1.5", "1.5"},
      {"1_0.5", "10.5"},
      {"1e-3", "0.001"},
      {"1e400", R"("1e400")"},
      {"1e-400", "0"},
      {".e1", R"(".e1")"},
      {".5_0", "0.5"},
      {"._5", R"("._5")"},
      {"1e", R"("1e")"},
      {"1.2.3", R"("1.2.3")"},
      {"1:30", R"("1:30")"},
      {"190:20:30", R"("190:20:30")"},
      {"2001-12-14", R"("2001-12-14")"},
      {"2001-12-14T21:59:43.10-05:00", R"("2001-12-14T21:59:43.10-05:00")"},
      {"500m", R"("500m")"},
      {"1Gi", R"("1Gi")"},
      {"<<", R"("<<")"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.yaml);
    if (row.json == "error") {
      CHECK(Typed(row.yaml).starts_with("error"));
    } else {
      CHECK(Typed(row.yaml) == row.json);
    }
  }
}

TEST_CASE("a scalar that is quoted or has a tag is what it says") {
  const Row rows[] = {
      {"\"yes\"", R"("yes")"},
      {"'0777'", R"("0777")"},
      {"\"\"", R"("")"},
      {"'null'", R"("null")"},
      {"!!str 5", R"("5")"},
      {"!!str yes", R"("yes")"},
      {"!!int \"5\"", "5"},
      {"!!float 1", "1"},
      {"!!bool yes", "true"},
      {"!!null ''", "null"},
      {"!!float 9223372036854775807", "9.223372036854776e+18"},
      {"!foo bar", R"("bar")"},
      {"!foo 5", R"("5")"},
      {"!!binary aGk=", R"("hi")"},
      {"! 5", R"("5")"},
      {"!foo", R"("")"},
      {"|\n  a\n  b\n", R"("a\nb\n")"},
      {">-\n  a\n  b\n", R"("a b")"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.yaml);
    CHECK(Typed(row.yaml) == row.json);
  }
}

TEST_CASE("a scalar that JSON cannot hold is refused") {
  const Row rows[] = {
      {".inf", "no number that JSON can hold"},
      {"-.Inf", "no number that JSON can hold"},
      {".nan", "no number that JSON can hold"},
      {"99999999999999999999", "does not fit 64 bits"},
      {"0922337203685473903", "does not fit 64 bits"},
      {"-9223372036854775809", "does not fit 64 bits"},
      {"!!int x", "the tag !!int"},
      {"!!int 1e3", "the tag !!int"},
      {"!!int 08", "the tag !!int"},
      {"!!float 18446744073709551615", "the tag !!float"},
      {"!!timestamp 2001-12-14", "the tag !!timestamp"},
      {"!!timestamp yes", "the tag !!timestamp"},
      {"!!bool 5", "the tag !!bool"},
      {"!!null x", "the tag !!null"},
      {"!!binary '***'", "not base64"},
      {"!!binary 'abc'", "not base64"},
      {"!!binary '/w=='", "not UTF-8"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.yaml);
    const std::string got = Typed(row.yaml);
    CAPTURE(got);
    CHECK(got.starts_with("error: "));
    CHECK(got.find(row.json) != std::string::npos);
  }
}

TEST_CASE("keys become texts") {
  const Row rows[] = {
      {"1: x", R"({"1":"x"})"},         {"true: x", R"({"true":"x"})"},
      {"on: x", R"({"true":"x"})"},     {"0777: x", R"({"511":"x"})"},
      {"8.4: x", R"({"8.4":"x"})"},     {"08: x", R"({"8":"x"})"},
      {"1e+06: x", R"({"1e+06":"x"})"}, {"\"1\": x", R"({"1":"x"})"},
      {"\"\": x", R"({"":"x"})"},       {"'~': x", R"({"~":"x"})"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.yaml);
    const YamlFile file = ParseYaml(row.yaml);
    REQUIRE(file.documents.size() == 1);
    CHECK(DumpJson(file.documents.front().json) == row.json);
  }
}

}  // namespace
}  // namespace holdfast
