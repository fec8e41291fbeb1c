// ServedKinds: which kinds a server would serve, where there is none to ask.

#pragma once

#include <vector>

#include "apply/cluster.h"
#include "diff/manifest.h"
#include "diff/object.h"

namespace holdfast {

/// A Discovery for the kinds of `desired`, at the versions that it names: those that
/// Kubernetes itself has, those of which there is an object in `live`, and those that a
/// CustomResourceDefinition in `live` defines. Kinds that are none of these are taken as
/// they are written, namespaced if a manifest names a namespace, and come in `assumed`
/// too, sorted. Kinds that `desired` defines itself are left to Resolve().
struct ServedKinds {
  Discovery discovery;
  std::vector<Gvk> assumed;
};

ServedKinds FindServedKinds(const std::vector<Manifest>& desired,
                            const std::vector<Object>& live);

}  // namespace holdfast
