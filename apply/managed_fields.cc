#include "apply/managed_fields.h"

#include <string>

namespace holdfast {

bool WeOwn(const Object& live, std::initializer_list<std::string_view> path) {
  for (const Json& entry : ArrayIn(live.json(), "metadata", "managedFields")) {
    if (StringIn(entry, "manager") != kFieldManager ||
        StringIn(entry, "operation") != "Apply") {
      continue;
    }
    const Json* at = FindIn(entry, "fieldsV1");
    for (const std::string_view step : path) {
      if (at != nullptr) at = FindIn(*at, "f:" + std::string(step));
    }
    if (at != nullptr) return true;
  }
  return false;
}

}  // namespace holdfast
