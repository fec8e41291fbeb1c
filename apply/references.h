// References: what an object names in its spec, and so needs before it.

#pragma once

#include <string>
#include <vector>

#include "diff/manifest.h"
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
  std::string why;        ///< "env WORDPRESS_DB_HOST names Service wordpress-mysql"
  std::string pointer;    ///< RFC 6901, where in `from`; empty if nowhere.
};

/// Every edge of order.md 3.3 among and out of `desired`, sorted. Namespaces
/// are filled in already. Pure.
std::vector<Edge> FindReferences(const std::vector<Manifest>& desired);

/// Hard references of one object alone, live or desired: what it names. Used to
/// ask who still needs an object that would be deleted.
std::vector<Edge> ReferencesOf(const Object& object);

}  // namespace holdfast
