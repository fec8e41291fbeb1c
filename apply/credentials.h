// Credentials: from a kubeconfig, or from a Pod's service account, to a Connection.
//
// The kubeconfig comes in as JSON, already parsed, and files through a reader, so
// that everything here is tested without a disk. No message quotes a secret.

#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apply/connection.h"
#include "diff/json.h"
#include "diff/result.h"

namespace holdfast {

/// The bytes of the file at `path`.
using FileReader = std::function<Result<std::string>(const std::string& path)>;

struct KubeconfigFile {
  std::string folder;  ///< Absolute; relative paths in `content` start here.
  Json content;
};

/// One kubeconfig of several, as $KUBECONFIG lists them: whatever a file names
/// first stays, later ones add to it. The file paths in it are absolute.
Json MergeKubeconfigs(const std::vector<KubeconfigFile>& files);

/// The Connection of `context`, or of the current context if that is "".
///
/// kInvalid, naming what is wrong and which contexts there are, unless context,
/// cluster and user exist and every file in them can be read. Refused with a
/// sentence: exec plugins and auth-providers (programs that a file names are not
/// run), proxies, impersonation, and credentials over plain http, where everyone
/// on the way would read them. A tokenFile is read again with each batch of requests;
/// so `read` is kept.
Result<Connection> FromKubeconfig(const Json& kubeconfig, std::string_view context,
                                  const FileReader& read);

/// What a Pod finds in its environment and file system.
struct PodEnvironment {
  std::string host;  ///< $KUBERNETES_SERVICE_HOST
  std::string port;  ///< $KUBERNETES_SERVICE_PORT
  /// Holds token, ca.crt and namespace.
  std::string folder = "/var/run/secrets/kubernetes.io/serviceaccount";
};

/// kNotFound if this is no Pod: the environment names no API server.
Result<Connection> FromPod(const PodEnvironment& pod, const FileReader& read);

}  // namespace holdfast
