#include "apply/finished_job.h"

namespace holdfast {

JobRerun RerunOf(const Manifest& manifest, const PlanInput& input) {
  const ObjectRef& ref = manifest.object.ref();
  if (!ref.Is("batch", "Job") || input.live.Find(ref) != nullptr) return JobRerun::kNo;
  const auto entry = input.inventory.entries.find(ref);
  const bool has_ended =
      entry != input.inventory.entries.end() && !entry->second.finished.empty();
  if (!has_ended) return JobRerun::kNo;
  const auto hash = input.job_hashes.find(ref);
  const bool same =
      hash != input.job_hashes.end() && hash->second == entry->second.finished;
  return same ? JobRerun::kSame : JobRerun::kOther;
}

}  // namespace holdfast
