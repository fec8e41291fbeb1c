// OwnNamespace: the namespace that Holdfast keeps its own objects in.

#pragma once

#include <string>

#include "apply/cluster.h"

namespace holdfast {

/// Makes namespace `name` unless it is there. Also ok() where it may not be read: whoever
/// may not read namespaces may still write into one that exists.
Status MakeNamespace(Cluster& cluster, const std::string& name);

}  // namespace holdfast
