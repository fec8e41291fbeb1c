// Recreation: may a StatefulSet be made anew around its pods (H-D2, H-D3)?
//
// Asked by the plan, and again right before the deletion.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apply/hazard.h"
#include "apply/journal_entry.h"
#include "diff/snapshot.h"

namespace holdfast {

/// The act's name in the journal (apply/recreator.h).
inline constexpr std::string_view kRecreateAct = "resize-recreate";
/// Its steps: while claims grow the set is as it was; from the second on it may be gone,
/// and whoever finds the entry makes it anew; in the third the new one has taken over, and
/// the inventory has yet to learn its uid, which is in `after`.
inline constexpr std::string_view kGrowingStep = "growing";
inline constexpr std::string_view kRecreatingStep = "recreating";
inline constexpr std::string_view kMadeStep = "made";

/// True if claim templates change and no other field of the set that is fixed:
/// GuardTemplateChange has the word, and no other rule.
bool IsTemplateChange(const ChangeCase& change);

/// What the controller of `set`, made anew, has yet to do, as a clause; empty if every pod
/// that the entry knows and that is still there is the set's, and none of them is to be
/// replaced. `live` has the pods of the namespace.
std::string WhatAdoptionWaitsFor(const JournalEntry& entry, const Object& set,
                                 const Snapshot& live);

/// uid of the object that controls `object` through ownerReferences, or "".
std::string ControllerUid(const Object& object);

/// True if the finding says that the StatefulSet is to be made anew, approved or not.
bool IsRecreation(const Finding& finding);

/// The effects of a recreation for people; empty if `change` is none.
std::vector<std::string> EffectsOfRecreation(const ChangeCase& change);

}  // namespace holdfast
