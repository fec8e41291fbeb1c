// Ordinals: the numbers of a StatefulSet's members.

#pragma once

#include <string>

#include "diff/object.h"

namespace holdfast {

/// From first to end, end left out (spec.ordinals.start, KEP-3335, and spec.replicas).
struct Ordinals {
  long long first = 0;
  long long end = 0;

  bool Has(long long ordinal) const { return ordinal >= first && ordinal < end; }
};

Ordinals OrdinalsOf(const Object& stateful_set);

/// The claim that the template `name` of the set makes for one member.
ObjectRef ClaimOfMember(const Object& stateful_set, const std::string& name,
                        long long ordinal);

}  // namespace holdfast
