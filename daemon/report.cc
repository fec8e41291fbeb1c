#include "daemon/report.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "daemon/plan_text.h"
#include "daemon/sync_status.h"
#include "diff/render_json.h"
#include "diff/render_text.h"
#include "diff/yaml_text.h"

namespace holdfast {
namespace {

constexpr std::size_t kWhole = 1'000'000'000;  // lines, and characters of a line

std::string_view ToString(RunEnd end) {
  switch (end) {
    case RunEnd::kDone: return "done";
    case RunEnd::kUnhealthy: return "unhealthy";
    case RunEnd::kFailed: return "failed";
    case RunEnd::kStopped: return "stopped";
    case RunEnd::kCancelled: return "cancelled";
    case RunEnd::kSuperseded: return "superseded";
  }
  return "failed";
}

ExitCode StatusOf(RunEnd end) {
  switch (end) {
    case RunEnd::kDone: return ExitCode::kOk;
    case RunEnd::kUnhealthy: return ExitCode::kUnhealthy;
    case RunEnd::kStopped: return ExitCode::kStopped;
    case RunEnd::kFailed:
    case RunEnd::kCancelled: return ExitCode::kError;
    case RunEnd::kSuperseded: return ExitCode::kError;
  }
  return ExitCode::kError;
}

/// "3 applied, 9 unchanged".
std::string Totals(const RunReport& run) {
  std::map<Outcome::State, std::size_t> counts;
  for (const Outcome& outcome : run.outcomes) ++counts[outcome.state];
  std::string text;
  for (const auto& [state, count] : counts) {
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " +
            std::string(ToString(state));
  }
  return text.empty() ? "nothing to do" : text;
}

Json OutcomesJson(const RunReport& run) {
  Json rows = Json::array();
  for (const Outcome& outcome : run.outcomes) {
    rows.push_back({{"group", outcome.ref.group},
                    {"kind", outcome.ref.kind},
                    {"namespace", outcome.ref.name_space},
                    {"name", outcome.ref.name},
                    {"action", ToString(outcome.action)},
                    {"outcome", ToString(outcome.state)},
                    {"reason", outcome.reason}});
  }
  return rows;
}

bool IsWritten(const Change& change) {
  return change.action != Action::kNone && change.action != Action::kKeep;
}

Json RestJson(const Rest& rest) {
  Json rows = Json::array();
  for (const Change& change : rest.plan.set.changes) {
    if (!IsWritten(change)) continue;
    rows.push_back({{"apiVersion", change.api_version},
                    {"kind", change.ref.kind},
                    {"namespace", change.ref.name_space},
                    {"name", change.ref.name}});
  }
  return rows;
}

Show ShowOf(const CommandLine& line) { return line.all ? Show::kAll : Show::kChanges; }

/// Which rung of the ladder (diff.md) answered for an object, and why not a cheaper one.
std::string AnswerOf(const Prediction& prediction) {
  std::string text;
  std::string why = prediction.unsure;
  switch (prediction.rung) {
    case Prediction::Rung::kLocal: text = "nothing to do, compared here without a request"; break;
    case Prediction::Rung::kDryRun:
      text = "dry run on the server";
      if (!why.empty()) break;
      if (!prediction.exists) {
        why = "it is not there yet";
      } else if (!prediction.fields.empty() || prediction.rejection) {
        why = "it differs from what is live";
      } else {
        why = "only whose its fields are would change";
      }
      break;
    case Prediction::Rung::kDeferred:
      text = "asked later";
      why = "its namespace or its kind comes with this plan";
      break;
    case Prediction::Rung::kUnasked:
      text = prediction.exists ? "compared here, with no server to ask"
                               : "not in the file, with no server to ask";
      if (!why.empty()) text += "; unsure";
      break;
  }
  return why.empty() ? text : text + ", since " + why;
}

bool DidNotEndWell(const Outcome& outcome) {
  return outcome.state != Outcome::State::kUnchanged;
}

}  // namespace

Report::Report(const CommandLine& line, const Environment& environment)
    : line_(line), environment_(environment) {}

bool Report::Color() const {
  if (line_.color != When::kAuto) return line_.color == When::kAlways;
  const auto no_color = environment_.variable("NO_COLOR");
  if (no_color && !no_color->empty()) return false;
  return environment_.out_is_terminal && environment_.variable("TERM") != "dumb";
}

void Report::Document(const Json& json) const {
  environment_.out << (line_.output == OutputFormat::kYaml ? ToYaml(json)
                                                           : DumpJsonPretty(json) + "\n");
}

ExitCode Report::Lint(const Revision& revision) const {
  std::vector<PlacedFinding> found;
  for (const Finding& finding : revision.findings) found.emplace_back("", finding);
  for (const auto& [source, finding] : revision.object_findings) {
    found.emplace_back(source.ToString(), finding);
  }
  return LintRows(found, revision.commit, revision.manifests.size());
}

ExitCode Report::Lint(const Revision& revision, const Plan& plan) const {
  std::vector<PlacedFinding> found;
  for (const Finding& finding : plan.set.findings) found.emplace_back("", finding);
  for (const Change& change : plan.set.changes) {
    // The guard's reasons name the place themselves, lint's do not.
    const std::string where = change.source ? change.source->ToString() : change.ref.ToString();
    for (const Finding& finding : change.findings) {
      const bool named =
          change.source && finding.reason.starts_with(change.source->path + ":");
      found.emplace_back(named ? "" : where, finding);
    }
  }
  return LintRows(found, revision.commit, revision.manifests.size());
}

ExitCode Report::LintRows(const std::vector<PlacedFinding>& found, const std::string& commit,
                          std::size_t objects) const {
  Ruling worst = Ruling::kOk;
  Json rows = Json::array();
  for (const auto& [where, finding] : found) {
    worst = std::max(worst, finding.ruling);
    if (line_.output != OutputFormat::kText) {
      rows.push_back({{"where", where},
                      {"hazard", finding.hazard},
                      {"ruling", ToString(finding.ruling)},
                      {"reason", finding.reason},
                      {"remedy", finding.remedy}});
      continue;
    }
    environment_.out << (where.empty() ? "" : where + ": ") << ToString(finding.ruling) << ": "
                     << finding.reason << "  [" << finding.hazard << "]\n";
    if (!finding.remedy.empty()) environment_.out << "    do: " << finding.remedy << "\n";
  }
  if (line_.output != OutputFormat::kText) {
    Document({{"apiVersion", "holdfast.dev/v1"},
              {"kind", "Lint"},
              {"revision", commit},
              {"verdict", ToString(worst)},
              {"objects", objects},
              {"findings", rows}});
  } else if (worst == Ruling::kOk) {
    environment_.out << objects << " objects, nothing to say\n";
  }
  return Stops(worst) ? ExitCode::kStopped : ExitCode::kOk;
}

void Report::Changes(const Plan& plan, const std::optional<holdfast::Rest>& rest) const {
  if (line_.output != OutputFormat::kText) {
    Json document = RenderJson(plan.set, ShowOf(line_));
    if (rest) document["rest"] = RestJson(*rest);
    Document(document);
    return;
  }
  Text(plan.set);
  if (!rest) return;
  environment_.out << "  applied all the same, since it has nothing to do with that:\n";
  for (const Change& change : rest->plan.set.changes) {
    if (IsWritten(change)) environment_.out << "    " << change.ref.ToString() << "\n";
  }
}

void Report::Text(const ChangeSet& set) const {
  TextOptions options;
  options.colour = Color() ? TextOptions::Colour::kAlways : TextOptions::Colour::kNever;
  options.show = ShowOf(line_);
  options.context_lines = line_.context_lines;
  if (line_.verbose) {
    options.value_width = kWhole;
    options.value_lines = kWhole;
  }
  environment_.out << RenderText(set, options);
}

void Report::Waves(const Plan& plan, const std::optional<holdfast::Rest>& rest) const {
  if (line_.output == OutputFormat::kText) {
    environment_.out << WavesText(plan, line_.all) << "\n";
  }
  Changes(plan, rest);
}

void Report::Rungs(const PlanInput& input) const {
  for (const auto& [ref, prediction] : input.predictions) {
    environment_.err << "  " << ref.ToString() << ": " << AnswerOf(prediction) << "\n";
  }
}

ExitCode Report::Run(const Plan& plan, const RunReport& run) const {
  const ExitCode status = StatusOf(run.end);
  if (line_.output != OutputFormat::kText) {
    Json document = RenderJson(plan.set, ShowOf(line_));
    document["kind"] = "SyncResult";
    document["result"] = ToString(run.end);
    document["reason"] = run.reason;
    document["outcomes"] = OutcomesJson(run);
    Document(document);
    return status;
  }
  if (run.end == RunEnd::kDone) {
    environment_.out << "in sync: " << Totals(run) << "\n";
    return status;
  }
  for (const Outcome& outcome : run.outcomes) {
    if (!DidNotEndWell(outcome)) continue;
    environment_.out << "  " << ToString(outcome.state) << "  " << outcome.ref.ToString()
                     << (outcome.reason.empty() ? "" : ": " + outcome.reason) << "\n";
  }
  environment_.out << Totals(run) << "\n";
  environment_.err << (status == ExitCode::kUnhealthy ? "not healthy: " : "error: ")
                   << run.reason << "\n";
  return status;
}

ExitCode Report::Rest(const Plan& plan, const holdfast::Rest& rest,
                      const RunReport& run) const {
  const ExitCode status = run.end == RunEnd::kDone ? ExitCode::kStopped : StatusOf(run.end);
  if (line_.output != OutputFormat::kText) {
    Json document = RenderJson(plan.set, ShowOf(line_));
    document["kind"] = "SyncResult";
    document["result"] = ToString(run.end == RunEnd::kDone ? RunEnd::kStopped : run.end);
    document["reason"] = run.reason;
    document["rest"] = RestJson(rest);
    document["outcomes"] = OutcomesJson(run);
    Document(document);
    return status;
  }
  Changes(plan, rest);
  if (run.end != RunEnd::kDone) {
    environment_.out << Totals(run) << "\n";
    environment_.err << "of the rest: " << run.reason << "\n";
  }
  return status;
}

void Report::Statuses(const std::vector<Json>& statuses) const {
  if (line_.output == OutputFormat::kText) {
    environment_.out << StatusText(statuses);
  } else {
    Document({{"apiVersion", "holdfast.dev/v1"}, {"kind", "Status"}, {"syncs", statuses}});
  }
}

void Report::Errors(const std::vector<Error>& errors) const {
  Json rows = Json::array();
  for (const Error& error : errors) {
    environment_.err << "error: " << error.message << "\n";
    rows.push_back({{"code", ToString(error.code)}, {"message", error.message}});
  }
  if (line_.output != OutputFormat::kText) {
    Document({{"apiVersion", "holdfast.dev/v1"}, {"kind", "Error"}, {"errors", rows}});
  }
}

}  // namespace holdfast
