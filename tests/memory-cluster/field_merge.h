// FieldMerge: what server-side apply and an update do to an object and to its
// managedFields (KEP-555, structured-merge-diff).
//
// Written from the specification and not by way of diff/compare, whose answers are tried
// against it; only how lists merge is looked up in the same Schema. The contract suite
// holds it to the real server.

#pragma once

#include <string>
#include <vector>

#include "diff/json.h"
#include "diff/ownership.h"
#include "diff/schema.h"

namespace holdfast::memory {

/// The fields of `object` as whoever wrote it owns them; without identity, status and the
/// server's own metadata.
FieldSet FieldsOf(const Type& type, const Json& object);

/// A field that two managers want to have at different values.
struct FieldConflict {
  FieldPath path;
  std::string manager;
};

struct Merged {
  Json object;
  std::vector<ManagedEntry> managers;
  /// Of an apply: fields of others with another value. They keep them unless the apply
  /// takes over; then they have lost them in `managers`.
  std::vector<FieldConflict> conflicts;
};

/// What an apply of `config` by `manager` makes of `live`: fields that it has are set,
/// fields that the manager applied before and leaves out now go, unless somebody else
/// has them.
Merged MergeApply(const Type& type, const Json& live, std::vector<ManagedEntry> managers,
                  const Json& config, const std::string& manager,
                  const std::string& api_version);

/// Whose the fields are after `manager` has written `after` where `before` was.
std::vector<ManagedEntry> AfterUpdate(const Type& type, const Json& before,
                                      const Json& after,
                                      std::vector<ManagedEntry> managers,
                                      const std::string& manager,
                                      const std::string& api_version);

/// metadata.managedFields, and back.
Json ManagedFieldsOf(const std::vector<ManagedEntry>& managers);

}  // namespace holdfast::memory
