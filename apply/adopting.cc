#include "apply/adopting.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "apply/managed_fields.h"
#include "diff/adoption.h"
#include "diff/compare.h"
#include "diff/leaves.h"
#include "diff/normalize.h"

namespace holdfast {
namespace {

/// How often an object may change its status between our read and our patch.
constexpr int kTries = 5;

/// What makes `from` into `to`, as a merge patch.
Json MergePatch(const Json& from, const Json& to) {
  if (!from.is_object() || !to.is_object()) return to;
  Json patch = Json::object();
  for (const auto& [key, value] : from.items()) {
    if (!to.contains(key)) patch[key] = nullptr;
  }
  for (const auto& [key, value] : to.items()) {
    const Json* was = FindIn(from, key);
    if (was == nullptr) {
      patch[key] = value;
    } else if (*was != value) {
      patch[key] = MergePatch(*was, value);
    }
  }
  return patch;
}

/// Removes the field at `path`, if it is there.
void Erase(Json& json, const FieldPath& path) {
  const std::string pointer = path.PointerIn(json);
  // Of a field that is not there the pointer is that of an ancestor.
  const auto depth = std::count(pointer.begin(), pointer.end(), '/');
  if (path.empty() || static_cast<std::size_t>(depth) != path.steps().size()) return;
  const Json::json_pointer at(pointer);
  Json& parent = json[at.parent_pointer()];
  if (parent.is_array()) {
    parent.erase(static_cast<std::size_t>(std::stoul(at.back())));
  } else {
    parent.erase(at.back());
  }
}

/// The value at `path`, or null.
const Json* At(const Type& kind, const Json& json, const FieldPath& path) {
  const Type* type = &kind;
  const Json* here = &json;
  for (const PathStep& step : path.steps()) {
    here = Descend(*type, *here, step);
    if (here == nullptr) return nullptr;
    type = FieldAt(*type, step).type;
  }
  return here;
}

/// One trial that goes on until the server takes it: first without all that predecessors
/// leave; where the server declines, what its complaint is about is tried one by one.
class Trial {
 public:
  Trial(const AdoptionTrial& trial, const Schema& schema)
      : trial_(trial), kind_(schema.TypeOf(trial.live.gvk())), going_(trial.dropped) {}

  PatchCall Call() const {
    Json to = trial_.applied.json();
    for (const FieldPath& path : going_) Erase(to, path);
    if (!singly_.empty()) Erase(to, singly_.back());
    // The server's own part is as it was: this is about what people wrote.
    for (const char* key : {"managedFields", "resourceVersion", "generation"}) {
      to["metadata"].erase(key);
      if (const Json* was = FindIn(trial_.live.json(), "metadata", key)) {
        to["metadata"][key] = *was;
      }
    }
    to.erase("status");
    Json from = trial_.live.json();
    from.erase("status");
    return {trial_.live, MergePatch(from, to), WriteMode::kDryRun};
  }

  /// False if it must be asked again. Each time there is a field less to ask about.
  bool Take(ApplyAnswer answer) {
    const auto* no = std::get_if<Rejection>(&answer);
    if (singly_.empty()) {
      if (no != nullptr && TryOneByOne(*no)) return false;
      taken_ = std::move(answer);
    } else if (std::holds_alternative<Error>(answer)) {
      singly_.clear();
      taken_ = std::move(answer);
    } else if (no != nullptr) {
      refused_.push_back(singly_.back());
      kept_.push_back(std::move(singly_.back()));
      singly_.pop_back();
    } else {
      going_.push_back(std::move(singly_.back()));
      singly_.pop_back();
      taken_ = std::move(answer);
    }
    return singly_.empty() && taken_.has_value();
  }

  bool done() const { return singly_.empty() && taken_.has_value(); }

  AdoptionForecast Forecast() && {
    if (const auto* result = std::get_if<Object>(&*taken_)) NoteFilledIn(*result);
    return {std::move(*taken_), std::move(kept_), std::move(refused_)};
  }

 private:
  /// False if the complaint is about none of the fields that go.
  bool TryOneByOne(const Rejection& no) {
    const auto split = std::stable_partition(going_.begin(), going_.end(),
                                             [&](const auto& path) { return !Names(no, path); });
    singly_.assign(split, going_.end());
    going_.erase(split, going_.end());
    return !singly_.empty();
  }

  /// True if a cause of `no` is of `path`, of something above it or below it. A cause
  /// without a place, or none at all, is of all of them.
  static bool Names(const Rejection& no, const FieldPath& path) {
    return no.causes.empty() ||
           std::any_of(no.causes.begin(), no.causes.end(), [&](const auto& cause) {
             const auto named = FieldPath::Parse(cause.field);
             return !named.ok() || path.StartsWith(*named) || named->StartsWith(path);
           });
  }

  /// What is still there, as it was, has been filled in by the server.
  void NoteFilledIn(const Object& result) {
    for (const FieldPath& path : going_) {
      const Json* was = At(kind_, trial_.live.json(), path);
      const Json* is = At(kind_, result.json(), path);
      if (was != nullptr && is != nullptr && *was == *is) kept_.push_back(path);
    }
  }

  const AdoptionTrial& trial_;
  const Type& kind_;
  std::vector<FieldPath> going_;   ///< Without these, as far as is known.
  std::vector<FieldPath> singly_;  ///< Each of these is yet to be tried.
  std::vector<FieldPath> kept_;
  std::vector<FieldPath> refused_;
  std::optional<ApplyAnswer> taken_;  ///< The server's answer to going_.
};

/// Who wrote before us holds the same fields in both.
bool SamePredecessors(const Object& a, const Object& b) {
  const auto adopted = [](const Object& object) {
    const Ownership ownership = AdoptedOwnership(object, kFieldManager);
    const ManagedEntry* ours = ownership.AppliedBy(kFieldManager);
    return ours == nullptr ? Json() : ours->fields.ToJson();
  };
  return adopted(a) == adopted(b);
}

Json AdoptionPatch(const Object& fresh, const std::vector<FieldPath>& kept) {
  Json metadata = {{"resourceVersion", fresh.resource_version()},
                   {"managedFields", AdoptedManagedFields(fresh, kFieldManager, kept)}};
  if (fresh.ref().Is("", "Secret") && !fresh.annotation(kLastApplied).empty()) {
    metadata["annotations"] = {{std::string(kLastApplied), nullptr}};
  }
  return {{"metadata", std::move(metadata)}};
}

ApplyAnswer AdoptOne(Cluster& cluster, const AdoptCall& call) {
  const ObjectRef& ref = call.live.ref();
  ApplyAnswer answer = Internal(ref.ToString() + ": was not adopted");
  for (int i = 0; i < kTries; ++i) {
    auto fresh = cluster.Get({{call.live.gvk(), ref.name_space, ref.name}}).front();
    if (!fresh.ok()) return fresh.error();
    if (fresh->uid() != call.live.uid() || !SamePredecessors(*fresh, call.live) ||
        !Difference(call.live, *fresh, EmptySchema()).empty()) {
      return Rejection{.kind = Rejection::Kind::kConflict,
                       .http_status = 409,
                       .message =
                           "somebody changed it while it was compared; the next run "
                           "compares it again",
                       .causes = {}};
    }
    answer = cluster.Patch({{*fresh, AdoptionPatch(*fresh, call.kept), WriteMode::kReal}})
                 .front();
    const auto* no = std::get_if<Rejection>(&answer);
    // Its status has changed meanwhile.
    if (no == nullptr || no->kind != Rejection::Kind::kConflict) return answer;
  }
  return answer;
}

}  // namespace

std::vector<AdoptionForecast> TryAdopting(Cluster& cluster,
                                          const std::vector<AdoptionTrial>& given,
                                          const Schema& schema) {
  std::vector<Trial> trials;
  for (const AdoptionTrial& trial : given) trials.emplace_back(trial, schema);
  // Each round at least one field fewer goes, so it ends.
  for (bool again = true; again;) {
    std::vector<Trial*> asked;
    std::vector<PatchCall> calls;
    for (Trial& trial : trials) {
      if (trial.done()) continue;
      calls.push_back(trial.Call());
      asked.push_back(&trial);
    }
    again = false;
    if (calls.empty()) break;
    std::vector<ApplyAnswer> answers = cluster.Patch(calls);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      again = !asked[i]->Take(std::move(answers[i])) || again;
    }
  }
  std::vector<AdoptionForecast> forecasts;
  for (Trial& trial : trials) forecasts.push_back(std::move(trial).Forecast());
  return forecasts;
}

std::vector<ApplyAnswer> Adopt(Cluster& cluster, const std::vector<AdoptCall>& calls) {
  std::vector<ApplyAnswer> answers;
  for (const AdoptCall& call : calls) answers.push_back(AdoptOne(cluster, call));
  return answers;
}

}  // namespace holdfast
