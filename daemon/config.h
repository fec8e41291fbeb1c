// Config: the Sync documents of `holdfast run --config`.

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli.h"
#include "diff/result.h"

namespace holdfast {

/// One Sync of cli.md.
struct SyncSpec {
  std::string name;
  std::string repo;
  std::string ref = "HEAD";
  std::string path;
  std::string name_space = "default";  ///< For objects that name none.
  std::chrono::milliseconds interval{60'000};
  std::optional<std::chrono::milliseconds> timeout{};  ///< ApplierOptions::timeout.
  bool prune = true;
  bool suspend = false;
  OnRefusal on_refusal = OnRefusal::kHold;
  DeleteLimits limits;
  SignaturePolicy signatures;  ///< approvals: of which nothing is asked by default.
  std::string of_namespace;     ///< Of the Sync itself; empty if it names none.
  /// A ServiceAccount of that namespace, as which every request of this sync is sent;
  /// empty: as ourselves.
  std::string service_account;
  std::vector<std::string> depends_on;  ///< Names of syncs that must be Ready before.
  bool strict = false;  ///< LintPolicy::kStrict.
};

struct Config {
  std::vector<SyncSpec> syncs;
  /// A document that is no good Sync: file, line and why. It does not stop the
  /// others.
  std::vector<Error> errors;
};

/// Reads the text of a configuration file; `path` is for messages. An unknown
/// field is an error, and so is one that this version does not carry out: a
/// setting that is not obeyed must not look as if it were. Syncs that wait for one
/// another in a circle are errors, all of them.
Config ParseConfig(std::string_view text, const std::string& path);

}  // namespace holdfast
