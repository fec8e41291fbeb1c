// Adoption: an object that somebody else wrote becomes ours.
//
// Server-side apply removes a field that Git drops only if we applied it before
// (KEP-555). Of an object that was first written by kubectl, Helm, Argo CD or Flux
// managedFields has the fields under their names: what Git drops would stay, and
// every change would be a conflict with a tool that has gone. So the fields of such
// predecessors are made ours first, which is what kubectl does itself when somebody
// goes over from client-side to server-side apply.
//
// Only the first time. Once we have applied an object, whoever writes to it by hand
// is another manager again.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diff/object.h"
#include "diff/ownership.h"

namespace holdfast {

/// True for an entry of a tool that applies whole manifests: kubectl apply, create
/// and replace, Helm, Argo CD, Flux; and for what the server calls
/// "before-first-apply". Not for what people do to single fields (kubectl edit, patch,
/// scale, label, rollout), nor for controllers.
bool IsPredecessor(const ManagedEntry& entry);

/// The names of the predecessors on `live`, sorted, each once. None once `manager`
/// has applied it.
std::vector<std::string> PredecessorsOn(const Ownership& live, std::string_view manager);

/// Whose the fields of `live` are, all that predecessors hold being what `manager`
/// applied. Entries that were written in another version of the API stay as they are.
/// What was applied as a Secret's stringData is held in data, where it ended up. What ties
/// a claim and its volume together (claimRef, volumeName) is nobody's then, so it stays.
Ownership AdoptedOwnership(const Object& live, std::string_view manager);

/// metadata.managedFields of `live` after the adoption, but for what is at or below
/// `kept`: what the server filled in stays nobody's, and so do the manifest that kubectl
/// apply has noted down and the maps of labels and annotations themselves: somebody's
/// annotation may be in them of which managedFields does not know.
Json AdoptedManagedFields(const Object& live, std::string_view manager,
                          const std::vector<FieldPath>& kept);

/// Where kubectl apply keeps the manifest (a Secret's values among it).
inline constexpr std::string_view kLastApplied =
    "kubectl.kubernetes.io/last-applied-configuration";

}  // namespace holdfast
