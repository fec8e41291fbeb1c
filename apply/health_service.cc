#include <algorithm>

#include "apply/health_gates.h"

namespace holdfast {
namespace {

bool HasAddress(const Object& object) {
  return !ArrayIn(object.json(), "status", "loadBalancer", "ingress").empty();
}

/// True if a pod behind the Service is ready, by its EndpointSlices.
bool HasReadyEndpoint(const ObjectRef& service, const Snapshot& around) {
  const auto slices =
      around.All("discovery.k8s.io", "EndpointSlice", service.name_space);
  return std::any_of(slices.begin(), slices.end(), [&](const Object* slice) {
    if (slice->label("kubernetes.io/service-name") != service.name) return false;
    const Json& endpoints = ArrayIn(slice->json(), "endpoints");
    return std::any_of(endpoints.begin(), endpoints.end(), [](const Json& endpoint) {
      const Json* ready = FindIn(endpoint, "conditions", "ready");
      return ready != nullptr && *ready == true;
    });
  });
}

}  // namespace

Health ServiceHealth(const Object& service) {
  const std::string type = StringIn(service.json(), "spec", "type");
  if (type == "ExternalName") return Current("names another host");
  const std::string address = StringIn(service.json(), "spec", "clusterIP");
  if (address.empty()) return InProgress("has no cluster address yet");
  // A cloud may take minutes for it, or there is none: no database waits for that.
  const bool pending =
      type == "LoadBalancer" &&
      ArrayIn(service.json(), "status", "loadBalancer", "ingress").empty();
  return Current(pending ? "has a cluster address; the address outside is pending"
                         : "has an address");
}

Health IngressHealth(const Object& ingress) {
  return Current(HasAddress(ingress) ? "has an address" : "there; its address is pending");
}

std::vector<ObjectRef> ServicesBehind(const Object& object) {
  std::vector<ObjectRef> services;
  if (object.ref().group != "admissionregistration.k8s.io") return services;
  for (const Json& hook : ArrayIn(object.json(), "webhooks")) {
    const Json& service = MapIn(hook, "clientConfig", "service");
    if (service.empty()) continue;
    services.push_back(
        {"", "Service", StringIn(service, "namespace"), StringIn(service, "name")});
  }
  return services;
}

Health WebhookHealth(const Object& configuration, const Snapshot& around) {
  for (const Json& hook : ArrayIn(configuration.json(), "webhooks")) {
    const Json& client = MapIn(hook, "clientConfig");
    const Json& service = MapIn(client, "service");
    // Without an answer nothing is declined then.
    if (StringIn(hook, "failurePolicy") == "Ignore") continue;
    if (service.empty()) continue;
    const std::string head = "webhook " + StringIn(hook, "name");
    if (StringIn(client, "caBundle").empty()) {
      return InProgress(head + " has no caBundle yet, so the API server trusts nobody there");
    }
    const ObjectRef ref{"", "Service", StringIn(service, "namespace"),
                        StringIn(service, "name")};
    if (!HasReadyEndpoint(ref, around)) {
      return InProgress(head + ": no pod behind Service " + ref.name_space + "/" + ref.name +
                        " is ready to answer");
    }
  }
  return Current("its servers are ready");
}

}  // namespace holdfast
