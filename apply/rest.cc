#include "apply/rest.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "apply/kinds.h"
#include "apply/pod_template.h"

namespace holdfast {
namespace {

bool Removes(Action action) {
  return action == Action::kDelete || action == Action::kDetach ||
         action == Action::kRecreate;
}

bool Writes(Action action) {
  return action == Action::kCreate || action == Action::kUpdate ||
         action == Action::kAdopt;
}

bool RestsOnApproval(const Change& change) {
  return std::any_of(change.findings.begin(), change.findings.end(),
                     [](const Finding& one) { return !one.approval.given.empty(); });
}

/// The objects of Git and those that are live of the same and of the inventory.
std::vector<const Object*> Around(const PlanInput& input) {
  std::vector<const Object*> objects;
  const auto add_live = [&](const ObjectRef& ref) {
    if (const Object* live = input.live.Find(ref)) objects.push_back(live);
  };
  for (const Manifest& manifest : input.desired) {
    objects.push_back(&manifest.object);
    add_live(manifest.object.ref());
  }
  for (const auto& [ref, entry] : input.inventory.entries) add_live(ref);
  return objects;
}

class Relations {
 public:
  explicit Relations(const std::vector<const Object*>& objects) {
    for (const Edge& edge : FindReferences(objects)) Relate(edge.from, edge.to);
    for (const Object* object : objects) {
      if (PodTemplate(*object).exists()) workloads_.insert(object->ref());
      if (!IsStatefulSet(object->ref())) continue;
      for (const Object* other : objects) RelateTemplateClaim(*object, other->ref());
    }
  }

  const std::set<ObjectRef>& Of(const ObjectRef& ref) const {
    static const std::set<ObjectRef> kNone;
    const auto found = related_.find(ref);
    return found == related_.end() ? kNone : found->second;
  }

  /// Two objects that share it have to do with each other though it does not change.
  bool IsShared(const ObjectRef& ref) const {
    return IsClaim(ref) || IsVolume(ref) || workloads_.count(ref) != 0;
  }

 private:
  void Relate(const ObjectRef& a, const ObjectRef& b) {
    related_[a].insert(b);
    related_[b].insert(a);
  }

  /// "<template>-<set>-<ordinal>" is the set's, whoever wrote it.
  void RelateTemplateClaim(const Object& set, const ObjectRef& claim) {
    if (!IsClaim(claim) || claim.name_space != set.ref().name_space) return;
    if (OrdinalOfClaim(set, claim.name) >= 0) Relate(set.ref(), claim);
  }

  std::map<ObjectRef, std::set<ObjectRef>> related_;
  std::set<ObjectRef> workloads_;
};

/// What is not applied: whatever stops, and all that has to do with it.
std::set<ObjectRef> LeftOut(const PlanInput& input, const Plan& plan) {
  std::set<ObjectRef> left_out;
  std::set<std::pair<std::string, std::string>> going;
  std::set<ObjectRef> written;
  for (const Change& change : plan.set.changes) {
    const bool removes = Removes(change.action);
    if (removes) going.emplace(change.ref.group, change.ref.kind);
    if (Writes(change.action)) written.insert(change.ref);
    if (removes || Stops(change.worst()) || RestsOnApproval(change)) {
      left_out.insert(change.ref);
    }
  }
  for (const Change& change : plan.set.changes) {
    const bool may_be_renamed = change.action == Action::kCreate &&
                                going.count({change.ref.group, change.ref.kind}) != 0;
    if (may_be_renamed) left_out.insert(change.ref);
  }
  const Relations relations(Around(input));
  std::vector<ObjectRef> ahead(left_out.begin(), left_out.end());
  std::set<ObjectRef> passed;
  while (!ahead.empty()) {
    const ObjectRef ref = std::move(ahead.back());
    ahead.pop_back();
    for (const ObjectRef& other : relations.Of(ref)) {
      const bool changes = written.count(other) != 0;
      if (!changes && !relations.IsShared(other)) continue;
      if (changes ? left_out.insert(other).second : passed.insert(other).second) {
        ahead.push_back(other);
      }
    }
  }
  return left_out;
}

}  // namespace

PlanInput PartOf(const PlanInput& input, const std::set<ObjectRef>& but) {
  PlanInput part = input;
  part.partial = true;
  part.prune = false;
  std::erase_if(part.desired, [&](const Manifest& manifest) {
    return but.count(manifest.object.ref()) != 0;
  });
  std::erase_if(part.predictions,
                [&](const auto& one) { return but.count(one.first) != 0; });
  return part;
}

std::optional<Rest> RestOf(const PlanInput& input, const Plan& plan) {
  const bool as_a_whole =
      std::any_of(plan.set.findings.begin(), plan.set.findings.end(),
                  [](const Finding& finding) { return Stops(finding.ruling); });
  if (as_a_whole) return std::nullopt;
  Rest rest{PartOf(input, LeftOut(input, plan)), {}};
  rest.plan = MakePlan(rest.input);
  if (Stops(rest.plan.set.verdict())) return std::nullopt;
  const bool writes =
      std::any_of(rest.plan.set.changes.begin(), rest.plan.set.changes.end(),
                  [](const Change& change) { return Writes(change.action); });
  if (!writes) return std::nullopt;
  return rest;
}

}  // namespace holdfast
