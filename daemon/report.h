// Report: what a command found or did, in the format that was asked for.

#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apply/outcome.h"
#include "apply/plan.h"
#include "apply/rest.h"
#include "daemon/cli.h"
#include "daemon/environment.h"
#include "daemon/exit_code.h"
#include "daemon/source.h"
#include "diff/error.h"
#include "diff/json.h"

namespace holdfast {

class Report {
 public:
  /// Both outlive it.
  Report(const CommandLine& line, const Environment& environment);

  /// The findings of a revision; refused if any of them stops.
  ExitCode Lint(const Revision& revision) const;
  /// The same with what the guard says of a plan: `lint --live`.
  ExitCode Lint(const Revision& revision, const Plan& plan) const;
  /// The document of `diff`; with what would be applied of a plan that stops.
  void Changes(const Plan& plan, const std::optional<holdfast::Rest>& rest = {}) const;
  /// The same in the order in which it would happen.
  void Waves(const Plan& plan, const std::optional<holdfast::Rest>& rest) const;
  /// For -v: how it was found out what each object would become.
  void Rungs(const PlanInput& input) const;
  /// What a run did, object by object where it did not end well.
  ExitCode Run(const Plan& plan, const RunReport& run) const;
  /// The plan that is stopped, and what a run of its rest did. kStopped where all of the
  /// rest is applied and healthy.
  ExitCode Rest(const Plan& plan, const holdfast::Rest& rest, const RunReport& run) const;
  /// The documents of `status`.
  void Statuses(const std::vector<Json>& statuses) const;
  /// Why there is no answer: a line each on standard error, and a document of
  /// kind Error on standard output where a program reads it.
  void Errors(const std::vector<Error>& errors) const;

 private:
  /// A finding and the place that it is about; "" where the reason names it.
  using PlacedFinding = std::pair<std::string, Finding>;
  ExitCode LintRows(const std::vector<PlacedFinding>& found, const std::string& commit,
                    std::size_t objects) const;
  bool Color() const;
  void Document(const Json& json) const;
  void Text(const ChangeSet& set) const;

  const CommandLine& line_;
  const Environment& environment_;
};

}  // namespace holdfast
