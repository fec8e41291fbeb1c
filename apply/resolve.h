// Resolve: which served kind each manifest is of, and in which namespace.

#pragma once

#include <string>
#include <vector>

#include "apply/cluster.h"
#include "diff/manifest.h"

namespace holdfast {

struct Resolved {
  /// Namespaces filled in for namespaced kinds, removed from others.
  std::vector<Manifest> manifests;
  /// One for each manifest whose kind nobody serves: file, line, kind, and what
  /// is served instead.
  std::vector<Error> errors;
  /// Kinds that the server will serve once the CustomResourceDefinitions of
  /// this very revision are established.
  std::vector<ApiResource> coming;

  /// True if `gvk` is one of `coming`.
  bool Comes(const Gvk& gvk) const;
};

/// The kinds and versions that a CustomResourceDefinition has served; none for any other
/// object.
std::vector<ApiResource> KindsDefinedBy(const Object& object);

/// A kind counts as known if `discovery` has it at the manifest's version or a
/// CustomResourceDefinition among `manifests` defines it. A kind of a group that
/// discovery could not read is unknown, and the error says so (H-I3).
/// Pure.
Resolved Resolve(std::vector<Manifest> manifests, const Discovery& discovery,
                 const std::string& default_namespace);

}  // namespace holdfast
