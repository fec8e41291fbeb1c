#include "apply/leaving_claims.h"

#include "apply/pod_template.h"

namespace holdfast {
namespace {

long long FirstOrdinal(const Object& set) {
  return IntegerIn(0, set.json(), "spec", "ordinals", "start");
}

}  // namespace

std::vector<const Object*> LeavingClaims(const Object& before, const Object& after,
                                         const Snapshot& live) {
  std::vector<const Object*> leaving;
  const long long first = FirstOrdinal(after);
  const long long end = first + ReplicasOf(after);
  const auto names = ClaimTemplateNames(before);
  for (long long i = FirstOrdinal(before); i < FirstOrdinal(before) + ReplicasOf(before);
       ++i) {
    if (i >= first && i < end) continue;
    for (const std::string& name : names) {
      const Object* claim =
          live.Find({"", "PersistentVolumeClaim", before.ref().name_space,
                     name + "-" + before.ref().name + "-" + std::to_string(i)});
      if (claim != nullptr) leaving.push_back(claim);
    }
  }
  return leaving;
}

}  // namespace holdfast
