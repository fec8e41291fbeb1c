// Connect: from the command line and the environment to a cluster.

#pragma once

#include <memory>
#include <string>

#include "apply/cluster.h"
#include "daemon/cli.h"
#include "daemon/environment.h"
#include "diff/result.h"

namespace holdfast {

struct Connected {
  std::unique_ptr<Cluster> cluster;
  std::string default_namespace;  ///< Of the context, or of the Pod.
};

/// Finds credentials in the order of cli.md: --kubeconfig, $KUBECONFIG (several
/// files are merged), ~/.kube/config, the Pod's service account. Sends nothing
/// yet, so a cluster that is away is found out by the first request.
Result<Connected> Connect(const ClusterArgs& arguments, const Environment& environment);

}  // namespace holdfast
