#include "apply/leaving_claims.h"

#include "apply/ordinals.h"
#include "apply/pod_template.h"

namespace holdfast {

std::vector<const Object*> LeavingClaims(const Object& before, const Object& after,
                                         const Snapshot& live) {
  std::vector<const Object*> leaving;
  const Ordinals was = OrdinalsOf(before);
  const Ordinals is = OrdinalsOf(after);
  const auto names = ClaimTemplateNames(before);
  for (long long i = was.first; i < was.end; ++i) {
    if (is.Has(i)) continue;
    for (const std::string& name : names) {
      const Object* claim = live.Find(ClaimOfMember(before, name, i));
      if (claim != nullptr) leaving.push_back(claim);
    }
  }
  return leaving;
}

}  // namespace holdfast
