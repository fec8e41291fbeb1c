// H-H5: an object is gone from the revision, but its file is there: the layout leaves it
// out now. Nobody has removed the object.

#include "apply/hazard.h"

namespace holdfast {

void RefuseLeftOut(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const auto& left_out = deletion.outlook.input().left_out;
  const ObjectRef& ref = deletion.live.ref();
  ObjectRef unplaced = ref;
  unplaced.name_space.clear();
  auto found = left_out.find(ref);
  // As written in the file, which need not name the namespace.
  if (found == left_out.end()) found = left_out.find(unplaced);
  if (found == left_out.end()) return;
  findings.push_back(
      {"H-H5", Ruling::kRefuse,
       ref.ToString() + " still stands in " + found->second.ToString() +
           ", which is not read any more: a pattern in .holdfast.yaml, or the name of the "
           "file, leaves it out. Taken for a removal, that would delete it",
       "take the file in again; or, if the object is to go, remove it from the file"});
}

}  // namespace holdfast
