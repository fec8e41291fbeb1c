#include "diff/time.h"

#include <doctest/doctest.h>

#include <string>

namespace holdfast {
namespace {

TEST_CASE("a moment in several spellings") {
  const auto moment = ParseTime("2026-01-31T12:00:00Z");
  REQUIRE(moment);
  CHECK(*moment == 1769860800000000);
  for (const std::string text :
       {"2026-01-31T12:00:00+00:00", "2026-01-31T12:00:00.000000Z",
        "2026-01-31T13:30:00+01:30", "2026-01-31T11:00:00.0-01:00"}) {
    CAPTURE(text);
    CHECK(ParseTime(text) == moment);
  }
  CHECK(ParseTime("2026-01-31T12:00:00.000001Z") == *moment + 1);
  CHECK(ParseTime("1970-01-01T00:00:00Z") == 0);
  CHECK(ParseTime("1969-12-31T23:59:59Z") == -1'000'000);
  CHECK(ParseTime("2024-02-29T00:00:00Z") == 1709164800000000);
}

TEST_CASE("what is no moment") {
  for (const std::string text :
       {"", "2026", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31 12:00:00Z",
        "2026-13-31T12:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00:00+1:00", "2026-01-31T12:00:00Zx", "x026-01-31T12:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseTime(text));
  }
}

}  // namespace
}  // namespace holdfast
