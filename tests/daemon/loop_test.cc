#include "daemon/loop.h"

#include <doctest/doctest.h>

#include <sstream>

#include "tests/repo-layout/temporary_folder.h"

namespace holdfast {
namespace {

TEST_CASE("a daemon with nothing to do stays until it is ended") {
  const TemporaryFolder folder;
  folder.Write("syncs.yaml",
               "apiVersion: holdfast.dev/v1\nkind: Sync\nmetadata: {name: a}\n"
               "spec: {repo: /r, suspend: true}\n");
  CommandLine line;
  line.config = folder.At("syncs.yaml");
  line.quiet = true;
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  int asked = 0;
  const Environment environment{
      .variable = [](const std::string&) { return std::nullopt; },
      .in = in,
      .out = out,
      .err = err,
      .cancelled = [&asked] { return ++asked > 2; }};
  CHECK(RunLoops(line, environment) == ExitCode::kOk);
  CHECK(asked == 3);
  CHECK(err.str().empty());
}

}  // namespace
}  // namespace holdfast
