#include "daemon/connect.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "apply/credentials.h"
#include "apply/curl_transport.h"
#include "apply/kube_cluster.h"
#include "daemon/given_file.h"
#include "repo-layout/yaml.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

Result<std::string> ReadFile(const std::string& path) { return ReadGivenFile(path, path); }

Result<Json> ReadKubeconfig(const std::string& path) {
  HOLDFAST_TRY_ASSIGN(const std::string text, ReadGivenFile(path, "kubeconfig " + path));
  const YamlFile file = ParseYaml(text);
  if (!file.errors.empty()) {
    const TextError& error = file.errors.front();
    return Invalid(path + ":" + std::to_string(error.line) + ": " + error.message);
  }
  if (file.documents.empty()) return Invalid(path + " is empty");
  return file.documents.front().json;
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    if (end > at) parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

/// Kubeconfig files in the order in which they count; empty if there is none.
Result<std::vector<std::string>> KubeconfigPaths(const ClusterArgs& arguments,
                                                 const Environment& environment) {
  std::error_code ignored;
  if (!arguments.kubeconfig.empty()) return std::vector<std::string>{arguments.kubeconfig};
  if (const auto listed = environment.variable("KUBECONFIG"); listed && !listed->empty()) {
    std::vector<std::string> present;
    for (const std::string& path : Split(*listed, ':')) {
      if (fs::exists(path, ignored)) present.push_back(path);
    }
    if (present.empty()) {
      return NotFound("none of the files in $KUBECONFIG exists: " + *listed);
    }
    return present;
  }
  if (const auto home = environment.variable("HOME"); home) {
    const std::string path = *home + "/.kube/config";
    if (fs::exists(path, ignored)) return std::vector<std::string>{path};
  }
  return std::vector<std::string>{};
}

Result<Connection> FindConnection(const ClusterArgs& arguments, const Environment& environment) {
  HOLDFAST_TRY_ASSIGN(const std::vector<std::string> paths,
                      KubeconfigPaths(arguments, environment));
  if (!paths.empty()) {
    std::vector<KubeconfigFile> files;
    for (const std::string& path : paths) {
      HOLDFAST_TRY_ASSIGN(Json content, ReadKubeconfig(path));
      files.push_back({fs::absolute(path).parent_path().string(), std::move(content)});
    }
    return FromKubeconfig(MergeKubeconfigs(files), arguments.context, ReadFile);
  }
  const PodEnvironment pod{
      .host = environment.variable("KUBERNETES_SERVICE_HOST").value_or(""),
      .port = environment.variable("KUBERNETES_SERVICE_PORT").value_or("")};
  auto connection = FromPod(pod, ReadFile);
  if (!connection.ok() && connection.error().code == ErrorCode::kNotFound) {
    return NotFound(
        "no cluster is named: give --kubeconfig, set $KUBECONFIG or make ~/.kube/config");
  }
  return connection;
}

/// XDG Base Directory Specification; empty in a Pod without a home.
std::string CacheFolder(const Environment& environment) {
  if (const auto cache = environment.variable("XDG_CACHE_HOME"); cache && !cache->empty()) {
    return *cache + "/holdfast/openapi";
  }
  const auto home = environment.variable("HOME");
  return home && !home->empty() ? *home + "/.cache/holdfast/openapi" : "";
}

}  // namespace

Result<Connected> Connect(const ClusterArgs& arguments, const Environment& environment) {
  HOLDFAST_TRY_ASSIGN(Connection connection, FindConnection(arguments, environment));
  if (!arguments.impersonate.empty()) {
    connection.impersonate = arguments.impersonate;
    connection.identity += ", on behalf of " + arguments.impersonate;
  }
  KubeOptions options;
  options.address = connection.server;
  options.identity = connection.identity;
  options.cancelled = environment.cancelled;
  std::string name_space = connection.name_space;
  auto transport =
      MakeCurlTransport(std::move(connection), {.cancelled = environment.cancelled});
  return Connected{std::make_unique<KubeCluster>(std::move(transport), std::move(options)),
                   std::make_unique<ServerSchema>(OpenApiCache(CacheFolder(environment))),
                   std::move(name_space)};
}

}  // namespace holdfast
