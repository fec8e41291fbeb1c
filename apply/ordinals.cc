#include "apply/ordinals.h"

#include "apply/pod_template.h"

namespace holdfast {

Ordinals OrdinalsOf(const Object& stateful_set) {
  const long long first = IntegerIn(0, stateful_set.json(), "spec", "ordinals", "start");
  return {first, first + ReplicasOf(stateful_set)};
}

ObjectRef ClaimOfMember(const Object& stateful_set, const std::string& name,
                        long long ordinal) {
  const ObjectRef& ref = stateful_set.ref();
  return {"", "PersistentVolumeClaim", ref.name_space,
          name + "-" + ref.name + "-" + std::to_string(ordinal)};
}

}  // namespace holdfast
