#include "apply/network_reach.h"

#include <algorithm>

#include "apply/pod_template.h"
#include "apply/selection.h"
#include "apply/stateful.h"
#include "diff/engine_needs.h"

namespace holdfast {
namespace {

/// By labels; an expression is taken to match.
bool Picks(const Json& selector, const Json& labels) {
  return HasLabels(labels, MapIn(selector, "matchLabels"));
}

bool SaysIngress(const Object& policy) {
  const Json& types = ArrayIn(policy.json(), "spec", "policyTypes");
  return types.empty() || std::find(types.begin(), types.end(), "Ingress") != types.end();
}

/// The number of the container port `name` of the workload, or -1.
long long PortNamed(const Object& workload, const std::string& name) {
  for (const ContainerAt& container : PodTemplate(workload).Containers()) {
    for (const Json& port : ArrayIn(*container.json, "ports")) {
      if (StringIn(port, "name") == name) return IntegerIn(-1, port, "containerPort");
    }
  }
  return -1;
}

bool OpensPort(const Json& rule, const Object& workload, long long wanted) {
  const Json& ports = ArrayIn(rule, "ports");
  return ports.empty() || std::any_of(ports.begin(), ports.end(), [&](const Json& one) {
    const std::string protocol = StringIn(one, "protocol");
    if (!protocol.empty() && protocol != "TCP") return false;
    const Json* port = FindIn(one, "port");
    if (port == nullptr) return true;
    const long long first = port->is_string()
                                ? PortNamed(workload, port->get<std::string>())
                                : IntegerIn(-1, one, "port");
    return wanted >= first && wanted <= IntegerIn(first, one, "endPort") && first > 0;
  });
}

/// True unless it is certain that the rule keeps pods with these labels, of the same
/// namespace, out.
bool LetsIn(const Json& rule, const Json& labels) {
  const Json& from = ArrayIn(rule, "from");
  return from.empty() || std::any_of(from.begin(), from.end(), [&](const Json& one) {
    if (FindIn(one, "namespaceSelector") != nullptr || FindIn(one, "ipBlock") != nullptr)
      return true;
    const Json* pods = FindIn(one, "podSelector");
    return pods != nullptr && Picks(*pods, labels);
  });
}

}  // namespace

bool IsolatesIngress(const Object& policy, const Object& workload) {
  return policy.ref().name_space == workload.ref().name_space && SaysIngress(policy) &&
         Picks(MapIn(policy.json(), "spec", "podSelector"), PodTemplate(workload).labels());
}

std::string CutOff(const Object& workload, const std::vector<const Object*>& policies) {
  const Engine* engine = EngineOf(workload);
  if (engine == nullptr) return "";
  std::vector<const Json*> rules;
  bool isolated = false;
  for (const Object* policy : policies) {
    if (!IsolatesIngress(*policy, workload)) continue;
    isolated = true;
    for (const Json& rule : ArrayIn(policy->json(), "spec", "ingress")) rules.push_back(&rule);
  }
  if (!isolated) return "";
  const auto cut = [&](const auto& ports, const Json* peer, const std::string& who) {
    std::string shown;
    for (const int port : ports) {
      if (port == 0) continue;
      shown += (shown.empty() ? "" : ", ") + std::to_string(port);
      for (const Json* rule : rules) {
        const bool lets_in = peer == nullptr || LetsIn(*rule, *peer);
        if (lets_in && OpensPort(*rule, workload, port)) return std::string();
      }
    }
    return shown.empty() ? std::string() : who + " (ports " + shown + ")";
  };
  const EngineNeeds& needs = NeedsOf(*engine);
  const Json& labels = PodTemplate(workload).labels();
  const std::string peers = ReplicasOf(workload) < 2
                                ? std::string()
                                : cut(needs.peer_ports, &labels, "its members from one another");
  const std::string clients = cut(needs.client_ports, nullptr, "its clients");
  return peers.empty() || clients.empty() ? peers + clients : peers + " and " + clients;
}

}  // namespace holdfast
