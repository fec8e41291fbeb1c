#include "apply/finished_job.h"

namespace holdfast {

JobRerun RerunOf(const Manifest& manifest, const PlanInput& input) {
  const ObjectRef& ref = manifest.object.ref();
  if (!ref.Is("batch", "Job") || input.live.Find(ref) != nullptr) return JobRerun::kNo;
  const std::string ran = input.inventory.FinishedHash(ref);
  if (ran.empty()) return JobRerun::kNo;
  const auto hash = input.job_hashes.find(ref);
  const bool same = hash != input.job_hashes.end() && hash->second == ran;
  return same ? JobRerun::kSame : JobRerun::kOther;
}

}  // namespace holdfast
