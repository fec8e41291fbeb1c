#include "daemon/cli.h"

#include <doctest/doctest.h>

namespace holdfast {
namespace {

CommandLine Parsed(const std::vector<std::string>& arguments) {
  auto parsed = ParseCommandLine(arguments);
  if (const auto* end = std::get_if<EndNow>(&parsed)) FAIL(end->err << end->out);
  return std::get<CommandLine>(parsed);
}

TEST_CASE("defaults are those of the contract") {
  const CommandLine line = Parsed({"diff"});
  CHECK(line.command == Command::kDiff);
  CHECK(line.source.folder == ".");
  CHECK(line.source.repo.empty());
  CHECK(line.name == "default");
  CHECK(line.inventory_namespace == "holdfast-system");
  CHECK(line.output == OutputFormat::kText);
  CHECK_FALSE(line.timeout.has_value());
  CHECK(line.prune);
}

TEST_CASE("the policy of a sync, for one run") {
  const CommandLine line =
      Parsed({"sync", "--on-refusal", "apply-rest", "--max-delete-objects", "3",
              "--max-delete-percent", "0", "--allowed-signers", "/dev/null"});
  CHECK(line.on_refusal == OnRefusal::kApplyRest);
  CHECK(line.limits.objects == 3);
  CHECK(line.limits.percent == 0);
  const CommandLine plain = Parsed({"sync"});
  CHECK(plain.on_refusal == OnRefusal::kHold);
  CHECK(plain.limits.objects == 10);
  CHECK(plain.limits.percent == 30);
  CHECK_FALSE(plain.source.signatures.asked());
}

TEST_CASE("the hook watches one ref, and status names one sync or none") {
  const CommandLine hook = Parsed({"hook", "pre-receive", "--ref", "main", "--path", "prod",
                                   "--name", "db", "--kubeconfig", "k", "--strict"});
  CHECK(hook.command == Command::kHook);
  CHECK(hook.source.strict);
  CHECK(hook.source.ref == "main");
  CHECK(hook.source.path == "prod");
  CHECK(hook.name == "db");
  CHECK(std::get<EndNow>(ParseCommandLine({"hook"})).status == 2);
  CHECK(std::get<EndNow>(ParseCommandLine({"hook", "post-receive"})).status == 2);
  CHECK(std::get<EndNow>(ParseCommandLine({"hook", "--help"})).out.find("status 3") !=
        std::string::npos);
  CHECK(Parsed({"status"}).name.empty());
  CHECK(Parsed({"status", "db", "-o", "json"}).name == "db");
}

TEST_CASE("every flag reaches its command") {
  const CommandLine line = Parsed({"sync", "--repo", "file:///srv/db.git", "--ref", "main",
                                   "--path", "clusters/prod", "--name", "prod", "--namespace",
                                   "data", "--kubeconfig", "k", "--context", "c", "-o", "json",
                                   "--timeout", "90s", "-q", "--no-prune",
                                   "--inventory-namespace", "hf"});
  CHECK(line.command == Command::kSync);
  CHECK(line.source.repo == "file:///srv/db.git");
  CHECK(line.source.ref == "main");
  CHECK(line.source.path == "clusters/prod");
  CHECK(line.name == "prod");
  CHECK(line.name_space == "data");
  CHECK(line.cluster.kubeconfig == "k");
  CHECK(line.cluster.context == "c");
  CHECK(line.output == OutputFormat::kJson);
  CHECK(line.timeout == std::chrono::seconds(90));
  CHECK(line.quiet);
  CHECK_FALSE(line.prune);
  CHECK(line.inventory_namespace == "hf");
}
TEST_CASE("what is compared with, and how it is shown") {
  const CommandLine none = Parsed({"diff"});
  CHECK(none.live.empty());
  CHECK(none.stable_hash.empty());
  CHECK(none.context_lines == 3);
  for (const std::string command : {"diff", "plan"}) {
    CAPTURE(command);
    const CommandLine line = Parsed({command, "--live", "live.yaml", "--stable-hash", "key",
                                     "--context-lines", "0", "--color", "never", "here"});
    CHECK(line.live == "live.yaml");
    CHECK(line.stable_hash == "key");
    CHECK(line.context_lines == 0);
    CHECK(line.color == When::kNever);
    CHECK(line.source.folder == "here");
  }
  CHECK(Parsed({"lint", "--live", "-"}).live == "-");
}

TEST_CASE("a flag that may stand several times takes one word each") {
  const CommandLine lint = Parsed({"lint", "--schema", "a.json", "--schema", "b.json", "here"});
  CHECK(lint.schemas == std::vector<std::string>{"a.json", "b.json"});
  CHECK(lint.source.folder == "here");
  const CommandLine approve = Parsed({"approve", "--destroy", "pvc-1", "here"});
  CHECK(approve.destroy == std::vector<std::string>{"pvc-1"});
  CHECK(approve.source.folder == "here");
}

TEST_CASE("a wrong command line ends with status 2 and a sentence that names what is wrong") {
  struct Case {
    const char* what;
    std::vector<std::string> arguments;
    const char* named;
  };
  const Case cases[] = {
      {"a mistyped command", {"snyc"}, "snyc"},
      {"a command that is nearly one", {"differ"}, "did you mean diff?"},
      {"a flag that does not exist", {"diff", "--frobnicate"}, "--frobnicate"},
      {"a format that does not exist", {"diff", "-o", "xml"}, "xml"},
      {"a time-out that is none", {"sync", "--timeout", "soon"}, "--timeout"},
      {"a folder and a repository", {"diff", "here", "--repo", "there"}, "--repo"},
      {"a ref without a repository", {"diff", "--ref", "main"}, "--repo"},
      {"an absolute path in a repository", {"diff", "--repo", "r", "--path", "/x"}, "--path"},
      {"a name that Kubernetes would refuse", {"sync", "--name", "My_Sync"}, "My_Sync"},
      {"a file and a cluster", {"diff", "--live", "f", "--context", "c"}, "--context"},
      {"a sync against a file", {"sync", "--live", "f"}, "--live"},
      {"fewer than no lines", {"diff", "--context-lines", "-1"}, "--context-lines"},
      {"lines that are no number", {"diff", "--context-lines", "all"}, "--context-lines"},
      {"a colour that does not exist", {"diff", "--color", "red"}, "red"},
      {"a daemon without configuration", {"run"}, "--config"},
  };
  for (const Case& row : cases) {
    CAPTURE(row.what);
    const auto parsed = ParseCommandLine(row.arguments);
    const auto* end = std::get_if<EndNow>(&parsed);
    REQUIRE(end != nullptr);
    CHECK(end->status == 2);
    CHECK(end->out.empty());
    CHECK(end->err.find(row.named) != std::string::npos);
  }
}

TEST_CASE("help is no error") {
  const auto parsed = ParseCommandLine({"--help"});
  const auto* end = std::get_if<EndNow>(&parsed);
  REQUIRE(end != nullptr);
  CHECK(end->status == 0);
  for (const char* command : {"lint", "diff", "plan", "sync", "run", "graph", "version"}) {
    CAPTURE(command);
    CHECK(end->out.find(command) != std::string::npos);
  }
}

}  // namespace
}  // namespace holdfast
