// Dry runs of a real API server that the comparison once got wrong, kept by
// tests/property/run --keep. Each holds the manifest, the live object, and the
// object that the server would make of them, or null where it declined.

#include <doctest/doctest.h>

#include "diff/compare.h"
#include "diff/core_schema.h"
#include "tests/diff/agreement.h"
#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

const std::string kFolder = HOLDFAST_DRY_RUNS;

TEST_CASE("the comparison says what the server would do") {
  const CoreSchema schema;
  const auto names = FilesIn(kFolder);
  REQUIRE_FALSE(names.empty());
  for (const std::string& name : names) {
    CAPTURE(name);
    const Json all = J(ReadFile(kFolder + "/" + name));
    const Object desired = O(DumpJson(*FindIn(all, "desired")));
    const Object live = O(DumpJson(*FindIn(all, "live")));
    const Comparison said = Compare(desired, live, "holdfast", schema);
    const Json& after = *FindIn(all, "after");
    if (after.is_null()) {
      CHECK(said.answer != Answer::kSame);
      continue;
    }
    CHECK(Agree(said, live, O(DumpJson(after)), schema).complaints ==
          std::vector<std::string>());
  }
}

}  // namespace
}  // namespace holdfast
