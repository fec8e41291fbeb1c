#include <doctest/doctest.h>

#include "apply/backoff.h"
#include "apply/http_date.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

TEST_CASE("a backoff doubles up to its cap and begins anew after a success") {
  Backoff backoff(milliseconds(100), milliseconds(1000), [] { return 0.999999; });
  for (const int expected : {99, 199, 399, 799, 999, 999}) {
    CHECK(backoff.Next().count() == expected);
  }
  backoff.Reset();
  CHECK(backoff.Next().count() == 99);
}

TEST_CASE("a backoff never waits for nothing, and not for ever") {
  Backoff shortest(milliseconds(100), milliseconds(1000), [] { return 0.0; });
  for (int i = 0; i < 100; ++i) CHECK(shortest.Next().count() == 1);
  Backoff longest(milliseconds(100), milliseconds(1000), [] { return 0.999999; });
  for (int i = 0; i < 5000; ++i) CHECK(longest.Next() <= milliseconds(1000));
}

TEST_CASE("the server's clock is read from its Date header") {
  CHECK(ParseHttpDate("Tue, 24 Nov 2026 09:06:00 GMT") == 1795511160);
  CHECK(ParseHttpDate("Thu, 01 Jan 1970 00:00:00 GMT") == 0);
  CHECK(ParseHttpDate("Thu, 29 Feb 2024 23:59:59 GMT") == 1709251199);
  for (const std::string text :
       {"", "now", "Tue, 24 Nov 2026 09:06:00 CET", "Tue, 31 Feb 2026 09:06:00 GMT",
        "Tue, 24 ovD 2026 09:06:00 GMT", "Tue, 24 Nov 2026 25:06:00 GMT"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseHttpDate(text).has_value());
  }
}

}  // namespace
}  // namespace holdfast
