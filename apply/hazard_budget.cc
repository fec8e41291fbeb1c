// H-F17: who drains nodes asks the PodDisruptionBudget how many members may be away. One
// that allows too many costs a quorum, in the middle of the night. A controller that
// replaces pods does not ask it.

#include <algorithm>
#include <string>
#include <vector>

#include "apply/enumerated.h"
#include "apply/hazard.h"
#include "apply/pod_template.h"
#include "apply/selection.h"
#include "apply/stateful.h"
#include "diff/effects.h"
#include "diff/engine_needs.h"

namespace holdfast {
namespace {

/// An amount of pods, or a part of `of` them; parts are rounded up, as the controller
/// does it. -1 where there is none.
long long Amount(const Json* value, long long of) {
  if (value == nullptr) return -1;
  if (value->is_number_integer()) return value->get<long long>();
  if (!value->is_string()) return -1;
  const std::string text = value->get<std::string>();
  if (!text.ends_with('%') || text.size() > 4) return -1;
  long long percent = 0;
  for (const char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return -1;
    percent = percent * 10 + (c - '0');
  }
  return (of * percent + 99) / 100;
}

/// How many of `of` pods the budget keeps.
long long Kept(const Object& budget, long long of) {
  const long long least = Amount(FindIn(budget.json(), "spec", "minAvailable"), of);
  if (least >= 0) return least;
  const long long away = Amount(FindIn(budget.json(), "spec", "maxUnavailable"), of);
  return away < 0 ? 0 : std::max(0LL, of - away);
}

std::vector<const Object*> Protected(const Object& budget, const Outlook& outlook) {
  std::vector<const Object*> found;
  for (const Object* one :
       outlook.ByLabel().Selected(budget.ref().name_space, SelectorOf(budget))) {
    if (IsStateful(*one)) found.push_back(one);
  }
  return found;
}

std::string Names(const std::vector<const Object*>& workloads) {
  constexpr std::size_t kMostShown = 3;
  std::vector<std::string> names;
  for (const Object* one : workloads) names.push_back(one->ref().ToString());
  return Enumerated(names, kMostShown);
}

bool NeedsMajority(const std::vector<const Object*>& workloads) {
  for (const Object* one : workloads) {
    const Engine* engine = EngineOf(*one);
    if (engine != nullptr && NeedsOf(*engine).needs_majority) return true;
  }
  return false;
}

}  // namespace

void GuardBudget(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!change.ref().Is("policy", "PodDisruptionBudget")) return;
  const Object& budget = change.After();
  const auto before = change.live == nullptr ? std::vector<const Object*>()
                                             : Protected(*change.live, change.outlook);
  const auto after = Protected(budget, change.outlook);
  const auto add = [&](Ruling ruling, const char* pointer, const std::string& reason,
                       std::string remedy) {
    findings.push_back(
        {"H-F17", ruling, change.manifest.WhereIs(pointer) + ": " + reason, std::move(remedy)});
  };
  if (!before.empty() && after.empty()) {
    return add(Ruling::kWarn, "/spec/selector",
               "the budget no longer covers " + Names(before) +
                   ": a drain of several nodes may stop all its members at once",
               "keep the selector, or let it name the labels that the pods have");
  }
  long long pods = 0;
  for (const Object* one : after) pods += ReplicasOf(*one);
  const long long kept = Kept(budget, pods);
  const bool loosened =
      change.live != nullptr && !before.empty() && kept < Kept(*change.live, pods);
  const long long majority = pods / 2 + 1;
  constexpr long long kSmallestThatVotes = 3;
  const bool loses = kept < majority && pods >= kSmallestThatVotes && NeedsMajority(after);
  if (loses && (loosened || change.live == nullptr)) {
    return add(Ruling::kRefuse, "/spec",
               "the budget keeps " + std::to_string(kept) + " of the " +
                   std::to_string(pods) + " members of " + Names(after) + ", fewer than the " +
                   std::to_string(majority) + " that it needs to answer",
               "write maxUnavailable: 1");
  }
  if (!loosened) return;
  add(Ruling::kWarn, "/spec",
      "the budget keeps " + std::to_string(kept) + " of the " + std::to_string(pods) +
          " members of " + Names(after) + " in place of " +
          std::to_string(Kept(*change.live, pods)),
      "keep the budget as it is, if fewer are not enough");
}

void WarnSpentBudget(const ChangeCase& change, std::vector<Finding>& findings) {
  const bool replaces = change.live != nullptr && IsStateful(*change.live) &&
                        Touches(change.prediction.fields, "spec.template");
  if (!replaces) return;
  const Outlook& outlook = change.outlook;
  const auto budgets =
      outlook.live().All("policy", "PodDisruptionBudget", change.ref().name_space);
  for (const Object* budget : budgets) {
    const auto covered = Protected(*budget, outlook);
    const bool covers = std::any_of(covered.begin(), covered.end(), [&](const Object* one) {
      return one->ref() == change.ref();
    });
    const Json& status = MapIn(budget->json(), "status");
    const long long healthy = IntegerIn(0, status, "currentHealthy");
    const long long expected = IntegerIn(0, status, "expectedPods");
    // One that allows none while all are well was made so, against drains.
    const bool spent = IntegerIn(0, status, "disruptionsAllowed") == 0 && healthy < expected;
    if (!covers || !spent) continue;
    findings.push_back(
        {"H-F17", Ruling::kWarn,
         change.manifest.WhereIs("/spec/template") + ": " + std::to_string(healthy) + " of " +
             std::to_string(expected) + " pods are well, so PodDisruptionBudget " +
             budget->ref().name + " lets no more of them go, but an update does not ask it",
         "let the others get well first: kubectl get pods -n " + change.ref().name_space});
  }
}

void WarnBudgetDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  if (!deletion.live.ref().Is("policy", "PodDisruptionBudget")) return;
  const auto covered = Protected(deletion.live, deletion.outlook);
  if (covered.empty()) return;
  findings.push_back({"H-F17", Ruling::kWarn,
                      "without PodDisruptionBudget " + deletion.live.ref().name +
                          " a drain of several nodes may stop all members of " +
                          Names(covered) + " at once",
                      "keep its manifest in Git"});
}

}  // namespace holdfast
