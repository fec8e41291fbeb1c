// Adopting: making an object that somebody else wrote ours, on the server.
//
// Whose fields become ours, and why, is told in diff/adoption.h. Here it is tried
// before the first write, and then done: managedFields is written anew by a patch,
// and the apply after it removes what Git does not have.

#pragma once

#include <vector>

#include "apply/cluster.h"
#include "diff/field_path.h"
#include "diff/schema.h"

namespace holdfast {

/// An object as it is live and as a dry-run apply would leave it, with the fields
/// that go with the predecessors (Comparison::dropped).
struct AdoptionTrial {
  Object live;
  Object applied;
  std::vector<FieldPath> dropped;
};

struct AdoptionForecast {
  /// `applied` without what goes, the server's defaults put back; or why the
  /// server could not tell.
  ApplyAnswer result;
  /// Those of `dropped` that stay: the server fills them in, or does not let go
  /// of them (an immutable field that it filled in once).
  std::vector<FieldPath> kept;
  /// Those of `kept` of which the server does not let go.
  std::vector<FieldPath> refused;
};

/// Dry runs; nothing is written. In the order of `trials`.
std::vector<AdoptionForecast> TryAdopting(Cluster& cluster,
                                          const std::vector<AdoptionTrial>& trials,
                                          const Schema& schema);

struct AdoptCall {
  Object live;                  ///< As it was when the plan was made.
  std::vector<FieldPath> kept;  ///< Of the forecast.
};

/// Makes the fields of predecessors ours; values are not touched. What kubectl apply has
/// noted down of a Secret goes: its old values could be read there for ever. A Rejection of kind kConflict where
/// somebody has changed the object, or whose its fields are, since it was read. In the
/// order of `calls`.
std::vector<ApplyAnswer> Adopt(Cluster& cluster, const std::vector<AdoptCall>& calls);

}  // namespace holdfast
