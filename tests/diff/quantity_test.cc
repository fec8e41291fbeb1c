#include "diff/quantity.h"

#include <doctest/doctest.h>

#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

Quantity Q(const std::string& text) {
  const auto quantity = Quantity::Parse(text);
  REQUIRE_MESSAGE(quantity.has_value(), text);
  return *quantity;
}

TEST_CASE("two texts of one amount are equal") {
  struct Row {
    std::string a;
    std::string b;
  };
  const Row rows[] = {
      {"1Gi", "1024Mi"},
      {"1Gi", "1073741824"},
      {"0.5", "500m"},
      {"1e3", "1k"},
      {"1E3", "1000"},
      {"1E", "1e18"},
      {"1.5Gi", "1536Mi"},
      {"-0", "0"},
      {"+1", "1"},
      {"1e-3", "1m"},
      {"1000000n", "1m"},
      {"1000u", "1m"},
      {".5", "0.5"},
      {"5.", "5"},
      {"0Gi", "0"},
      {"0e9", "0"},
      {"1Ei", "1152921504606846976"},
      {"16Ei", "18446744073709551616"},
      {"0.1", "100m"},
      {"1T", "1000G"},
      {"1P", "1000T"},
      {"0.0009765625Ki", "1"},
      {"123456789012345678901234567890k", "123456789012345678901234567890000"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.a);
    CAPTURE(row.b);
    CHECK(Q(row.a) == Q(row.b));
    CHECK((Q(row.a) <=> Q(row.b)) == std::strong_ordering::equal);
  }
}

TEST_CASE("amounts are ordered by what they are worth") {
  // Each is less than the next.
  const std::string rows[] = {"-1Ei",
                              "-1001",
                              "-1k",
                              "-1",
                              "-0.5",
                              "-1n",
                              "0",
                              "1n",
                              "0.1",
                              "0.11",
                              "999m",
                              "1",
                              "1.0000000000000000001",
                              "2",
                              "10",
                              "1k",
                              "1Ki",
                              "1M",
                              "1023.999Ki",
                              "1Mi",
                              "1G",
                              "1Gi",
                              "9007199254740992",
                              "9007199254740993",
                              "1Ei",
                              "1e100",
                              "1e101"};
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    for (std::size_t j = 0; j < std::size(rows); ++j) {
      CAPTURE(rows[i]);
      CAPTURE(rows[j]);
      CHECK((Q(rows[i]) < Q(rows[j])) == (i < j));
      CHECK((Q(rows[i]) == Q(rows[j])) == (i == j));
    }
  }
}

TEST_CASE("what is no amount is none") {
  for (const std::string text :
       {"",          " 1",         "1 ",    "1 Gi", "Gi",       ".",
        "-",         "1K",         "1ki",   "1gi",  "1Gii",     "1e",
        "1e+",       "1ee3",       "1.2.3", "1,5",  "0x10",     "1e9999999999",
        "1e1000001", "10e1000000", "--1",   "1e3k", "\xc2\xb5", "NaN"}) {
    CAPTURE(text);
    CHECK_FALSE(Quantity::Parse(text).has_value());
  }
  CHECK_FALSE(Quantity::Parse(std::string(Quantity::kMaxLength + 1, '1')).has_value());
  CHECK(Quantity::Parse(std::string(Quantity::kMaxLength, '1')).has_value());
}

TEST_CASE("an amount may be a JSON number") {
  CHECK(*Quantity::FromJson(J("1")) == Q("1"));
  CHECK(*Quantity::FromJson(J("0.5")) == Q("500m"));
  CHECK(*Quantity::FromJson(J("0.1")) == Q("100m"));
  CHECK(*Quantity::FromJson(J("1e-05")) == Q("10u"));
  CHECK(*Quantity::FromJson(J("18446744073709551615")) == Q("18446744073709551615"));
  CHECK_FALSE(Quantity::FromJson(J("true")).has_value());
  CHECK_FALSE(Quantity::FromJson(J("null")).has_value());
  CHECK_FALSE(Quantity::FromJson(J("[1]")).has_value());
}

TEST_CASE("an amount prints as a plain number that reads the same") {
  struct Row {
    std::string text;
    std::string printed;
  };
  const Row rows[] = {{"1Gi", "1073741824"}, {"500m", "0.5"},        {"-1.50", "-1.5"},
                      {"0.00", "0"},         {"1n", "0.000000001"},  {"1e3", "1000"},
                      {"1e200", "1e200"},    {"12e-300", "12e-300"}, {"1.25k", "1250"},
                      {"12.5", "12.5"}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(Q(row.text).ToString() == row.printed);
    CHECK(Q(row.printed) == Q(row.text));
  }
}

}  // namespace
}  // namespace holdfast
