// Connect: from the command line and the environment to a cluster.

#pragma once

#include <memory>
#include <string>

#include "apply/cluster.h"
#include "apply/server_schema.h"
#include "daemon/cli.h"
#include "daemon/environment.h"
#include "diff/result.h"

namespace holdfast {

struct Connected {
  std::unique_ptr<Cluster> cluster;
  std::unique_ptr<ServerSchema> schema;  ///< Of that cluster.
  std::string default_namespace;  ///< Of the context, or of the Pod.
};

/// Finds credentials in the order of cli.md: --kubeconfig, $KUBECONFIG (several
/// files are merged), ~/.kube/config, the Pod's service account. Sends nothing
/// yet, so a cluster that is away is found out by the first request. Schemas are
/// cached in $XDG_CACHE_HOME/holdfast or ~/.cache/holdfast, if there is one of them.
Result<Connected> Connect(const ClusterArgs& arguments, const Environment& environment);

}  // namespace holdfast
