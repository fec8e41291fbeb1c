// Report: what a command found or did, in the format that was asked for.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "apply/outcome.h"
#include "apply/plan.h"
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
  /// The document of `diff`.
  void Changes(const Plan& plan) const;
  /// The same in the order in which it would happen.
  void Waves(const Plan& plan) const;
  /// For -v: how it was found out what each object would become.
  void Rungs(const PlanInput& input) const;
  /// What a run did, object by object where it did not end well.
  ExitCode Run(const Plan& plan, const RunReport& run) const;
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

  const CommandLine& line_;
  const Environment& environment_;
};

}  // namespace holdfast
