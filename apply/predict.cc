#include "apply/predict.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include "apply/adopting.h"
#include "apply/applier.h"
#include "apply/guard.h"
#include "apply/inventory_store.h"
#include "apply/kinds.h"
#include "apply/managed_fields.h"
#include "apply/rollout.h"
#include "diff/adoption.h"
#include "diff/compare.h"
#include "diff/effects.h"
#include "diff/field_path.h"

namespace holdfast {
namespace {

/// How often an object is compared again because somebody has changed it.
constexpr int kRounds = 5;

/// The place in Git of a field as the server names it, or of the document.
std::string WhereIs(const Manifest& manifest, const std::string& field) {
  const auto path = FieldPath::Parse(field);
  if (!path.ok()) return manifest.source.ToString();
  return manifest.WhereIs(path->PointerIn(manifest.object.json()));
}

std::string Named(const Manifest& manifest) { return manifest.object.ref().ToString(); }

/// True if the server says that there is no partition beside OnDelete: ours holds a rollout.
bool IsHeldByBrake(const Rejection& no, const Manifest& manifest) {
  const Json& strategy = MapIn(manifest.object.json(), "spec", "updateStrategy");
  return IsStatefulSet(manifest.object.ref()) && StringIn(strategy, "type") == "OnDelete" &&
         FindIn(strategy, "rollingUpdate") == nullptr &&
         no.message.find("spec.updateStrategy.rollingUpdate") != std::string::npos;
}

/// The sentence for a rejection that people mend in Git or in the cluster.
Error Explain(const Rejection& no, const Manifest& manifest) {
  const std::string field = no.causes.empty() ? "" : no.causes.front().field;
  const std::string where = WhereIs(manifest, field) + ": " + Named(manifest) + ": ";
  const ObjectRef& ref = manifest.object.ref();
  switch (no.kind) {
    case Rejection::Kind::kUnknownField: {
      const auto path = FieldPath::Parse(field);
      const std::string name = path.ok() ? path->ToString() : field;
      return Invalid(where + "there is no field " + name +
                     " in this kind; correct its spelling or its place");
    }
    case Rejection::Kind::kNotFound:
      return Error{ErrorCode::kNotFound,
                   where + "namespace " + ref.name_space +
                       " does not exist; add a Namespace to the repository or create it"};
    case Rejection::Kind::kForbidden:
      return Error{ErrorCode::kDenied, where + "the API server forbids it: " + no.message};
    case Rejection::Kind::kAdmission:
      return Error{ErrorCode::kDenied, where + "admission control declined it: " + no.message};
    case Rejection::Kind::kInvalid:
      if (IsHeldByBrake(no, manifest)) {
        return Invalid(where +
                       "a rollout of it is under way, and OnDelete would let go of it half-way: "
                       "write RollingUpdate until it has ended, and OnDelete then");
      }
      return Invalid(where + "the API server does not accept it: " + no.message);
    default:
      return Error{ErrorCode::kConflict, where + "the API server declined it: " + no.message};
  }
}

class Predictor {
 public:
  Predictor(const Resolved& desired, Snapshot& live, const PredictOptions& options)
      : desired_(desired),
        live_(live),
        options_(options),
        mask_({}, options.secret_fields) {
    for (const Manifest& manifest : desired.manifests) {
      const ObjectRef& ref = manifest.object.ref();
      if (ref.Is("", "Namespace")) coming_namespaces_.insert(ref.name);
      if (MayHoldSecrets(ref, options_.secret_fields)) mask_.Add(manifest.object);
    }
    for (const auto& [ref, object] : live.objects) {
      if (MayHoldSecrets(ref, options_.secret_fields)) mask_.Add(object);
    }
  }

  Predictions Run(Cluster& cluster) {
    std::vector<const Manifest*> left;
    for (const Manifest& manifest : desired_.manifests) left.push_back(&manifest);
    for (int i = 0; i < kRounds && !left.empty(); ++i) left = Round(cluster, left);
    for (const Manifest* manifest : left) {
      predictions_.errors.push_back(
          Error{ErrorCode::kConflict,
                manifest->source.ToString() + ": " + Named(*manifest) +
                    ": changes faster than it can be compared; stop what writes to it"});
    }
    return std::move(predictions_);
  }

 private:
  /// Compares `these`; returns those that somebody changed meanwhile, read again.
  std::vector<const Manifest*> Round(Cluster& cluster,
                                     const std::vector<const Manifest*>& these) {
    std::vector<const Manifest*> asked;
    for (const Manifest* manifest : these) {
      if (!Locally(*manifest)) asked.push_back(manifest);
    }
    std::vector<ApplyAnswer> answers = DryRun(cluster, asked);
    std::vector<const Manifest*> again;
    std::vector<std::size_t> at;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (!SettlesConflict(*asked[i], answers[i])) continue;
      again.push_back(asked[i]);
      at.push_back(i);
    }
    std::vector<ApplyAnswer> second = DryRun(cluster, again);
    for (std::size_t k = 0; k < at.size(); ++k) answers[at[k]] = std::move(second[k]);
    ForecastAdoptions(cluster, asked, answers);
    std::vector<const Manifest*> changed;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (IsStale(*asked[i], answers[i])) {
        changed.push_back(asked[i]);
      } else {
        Note(*asked[i], std::move(answers[i]));
      }
    }
    ReadAgain(cluster, changed);
    return changed;
  }

  /// A dry run answers with the resourceVersion of the object that it was tried on.
  bool IsStale(const Manifest& manifest, const ApplyAnswer& answer) const {
    const auto* object = std::get_if<Object>(&answer);
    if (object == nullptr) return false;
    const Object* live = live_.Find(manifest.object.ref());
    const std::string read = live == nullptr ? "" : live->resource_version();
    return object->resource_version() != read;
  }

  void ReadAgain(Cluster& cluster, const std::vector<const Manifest*>& changed) {
    if (changed.empty()) return;
    std::vector<ObjectKey> keys;
    for (const Manifest* manifest : changed) {
      const ObjectRef& ref = manifest->object.ref();
      keys.push_back({manifest->object.gvk(), ref.name_space, ref.name});
    }
    auto objects = cluster.Get(keys);
    for (std::size_t i = 0; i < changed.size(); ++i) {
      const ObjectRef& ref = changed[i]->object.ref();
      predictions_.of.erase(ref);
      settled_.erase(ref);
      dropped_.erase(ref);
      live_.objects.erase(ref);
      if (objects[i].ok()) {
        live_.objects.emplace(ref, std::move(objects[i]).value());
        if (MayHoldSecrets(ref, options_.secret_fields)) mask_.Add(live_.objects.at(ref));
      } else if (objects[i].error().code != ErrorCode::kNotFound) {
        predictions_.errors.push_back(objects[i].error());
      }
    }
  }

  std::vector<ApplyAnswer> DryRun(Cluster& cluster,
                                  const std::vector<const Manifest*>& asked) const {
    std::vector<ApplyCall> calls;
    for (const Manifest* manifest : asked) {
      const auto prediction = predictions_.of.find(manifest->object.ref());
      const bool spelled =
          prediction != predictions_.of.end() && prediction->second.spelled.has_value();
      const Object object = spelled ? *prediction->second.spelled : AsSent(*manifest);
      // Nobody is overruled: their fields are ours before the real apply.
      const bool settled = settled_.contains(object.ref());
      calls.push_back({object, WriteMode::kDryRun,
                       settled ? OnFieldConflict::kTakeOver : ConflictPolicy(object)});
    }
    return calls.empty() ? std::vector<ApplyAnswer>() : cluster.Apply(calls);
  }

  /// True if the conflict is none between people, and asking once more will show
  /// what else there is. What remains of it is left in `answer`.
  bool SettlesConflict(const Manifest& manifest, ApplyAnswer& answer) {
    auto* no = std::get_if<Rejection>(&answer);
    const ObjectRef& ref = manifest.object.ref();
    const Object* live = live_.Find(ref);
    if (no == nullptr || no->kind != Rejection::Kind::kFieldConflict || live == nullptr) {
      return false;
    }
    DropPredecessors(*no, *live);
    const std::size_t spelled = SpellLikeLive(manifest, *live, *no);
    const bool all = spelled == no->causes.size();
    if (all && predictions_.of[ref].adoption) settled_.insert(ref);
    return all || spelled > 0;
  }

  /// Conflicts with those whose fields become ours before the apply are none.
  void DropPredecessors(Rejection& no, const Object& live) const {
    const auto prediction = predictions_.of.find(live.ref());
    if (prediction == predictions_.of.end() || !prediction->second.adoption) return;
    const Ownership adopted = AdoptedOwnership(live, kFieldManager);
    std::erase_if(no.causes, [&](const Rejection::Cause& cause) {
      const auto path = FieldPath::Parse(cause.field);
      return path.ok() && adopted.Others(*path, kFieldManager).empty();
    });
  }

  /// Asks what becomes of the fields that predecessors hold and Git does not have.
  void ForecastAdoptions(Cluster& cluster, const std::vector<const Manifest*>& asked,
                         std::vector<ApplyAnswer>& answers) {
    std::vector<AdoptionTrial> trials;
    std::vector<std::size_t> at;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const auto dropped = dropped_.find(asked[i]->object.ref());
      const auto* applied = std::get_if<Object>(&answers[i]);
      if (dropped == dropped_.end() || applied == nullptr) continue;
      trials.push_back({*live_.Find(dropped->first), *applied, dropped->second});
      at.push_back(i);
    }
    if (trials.empty()) return;
    auto forecasts = TryAdopting(cluster, trials, *options_.schema);
    for (std::size_t k = 0; k < at.size(); ++k) {
      const ObjectRef& ref = asked[at[k]]->object.ref();
      predictions_.of[ref].adoption->kept = std::move(forecasts[k].kept);
      refused_.emplace(ref, std::move(forecasts[k].refused));
      answers[at[k]] = std::move(forecasts[k].result);
    }
  }

  /// Another manager holds a field in another spelling of the same meaning, such as
  /// claim templates with the server's defaults in them: that is no conflict
  /// between people. For how many of the fields the live spelling was taken.
  std::size_t SpellLikeLive(const Manifest& manifest, const Object& live, const Rejection& no) {
    Prediction& prediction = predictions_.of[manifest.object.ref()];
    if (!prediction.unsure.empty()) return 0;
    Json spelled = AsSent(manifest).json();
    std::size_t count = 0;
    for (const Rejection::Cause& cause : no.causes) {
      const auto path = FieldPath::Parse(cause.field);
      if (!path.ok() || Changes(prediction.fields, *path)) continue;
      const std::string here = path->PointerIn(spelled);
      const std::string there = path->PointerIn(live.json());
      // Of a field that is not there the pointer is that of an ancestor.
      const auto depth = static_cast<std::ptrdiff_t>(path->steps().size());
      if (std::count(here.begin(), here.end(), '/') != depth ||
          std::count(there.begin(), there.end(), '/') != depth) {
        continue;
      }
      spelled[Json::json_pointer(here)] = live.json()[Json::json_pointer(there)];
      ++count;
    }
    if (count == 0) return 0;
    auto object = Object::Make(std::move(spelled));
    if (!object.ok()) return 0;
    prediction.spelled = std::move(object).value();
    return count;
  }

  /// True if any of `fields` is `path`, below it, or above it.
  static bool Changes(const std::vector<FieldChange>& fields, const FieldPath& path) {
    return std::any_of(fields.begin(), fields.end(), [&](const FieldChange& field) {
      const auto changed = FieldPath::Parse(field.path);
      return !changed.ok() || changed->StartsWith(path) || path.StartsWith(*changed);
    });
  }

  /// True if the local comparison was sure, or the server cannot be asked yet.
  bool Locally(const Manifest& manifest) {
    const Object& wanted = manifest.object;
    const ObjectRef& ref = wanted.ref();
    const Object* live = live_.Find(ref);
    Prediction& prediction = predictions_.of[ref];
    prediction.exists = live != nullptr;
    if (live != nullptr) {
      const auto yielding = WithoutOverridden(wanted, *live);
      Comparison comparison = Compare(yielding ? *yielding : wanted, *live, kFieldManager,
                                      *options_.schema);
      prediction.bookkeeping = comparison.bookkeeping || IsLeftFrozen(*live, live_);
      if (!comparison.predecessors.empty()) {
        prediction.adoption = Adoption();
        if (!comparison.dropped.empty()) dropped_.emplace(ref, std::move(comparison.dropped));
      }
      prediction.fields = std::move(comparison.fields);
      if (options_.schema->Find(wanted.gvk()) == nullptr) {
        // What merges, what is filled in: only the server knows.
        prediction.unsure = options_.schema->WhyUnknown(wanted.gvk());
      } else if (comparison.answer == Answer::kSame && !prediction.bookkeeping) {
        prediction.rung = Prediction::Rung::kLocal;
        prediction.fields.clear();
        return true;
      }
      if (!comparison.doubts.empty() && prediction.unsure.empty()) {
        prediction.unsure = comparison.doubts.front();
      }
    }
    const auto& left_out = options_.leave_out;
    if (std::find(left_out.begin(), left_out.end(), ref) != left_out.end()) {
      Finish(manifest, wanted);
      return true;
    }
    return IsDeferred(wanted);
  }

  /// Without what a rollout holds for the time: that is no drift, and not Git's to say now.
  Object AsSent(const Manifest& manifest) const {
    const Object* live = live_.Find(manifest.object.ref());
    if (live == nullptr) return manifest.object;
    return WithoutOverridden(manifest.object, *live).value_or(manifest.object);
  }

  bool IsDeferred(const Object& wanted) const {
    const std::string& name_space = wanted.ref().name_space;
    const bool namespace_comes = coming_namespaces_.contains(name_space) &&
                                 live_.Find({"", "Namespace", "", name_space}) == nullptr;
    return desired_.Comes(wanted.gvk()) || namespace_comes;
  }

  void Note(const Manifest& manifest, ApplyAnswer answer) {
    Prediction& prediction = predictions_.of[manifest.object.ref()];
    prediction.rung = Prediction::Rung::kDryRun;
    if (auto* object = std::get_if<Object>(&answer)) {
      prediction.result = std::move(*object);
      if (const Object* live = live_.Find(manifest.object.ref())) {
        if (IsLeftFrozen(*live, live_)) {
          prediction.result = Thawed(*prediction.result, manifest.object);
        }
        prediction.fields =
            Difference(*live, *prediction.result, *options_.schema, kFieldManager);
        // The server writes managedFields anew in any case; whether it would
        // keep anything is seen by the label and by our hold on the fields.
        prediction.bookkeeping = prediction.bookkeeping || !IsOurs(*live, manifest.object);
      }
      Finish(manifest, *prediction.result);
      return;
    }
    if (auto* no = std::get_if<Rejection>(&answer)) {
      if (const Object* live = live_.Find(manifest.object.ref())) DropPredecessors(*no, *live);
      MaskRejection(*no);
      if (IsGuardMatter(*no, manifest.object)) {
        prediction.rejection = std::move(*no);
        Finish(manifest, manifest.object);
      } else {
        predictions_.errors.push_back(Explain(*no, manifest));
      }
      return;
    }
    Error error = std::get<Error>(answer);
    error.message = mask_.Apply(error.message);
    predictions_.errors.push_back(error.In(Named(manifest)).In(manifest.source.ToString()));
  }

  /// Effects first: they look at values that are masked afterwards.
  void Finish(const Manifest& manifest, const Object& after) {
    const ObjectRef& ref = manifest.object.ref();
    Prediction& prediction = predictions_.of[ref];
    if (const Object* live = live_.Find(ref)) {
      prediction.effects = Effects(*live, after, prediction.fields);
    }
    const auto refused = refused_.find(ref);
    if (refused != refused_.end()) {
      for (const FieldPath& path : refused->second) {
        prediction.effects.push_back(path.ToString() +
                                     " stays as it is, though Git does not name it: the API "
                                     "server does not let go of it");
      }
    }
    MaskChanges(ref, prediction.fields, options_.hash, options_.secret_fields);
  }

  static bool IsOurs(const Object& live, const Object& wanted) {
    return live.label(kPartOfLabel) == wanted.label(kPartOfLabel);
  }

  void MaskRejection(Rejection& no) {
    no.message = mask_.Apply(no.message);
    for (Rejection::Cause& cause : no.causes) cause.message = mask_.Apply(cause.message);
  }

  const Resolved& desired_;
  Snapshot& live_;
  const PredictOptions& options_;
  std::set<std::string> coming_namespaces_;
  std::set<ObjectRef> settled_;  ///< Their conflicts are with predecessors alone.
  std::map<ObjectRef, std::vector<FieldPath>> dropped_;  ///< With predecessors.
  std::map<ObjectRef, std::vector<FieldPath>> refused_;  ///< Of these; they stay.
  TextMask mask_;
  Predictions predictions_;
};

}  // namespace

Predictions Predict(Cluster& cluster, const Resolved& desired, Snapshot& live,
                    const PredictOptions& options) {
  return Predictor(desired, live, options).Run(cluster);
}

}  // namespace holdfast
