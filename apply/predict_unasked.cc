#include "apply/predict_unasked.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "apply/expected_rejection.h"
#include "apply/inventory.h"
#include "apply/managed_fields.h"
#include "apply/rollout.h"
#include "diff/compare.h"
#include "diff/effects.h"
#include "diff/patched.h"

namespace holdfast {
namespace {

std::string DoubtOf(const Comparison& comparison) {
  if (!comparison.doubts.empty()) return comparison.doubts.front();
  // A comparison that has found a difference tells no doubts.
  if (comparison.ownership_known) return "";
  return "metadata.managedFields is missing or cannot be read: whether Git dropped a "
         "field "
         "that was applied before is not known";
}

Prediction PredictionOf(const Object& wanted, const Snapshot& around, const Schema& schema,
                        const KeyedHash& hash, const SecretFields& secret_fields) {
  const Object* live = around.Find(wanted.ref());
  Prediction prediction;
  prediction.rung = Prediction::Rung::kUnasked;
  if (live == nullptr) return prediction;
  prediction.exists = true;
  Comparison comparison = Compare(WithoutOverridden(wanted, *live).value_or(wanted), *live,
                                  kFieldManager, schema);
  prediction.unsure = DoubtOf(comparison);
  if (schema.Find(wanted.gvk()) == nullptr && comparison.answer != Answer::kSame) {
    prediction.unsure = schema.WhyUnknown(wanted.gvk());
  }
  prediction.fields = std::move(comparison.fields);
  const bool left_frozen = IsLeftFrozen(*live, around);
  if (left_frozen) {
    auto thawed = Difference(*live, Thawed(*live, wanted), schema, kFieldManager);
    std::move(thawed.begin(), thawed.end(), std::back_inserter(prediction.fields));
    std::sort(prediction.fields.begin(), prediction.fields.end(),
              [](const FieldChange& a, const FieldChange& b) { return a.path < b.path; });
  }
  prediction.bookkeeping = left_frozen || comparison.bookkeeping ||
                           live->label(kPartOfLabel) != wanted.label(kPartOfLabel);
  if (comparison.answer == Answer::kSame && !prediction.bookkeeping) {
    prediction.rung = Prediction::Rung::kLocal;
    return prediction;
  }
  prediction.rejection = ExpectedRejection(*live, prediction.fields);
  auto result = Object::Make(Patched(live->json(), prediction.fields));
  if (result.ok()) {
    prediction.effects = Effects(*live, *result, prediction.fields);
    if (!prediction.rejection) prediction.result = std::move(result).value();
  }
  MaskChanges(wanted.ref(), prediction.fields, hash, secret_fields);
  return prediction;
}

}  // namespace

std::map<ObjectRef, Prediction> PredictUnasked(const std::vector<Manifest>& desired,
                                               const Snapshot& live, const Schema& schema,
                                               const KeyedHash& hash,
                                               const SecretFields& secret_fields) {
  std::map<ObjectRef, Prediction> predictions;
  for (const Manifest& manifest : desired) {
    const Object& wanted = manifest.object;
    predictions.emplace(wanted.ref(),
                        PredictionOf(wanted, live, schema, hash, secret_fields));
  }
  return predictions;
}

}  // namespace holdfast
