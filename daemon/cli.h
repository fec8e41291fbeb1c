// Cli: the command line, read once and turned into a value.

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "apply/plan.h"
#include "daemon/graph.h"
#include "repo-layout/git_repository.h"
#include "repo-layout/signature_check.h"

namespace holdfast {

enum class Command { kLint, kDiff, kPlan, kSync, kApprove, kRun, kStatus, kGraph, kHook, kVersion };
enum class OutputFormat { kText, kJson, kYaml };
enum class When { kAuto, kAlways, kNever };

/// Where manifests come from: a folder, or a revision of a repository.
struct SourceArgs {
  std::string folder = ".";
  std::string repo;  ///< Empty: the folder counts.
  std::string ref = "HEAD";
  std::string path;  ///< Within the repository; empty is its root.
  std::string quarantine{};      ///< GitPlace::quarantine
  bool strict = false;  ///< LintPolicy::kStrict.
  SignaturePolicy signatures{};  ///< Whose signatures approvals need.

  GitPlace place() const { return {repo, quarantine}; }
};

/// What becomes of the rest of a revision that is stopped.
enum class OnRefusal {
  kHold,       ///< Nothing of it is applied.
  kApplyRest,  ///< What has nothing to do with it is (apply/rest.h).
};

struct ClusterArgs {
  std::string kubeconfig;  ///< Empty: $KUBECONFIG, ~/.kube/config, or the Pod's account.
  std::string context;     ///< Empty: the current one.
  std::string impersonate{};  ///< Connection::impersonate
};

struct CommandLine {
  Command command = Command::kVersion;
  SourceArgs source;
  ClusterArgs cluster;
  std::string name = "default";  ///< Of the sync.
  std::string name_space;        ///< For objects that name none; empty: the context's.
  std::string inventory_namespace = "holdfast-system";
  bool prune = true;
  OnRefusal on_refusal = OnRefusal::kHold;
  DeleteLimits limits;
  bool all = false;  ///< Unchanged objects too.
  OutputFormat output = OutputFormat::kText;
  When color = When::kAuto;
  std::size_t context_lines = 3;  ///< Around what differs in a text of several lines.
  std::string live;               ///< File of live objects; empty: the cluster is asked.
  std::vector<std::string> destroy;  ///< Volumes that `approve` is to destroy.
  std::string stable_hash;        ///< File of the key of secret hashes; empty: a new one.
  bool quiet = false;
  bool verbose = false;
  std::optional<std::chrono::milliseconds> timeout{};  ///< ApplierOptions::timeout.
  GraphFormat graph = GraphFormat::kMermaid;
  std::vector<std::string> schemas;  ///< `lint`, --live: files of OpenAPI v3 documents.
  std::string config;  ///< `run`: file of Sync documents.
};

/// What a sync may be called, for sentences.
inline constexpr const char* kSyncNames =
    "1 to 200 lower case letters, digits, '-' and '.'";
/// Whether `name` is one: Kubernetes takes it as a part of an object's name.
bool IsSyncName(std::string_view name);

/// Nothing to run: print this and end.
struct EndNow {
  int status = 0;
  std::string out;  ///< For standard output: help and version.
  std::string err;  ///< For standard error.
};

/// Never throws and never prints. A wrong flag or argument gives EndNow with
/// status 2 and one sentence that names it.
std::variant<CommandLine, EndNow> ParseCommandLine(const std::vector<std::string>& arguments);

}  // namespace holdfast
