#include "daemon/duration.h"

#include <doctest/doctest.h>

#include <string>

namespace holdfast {
namespace {

TEST_CASE("a duration is a sum of whole numbers with units") {
  struct Case {
    const char* text;
    long long milliseconds;
  };
  const Case cases[] = {
      {"500ms", 500}, {"30s", 30'000}, {"10m", 600'000}, {"1h30m", 5'400'000}, {"1m1s1ms", 61'001},
  };
  for (const Case& row : cases) {
    CAPTURE(row.text);
    const auto parsed = ParseDuration(row.text);
    REQUIRE(parsed.ok());
    CHECK(parsed->count() == row.milliseconds);
  }
}

TEST_CASE("what is no duration is an error that shows how to write one") {
  for (const char* text : {"", "10", "m", "1d", "-5s", "1.5h", "5 s", "0s", "99999999999999999999s",
                           "9000h", "s5"}) {
    CAPTURE(text);
    const auto parsed = ParseDuration(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().code == ErrorCode::kInvalid);
    CHECK(parsed.error().message.find("10m") != std::string::npos);
  }
}

}  // namespace
}  // namespace holdfast
