#include "apply/recreation.h"
#include "tests/apply/approval_rows.h"
#include "tests/apply/rule_cases.h"

namespace holdfast {
namespace {

Object Config(const std::string& name) { return Make("v1 ConfigMap default/" + name); }

World With(const World& world, void (*change)(PlanInput&)) {
  World changed = world;
  change(changed.input);
  return changed;
}

}  // namespace

std::vector<RuleCase> RevisionCases() {
  World quiet;
  quiet.Unchanged(Config("c"));
  World everything;
  everything.ListsAll().Removed(Config("old")).Added(Config("new"));
  World twice = quiet;
  twice.input.desired.push_back(InGit(Config("c"), "copy.yaml"));
  World renamed;
  renamed.ListsAll()
      .Unchanged(Config("c"))
      .Removed(Claim("mysql", kBound))
      .Added(Claim("mysql-data"));
  const auto labelled = [](const std::string& name) {
    return Make("apps/v1 StatefulSet default/" + name,
                "'spec':{'selector':{'matchLabels':{'app':'x'}},'template':{'metadata':{'"
                "labels':{'app':'x'}},'spec':{'containers':[]}}}");
  };
  World overlap;
  overlap.Added(labelled("a")).Added(labelled("b"));
  World rolling;
  rolling.Changed(Cassandra(), Cassandra()).Changed(Mysql(), Mysql());
  for (auto& [ref, prediction] : rolling.input.predictions) {
    prediction.fields = {{"spec.template.metadata.labels.a", std::nullopt, Json("b"), ""}};
  }
  return {
      {"WarnManyRollouts", "H-F21 warn", rolling, {}},
      {"HoldForeignInventory", "H-H7 hold",
       With(quiet, [](PlanInput& input) { input.inventory.sync = "other"; }),
       {}},
      {"HoldForeignInventory", "H-I8 hold",
       With(quiet, [](PlanInput& input) { input.live.cluster_uid = "other"; }),
       {}},
      {"GuardMassChange", "H-H1 approval", everything, {}},
      {"RefuseDuplicates", "H-H4 refuse", twice, Config("c").ref()},
      {"RefuseRename", "H-C1 refuse", renamed, Claim("mysql").ref()},
      {"RefuseSelectorOverlap", "H-D6 refuse", overlap, labelled("a").ref()},
      {"HoldRewind", "H-H2 hold", With(quiet,
                                       [](PlanInput& input) {
                                         input.revision = "b";
                                         input.inventory.revision = "a";
                                       }),
       {}},
      {"WarnOfApprovals", "H-A1 warn",
       With(quiet,
            [](PlanInput& input) {
              input.live.server_time = kNoon;
              input.approvals.push_back(InApprovals(DetachSpec("{'cluster':'other'}")));
            }),
       {}},
      {"HoldHalfDoneRecreation", "H-D3 hold",
       With(quiet,
            [](PlanInput& input) {
              JournalEntry entry{.act = std::string(kRecreateAct),
                                 .ref = {"apps", "StatefulSet", "default", "s"},
                                 .uid = "uid-s",
                                 .step = std::string(kRecreatingStep)};
              input.journal.emplace(entry.Key(), entry);
            }),
       {}},
  };
}

}  // namespace holdfast
