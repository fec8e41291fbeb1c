// Readers: how the pods of a workload get the values of a Secret or ConfigMap.

#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "diff/object.h"

namespace holdfast {

/// One way in which a workload takes something from a Secret or ConfigMap.
struct Reading {
  enum class How {
    kEnv,      ///< An environment variable: read when a container starts.
    kVolume,   ///< A mounted volume: the kubelet updates it in place.
    kSubPath,  ///< A mount by subPath: never updated.
    kPull,     ///< Credentials for pulling an image.
  };
  How how = How::kEnv;
  std::string what;  ///< "env MYSQL_PASSWORD", "/etc/mysql/conf.d".

  bool operator==(const Reading&) const = default;
};

/// How `workload` reads any of `keys` of `source` (a Secret or ConfigMap in its own
/// namespace); all keys where `keys` is empty. In the order of the pod template, each
/// once. Volumes that no container mounts are read by nobody.
std::vector<Reading> ReadingsOf(const Object& workload, const ObjectRef& source,
                                const std::set<std::string>& keys);

}  // namespace holdfast
