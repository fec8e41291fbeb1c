// ClaimState: what safety.md 2.1 wants to know of a claim before it may be deleted.

#pragma once

#include <string>

#include "apply/outlook.h"

namespace holdfast {

/// Whether anything can have been written through a claim.
enum class Binding {
  kNever,         ///< Pending, without a volume, and none is on its way.
  kProvisioning,  ///< Pending, and a volume may be on its way.
  kBound,
  kLost,     ///< Its volume is gone or belongs to another claim: a phase without end.
  kUnclear,  ///< None of these: what there is contradicts itself.
};

/// REQUIRES that the PersistentVolumes were listed. A volume counts as on its way while
/// the claim names a node or a provisioner, unless it has done so without result for a
/// quarter of an hour.
Binding BindingOf(const Object& claim, const Snapshot& live);

/// The claim's volume, if it is there and says that it is this claim's, by uid; else
/// null.
const Object* VolumeOf(const Object& claim, const Snapshot& live);

/// What would still name the claim after the plan, pods left aside: "Deployment
/// default/web (web.yaml:20)"; empty if nothing does. A StatefulSet names those of its
/// range.
std::string StillNames(const Object& claim, const Outlook& outlook);

/// The StatefulSet that would make a claim of this name after the plan, and its ordinal;
/// empty if none does.
std::string MadeByTemplate(const ObjectRef& claim, const Outlook& outlook);

/// H-A2, for a claim that is Terminating: what becomes of it and of its data, and what to
/// do. Holds.
Finding OnItsWayOut(const Object& claim, const Snapshot& live);

}  // namespace holdfast
