#include "tests/memory-cluster/real_bed.h"

#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>
#include <utility>

#include "apply/api_error.h"
#include "apply/api_path.h"
#include "apply/credentials.h"
#include "apply/curl_transport.h"
#include "apply/kube_cluster.h"
#include "repo-layout/yaml.h"

namespace holdfast::memory {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLook{50};
constexpr milliseconds kLongest{30'000};
/// A StatefulSet's next pod follows a second after the one before.
constexpr milliseconds kQuiet{1'500};

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return NotFound("cannot read " + path);
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

Result<Connection> ConnectionOf(const std::string& folder) {
  HOLDFAST_TRY_ASSIGN(const std::string text, ReadFile(folder + "/kubeconfig"));
  YamlFile file = ParseYaml(text);
  if (file.documents.empty()) return Invalid(folder + "/kubeconfig is empty");
  return FromKubeconfig(
      MergeKubeconfigs({{folder, std::move(file.documents.front().json)}}), "", ReadFile);
}

}  // namespace

RealBed::RealBed(std::string folder, std::string scope, std::unique_ptr<Cluster> cluster,
                 std::unique_ptr<Transport> by_hand)
    : folder_(std::move(folder)),
      scope_(std::move(scope)),
      cluster_(std::move(cluster)),
      by_hand_(std::move(by_hand)) {}

Result<std::unique_ptr<RealBed>> RealBed::Open(const std::string& folder,
                                               const std::string& scope) {
  HOLDFAST_TRY_ASSIGN(const Connection connection, ConnectionOf(folder));
  KubeOptions options;
  options.address = connection.server;
  options.identity = connection.identity;
  auto cluster =
      std::make_unique<KubeCluster>(MakeCurlTransport(connection), std::move(options));
  return std::unique_ptr<RealBed>(
      new RealBed(folder, scope, std::move(cluster), MakeCurlTransport(connection)));
}

ApplyAnswer RealBed::Send(const char* method, const char* content_type,
                          const ObjectKey& key, const std::string& manager,
                          const Json& body) {
  const auto discovery = cluster_->Discover();
  if (!discovery.ok()) return discovery.error();
  auto kind = Resolve(**discovery, key.gvk);
  if (!kind.ok()) {
    const auto again = cluster_->Rediscover();
    if (!again.ok()) return again.error();
    kind = Resolve(**again, key.gvk);
    if (!kind.ok()) return kind.error();
  }
  const bool creates = std::string(method) == "POST";
  const auto path = creates ? Result<std::string>(CollectionPath(**kind, key.name_space))
                            : ObjectPath(**kind, key.name_space, key.name);
  if (!path.ok()) return path.error();
  HttpRequest request;
  request.method = method;
  request.target = *path + Query({{"fieldManager", manager}});
  request.headers["Accept"] = "application/json";
  request.headers["Content-Type"] = content_type;
  request.body = DumpJson(body);
  auto answers = by_hand_->Send({request});
  if (!answers.front().ok()) return answers.front().error();
  const AskedFor asked{
      .what = std::string(method) + " " + key.name, .address = "", .identity = ""};
  if (!IsSuccess(*answers.front())) {
    auto no = NoOfWrite(*answers.front(), asked);
    if (auto* rejection = std::get_if<Rejection>(&no)) return std::move(*rejection);
    return std::get<Error>(std::move(no));
  }
  auto json = BodyOf(*answers.front(), asked);
  if (!json.ok()) return json.error();
  // A deletion may be answered by a Status, which has no name.
  auto object = Object::Make(std::move(json).value());
  if (object.ok()) return std::move(object).value();
  return Object::Make({{"apiVersion", key.gvk.ApiVersion()},
                       {"kind", key.gvk.kind},
                       {"metadata", {{"name", key.name}}}})
      .value();
}

ApplyAnswer RealBed::Create(const Object& object) {
  return Send("POST", "application/json",
              {object.gvk(), object.ref().name_space, object.ref().name},
              "kubectl-create", object.json());
}

ApplyAnswer RealBed::Edit(const ObjectKey& key, const Json& changes) {
  return Send("PATCH", "application/merge-patch+json", key, "kubectl-edit", changes);
}

Status RealBed::Delete(const ObjectKey& key, Propagation propagation) {
  const ApplyAnswer answer =
      Send("DELETE", "application/json", key, "",
           {{"apiVersion", "v1"},
            {"kind", "DeleteOptions"},
            {"propagationPolicy",
             propagation == Propagation::kOrphan       ? "Orphan"
             : propagation == Propagation::kForeground ? "Foreground"
                                                       : "Background"}});
  if (const auto* no = std::get_if<Rejection>(&answer)) return ErrorOf(*no, {});
  if (const auto* error = std::get_if<Error>(&answer)) return *error;
  return {};
}

std::vector<Destroyed> RealBed::destroyed() {
  std::vector<Destroyed> all;
  std::ifstream file(folder_ + "/destroyed.log");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    Destroyed one;
    std::getline(fields, one.volume, '\t');
    std::getline(fields, one.claim, '\t');
    std::getline(fields, one.claim_uid, '\t');
    all.push_back(std::move(one));
  }
  return all;
}

bool RealBed::Await(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + kLongest;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kLook);
  }
  return true;
}

/// Names and versions of what the controllers work on.
std::string RealBed::StateOfAll() {
  std::vector<ListCall> calls;
  for (const char* kind : {"Pod", "PersistentVolumeClaim", "PersistentVolume"}) {
    calls.push_back({Gvk{"", "v1", kind}, "", ""});
  }
  for (const char* kind : {"StatefulSet", "Deployment", "ReplicaSet"}) {
    calls.push_back({Gvk{"apps", "v1", kind}, "", ""});
  }
  std::string state;
  for (const auto& list : cluster_->List(calls)) {
    if (!list.ok()) continue;
    for (const Object& object : list->objects) {
      const std::string of_claim =
          StringIn(object.json(), "spec", "claimRef", "namespace");
      const std::string& space =
          object.ref().name_space.empty() ? of_claim : object.ref().name_space;
      if (!space.starts_with(scope_)) continue;
      state += object.ref().ToString() + "@" + object.resource_version() + "\n";
    }
  }
  return state;
}

void RealBed::Settle() {
  const auto deadline = std::chrono::steady_clock::now() + kLongest;
  std::string state = StateOfAll();
  auto since = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kLook * 2);
    std::string now = StateOfAll();
    if (now != state) {
      state = std::move(now);
      since = std::chrono::steady_clock::now();
    } else if (std::chrono::steady_clock::now() - since >= kQuiet) {
      return;
    }
  }
}

}  // namespace holdfast::memory
