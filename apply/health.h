// Health: has an object become what its spec asks for, and if not, why?

#pragma once

#include <string>
#include <string_view>

#include "diff/object.h"
#include "diff/snapshot.h"

namespace holdfast {

enum class HealthState {
  kCurrent,        ///< Its gate is open: what depends on it may go ahead.
  kInProgress,     ///< Getting there by itself.
  kFailed,         ///< Will not get there without a person: say so at once.
  kPendingManual,  ///< Accepted, and waits for somebody on purpose (OnDelete, partition).
  kTerminating,    ///< Being deleted.
  kUnknown,        ///< Not seen yet, or its status says nothing about this generation.
};

/// "Current", "InProgress", ... as kstatus writes them.
std::string_view ToString(HealthState state);

struct Health {
  HealthState state = HealthState::kUnknown;
  std::string sentence;  ///< "2 of 3 pods ready; cassandra-2: image pull back-off"
};

/// The readiness gate of order.md 3.4 for `live`.
///
/// `around` is what the gate looks at besides the object: StorageClasses for
/// claims, pods (by owner) and claims for workloads, Events for reasons. What is
/// not in it makes the sentence poorer, never the answer more optimistic.
/// kUnknown until metadata.generation is status.observedGeneration, where the
/// kind has it. Pure.
Health HealthOf(const Object& live, const Snapshot& around);

/// True once the gate lets its dependants go ahead: kCurrent or kPendingManual.
bool OpensGate(const Health& health);

}  // namespace holdfast
