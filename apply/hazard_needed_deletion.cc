// H-F2, H-F18, H-G10: something is deleted that others still name. Running pods live on;
// the next restart fails, at the worst time.

#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/needed.h"

namespace holdfast {

void ForbidNeededDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  const ObjectRef& ref = deletion.live.ref();
  // Storage classes, claims and volumes have rules of their own.
  if (IsStorageClass(ref) || IsClaim(ref) || IsVolume(ref)) return;
  const Outlook& outlook = deletion.outlook;
  for (const User& user : outlook.UsersOf(ref)) {
    const std::string where = user.where.empty() ? "" : " (" + user.where + ")";
    findings.push_back(
        {HazardOfMissing(ref), user.optional ? Ruling::kWarn : Ruling::kRefuse,
         user.who.ToString() + where + " still needs " + ref.kind + " " + ref.name +
             ": " + user.why + (user.optional ? ", though it can start without" : ""),
         "keep the manifest of " + ref.kind + " " + ref.name +
             " in Git, or first remove what names it"});
    // Sorted with those that cannot do without first: one such says enough.
    return;
  }
  for (const Snapshot::Listed& kind : KindsThatMayName(ref)) {
    const std::string unknown = outlook.Unlisted(kind.group, kind.kind, kind.name_space);
    if (unknown.empty()) continue;
    findings.push_back({HazardOfMissing(ref), Ruling::kHold,
                        "it cannot be told whether anything still needs " + ref.kind +
                            " " + ref.name + ": " + unknown,
                        "let Holdfast list " + kind.kind +
                            " objects, then run again; nothing is deleted before"});
    return;
  }
}

}  // namespace holdfast
