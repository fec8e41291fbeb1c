// What people do to pods, Services and metadata.

#include <array>

#include "tests/property/mutation.h"
#include "tests/property/places.h"

namespace holdfast::property {
namespace {

std::vector<Pointer> ListsNamed(const Json& manifest, const char* name) {
  return Places(manifest, [name](const Pointer& at, const Json& value) {
    return value.is_array() && !value.empty() && value[0].is_object() &&
           LastStep(at) == name;
  });
}

bool AddContainer(Random& random, const Surroundings&, Json& manifest) {
  const auto places = ListsNamed(manifest, "containers");
  if (places.empty()) return false;
  Json sidecar = {{"name", "sidecar"}, {"image", "example.com/sidecar:1"}};
  if (random.OneIn(2)) sidecar["resources"] = {{"requests", {{"cpu", "50m"}}}};
  if (random.OneIn(2)) sidecar["ports"] = {{{"containerPort", 9999}}};
  Json& list = manifest[random.Pick(places)];
  const auto at = static_cast<std::ptrdiff_t>(random.Below(list.size() + 1));
  list.insert(list.begin() + at, std::move(sidecar));
  return true;
}

bool EnvFromElsewhere(Random& random, const Surroundings&, Json& manifest) {
  const auto places = ListsNamed(manifest, "env");
  if (places.empty()) return false;
  Json& list = manifest[random.Pick(places)];
  Json& entry = list[random.Below(list.size())];
  entry.erase("value");
  constexpr std::array<const char*, 4> kSources = {
      R"({"secretKeyRef": {"name": "a", "key": "b"}})",
      R"({"configMapKeyRef": {"name": "a", "key": "b", "optional": true}})",
      R"({"fieldRef": {"fieldPath": "metadata.name"}})",
      R"({"resourceFieldRef": {"resource": "limits.cpu", "containerName": "x"}})"};
  entry["valueFrom"] = Json::parse(random.Pick(kSources));
  return true;
}

bool EnvPlain(Random& random, const Surroundings&, Json& manifest) {
  const auto places = ListsNamed(manifest, "env");
  if (places.empty()) return false;
  Json& list = manifest[random.Pick(places)];
  Json& entry = list[random.Below(list.size())];
  if (random.OneIn(2)) entry.erase("valueFrom");
  entry["value"] = random.OneIn(3) ? "" : "plain";
  return true;
}

/// protocol: TCP comes, goes, or becomes UDP.
bool PortProtocol(Random& random, const Surroundings&, Json& manifest) {
  const auto places = ListsNamed(manifest, "ports");
  if (places.empty()) return false;
  Json& list = manifest[random.Pick(places)];
  Json& port = list[random.Below(list.size())];
  if (random.OneIn(3)) {
    port["protocol"] = "UDP";
  } else if (port.contains("protocol")) {
    port.erase("protocol");
  } else {
    port["protocol"] = "TCP";
  }
  return true;
}

/// The same port once more: without its default protocol, or for UDP.
bool PortTwice(Random& random, const Surroundings&, Json& manifest) {
  const auto places = ListsNamed(manifest, "ports");
  if (places.empty()) return false;
  Json& list = manifest[random.Pick(places)];
  Json port = list[random.Below(list.size())];
  if (random.OneIn(2)) {
    port["protocol"] = "UDP";
    port["name"] = "again";
  } else {
    port.contains("protocol") ? static_cast<void>(port.erase("protocol"))
                              : static_cast<void>(port["protocol"] = "TCP");
  }
  list.push_back(std::move(port));
  return true;
}

bool Metadata(Random& random, const Surroundings&, Json& manifest) {
  Json& metadata = manifest["metadata"];
  switch (random.Below(6)) {
    case 0:
      metadata["labels"]["team"] = "storage";
      break;
    case 1:
      metadata["annotations"]["example.com/note"] = "a \"quoted\" note\nof two lines";
      break;
    case 2:
      metadata["finalizers"] = {"example.com/keep"};
      break;
    case 3:
      metadata["ownerReferences"] = {{{"apiVersion", "v1"},
                                      {"kind", "ConfigMap"},
                                      {"name", "owner"},
                                      {"uid", "2f1e9c3e-4c0e-4a57-9a0e-0d8f7f3c3f7a"}}};
      break;
    case 4:
      metadata["labels"] = Json::object();
      break;
    default:
      metadata["annotations"] = nullptr;
  }
  return true;
}

bool Scale(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, [](const Pointer& at, const Json& value) {
    return value.is_number_integer() && LastStep(at) == "replicas";
  });
  if (places.empty()) return false;
  Json& replicas = manifest[random.Pick(places)];
  replicas = random.Below(4);
  return true;
}

/// A status is the server's, and an apply does not reach it.
bool Status(Random& random, const Surroundings& around, Json& manifest) {
  const Json* status = FindIn(around.live, "status");
  manifest["status"] = status != nullptr && random.OneIn(2) ? *status : Json::object();
  return true;
}

bool Tolerations(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, [](const Pointer&, const Json& value) {
    return value.is_object() && value.contains("containers");
  });
  if (places.empty()) return false;
  Json& pod = manifest[random.Pick(places)];
  switch (random.Below(5)) {
    case 0:
      pod["tolerations"].push_back({{"key", "database"}, {"operator", "Exists"}});
      break;
    case 1:
      pod["nodeSelector"] = {{"disk", "ssd"}};
      break;
    case 2:
      pod["imagePullSecrets"] = {{{"name", "registry"}}};
      break;
    case 3:
      pod["hostAliases"] = {{{"ip", "10.9.8.7"}, {"hostnames", {"db.example.com"}}}};
      break;
    default:
      pod["securityContext"] = {{"fsGroup", 999}, {"runAsNonRoot", true}};
  }
  return true;
}

bool Probe(Random& random, const Surroundings&, Json& manifest) {
  const auto places = ListsNamed(manifest, "containers");
  if (places.empty()) return false;
  Json& list = manifest[random.Pick(places)];
  Json& container = list[random.Below(list.size())];
  constexpr std::array<const char*, 5> kProbes = {
      R"({"tcpSocket": {"port": 5432}})",
      R"({"httpGet": {"port": "metrics", "path": "/"}, "periodSeconds": 10})",
      R"({"exec": {"command": ["true"]}, "timeoutSeconds": 1, "initialDelaySeconds": 0})",
      R"({"grpc": {"port": 5000}})",
      R"({"httpGet": {"port": 80, "scheme": "HTTPS"}, "failureThreshold": 30})"};
  container[random.OneIn(2) ? "livenessProbe" : "startupProbe"] =
      Json::parse(random.Pick(kProbes));
  return true;
}

constexpr Mutation kTable[] = {
    {"add a container", AddContainer},
    {"env from elsewhere", EnvFromElsewhere},
    {"env as a plain value", EnvPlain},
    {"a port's protocol", PortProtocol},
    {"a port twice", PortTwice},
    {"metadata", Metadata},
    {"replicas", Scale},
    {"a status", Status},
    {"where pods may run", Tolerations},
    {"a probe", Probe},
};

}  // namespace

std::span<const Mutation> KindMutations() { return kTable; }

}  // namespace holdfast::property
