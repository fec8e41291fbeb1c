// H-G2, H-G4, H-F7, H-F21: how a change gets to the members: not at all, to too many at
// once, or together with another one.

#include <set>
#include <string>
#include <vector>

#include "apply/enumerated.h"
#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/ordinals.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"
#include "diff/effects.h"
#include "diff/engine_needs.h"

namespace holdfast {
namespace {

std::string StrategyOf(const Object& set) {
  const std::string type = StringIn(set.json(), "spec", "updateStrategy", "type");
  return type.empty() ? "RollingUpdate" : type;
}

long long PartitionOf(const Object& set) {
  return IntegerIn(0, set.json(), "spec", "updateStrategy", "rollingUpdate", "partition");
}

/// True unless one member at a time is replaced: "1" and no entry at all are one.
bool ManyAtOnce(const Object& set) {
  if (StrategyOf(set) == "Recreate") return true;
  const Json* most =
      FindIn(set.json(), "spec", "updateStrategy", "rollingUpdate", "maxUnavailable");
  if (most == nullptr || most->is_null()) return false;
  // A part of the members: of how many they are later is not known.
  return !most->is_number_integer() || most->get<long long>() > 1;
}

class Rollout {
 public:
  Rollout(const ChangeCase& change, std::vector<Finding>& findings)
      : change_(change), findings_(findings), after_(change.After()) {}

  void JudgePace() {
    const Engine* engine = EngineOf(after_);
    const bool votes = engine != nullptr && NeedsOf(*engine).needs_majority;
    if (!votes || ReplicasOf(after_) < 2 || !ManyAtOnce(after_)) return;
    Add("H-G4", Ruling::kRefuse, "/spec/updateStrategy",
        "several members of " + std::string(engine->name) +
            " would be replaced at once, and it answers only while most of them are there",
        "leave maxUnavailable out, so that one member follows the other");
  }

  void JudgeDropped() {
    const Object& live = *change_.live;
    const Json& git = change_.manifest.object.json();
    const bool drops_type = FindIn(git, "spec", "updateStrategy", "type") == nullptr &&
                            StrategyOf(live) == "OnDelete" &&
                            StrategyOf(after_) == "RollingUpdate";
    if (drops_type) {
      Add("H-F7", Ruling::kRefuse, "",
          "spec.updateStrategy is gone from Git, so the server would put its default "
          "RollingUpdate in place of OnDelete, and replace all members that wait for it",
          "write spec.updateStrategy: {type: OnDelete}, or RollingUpdate if that is meant");
    }
    const bool drops_partition =
        FindIn(git, "spec", "updateStrategy", "rollingUpdate", "partition") == nullptr &&
        PartitionOf(live) > 0 && PartitionOf(after_) == 0 && !drops_type;
    if (!drops_partition || StrategyOf(after_) != "RollingUpdate") return;
    Add("H-F7", Ruling::kWarn, "",
        "spec.updateStrategy.rollingUpdate.partition is gone from Git: the members that "
        "it kept at the old version are replaced now",
        "write the partition, or partition: 0 if that is meant");
  }

  void JudgeReach() {
    if (!Touches(change_.prediction.fields, "spec.template")) return;
    const Ordinals members = OrdinalsOf(after_);
    if (StrategyOf(after_) == "OnDelete") {
      Add("H-G2", Ruling::kWarn, "/spec/updateStrategy",
          "updateStrategy is OnDelete: each member keeps what it has until somebody "
          "deletes its pod",
          "delete the pods one by one when it suits, or use RollingUpdate");
    } else if (PartitionOf(after_) >= members.end) {
      Add("H-G2", Ruling::kWarn, "/spec/updateStrategy/rollingUpdate/partition",
          "partition " + std::to_string(PartitionOf(after_)) +
              " is above every member, so the change reaches none of them",
          "lower the partition to the first member that is to have the change");
    } else if (PartitionOf(after_) > members.first) {
      Add("H-G2", Ruling::kNote, "/spec/updateStrategy/rollingUpdate/partition",
          "only members from " + std::to_string(PartitionOf(after_)) +
              " on get the change, since partition says so",
          "");
    }
  }

 private:
  void Add(const char* hazard, Ruling ruling, const std::string& pointer,
           const std::string& reason, std::string remedy) {
    findings_.push_back({hazard, ruling,
                         change_.manifest.WhereIs(pointer) + ": " +
                             change_.ref().ToString() + ": " + reason,
                         std::move(remedy)});
  }

  const ChangeCase& change_;
  std::vector<Finding>& findings_;
  const Object& after_;
};

const Prediction* PredictionOf(const PlanInput& input, const ObjectRef& ref) {
  const auto found = input.predictions.find(ref);
  return found == input.predictions.end() ? nullptr : &found->second;
}

/// True if pods that hold data are replaced.
bool Rolls(const Manifest& manifest, const PlanInput& input) {
  const Prediction* prediction = PredictionOf(input, manifest.object.ref());
  return prediction != nullptr && prediction->exists && IsStateful(manifest.object) &&
         Touches(prediction->fields, "spec.template");
}

bool TouchesImage(const std::vector<FieldChange>& fields) {
  for (const FieldChange& field : fields) {
    if (field.path.starts_with("spec.template.spec.containers") &&
        field.path.ends_with(".image")) {
      return true;
    }
  }
  return false;
}

/// What else of this plan changes what the database `ref` does, as clauses.
std::vector<std::string> Besides(const ObjectRef& ref, const Prediction& prediction,
                                 const Outlook& outlook) {
  std::vector<std::string> besides;
  if (Touches(prediction.fields, "spec.replicas")) besides.push_back("its replicas change");
  for (const Edge& edge : outlook.edges()) {
    if (edge.from != ref || edge.strength != EdgeStrength::kHard) continue;
    if (!edge.to.Is("", "ConfigMap") && !edge.to.Is("", "Secret")) continue;
    const Prediction* of = PredictionOf(outlook.input(), edge.to);
    if (of != nullptr && of->exists && !of->fields.empty()) {
      besides.push_back(edge.to.kind + " " + edge.to.name + ", which it reads, changes");
    }
  }
  for (const Manifest& manifest : outlook.input().desired) {
    const ObjectRef& job = manifest.object.ref();
    const Prediction* of = PredictionOf(outlook.input(), job);
    const bool is_new = of != nullptr && !of->exists;
    if (job.Is("batch", "Job") && job.name_space == ref.name_space && is_new) {
      besides.push_back("Job " + job.name + " runs");
      break;
    }
  }
  return besides;
}

}  // namespace

void GuardRollout(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!IsStatefulSet(change.ref())) return;
  const bool unchanged = change.live != nullptr && change.After() == *change.live;
  if (unchanged) return;
  Rollout rollout(change, findings);
  rollout.JudgePace();
  if (change.live == nullptr || !change.AfterIsWhole()) return;
  rollout.JudgeDropped();
  rollout.JudgeReach();
}

// What went wrong is hard to tell when two things have changed, and a revert takes both
// back.
void WarnManyRollouts(const Outlook& outlook, RevisionFindings& findings) {
  constexpr std::size_t kMostShown = 4;
  const PlanInput& input = outlook.input();
  std::vector<std::string> rolling;
  for (const Manifest& manifest : input.desired) {
    if (!Rolls(manifest, input)) continue;
    const ObjectRef& ref = manifest.object.ref();
    rolling.push_back(ref.ToString());
    const Prediction& prediction = *PredictionOf(input, ref);
    if (EngineOf(manifest.object) == nullptr || !TouchesImage(prediction.fields)) continue;
    const auto besides = Besides(ref, prediction, outlook);
    if (besides.empty()) continue;
    findings.objects.emplace(
        ref, Finding{"H-F21", Ruling::kWarn,
                     manifest.source.ToString() + ": " + ref.ToString() +
                         " gets another image, and in the same plan " +
                         Enumerated(besides, kMostShown) +
                         ": if it fails, it is hard to tell by what",
                     "do one after the other, in commits of their own"});
  }
  if (rolling.size() < 2) return;
  findings.revision.push_back(
      {"H-F21", Ruling::kWarn,
       "the pods of " + std::to_string(rolling.size()) +
           " workloads with data are replaced by this revision (" +
           Enumerated(rolling, kMostShown) + "), one workload after the other",
       "if they belong together, change one, look at it, then the next"});
}

}  // namespace holdfast
