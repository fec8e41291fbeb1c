// LeftVolumes: volumes on which earlier claims of a StatefulSet have left their data.
//
// The controller of a set makes a claim for each new member, and Kubernetes gives a
// released volume to nobody: the member would start empty beside its own data
// (H-C6). Where a set comes back as a whole, its volumes in quarantine are reserved for
// those claims first, as for a claim of Git (apply/quarantine.h). A member that joins
// others is not given back what it had: a ring takes nobody back who has left it.

#pragma once

#include <string>
#include <vector>

#include "diff/object.h"
#include "diff/snapshot.h"

namespace holdfast {

struct LeftVolume {
  ObjectRef claim;                 ///< Is not live, and will be made for a new member.
  const Object* volume = nullptr;  ///< Its claimRef names one of this name by uid.
  bool comes_back = false;  ///< It is reserved for the claim before the set is sent.
  std::string why_not;      ///< Why a quarantined one does not fit; may be empty.
};

/// Those of the members that `after` has and `before`, the live set or null, has not; by
/// claim. REQUIRES that the PersistentVolumes were listed. A claim that Git has is none
/// that the controller makes: leave that one out.
std::vector<LeftVolume> LeftVolumes(const Object& after, const Object* before,
                                    const Snapshot& live);

/// True if `after` has members that `before`, which may be null, has not, and claims are
/// made for them.
bool MakesClaims(const Object& after, const Object* before);

}  // namespace holdfast
