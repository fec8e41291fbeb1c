#include "daemon/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "daemon/duration.h"
#include "daemon/exit_code.h"

namespace holdfast {
namespace {

struct CommandText {
  Command command;
  const char* name;
  const char* about;
};

constexpr std::array<CommandText, 10> kCommands = {{
    {Command::kLint, "lint", "say what can be known without a cluster"},
    {Command::kDiff, "diff",
     "show what would change and what it would cost; writes nothing"},
    {Command::kPlan, "plan", "show the same in the order in which it would happen"},
    {Command::kSync, "sync",
     "apply what differs, wave by wave, and wait until it is healthy"},
    {Command::kApprove, "approve", "print the Approvals that the present plan needs"},
    {Command::kRun, "run", "the daemon: keep clusters in sync with Git, for ever"},
    {Command::kStatus, "status",
     "show each sync of the daemon: what is in force, what is wanted, what is held and why"},
    {Command::kHook, "hook",
     "as a hook of a Git server: refuse the push that would cost someone their data"},
    {Command::kGraph, "graph", "draw the order as Mermaid or DOT"},
    {Command::kVersion, "version", "print the version"},
}};

constexpr const char* kExitStatuses =
    "Exit status of diff and plan: 0 in sync, 1 changes that may go ahead, 2 error,\n"
    "3 refused or held. Of sync: 0 in sync afterwards, 2 error, 3 refused or held\n"
    "(nothing written), 4 applied but not healthy in time. Of lint: 0, 2 error, 3 refused.\n"
    "Of hook: 0 the push may come, 2 error (it may not), 3 refused, held, or waiting for an\n"
    "approval.";

constexpr const char* kHookNotes =
    "Installed as hooks/pre-receive of a bare repository:\n\n"
    "  #!/bin/sh\n"
    "  exec holdfast hook pre-receive --name databases --ref main --path clusters/prod \\\n"
    "    --kubeconfig /etc/holdfast/kubeconfig\n\n"
    "It judges the commit that is pushed to --ref with the plan that it would have in the\n"
    "cluster now, and writes nothing. A plan that is refused, held or waits for an approval\n"
    "refuses the push (status 3): an approval is a file in Git, so it comes with the push, or\n"
    "in one before. Deleting the branch is refused, and so is rewriting its history without\n"
    "an approval of the rewind. What cannot be answered, as when the cluster is away, refuses\n"
    "the push too (status 2). Other branches and tags pass without a question.";

bool Takes(Command command, std::initializer_list<Command> ones) {
  return std::find(ones.begin(), ones.end(), command) != ones.end();
}

/// Takes the words of `choices`, and of a wrong one says which there are.
template <typename Enum>
CLI::Validator OneOf(const std::map<std::string, Enum>& choices) {
  return CLI::Validator(
      [&choices](std::string& word) {
        const auto found = choices.find(word);
        if (found != choices.end()) {
          word = std::to_string(static_cast<int>(found->second));
          return std::string();
        }
        std::string names;
        for (const auto& [name, choice] : choices) names += (names.empty() ? "" : ", ") + name;
        return "\"" + word + "\" is none of " + names;
      },
      "");
}

void AddStrict(CLI::App& app, CommandLine& line) {
  app.add_flag("--strict", line.source.strict,
               "refuse database images whose tag moves (mysql:8.4), not only warn of them");
}

void AddSource(CLI::App& app, CommandLine& line) {
  auto* folder =
      app.add_option("DIR", line.source.folder, "folder of manifests (default: .)");
  auto* repo = app.add_option("--repo", line.source.repo,
                              "Git repository: a path or a file:// URL, read without checkout");
  app.add_option("--ref", line.source.ref, "branch, tag or commit (default: HEAD)")->needs(repo);
  app.add_option("--path", line.source.path, "folder within the repository")->needs(repo);
  repo->excludes(folder);
  AddStrict(app, line);
}

void AddCluster(CLI::App& app, CommandLine& line) {
  app.add_option("--kubeconfig", line.cluster.kubeconfig,
                 "credentials (default: $KUBECONFIG, ~/.kube/config, the Pod's account)");
  app.add_option("--context", line.cluster.context, "context of the kubeconfig");
  app.add_option("--inventory-namespace", line.inventory_namespace,
                 "where the inventory is kept (default: holdfast-system)");
}

/// What the daemon reads from a Sync, for one run.
void AddPolicy(CLI::App& app, CommandLine& line) {
  app.add_option("--max-delete-objects", line.limits.objects,
                 "more deletions than this need an approval (default: 10)")
      ->check(CLI::Range(0, 1'000'000).description(""));
  app.add_option("--max-delete-percent", line.limits.percent,
                 "and a larger part than this of a sync of ten objects or more (default: 30)")
      ->check(CLI::Range(0, 100).description(""));
  app.add_option("--allowed-signers", line.source.signatures.allowed_signers,
                 "approvals count only in commits that are signed by a key of this file of SSH "
                 "keys (ssh-keygen(1), ALLOWED SIGNERS)")
      ->check(CLI::ExistingFile.description(""));
  app.add_option("--keyring", line.source.signatures.keyring,
                 "the same with OpenPGP keys, in a file as gpg --export writes it")
      ->check(CLI::ExistingFile.description(""));
}

void AddOnRefusal(CLI::App& app, CommandLine& line) {
  static const std::map<std::string, OnRefusal> kChoices = {
      {"hold", OnRefusal::kHold}, {"apply-rest", OnRefusal::kApplyRest}};
  app.add_option("--on-refusal", line.on_refusal,
                 "hold: a revision that is stopped changes nothing (default); apply-rest: what "
                 "has nothing to do with what is stopped, and deletes nothing, is applied")
      ->transform(OneOf(kChoices));
}

void AddHook(CLI::App& app, CommandLine& line) {
  app.add_option_function<std::string>("HOOK", [](const std::string&) {}, "pre-receive")
      ->required()
      ->check(CLI::IsMember(std::vector<std::string>{"pre-receive"}).description(""));
  app.add_option("--ref", line.source.ref,
                 "the branch or tag that is watched (default: what HEAD of the repository names)");
  app.add_option("--path", line.source.path, "folder within the repository");
  AddStrict(app, line);
  app.footer(kHookNotes);
}

void AddOutput(CLI::App& app, CommandLine& line) {
  static const std::map<std::string, OutputFormat> kFormats = {
      {"text", OutputFormat::kText}, {"json", OutputFormat::kJson}, {"yaml", OutputFormat::kYaml}};
  static const std::map<std::string, When> kWhen = {
      {"auto", When::kAuto}, {"always", When::kAlways}, {"never", When::kNever}};
  app.add_option("-o,--output", line.output, "text, json or yaml (default: text)")
      ->transform(OneOf(kFormats));
  app.add_option("--color", line.color, "auto, always or never (default: auto)")
      ->transform(OneOf(kWhen));
  app.add_flag("-v,--verbose", line.verbose,
               "say more: what answered for each object and why, long values whole");
}

void AddComparison(CLI::App& app, CommandLine& line) {
  app.add_flag("--all", line.all, "list unchanged objects too");
  app.add_option("--context-lines", line.context_lines,
                 "unchanged lines around those that differ in a text (default: 3)")
      ->check(CLI::Range(0, 10000).description(""));
  app.add_option("--stable-hash", line.stable_hash,
                 "file with the key of secret hashes, so that the outputs of two runs can "
                 "be compared (default: a new key for each run)");
}

void AddLive(CLI::App& app, CommandLine& line) {
  app.add_option("--live", line.live,
                 "compare with the objects of this file, as kubectl get -o yaml "
                 "--show-managed-fields writes them, instead of a cluster; - is standard input");
  app.add_option("--schema", line.schemas,
                 "OpenAPI v3 document, such as the answer to kubectl get --raw\n"
                 "/openapi/v3/apis/apps/v1: lint checks manifests against it, and --live\n"
                 "learns custom kinds from it (may be given several times)")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void AddOptions(CLI::App& app, CommandLine& line, std::string& timeout) {
  const Command command = line.command;
  if (command == Command::kVersion) return;
  app.add_flag("-q,--quiet", line.quiet, "no progress on standard error");
  if (command == Command::kRun) {
    app.add_option("--config", line.config, "file of Sync documents")->required();
    app.add_option("--kubeconfig", line.cluster.kubeconfig, "credentials");
    app.add_option("--context", line.cluster.context, "context of the kubeconfig");
    app.add_option("--inventory-namespace", line.inventory_namespace,
                   "where the inventories are kept (default: holdfast-system)");
    app.add_flag("-v,--verbose", line.verbose, "say more");
    return;
  }
  if (command == Command::kStatus) {
    line.name.clear();
    app.add_option("NAME", line.name, "of one sync (default: all)");
    AddCluster(app, line);
    AddOutput(app, line);
    return;
  }
  command == Command::kHook ? AddHook(app, line) : AddSource(app, line);
  app.add_option("--name", line.name, "name of the sync, and so of its inventory");
  app.add_option("-n,--namespace", line.name_space,
                 "namespace of objects that name none (default: the context's)");
  if (Takes(command,
            {Command::kDiff, Command::kPlan, Command::kSync, Command::kApprove,
             Command::kHook})) {
    AddCluster(app, line);
    app.add_flag("!--no-prune", line.prune, "leave objects alone that Git no longer has");
    AddPolicy(app, line);
  }
  if (Takes(command, {Command::kDiff, Command::kPlan, Command::kSync})) {
    AddOnRefusal(app, line);
  }
  if (command == Command::kHook) return;
  if (Takes(command, {Command::kDiff, Command::kPlan})) AddComparison(app, line);
  if (Takes(command, {Command::kDiff, Command::kPlan, Command::kLint})) AddLive(app, line);
  if (command == Command::kApprove) {
    app.add_option("--destroy", line.destroy,
                   "print the Approval that destroys this volume in quarantine, and the data "
                   "on it, instead\n(may be given several times)")
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  if (command == Command::kGraph) {
    static const std::map<std::string, GraphFormat> kGraphs = {
        {"mermaid", GraphFormat::kMermaid}, {"dot", GraphFormat::kDot}};
    app.add_option("-o,--output", line.graph, "mermaid or dot (default: mermaid)")
        ->transform(OneOf(kGraphs));
  } else if (command != Command::kApprove) {
    AddOutput(app, line);
  }
  app.add_option("--timeout", timeout,
                 "how long one object may take to get healthy (default: a time for each kind, 10m for "
                 "each pod of a StatefulSet)");
}

/// The command whose name is nearest to `word`, if one is near.
std::string NearestCommand(const std::string& word) {
  for (const CommandText& one : kCommands) {
    const std::string name = one.name;
    if (name.starts_with(word.substr(0, 2)) || word.starts_with(name)) return name;
  }
  return "";
}

EndNow Wrong(const std::string& sentence) {
  return {static_cast<int>(ExitCode::kError), "", "error: " + sentence + "\n"};
}

std::optional<std::string> WrongValue(const CommandLine& line) {
  const bool all = line.name.empty() && line.command == Command::kStatus;
  if (!all && !IsSyncName(line.name)) {
    return "--name \"" + line.name + "\" is no name of a sync: " + kSyncNames;
  }
  if (!line.live.empty() && !(line.cluster.kubeconfig.empty() && line.cluster.context.empty())) {
    return "--live compares with a file, so there is no use in --kubeconfig or --context";
  }
  if (!line.schemas.empty() && line.live.empty() && line.command != Command::kLint) {
    return "--schema stands for a server, beside --live: a cluster tells of its kinds itself";
  }
  if (line.source.path.starts_with('/')) {
    return "--path is within the repository, so it does not begin with '/'";
  }
  return std::nullopt;
}

}  // namespace

bool IsSyncName(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= 200 && std::all_of(name.begin(), name.end(), fits);
}

std::variant<CommandLine, EndNow> ParseCommandLine(const std::vector<std::string>& arguments) {
  CLI::App app{"holdfast - Git is what your databases run, and no commit costs you their data"};
  app.name("holdfast");
  app.set_help_flag("-h,--help", "print this");
  app.footer(kExitStatuses);
  app.require_subcommand(1);
  std::map<Command, CommandLine> lines;
  std::map<Command, std::string> timeouts;
  for (const CommandText& text : kCommands) {
    CommandLine& line = lines[text.command];
    line.command = text.command;
    AddOptions(*app.add_subcommand(text.name, text.about), line, timeouts[text.command]);
  }
  if (!arguments.empty() && !arguments.front().starts_with('-')) {
    const std::string& word = arguments.front();
    const bool known = std::any_of(kCommands.begin(), kCommands.end(),
                                   [&](const CommandText& one) { return word == one.name; });
    if (!known) {
      const std::string near = NearestCommand(word);
      return Wrong("there is no command \"" + word + "\"" +
                   (near.empty() ? "" : "; did you mean " + near + "?") +
                   " (holdfast --help lists them)");
    }
  }
  try {
    // CLI11 takes the arguments from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    return EndNow{0, chosen.empty() ? app.help() : chosen.front()->help(), ""};
  } catch (const CLI::ParseError& error) {
    if (arguments.empty()) return EndNow{static_cast<int>(ExitCode::kError), "", app.help()};
    return Wrong(std::string(error.what()) + " (holdfast --help)");
  }
  for (const CommandText& text : kCommands) {
    if (!app.got_subcommand(text.name)) continue;
    CommandLine& line = lines[text.command];
    if (const std::string& timeout = timeouts[text.command]; !timeout.empty()) {
      const auto parsed = ParseDuration(timeout);
      if (!parsed) return Wrong("--timeout: " + parsed.error().message);
      line.timeout = *parsed;
    }
    if (const auto wrong = WrongValue(line)) return Wrong(*wrong);
    return line;
  }
  return Wrong("no command (holdfast --help lists them)");
}

}  // namespace holdfast
