#include "daemon/verbs.h"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "apply/approval.h"
#include "apply/approval_draft.h"
#include "apply/clock.h"
#include "apply/kinds.h"
#include "apply/live_reader.h"
#include "daemon/approve.h"
#include "daemon/connect.h"
#include "daemon/hook.h"
#include "daemon/keyed_hash.h"
#include "daemon/live_file.h"
#include "daemon/loop.h"
#include "daemon/plan_text.h"
#include "daemon/progress.h"
#include "daemon/reconciler.h"
#include "daemon/report.h"
#include "daemon/run_identity.h"
#include "daemon/schema_check.h"
#include "daemon/source.h"
#include "daemon/sync_status.h"
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
    if (line_.live.empty() || !revision->whole) {
      WarnOfNoApprovals(*revision);
      return report_.Lint(*revision);
    }
    auto judged = JudgeFile(*revision);
    if (!judged) return ExitCode::kError;
    return report_.Lint(*revision, judged->plan);
  }

  ExitCode Diff() {
    auto judged = Judge();
    if (!judged) return ExitCode::kError;
    report_.Changes(judged->plan, judged->rest);
    return StatusOf(judged->plan);
  }

  ExitCode Plan() {
    auto judged = Judge();
    if (!judged) return ExitCode::kError;
    report_.Waves(judged->plan, judged->rest);
    return StatusOf(judged->plan);
  }

  ExitCode Approve() {
    auto judged = Judge();
    if (!judged) return ExitCode::kError;
    if (!line_.destroy.empty() && revision_->whole) {
      return ApproveDestroy(std::move(judged->input));
    }
    return PrintApprovals(judged->input, judged->plan, environment_);
  }

  ExitCode Sync() {
    auto judged = Judge(Purpose::kAct);
    if (!judged) return ExitCode::kError;
    std::optional<Reconciler::Turn> turn;
    if (reconciler_ != nullptr) {
      const auto say = [this](const std::string& sentence) {
        environment_.err << sentence << "\n" << std::flush;
      };
      auto begun = reconciler_->Begin(*revision_, *judged, say);
      if (!begun.ok()) {
        report_.Errors({begun.error()});
        return ExitCode::kError;
      }
      turn.emplace(std::move(begun).value());
      reconciler_->Rescue(*revision_, *judged, say);
      if (!OrErrors(*judged)) return ExitCode::kError;
    }
    Progress progress(environment_.err, ProgressStyle(), Reconciler::MaskOf(*judged));
    if (judged->rest) {
      const RunReport run = reconciler_->Act(*judged->rest, progress);
      return report_.Rest(judged->plan, *judged->rest, run);
    }
    if (!judged->MayGoAhead()) {
      report_.Changes(judged->plan);
      return ExitCode::kStopped;
    }
    const RunReport run = reconciler_->Act(*judged, progress);
    return report_.Run(judged->plan, run);
  }

  ExitCode Graph() {
    auto revision = Read();
    if (!revision) return ExitCode::kError;
    if (!revision->whole) return report_.Lint(*revision);
    PlanInput input;
    input.desired = std::move(revision->manifests);
    PutInNamespaces(input.desired, revision->default_namespace);
    for (const Manifest& manifest : input.desired) {
      input.predictions.emplace(manifest.object.ref(), Prediction{});
    }
    const holdfast::Plan plan = MakePlan(input);
    for (const Finding& finding : plan.set.findings) {
      if (plan.edges.empty() || !plan.steps.empty() || finding.hazard != "H-G5") continue;
      environment_.err << "error: " << finding.reason << "\n  do: " << finding.remedy << "\n";
      return ExitCode::kStopped;
    }
    environment_.out << DrawGraph(plan, line_.graph);
    return ExitCode::kOk;
  }

  ExitCode ShowStatus() {
    auto connected = Connect(line_.cluster, environment_);
    if (!connected.ok()) return Failed(connected.error());
    auto statuses = ReadStatuses(*connected->cluster, line_.inventory_namespace);
    if (!statuses.ok()) return Failed(statuses.error());
    std::string names;
    for (const Json& one : *statuses) names += (names.empty() ? "" : ", ") + StringIn(one, "name");
    if (!line_.name.empty()) {
      std::erase_if(*statuses,
                    [&](const Json& one) { return StringIn(one, "name") != line_.name; });
      if (statuses->empty()) {
        return Failed(NotFound("there is no sync " + line_.name + " in namespace " +
                               line_.inventory_namespace + " of this cluster; there are: " +
                               (names.empty() ? "none" : names)));
      }
    }
    report_.Statuses(*statuses);
    return ExitCode::kOk;
  }

  ExitCode RunDaemon() { return RunLoops(line_, environment_); }

  ExitCode Version() {
    environment_.out << "holdfast " << kVersion << "\n";
    return ExitCode::kOk;
  }

 private:
  /// As far as that can be told without a cluster: what no kind of Kubernetes' own and no
  /// definition of the revision keeps out of namespaces is in one.
  static void PutInNamespaces(std::vector<Manifest>& manifests, const std::string& otherwise) {
    std::set<std::pair<std::string, std::string>> cluster_wide;
    for (const Manifest& manifest : manifests) {
      const Json& json = manifest.object.json();
      if (StringIn(json, "kind") != "CustomResourceDefinition") continue;
      if (StringIn(json, "spec", "scope") != "Cluster") continue;
      cluster_wide.emplace(StringIn(json, "spec", "group"),
                           StringIn(json, "spec", "names", "kind"));
    }
    for (Manifest& manifest : manifests) {
      const ObjectRef& ref = manifest.object.ref();
      // Classes and contents of snapshots and gateways are the cluster's by convention.
      const bool shared = ref.kind.ends_with("Class") || ref.kind.ends_with("Content");
      const bool none = shared || IsClusterScoped(ref.group, ref.kind) ||
                        cluster_wide.contains({ref.group, ref.kind});
      if (none || !ref.name_space.empty()) continue;
      manifest.object =
          manifest.object.InNamespace(otherwise.empty() ? "default" : otherwise);
    }
  }

  /// What no cluster is needed for to see: whether each file says what an Approval must.
  static void WarnOfNoApprovals(Revision& revision) {
    for (const Manifest& manifest : revision.approvals) {
      const auto parsed = ParseApproval(manifest);
      if (const auto* why = std::get_if<std::string>(&parsed)) {
        revision.findings.push_back({"H-H3", Ruling::kWarn,
                                     manifest.source.ToString() + ": not an approval: " + *why,
                                     "correct it; holdfast approve prints what is needed"});
      }
    }
  }

  ExitCode ApproveDestroy(PlanInput input) {
    const Result<const Discovery*> discovery = cluster_->Discover();
    if (!discovery.ok()) {
      report_.Errors({discovery.error()});
      return ExitCode::kError;
    }
    const std::vector<Snapshot::Listed> volumes = {{"", "PersistentVolume", ""}};
    ReadLive(*cluster_, **discovery, {}, volumes, input.live);
    ReadLive(*cluster_, **discovery, {}, ListsForDestroy(input, line_.destroy), input.live);
    return PrintDestroy(input, line_.destroy, environment_);
  }

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
  /// is reported. For kAct other runs are watched for from here on.
  enum class Purpose { kTell, kAct };
  std::optional<Judged> Judge(Purpose purpose = Purpose::kTell) {
    if (!FindHash()) return std::nullopt;
    revision_ = Read();
    if (!revision_) return std::nullopt;
    if (!revision_->whole) return JudgeUnread(*revision_);
    return Told(line_.live.empty() ? JudgeCluster(*revision_, purpose) : JudgeFile(*revision_));
  }

  std::optional<Judged> JudgeCluster(const Revision& revision, Purpose purpose) {
    auto connected = Connect(line_.cluster, environment_);
    if (!connected.ok()) {
      report_.Errors({connected.error()});
      return std::nullopt;
    }
    cluster_ = std::move(connected->cluster);
    schema_ = std::move(connected->schema);
    reconciler_ = std::make_unique<Reconciler>(*cluster_, clock_, *schema_, hash_,
                                               Options(connected->default_namespace));
    // What an earlier run left half done is ended also where there is no plan.
    if (purpose == Purpose::kAct) return reconciler_->JudgeToAct(revision);
    return OrErrors(reconciler_->Judge(revision));
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

  ExitCode Failed(const Error& error) {
    report_.Errors({error});
    return ExitCode::kError;
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
            .identity = RunIdentity(),
            .default_namespace = default_namespace,
            .prune = line_.prune,
            .on_refusal = line_.on_refusal,
            .limits = line_.limits,
            .timeout = line_.timeout,
            .cancelled = environment_.cancelled,
            .is_dead = HasEnded};
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
  std::optional<Revision> revision_;
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
    case Command::kHook: return RunPreReceive(line, environment);
    case Command::kStatus: return verb.ShowStatus();
    case Command::kVersion: return verb.Version();
  }
  return ExitCode::kError;
}

}  // namespace holdfast
