#include "apply/plan.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_set>

#include "apply/finished_job.h"
#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/neighbours.h"
#include "apply/order.h"
#include "apply/outlook.h"
#include "apply/recreation.h"
#include "apply/rollout.h"
#include "apply/stateful.h"
#include "apply/volumes.h"
#include "diff/effects.h"

namespace holdfast {
namespace {

const Prediction& PredictionOf(const PlanInput& input, const ObjectRef& ref) {
  static const Prediction kNothingKnown;
  const auto found = input.predictions.find(ref);
  return found == input.predictions.end() ? kNothingKnown : found->second;
}

/// True if this sync has applied the object that is live now. An entry without a uid is
/// our own intent to create it.
bool IsOurs(const PlanInput& input, const Object* live, const ObjectRef& ref) {
  const auto entry = input.inventory.entries.find(ref);
  if (entry == input.inventory.entries.end()) return false;
  return live == nullptr || entry->second.uid.empty() || entry->second.uid == live->uid();
}

Action ActionFor(const PlanInput& input, const Prediction& prediction, const Object* live,
                 const ObjectRef& ref) {
  if (live == nullptr && !prediction.exists) return Action::kCreate;
  if (!IsOurs(input, live, ref)) return Action::kAdopt;
  const bool unknown =
      prediction.rung == Prediction::Rung::kDeferred || prediction.rejection;
  if (!prediction.fields.empty() || unknown) return Action::kUpdate;
  return prediction.bookkeeping ? Action::kAdopt : Action::kNone;
}

class Planner {
 public:
  explicit Planner(const PlanInput& input) : input_(input), outlook_(input) {}

  Plan Run() {
    plan_.set.sync = input_.sync;
    plan_.set.revision = input_.revision;
    plan_.set.ref = input_.ref;
    plan_.set.cluster = input_.live.cluster_uid;
    plan_.set.live_file = input_.live_file;
    plan_.set.findings = input_.revision_findings;
    plan_.edges = outlook_.edges();
    for (const RevisionRule& rule : RevisionRules()) {
      RevisionFindings said = Ask(rule, outlook_);
      Append(plan_.set.findings, said.revision);
      of_revision_.merge(said.objects);
    }
    AddDesired();
    AddRemovals();
    AddPurges();
    PutInOrder();
    TakeApprovals();
    plan_.set.volumes = ReportVolumes(plan_.set.changes, outlook_);
    return std::move(plan_);
  }

 private:
  static void Append(std::vector<Finding>& to, const std::vector<Finding>& more) {
    to.insert(to.end(), more.begin(), more.end());
  }

  /// What lint has said of the object already is not said again.
  static void AppendNew(std::vector<Finding>& to, const std::vector<Finding>& more) {
    const std::size_t said = to.size();
    for (const Finding& finding : more) {
      const auto last = to.begin() + static_cast<std::ptrdiff_t>(said);
      const bool known = std::any_of(to.begin(), last, [&](const Finding& one) {
        return one.hazard == finding.hazard && one.ruling >= finding.ruling;
      });
      if (!known) to.push_back(finding);
    }
  }

  void AppendFor(const ObjectRef& ref, const std::multimap<ObjectRef, Finding>& findings,
                 std::vector<Finding>& to) {
    const auto [first, last] = findings.equal_range(ref);
    for (auto it = first; it != last; ++it) to.push_back(it->second);
  }

  void AddDesired() {
    std::unordered_set<ObjectRef> seen;
    seen.reserve(input_.desired.size());
    plan_.set.changes.reserve(input_.desired.size());
    for (const Manifest& manifest : input_.desired) {
      const ObjectRef& ref = manifest.object.ref();
      // A second document of one identity has no change of its own; RefuseDuplicates
      // says so at the first one's.
      if (!seen.insert(ref).second) continue;
      const Prediction& prediction = PredictionOf(input_, ref);
      const Object* live = input_.live.Find(ref);
      Change change;
      change.action = ActionFor(input_, prediction, live, ref);
      change.ref = ref;
      change.api_version = manifest.object.gvk().ApiVersion();
      change.source = manifest.source;
      change.fields = prediction.fields;
      change.effects = change.action == Action::kCreate
                           ? EffectsOfCreation(prediction.result.value_or(manifest.object))
                           : prediction.effects;
      for (std::string& effect : neighbours_.EffectsOn(manifest, prediction)) {
        change.effects.push_back(std::move(effect));
      }
      if (change.action == Action::kCreate) change.fields.clear();
      // What has run to its end is as Git wants it, though there is nothing to be seen.
      const bool has_run = RerunOf(manifest, input_) == JobRerun::kSame;
      if (has_run) change.action = Action::kNone;
      if (prediction.rung == Prediction::Rung::kUnasked) change.unsure = prediction.unsure;
      AppendFor(ref, input_.object_findings, change.findings);
      AppendNew(change.findings, JudgeChangeIn({manifest, live, prediction, outlook_}));
      AppendFor(ref, of_revision_, change.findings);
      if (std::any_of(change.findings.begin(), change.findings.end(), IsRecreation)) {
        change.effects = EffectsOfRecreation({manifest, live, prediction, outlook_});
        if (!Stops(change.worst())) change.action = Action::kRecreate;
      }
      plan_.set.changes.push_back(std::move(change));
      objects_.push_back(has_run ? nullptr : &manifest.object);
    }
  }

  void AddRemovals() {
    for (const Removal& removal : outlook_.removals()) {
      Change change;
      change.ref = removal.entry->ref;
      change.api_version =
          Gvk{change.ref.group, removal.entry->version, change.ref.kind}.ApiVersion();
      AppendFor(change.ref, input_.object_findings, change.findings);
      switch (removal.fate) {
        case Removal::Fate::kDelete:
          change.action = Action::kDelete;
          change.api_version = removal.live->gvk().ApiVersion();
          change.effects = EffectsOfDeletion(*removal.live);
          Append(change.findings, JudgeDeletionIn(*removal.live, outlook_));
          if (IsDetach(change)) change.action = Action::kDetach;
          break;
        case Removal::Fate::kKeep:
          change.action = Action::kKeep;
          change.findings.push_back({"H-H8", Ruling::kNote,
                                     "gone from Git and left alone: " + removal.reason,
                                     ""});
          break;
        case Removal::Fate::kUnknown:
          change.action = Action::kDelete;
          change.findings.push_back({"H-I4", Ruling::kHold,
                                     "it is gone from Git, and whether it is still in "
                                     "the cluster could not be read: " +
                                         removal.reason,
                                     "run again once the API server answers for " +
                                         change.ref.kind +
                                         " objects; nothing is deleted before"});
          break;
      }
      AppendFor(change.ref, of_revision_, change.findings);
      plan_.set.changes.push_back(std::move(change));
      objects_.push_back(removal.live);
    }
  }

  /// The volumes that approvals `destroy` end; those that wait are only told of.
  void AddPurges() {
    for (const Purge& purge : outlook_.purges()) {
      const std::string where = purge.approval->source.ToString();
      if (purge.unknown) {
        plan_.set.findings.push_back(
            {"H-A3", Ruling::kHold,
             where + " asks to destroy volumes, and " + purge.waits,
             "let Holdfast list PersistentVolume objects, then run again"});
      } else if (!purge.waits.empty()) {
        plan_.set.findings.push_back(
            {"H-A3", Ruling::kWarn, where + " destroys nothing now: " + purge.waits,
             "correct it, or remove the file once its work is done"});
      }
      for (const Object* volume : purge.volumes) {
        const bool known = std::any_of(
            plan_.set.changes.begin(), plan_.set.changes.end(),
            [&](const Change& one) { return one.ref == volume->ref(); });
        if (known) continue;
        Change change;
        change.action = Action::kDelete;
        change.ref = volume->ref();
        change.api_version = volume->gvk().ApiVersion();
        change.effects = {"destroys the storage behind it, and the data on it"};
        change.findings = JudgeDeletionIn(*volume, outlook_);
        plan_.set.changes.push_back(std::move(change));
        objects_.push_back(volume);
      }
    }
  }

  /// True where an approval lets a claim go and its volume stay.
  static bool IsDetach(const Change& change) {
    if (!IsClaim(change.ref) || Stops(change.worst())) return false;
    return std::any_of(
        change.findings.begin(), change.findings.end(), [](const Finding& one) {
          return one.approval.action == ToString(ApprovalAction::kDetach) &&
                 !one.approval.given.empty();
        });
  }

  static bool IsRemoval(Action action) {
    return action == Action::kDelete || action == Action::kDetach;
  }

  /// Which approvals the plan rests on; the others are said to be of no use.
  void TakeApprovals() {
    std::set<std::string> given;
    const auto note = [&](const std::vector<Finding>& findings) {
      for (const Finding& one : findings) given.insert(one.approval.given);
    };
    note(plan_.set.findings);
    for (const Change& change : plan_.set.changes) note(change.findings);
    for (const Approval* approval : outlook_.approvals().valid()) {
      const std::string where = approval->source.ToString();
      if (given.count(where) != 0) {
        plan_.approvals.push_back(*approval);
        continue;
      }
      // Said already what became of it.
      if (approval->action == ApprovalAction::kDestroy) continue;
      plan_.set.findings.push_back(
          {HazardOf(*approval), Ruling::kWarn,
           where +
               ": it approves something that this plan does not do, so it has no effect",
           "remove the file if its work is done, before it expires"});
    }
  }

  /// Numbers the waves of applies, then of deletions, and sorts the changes.
  void PutInOrder() {
    std::vector<std::size_t> applies;
    std::vector<std::size_t> deletions;
    for (std::size_t i = 0; i < plan_.set.changes.size(); ++i) {
      const Action action = plan_.set.changes[i].action;
      if (action == Action::kKeep || objects_[i] == nullptr) continue;
      (IsRemoval(action) ? deletions : applies).push_back(i);
    }
    std::vector<Step> steps = StepsOf(applies, outlook_.edges(), 0);
    if (cyclic_) steps.clear();
    std::vector<const Object*> removed;
    for (const std::size_t i : deletions) removed.push_back(objects_[i]);
    const int waves = steps.empty() ? 0 : steps.back().wave;
    std::vector<Step> last = StepsOf(deletions, Reversed(FindReferences(removed)), waves);
    const std::size_t offset = steps.size();
    for (Step& step : last) {
      for (std::size_t& need : step.needs) need += offset;
      steps.push_back(std::move(step));
    }
    if (cyclic_) steps.clear();
    SortChanges(steps);
    plan_.steps = std::move(steps);
  }

  std::vector<Step> StepsOf(const std::vector<std::size_t>& which,
                            const std::vector<Edge>& edges, int waves_before) {
    std::vector<OrderNode> nodes;
    for (const std::size_t i : which) nodes.push_back(NodeOf(i));
    const Order order = MakeOrder(nodes, edges);
    if (!order.cycle.empty()) {
      cyclic_ = true;
      AddCycle(order.cycle);
      return {};
    }
    // Sorted by wave and ref; `rank` tells where a node went, for `needs`.
    std::vector<std::size_t> sorted(which.size());
    for (std::size_t i = 0; i < sorted.size(); ++i) sorted[i] = i;
    std::sort(sorted.begin(), sorted.end(), [&](std::size_t a, std::size_t b) {
      return std::tie(order.places[a].wave, nodes[a].ref) <
             std::tie(order.places[b].wave, nodes[b].ref);
    });
    std::vector<std::size_t> rank(sorted.size());
    for (std::size_t i = 0; i < sorted.size(); ++i) rank[sorted[i]] = i;
    std::vector<Step> steps;
    for (const std::size_t node : sorted) {
      const Place& place = order.places[node];
      Step step;
      step.change = which[node];
      step.ref = nodes[node].ref;
      step.phase = place.phase.number;
      step.wave = place.wave + waves_before;
      for (const std::size_t need : place.needs) step.needs.push_back(rank[need]);
      std::sort(step.needs.begin(), step.needs.end());
      step.why = place.why;
      steps.push_back(std::move(step));
    }
    return steps;
  }

  OrderNode NodeOf(std::size_t i) const {
    const Change& change = plan_.set.changes[i];
    const Object& object = *objects_[i];
    OrderNode node;
    node.ref = change.ref;
    node.phase = IsRemoval(change.action) ? DeletePhase(object) : ApplyPhase(object);
    node.stateful = IsStateful(object);
    node.engine_cluster = EngineClusterOf(object);
    const Object* live = input_.live.Find(change.ref);
    const bool rolls_on = live != nullptr && IsStatefulSet(change.ref) && IsOverridden(*live);
    node.rolls = change.action == Action::kUpdate || change.action == Action::kRecreate ||
                 (change.action == Action::kAdopt && !change.fields.empty()) ||
                 IsRemoval(change.action) || rolls_on;
    return node;
  }

  void AddCycle(const std::vector<Edge>& cycle) {
    std::string text;
    for (const Edge& edge : cycle) {
      const std::string where = outlook_.WhereIs(edge.from, edge.pointer);
      text += edge.from.ToString() + (where.empty() ? "" : " (" + where + ")") +
              " waits for " + edge.to.ToString() + ", since " + edge.why + "; ";
    }
    text.resize(text.size() - 2);
    plan_.set.findings.push_back(
        {"H-G5", Ruling::kRefuse,
         "these objects wait for one another in a circle: " + text,
         "remove one of these references, most likely an annotation "
         "holdfast.dev/depends-on"});
  }

  /// Plan order: steps first, then what has no step, by ref.
  void SortChanges(std::vector<Step>& steps) {
    std::vector<Change>& changes = plan_.set.changes;
    std::vector<Change> sorted;
    std::vector<bool> taken(changes.size(), false);
    for (Step& step : steps) {
      changes[step.change].wave = step.wave;
      taken[step.change] = true;
      sorted.push_back(std::move(changes[step.change]));
      step.change = sorted.size() - 1;
    }
    std::vector<Change> rest;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (!taken[i]) rest.push_back(std::move(changes[i]));
    }
    std::sort(rest.begin(), rest.end(),
              [](const Change& a, const Change& b) { return a.ref < b.ref; });
    for (Change& change : rest) sorted.push_back(std::move(change));
    changes = std::move(sorted);
  }

  const PlanInput& input_;
  Outlook outlook_;
  Neighbours neighbours_{outlook_};
  Plan plan_;
  std::multimap<ObjectRef, Finding> of_revision_;  ///< About one object each.
  std::vector<const Object*> objects_;  ///< Of plan_.set.changes; null where there is no step.
  bool cyclic_ = false;
};

}  // namespace

Plan MakePlan(const PlanInput& input) { return Planner(input).Run(); }

}  // namespace holdfast
