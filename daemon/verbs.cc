#include "daemon/verbs.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apply/clock.h"
#include "daemon/approve.h"
#include "daemon/connect.h"
#include "daemon/keyed_hash.h"
#include "daemon/live_file.h"
#include "daemon/loop.h"
#include "daemon/plan_text.h"
#include "daemon/progress.h"
#include "daemon/reconciler.h"
#include "daemon/report.h"
#include "daemon/schema_check.h"
#include "daemon/source.h"
#include "diff/offline_schema.h"
#include "diff/render_json.h"
#include "diff/render_text.h"

namespace holdfast {
namespace {

constexpr const char* kVersion = "0.1.0";

/// One command, with what it was called with at hand.
class Verb {
 public:
  Verb(const CommandLine& line, const Environment& environment)
      : line_(line), environment_(environment), report_(line, environment) {}

  ExitCode Lint() {
    auto revision = Read();
    if (!revision) return ExitCode::kError;
    if (const Status checked = CheckSchemas(line_.schemas, *revision); !checked.ok()) {
      report_.Errors({checked.error()});
      return ExitCode::kError;
    }
    if (line_.live.empty() || !revision->whole) return report_.Lint(*revision);
    auto judged = JudgeFile(*revision);
    if (!judged) return ExitCode::kError;
    return report_.Lint(*revision, judged->plan);
  }

  ExitCode Diff() {
    auto judged = Judge();
    if (!judged) return ExitCode::kError;
    report_.Changes(judged->plan);
    return StatusOf(judged->plan);
  }

  ExitCode Plan() {
    auto judged = Judge();
    if (!judged) return ExitCode::kError;
    report_.Waves(judged->plan);
    return StatusOf(judged->plan);
  }

  ExitCode Approve() {
    auto judged = Judge();
    if (!judged) return ExitCode::kError;
    return PrintApprovals(judged->input, judged->plan, environment_);
  }

  ExitCode Sync() {
    auto judged = Judge(Claims::kRescue);
    if (!judged) return ExitCode::kError;
    if (!judged->MayGoAhead()) {
      report_.Changes(judged->plan);
      return ExitCode::kStopped;
    }
    Progress progress(environment_.err, ProgressStyle(), Reconciler::MaskOf(*judged));
    const RunReport run = reconciler_->Act(*judged, progress);
    return report_.Run(judged->plan, run);
  }

  ExitCode Graph() {
    auto revision = Read();
    if (!revision) return ExitCode::kError;
    if (!revision->whole) return report_.Lint(*revision);
    PlanInput input;
    input.desired = std::move(revision->manifests);
    for (const Manifest& manifest : input.desired) {
      input.predictions.emplace(manifest.object.ref(), Prediction{});
    }
    environment_.out << DrawGraph(MakePlan(input), line_.graph);
    return ExitCode::kOk;
  }

  ExitCode RunDaemon() { return RunLoops(line_, environment_); }

  ExitCode Version() {
    environment_.out << "holdfast " << kVersion << "\n";
    return ExitCode::kOk;
  }

 private:
  std::optional<Revision> Read() {
    const std::string name_space = line_.name_space.empty() ? "default" : line_.name_space;
    auto revision = ReadRevision(line_.source, name_space);
    if (!revision.ok()) {
      report_.Errors({revision.error()});
      return std::nullopt;
    }
    if (!line_.name_space.empty()) revision->default_namespace = line_.name_space;
    return std::move(revision).value();
  }

  /// Git and the cluster (or the file of --live), compared; nothing if that failed, which
  /// is reported. With kRescue the volumes of deleted claims are made sure of.
  enum class Claims { kLeave, kRescue };
  std::optional<Judged> Judge(Claims claims = Claims::kLeave) {
    if (!FindHash()) return std::nullopt;
    auto revision = Read();
    if (!revision) return std::nullopt;
    if (!revision->whole) return JudgeUnread(*revision);
    return Told(line_.live.empty() ? JudgeCluster(*revision, claims) : JudgeFile(*revision));
  }

  std::optional<Judged> JudgeCluster(const Revision& revision, Claims claims) {
    auto connected = Connect(line_.cluster, environment_);
    if (!connected.ok()) {
      report_.Errors({connected.error()});
      return std::nullopt;
    }
    cluster_ = std::move(connected->cluster);
    schema_ = std::move(connected->schema);
    reconciler_ = std::make_unique<Reconciler>(*cluster_, clock_, *schema_, hash_,
                                               Options(connected->default_namespace));
    Judged judged = reconciler_->Judge(revision);
    if (claims == Claims::kRescue) {
      reconciler_->Rescue(revision, judged, [&](const std::string& sentence) {
        environment_.err << sentence << "\n";
      });
    }
    return OrErrors(std::move(judged));
  }

  std::optional<Judged> JudgeFile(const Revision& revision) {
    LiveFile file = ReadLiveFile(line_.live);
    if (!file.errors.empty()) {
      report_.Errors(file.errors);
      return std::nullopt;
    }
    // What is live counts before what comes, and what its server says before both.
    OfflineSchema schema;
    for (const Manifest& manifest : revision.manifests) schema.LearnDefinition(manifest.object);
    for (const Object& object : file.live.objects) schema.LearnDefinition(object);
    for (const std::string& path : line_.schemas) {
      const auto document = ReadOpenApi(path);
      if (!document.ok()) {
        report_.Errors({document.error()});
        return std::nullopt;
      }
      schema.Learn(*document);
    }
    return OrErrors(Reconciler::JudgeFile(revision, std::move(file.live), schema, hash_,
                                          Options("default")));
  }

  std::optional<Judged> OrErrors(Judged judged) {
    if (judged.errors.empty()) return judged;
    report_.Errors(judged.errors);
    return std::nullopt;
  }

  std::optional<Judged> Told(std::optional<Judged> judged) {
    if (judged && line_.verbose) report_.Rungs(judged->input);
    return judged;
  }

  /// What stands for secret values; false if the key of --stable-hash cannot be used.
  bool FindHash() {
    if (line_.stable_hash.empty()) return true;
    auto stable = StableKeyedHash(line_.stable_hash);
    if (!stable.ok()) {
      report_.Errors({stable.error()});
      return false;
    }
    if (!stable->warning.empty()) environment_.err << "warning: " << stable->warning << "\n";
    hash_ = std::move(stable->hash);
    return true;
  }

  /// A revision that cannot be read whole needs no cluster to be stopped.
  std::optional<Judged> JudgeUnread(const Revision& revision) {
    return Reconciler::JudgeUnread(revision,
                                   {.name_space = line_.inventory_namespace, .sync = line_.name});
  }

  ReconcilerOptions Options(const std::string& default_namespace) const {
    return {.place = {.name_space = line_.inventory_namespace, .sync = line_.name},
            .default_namespace = default_namespace,
            .prune = line_.prune,
            .timeout = line_.timeout,
            .cancelled = environment_.cancelled};
  }

  Progress::Style ProgressStyle() const {
    if (line_.quiet) return Progress::Style::kQuiet;
    return environment_.err_is_terminal ? Progress::Style::kTerminal : Progress::Style::kPlain;
  }

  static ExitCode StatusOf(const holdfast::Plan& plan) {
    if (Stops(plan.set.verdict())) return ExitCode::kStopped;
    return plan.set.changes_anything() ? ExitCode::kChanges : ExitCode::kOk;
  }

  const CommandLine& line_;
  const Environment& environment_;
  Report report_;
  SteadyClock clock_;
  std::unique_ptr<ServerSchema> schema_;
  KeyedHash hash_ = MakeKeyedHash();
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<Reconciler> reconciler_;
};

}  // namespace

ExitCode RunCommand(const CommandLine& line, const Environment& environment) {
  Verb verb(line, environment);
  switch (line.command) {
    case Command::kLint: return verb.Lint();
    case Command::kDiff: return verb.Diff();
    case Command::kPlan: return verb.Plan();
    case Command::kSync: return verb.Sync();
    case Command::kApprove:
      return verb.Approve();
    case Command::kGraph: return verb.Graph();
    case Command::kRun: return verb.RunDaemon();
    case Command::kVersion: return verb.Version();
  }
  return ExitCode::kError;
}

}  // namespace holdfast
