#include "daemon/hook.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "daemon/connect.h"
#include "daemon/keyed_hash.h"
#include "daemon/reconciler.h"
#include "daemon/source.h"
#include "diff/render_text.h"
#include "diff/value_text.h"
#include "repo-layout/git_repository.h"

namespace holdfast {
namespace {

/// One line of what Git tells a pre-receive hook.
struct RefUpdate {
  std::string before;  ///< A commit; only zeros where the ref is new.
  std::string after;   ///< Only zeros where it is deleted.
  std::string ref;     ///< In full.
};

bool IsNone(const std::string& id) { return id.find_first_not_of('0') == id.npos; }

std::string Short(const std::string& id) { return id.substr(0, 12); }

Result<std::vector<RefUpdate>> ReadPush(std::istream& in) {
  std::vector<RefUpdate> updates;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    RefUpdate update;
    if (!(words >> update.before >> update.after >> update.ref)) {
      return Invalid("\"" + Printable(line) +
                     "\" is not what Git tells a pre-receive hook; it is run by Git, see "
                     "holdfast hook --help");
    }
    updates.push_back(std::move(update));
  }
  return updates;
}

class PreReceive {
 public:
  PreReceive(const CommandLine& line, const Environment& environment)
      : line_(line), environment_(environment) {}

  ExitCode Run() {
    const auto variable = [&](const char* name) {
      return environment_.variable(name).value_or("");
    };
    line_.source.repo = variable("GIT_DIR").empty() ? "." : variable("GIT_DIR");
    line_.source.quarantine = variable("GIT_QUARANTINE_PATH");
    const auto push = ReadPush(environment_.in);
    if (!push.ok()) return Unanswered(push.error());
    const auto watched = WatchedNames();
    if (!watched.ok()) return Unanswered(watched.error());
    ExitCode worst = ExitCode::kOk;
    for (const RefUpdate& update : *push) {
      const auto& names = *watched;
      if (std::find(names.begin(), names.end(), update.ref) == names.end()) continue;
      worst = std::max(worst, Judge(update));
    }
    return worst;
  }

 private:
  /// The full names of what is watched.
  Result<std::vector<std::string>> WatchedNames() const {
    const std::string& ref = line_.source.ref;
    if (ref == "HEAD") {
      HOLDFAST_TRY_ASSIGN(std::string name, BranchOfHead(line_.source.place()));
      return std::vector<std::string>{std::move(name)};
    }
    return std::vector<std::string>{ref, "refs/heads/" + ref, "refs/tags/" + ref};
  }

  ExitCode Unanswered(const Error& error) const {
    environment_.err << "holdfast: what this push would do cannot be told, so it is not "
                        "taken: "
                     << error.message << "\n  do: mend that and push again\n";
    return ExitCode::kError;
  }

  ExitCode Judge(const RefUpdate& update) {
    if (IsNone(update.after)) {
      environment_.err << "holdfast: refused: " << update.ref << " is what sync "
                       << line_.name
                       << " follows; without it nobody could tell what is to run\n"
                          "  do: point the sync at another branch first\n";
      return ExitCode::kStopped;
    }
    const auto revision = Read(update);
    if (!revision.ok()) return Unanswered(revision.error());
    const auto judged = JudgeRevision(*revision);
    if (!judged.ok()) return Unanswered(judged.error());
    const bool approved = std::any_of(
        judged->plan.approvals.begin(), judged->plan.approvals.end(),
        [](const Approval& one) { return one.action == ApprovalAction::kRewind; });
    if (!IsNone(update.before) && !approved) {
      const auto follows =
          IsAncestor(line_.source.place(), update.before, revision->commit);
      if (!follows.ok()) return Unanswered(follows.error());
      if (!*follows) return Rewritten(update);
    }
    return Tell(update, *judged);
  }

  ExitCode Rewritten(const RefUpdate& update) const {
    environment_.err
        << "holdfast: refused: " << Short(update.after) << " does not follow "
        << Short(update.before) << ", which " << update.ref
        << " is at: history would be rewritten  [H-H2]\n"
           "  do: git revert undoes a commit without rewriting history; if the "
           "rewind is meant, approve it: holdfast approve > "
           "approvals/rewind.yaml, and commit it on top\n";
    return ExitCode::kStopped;
  }

  Result<Revision> Read(const RefUpdate& update) const {
    SourceArgs source = line_.source;
    source.ref = update.after;
    const std::string name_space =
        line_.name_space.empty() ? "default" : line_.name_space;
    HOLDFAST_TRY_ASSIGN(Revision revision, ReadRevision(source, name_space));
    if (!line_.name_space.empty()) revision.default_namespace = line_.name_space;
    revision.ref = update.ref;
    // The daemon may know this very repository by a URL.
    revision.repo.clear();
    return revision;
  }

  /// An Error also where the cluster would not take the revision.
  Result<Judged> JudgeRevision(const Revision& revision) {
    const InventoryPlace place{.name_space = line_.inventory_namespace,
                               .sync = line_.name};
    if (!revision.whole) return Reconciler::JudgeUnread(revision, place);
    HOLDFAST_TRY_ASSIGN(Connected connected, Connect(line_.cluster, environment_));
    Reconciler reconciler(*connected.cluster, clock_, *connected.schema, MakeKeyedHash(),
                          {.place = place,
                           .default_namespace = connected.default_namespace,
                           .prune = line_.prune,
                           .limits = line_.limits,
                           .cancelled = environment_.cancelled});
    Judged judged = reconciler.Judge(revision);
    if (judged.errors.empty()) return judged;
    Error all = judged.errors.front();
    for (std::size_t i = 1; i < judged.errors.size(); ++i) {
      all.message += "\n  " + judged.errors[i].message;
    }
    return all;
  }

  ExitCode Tell(const RefUpdate& update, const Judged& judged) const {
    if (judged.MayGoAhead()) {
      if (!line_.quiet) {
        environment_.err << "holdfast: " << Short(update.after) << " may come to "
                         << update.ref << "\n";
      }
      return ExitCode::kOk;
    }
    ChangeSet stopped = judged.plan.set;
    std::erase_if(stopped.changes,
                  [](const Change& change) { return !Stops(change.worst()); });
    environment_.err << "holdfast: refused: the cluster would not take "
                     << Short(update.after) << " as it is\n"
                     << RenderText(stopped);
    return ExitCode::kStopped;
  }

  CommandLine line_;
  const Environment& environment_;
  SteadyClock clock_;
};

}  // namespace

ExitCode RunPreReceive(const CommandLine& line, const Environment& environment) {
  return PreReceive(line, environment).Run();
}

}  // namespace holdfast
