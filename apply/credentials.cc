#include "apply/credentials.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "apply/certificate.h"
#include "diff/base64.h"

namespace holdfast {
namespace {

constexpr std::array<const char*, 4> kFileFields = {
    "certificate-authority", "client-certificate", "client-key", "tokenFile"};

std::string Trimmed(std::string text) {
  const auto is_blank = [](char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  };
  while (!text.empty() && is_blank(text.back())) text.pop_back();
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), is_blank));
  return text;
}

/// The member `field` of the entry `name` in a kubeconfig's list of named things.
const Json* Named(const Json& kubeconfig, const char* list, std::string_view name,
                  const char* field) {
  for (const Json& entry : ArrayIn(kubeconfig, list)) {
    if (StringIn(entry, "name") == name) return FindIn(entry, field);
  }
  return nullptr;
}

std::string NamesOf(const Json& kubeconfig, const char* list) {
  std::set<std::string> names;
  for (const Json& entry : ArrayIn(kubeconfig, list))
    names.insert(StringIn(entry, "name"));
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

bool IsTrue(const Json& in, const char* field) {
  const Json* found = FindIn(in, field);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

/// The PEM of `field`: from "<field>-data" (base64), else from the file it names;
/// "" if there is neither.
Result<std::string> Pem(const Json& in, const std::string& field,
                        const FileReader& read) {
  const std::string data = StringIn(in, field + "-data");
  const std::string path = StringIn(in, field);
  std::string pem;
  if (!data.empty()) {
    HOLDFAST_TRY_ASSIGN(pem, DecodeBase64(data).In(field + "-data"));
  } else if (!path.empty()) {
    HOLDFAST_TRY_ASSIGN(pem, read(path).In(field));
  }
  const bool given = !data.empty() || !path.empty();
  if (given && pem.find("-----BEGIN ") == std::string::npos) {
    return Invalid(field + (data.empty() ? " " + path : "-data") + " is no PEM text");
  }
  return pem;
}

Status CheckServer(const Connection& connection) {
  const bool https = connection.server.starts_with("https://");
  if (!https && !connection.server.starts_with("http://")) {
    return Invalid("its server \"" + connection.server + "\" is no https:// address");
  }
  const bool has_secret = connection.token || !connection.user_name.empty();
  if (!https && has_secret) {
    return Invalid(
        "its server " + connection.server +
        " is plain http, where everyone on the way could read the credentials; "
        "use https");
  }
  return {};
}

Status ReadCluster(const Json& cluster, const FileReader& read, Connection& connection) {
  connection.server = StringIn(cluster, "server");
  while (connection.server.ends_with('/')) connection.server.pop_back();
  if (connection.server.empty()) return Invalid("it names no server");
  if (!StringIn(cluster, "proxy-url").empty()) {
    return Invalid(
        "it asks for a proxy (proxy-url), which Holdfast does not use; give an "
        "address that can be reached directly");
  }
  connection.tls_server_name = StringIn(cluster, "tls-server-name");
  connection.skip_verification = IsTrue(cluster, "insecure-skip-tls-verify");
  HOLDFAST_TRY_ASSIGN(connection.ca_pem, Pem(cluster, "certificate-authority", read));
  const std::string path = StringIn(cluster, "certificate-authority");
  const bool from_data = FindIn(cluster, "certificate-authority-data") != nullptr;
  connection.ca_name = connection.ca_pem.empty() ? "the system's certificate authorities"
                       : from_data ? "certificate-authority-data of the kubeconfig"
                                   : path;
  if (connection.ca_pem.empty()) return {};
  HOLDFAST_TRY_ASSIGN(const std::string who,
                      DescribeCertificate(connection.ca_pem).In("certificate-authority"));
  connection.ca_name += " (" + who + ")";
  return {};
}

/// What we do not do for a user, and what to do instead.
Status RefuseForeignWays(const Json& user) {
  if (const Json* exec = FindIn(user, "exec")) {
    return Invalid(
        "it gets its credentials from the program \"" + StringIn(*exec, "command") +
        "\" (exec), and Holdfast runs no program that a kubeconfig names; give it a "
        "token of a ServiceAccount (kubectl create token) or a client certificate");
  }
  if (const Json* provider = FindIn(user, "auth-provider")) {
    return Invalid(
        "it uses the auth-provider \"" + StringIn(*provider, "name") +
        "\", which Kubernetes has given up; give it a token of a ServiceAccount "
        "(kubectl create token) or a client certificate");
  }
  for (const char* field : {"as", "as-uid", "as-groups", "as-user-extra"}) {
    if (FindIn(user, field) != nullptr) {
      return Invalid(std::string("it impersonates another user (") + field +
                     "), which Holdfast does not do");
    }
  }
  return {};
}

Status ReadUser(const Json& user, const FileReader& read, Connection& connection) {
  HOLDFAST_TRY(RefuseForeignWays(user));
  HOLDFAST_TRY_ASSIGN(connection.client_certificate_pem,
                      Pem(user, "client-certificate", read));
  HOLDFAST_TRY_ASSIGN(connection.client_key_pem, Pem(user, "client-key", read));
  if (connection.client_certificate_pem.empty() != connection.client_key_pem.empty()) {
    return Invalid("client-certificate and client-key go together, and one is missing");
  }
  if (!connection.client_certificate_pem.empty()) {
    HOLDFAST_TRY_ASSIGN(
        const std::string who,
        DescribeCertificate(connection.client_certificate_pem).In("client-certificate"));
    connection.identity += ", client certificate " + who;
  }
  const std::string token_file = StringIn(user, "tokenFile");
  const std::string token = StringIn(user, "token");
  if (!token_file.empty()) {
    HOLDFAST_TRY(read(token_file).In("tokenFile"));
    connection.token = [read, token_file]() -> Result<std::string> {
      HOLDFAST_TRY_ASSIGN(std::string text, read(token_file).In("tokenFile"));
      return Trimmed(std::move(text));
    };
    connection.identity += ", token from " + token_file;
  } else if (!token.empty()) {
    connection.token = [token]() -> Result<std::string> { return token; };
    connection.identity += ", token";
  }
  connection.user_name = StringIn(user, "username");
  connection.password = StringIn(user, "password");
  return {};
}

}  // namespace

Json MergeKubeconfigs(const std::vector<KubeconfigFile>& files) {
  Json merged = Json::object();
  std::set<std::pair<std::string, std::string>> seen;
  for (const KubeconfigFile& file : files) {
    if (!StringIn(file.content, "current-context").empty()) {
      merged.emplace("current-context", StringIn(file.content, "current-context"));
    }
    for (const auto& [list, member] :
         {std::pair{"clusters", "cluster"}, std::pair{"users", "user"},
          std::pair{"contexts", "context"}}) {
      Json& into = merged[list];
      for (const Json& entry : ArrayIn(file.content, list)) {
        if (!seen.emplace(list, StringIn(entry, "name")).second) continue;
        Json copy = entry;
        for (const char* field : kFileFields) {
          const std::string path = StringIn(entry, member, field);
          if (path.empty() || path.front() == '/') continue;
          copy[member][field] = file.folder + "/" + path;
        }
        into.push_back(std::move(copy));
      }
    }
  }
  return merged;
}

Result<Connection> FromKubeconfig(const Json& kubeconfig, std::string_view context,
                                  const FileReader& read) {
  const std::string name =
      context.empty() ? StringIn(kubeconfig, "current-context") : std::string(context);
  const std::string there_are = "; there are: " + NamesOf(kubeconfig, "contexts");
  if (name.empty()) {
    return Invalid("the kubeconfig has no current-context: name one (--context)" +
                   there_are);
  }
  const Json* chosen = Named(kubeconfig, "contexts", name, "context");
  if (chosen == nullptr) {
    return Invalid("the kubeconfig has no context \"" + name + "\"" + there_are);
  }
  const std::string cluster_name = StringIn(*chosen, "cluster");
  const std::string user_name = StringIn(*chosen, "user");
  const Json* cluster = Named(kubeconfig, "clusters", cluster_name, "cluster");
  if (cluster == nullptr) {
    return Invalid(
        "context \"" + name + "\" of the kubeconfig names the cluster \"" + cluster_name +
        "\", which is not there; there are: " + NamesOf(kubeconfig, "clusters"));
  }
  Connection connection;
  connection.identity = user_name.empty() ? "nobody" : "user " + user_name;
  connection.name_space = StringIn(*chosen, "namespace");
  if (connection.name_space.empty()) connection.name_space = "default";
  HOLDFAST_TRY(ReadCluster(*cluster, read, connection)
                   .In("cluster \"" + cluster_name + "\" of the kubeconfig"));
  if (!user_name.empty()) {
    const Json* user = Named(kubeconfig, "users", user_name, "user");
    if (user == nullptr) {
      return Invalid(
          "context \"" + name + "\" of the kubeconfig names the user \"" + user_name +
          "\", which is not there; there are: " + NamesOf(kubeconfig, "users"));
    }
    HOLDFAST_TRY(ReadUser(*user, read, connection)
                     .In("user \"" + user_name + "\" of the kubeconfig"));
  }
  HOLDFAST_TRY(
      CheckServer(connection).In("cluster \"" + cluster_name + "\" of the kubeconfig"));
  return connection;
}

Result<Connection> FromPod(const PodEnvironment& pod, const FileReader& read) {
  if (pod.host.empty() || pod.port.empty()) {
    return NotFound(
        "this is no Pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are "
        "not set");
  }
  Connection connection;
  const bool is_ipv6 = pod.host.find(':') != std::string::npos;
  connection.server =
      "https://" + (is_ipv6 ? "[" + pod.host + "]" : pod.host) + ":" + pod.port;
  connection.ca_name = pod.folder + "/ca.crt";
  HOLDFAST_TRY_ASSIGN(connection.ca_pem,
                      read(connection.ca_name).In("the Pod's service account"));
  const std::string token_path = pod.folder + "/token";
  HOLDFAST_TRY(read(token_path).In("the Pod's service account"));
  connection.token = [read, token_path]() -> Result<std::string> {
    HOLDFAST_TRY_ASSIGN(std::string text,
                        read(token_path).In("the Pod's service account"));
    return Trimmed(std::move(text));
  };
  connection.identity = "the Pod's service account, token from " + token_path;
  auto name_space = read(pod.folder + "/namespace");
  connection.name_space = name_space.ok() ? Trimmed(std::move(name_space).value()) : "";
  if (connection.name_space.empty()) connection.name_space = "default";
  return connection;
}

}  // namespace holdfast
