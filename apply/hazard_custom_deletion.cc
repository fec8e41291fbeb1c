// H-A8, H-A9: a custom resource is an order to some operator, and deleting it may be the
// order to delete databases with their claims. Which operators do so cannot be known from
// here, so all count as doing it.

#include "apply/hazard.h"
#include "apply/kinds.h"

namespace holdfast {

void ForbidCustomDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const ObjectRef& ref = deletion.live.ref();
  if (ref.Is("apiextensions.k8s.io", "CustomResourceDefinition")) {
    findings.push_back(
        {"H-A8", Ruling::kRefuse,
         "deleting the definition " + ref.name +
             " deletes every object of its kind in the whole cluster, and their "
             "operators may delete data with them",
         "keep its manifest in Git; an unused definition is deleted by hand"});
    return;
  }
  if (IsBuiltInKind(ref.group, ref.kind) || IsSnapshotKind(ref)) return;
  findings.push_back(
      {"H-A9", Ruling::kRefuse,
       ref.kind + " " + ref.name + " is a custom resource (" + ref.group +
           "): its operator may delete claims and their data when it goes",
       "keep its manifest in Git, or add the annotation holdfast.dev/prune: disabled and "
       "remove it by the operator's own procedure"});
}

}  // namespace holdfast
