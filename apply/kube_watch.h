// One open watch of a KubeCluster. Inner part of kube_cluster.

#pragma once

#include <string>
#include <vector>

#include "apply/kube_cluster.h"

namespace holdfast {

struct KubeCluster::OpenWatch {
  WatchId id = 0;
  StreamId stream = 0;
  std::string what;  ///< "watch ConfigMap in default"
  Gvk gvk;
  Clock::TimePoint ends_by;  ///< The server ends it before; if not, it is dead.
  LineSplitter lines;
  std::string error_body;  ///< Of an answer that is no success.
  bool has_ended = false;

  /// Adds its last event, which says why.
  void End(WatchEvent::Kind kind, const std::string& why,
           std::vector<WatchEvent>& events) {
    events.push_back({id, kind, std::nullopt, "", what + ": " + why});
    has_ended = true;
  }
};

}  // namespace holdfast
