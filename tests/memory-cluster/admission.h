// Admission: what the API server fills in, and what it declines.
//
// Only what decides over databases and their storage is here: defaults, finalizers,
// fields that are fixed once an object is made. Each sentence is the real server's, since
// rules read them; tests/memory-cluster/contract holds both to the same.

#pragma once

#include <optional>

#include "apply/rejection.h"
#include "diff/object.h"
#include "tests/memory-cluster/server.h"

namespace holdfast::memory {

/// `object` as a create stores it, without identity.
Json Admitted(Json object, const MemoryServer& server);

/// `object` with what the server fills in at any write.
Json Defaulted(const Gvk& gvk, Json object);

/// Why `object` may not be made, if so.
std::optional<Rejection> WhyNotCreated(const Object& object, const MemoryServer& server);

/// Why `after` may not take the place of `before`, if so.
std::optional<Rejection> WhyNotUpdated(const Object& before, const Object& after,
                                       const MemoryServer& server);

/// True for kinds whose metadata.generation counts changes.
bool HasGeneration(const ObjectRef& ref);

}  // namespace holdfast::memory
