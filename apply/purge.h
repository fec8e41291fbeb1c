// Purge: the end of a quarantined volume and of the data on it.
//
// The only way in which data die (safety.md 2.2, rows 16 and 17): a claim was detached,
// seven days have passed, and an Approval `destroy` names the volume by its uid. What is
// destroyed then is judged by DestroyVolume (apply/hazard_purge.cc).

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apply/approval.h"
#include "diff/object.h"
#include "diff/snapshot.h"

namespace holdfast {

/// How long a volume is kept after its claim has gone, in seconds: seven days.
inline constexpr long long kRetention = 7LL * 86400;

/// On a volume that is being destroyed: the name of the Approval that it is destroyed by.
/// Written together with the reclaim policy Delete, which is what destroys.
inline constexpr const char* kDestroyedBy = "holdfast.dev/destroyed-by";

/// From when on a quarantined volume may be destroyed, by the server's clock: the
/// retention time after it was detached, as it is recorded on the volume, and after it
/// became Released, as the server records it; the later of the two. Nothing where either
/// cannot be read.
std::optional<long long> MayGoFrom(const Object& volume);

/// What one Approval `destroy` comes to. All its volumes go, or none.
struct Purge {
  const Approval* approval = nullptr;
  std::vector<const Object*> volumes;  ///< To be destroyed now; empty if nothing is.
  /// Where none is: why not, as a clause. Time will tell, or nothing is left to do.
  std::string waits;
  bool unknown = false;  ///< It cannot be told, since the volumes could not be read.
};

/// One for each of `approvals` whose action is destroy. Views into both arguments.
std::vector<Purge> FindPurges(const std::vector<const Approval*>& approvals,
                              const Snapshot& live);

}  // namespace holdfast
