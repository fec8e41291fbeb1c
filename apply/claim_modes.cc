#include "apply/claim_modes.h"

#include <algorithm>

namespace holdfast {

bool IsForManyWriters(const ObjectRef& claim, const Outlook& outlook) {
  const Manifest* desired = outlook.Desired(claim);
  const Object* known =
      desired != nullptr ? &desired->object : outlook.live().Find(claim);
  if (known == nullptr) return false;
  const Json& modes = ArrayIn(known->json(), "spec", "accessModes");
  return std::find(modes.begin(), modes.end(), "ReadWriteMany") != modes.end();
}

bool OmitsStorageClass(const Json& claim) {
  return FindIn(claim, "spec", "storageClassName") == nullptr &&
         FindIn(claim, "metadata", "annotations",
                "volume.beta.kubernetes.io/storage-class") == nullptr;
}

}  // namespace holdfast
