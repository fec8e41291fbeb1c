// H-H9: what Holdfast itself lives on is not its own to delete, nor Git's to write. Its
// records tell it what is its own, which approvals are used up and what is half done; a
// manifest would put them back to what was true once.

#include "apply/hazard.h"
#include "apply/inventory.h"

namespace holdfast {

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

void RefuseOwnRecord(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!IsOwnRecord(change.ref(), change.outlook.input().inventory_namespace)) return;
  findings.push_back(
      {"H-H9", Ruling::kRefuse,
       change.manifest.source.ToString() + ": " + change.ref().ToString() +
           " has a name that Holdfast gives to its own records: what Git says of one is "
           "out of date, and by it Holdfast would no longer know what it may delete",
       "remove it from Git; Holdfast keeps these itself, and leaves it alone then. An "
       "object of your own takes another name"});
}

}  // namespace holdfast
