// Quarantine: volumes whose claim was detached, and how they come back.
//
// A detached volume keeps its data, has reclaim policy Retain and is Released: Kubernetes
// gives it to nobody, not even to a new claim of the old name, which would get an empty
// one (H-C6). When Git adds that claim again, Holdfast reserves the old volume
// for it first: spec.claimRef without uid.

#pragma once

#include <string>

#include "diff/object.h"
#include "diff/snapshot.h"

namespace holdfast {

/// On the volume: its label, with the uid of the claim that it was taken from, and
/// annotations that say more.
inline constexpr const char* kQuarantineLabel = "holdfast.dev/quarantine";
inline constexpr const char* kDetachedClaim = "holdfast.dev/detached-claim";
inline constexpr const char* kDetachedAt = "holdfast.dev/detached-at";
/// What a later purge wants to know of a snapshot, as far as it was known at the detach:
/// which engine used the claim, and since when nobody did.
inline constexpr const char* kDetachedEngine = "holdfast.dev/detached-engine";
inline constexpr const char* kUnusedSince = "holdfast.dev/unused-since";

/// Removes the label and the annotations from a volume.
void ForgetDetach(Json& volume);

/// True for a volume that Holdfast has detached and that nobody has got since.
bool IsQuarantined(const Object& volume);

/// True for a volume that outlives the claim of this uid and comes back to one of its
/// name: reclaim policy Retain, and the label.
bool IsKeptFor(const Object& volume, const std::string& claim_uid);

struct Rebinding {
  const Object* volume = nullptr;  ///< The one that `claim` can have back; null if none.
  std::string why_not;             ///< Why a quarantined one of its name does not fit.
};

/// The quarantined volume that a new claim gets back. `claim` is as the server would make
/// it, its class filled in. REQUIRES that the PersistentVolumes were listed.
Rebinding FindRebinding(const Object& claim, const Snapshot& live);

}  // namespace holdfast
