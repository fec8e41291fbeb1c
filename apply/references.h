// References: what an object names in its spec, and so needs before it.

#pragma once

#include <string>
#include <vector>

#include "diff/manifest.h"
#include "diff/object.h"
#include "diff/object_ref.h"

namespace holdfast {

enum class EdgeStrength {
  kHard,  ///< It cannot work without: the named object must exist, here or live.
  kSoft,  ///< Orders two objects where both are there; nothing is missing without it.
};

/// `from` must wait for `to`.
struct Edge {
  ObjectRef from;
  ObjectRef to;
  EdgeStrength strength = EdgeStrength::kHard;
  bool optional = false;  ///< The reference itself says that it may be missing.
  /// Of a soft edge: a bare word that may mean something else ("wordpress" as the
  /// name of a database, not of the Service). The first to go where edges form a cycle.
  bool guess = false;
  std::string why;      ///< "env WORDPRESS_DB_HOST names Service wordpress-mysql"
  std::string pointer;  ///< RFC 6901, where in `from`; empty if nowhere.
};

/// Every edge of order.md 3.3 among and out of `desired`, sorted, at most one of
/// a strength between two objects. Namespaces are filled in already. Pure.
///
/// Hard ones may lead to an object that is not in `desired`; soft ones never do.
/// What selects pods (Service, PodDisruptionBudget, NetworkPolicy) is the `to` of
/// a soft edge from the workload: it comes before, and when both go, it goes after.
std::vector<Edge> FindReferences(const std::vector<Manifest>& desired);

/// The same among objects that nobody wrote by hand: those that a plan deletes.
std::vector<Edge> FindReferences(const std::vector<const Object*>& objects);

/// Hard references of one object alone, live or desired: what it names. Used to
/// ask who still needs an object that would be deleted.
std::vector<Edge> ReferencesOf(const Object& object);

}  // namespace holdfast
