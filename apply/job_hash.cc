#include "apply/job_hash.h"

#include "apply/digest.h"

namespace holdfast {

std::string HashOfJob(const Object& job) {
  constexpr std::size_t kLength = 16;
  return Sha256Hex(DumpJson(MapIn(job.json(), "spec"))).substr(0, kLength);
}

}  // namespace holdfast
