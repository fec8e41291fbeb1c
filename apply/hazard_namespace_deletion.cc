// H-A6, H-H9: a namespace takes everything in it along: claims, snapshots, and what
// others put there. And what Holdfast itself lives on is not its own to delete.

#include "apply/hazard.h"

namespace holdfast {

void ForbidNamespaceDeletion(const DeletionCase& deletion,
                             std::vector<Finding>& findings) {
  const ObjectRef& ref = deletion.live.ref();
  if (!ref.Is("", "Namespace")) return;
  const auto claims = deletion.outlook.live().All("", "PersistentVolumeClaim", ref.name);
  std::string names;
  for (const Object* claim : claims)
    names += (names.empty() ? "" : ", ") + claim->ref().name;
  const std::string held =
      claims.empty()
          ? "everything in it, claims and their data included"
          : "everything in it, the data of its claims (" + names + ") included";
  findings.push_back({"H-A6", Ruling::kRefuse,
                      "deleting namespace " + ref.name + " deletes " + held,
                      "keep the manifest of Namespace " + ref.name +
                          " in Git; remove the objects in it one by one"});
}

void ForbidOwnDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const ObjectRef& ref = deletion.live.ref();
  const std::string& own = deletion.outlook.input().inventory_namespace;
  const bool is_own_space = ref.Is("", "Namespace") && ref.name == own;
  const bool is_in_it = ref.name_space == own;
  const bool is_own_kind = ref.Is("apiextensions.k8s.io", "CustomResourceDefinition") &&
                           ref.name.ends_with(".holdfast.dev");
  if (!is_own_space && !is_in_it && !is_own_kind) return;
  findings.push_back(
      {"H-H9", Ruling::kRefuse,
       ref.ToString() + " belongs to what Holdfast keeps its own records in (" + own +
           "): without them it no longer knows what it may delete",
       "keep its manifest in Git, or delete it by hand after Holdfast is gone"});
}

}  // namespace holdfast
