// The reference repository is what newcomers copy: there is nothing to say about it.

#include <doctest/doctest.h>

#include <string>

#include "repo-layout/folder_tree.h"
#include "repo-layout/lint.h"
#include "repo-layout/loader.h"

namespace holdfast {
namespace {

TEST_CASE("the example loads and lints with nothing to say") {
  const auto tree = OpenFolder(HOLDFAST_EXAMPLE);
  REQUIRE(tree.ok());
  const auto loaded = LoadTree(**tree, "default");
  REQUIRE(loaded.ok());
  std::string said;
  for (const SourceFinding& found : loaded->findings) said += found.finding.reason + "\n";
  for (const SourceFinding& found : Lint(loaded->manifests))
    said += found.finding.reason + "\n";
  CHECK(said == "");
  CHECK(loaded->manifests.size() >= 13);
  for (const Manifest& manifest : loaded->manifests) {
    CAPTURE(manifest.source.ToString());
    CHECK(manifest.object.ref().name_space == "");
  }
}

}  // namespace
}  // namespace holdfast
