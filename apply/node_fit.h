// NodeFit: may a pod run on a node, and may a volume be mounted there?
//
// As the scheduler decides it, for what a template and a volume say themselves: labels,
// required node affinity, taints (API reference, NodeSelectorTerm and Toleration). Room,
// spreading and other pods are left aside.

#pragma once

#include "diff/object.h"

namespace holdfast {

/// nodeName, nodeSelector, required node affinity and tolerations.
bool Admits(const Json& pod_spec, const Object& node);

/// True where the volume does not say, too.
bool Reaches(const Object& volume, const Object& node);

/// True if the two pod specs may choose among other nodes.
bool PlacesDiffer(const Json& pod_spec, const Json& other);

}  // namespace holdfast
