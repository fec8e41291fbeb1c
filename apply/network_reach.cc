#include "apply/network_reach.h"

#include <algorithm>
#include <optional>

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

/// What a policy says of one way of the traffic.
struct Way {
  const char* type;   ///< In policyTypes.
  const char* rules;  ///< In spec.
  const char* peers;  ///< In a rule.
};
constexpr Way kIn{"Ingress", "ingress", "from"};
constexpr Way kOut{"Egress", "egress", "to"};

/// Where it names no types it is about what comes in, and about what goes out only if it
/// has a rule for that (API reference, NetworkPolicySpec).
bool IsAbout(const Way& way, const Object& policy) {
  const Json& types = ArrayIn(policy.json(), "spec", "policyTypes");
  if (!types.empty()) return std::find(types.begin(), types.end(), way.type) != types.end();
  return way.type == kIn.type || !ArrayIn(policy.json(), "spec", way.rules).empty();
}

bool Isolates(const Way& way, const Object& policy, const Object& workload) {
  return policy.ref().name_space == workload.ref().name_space && IsAbout(way, policy) &&
         Picks(MapIn(policy.json(), "spec", "podSelector"), PodTemplate(workload).labels());
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

/// True unless it is certain that the rule is not for pods with these labels, of the same
/// namespace.
bool IsFor(const Json& labels, const Json& rule, const Way& way) {
  const Json& peers = ArrayIn(rule, way.peers);
  return peers.empty() || std::any_of(peers.begin(), peers.end(), [&](const Json& one) {
    if (FindIn(one, "namespaceSelector") != nullptr || FindIn(one, "ipBlock") != nullptr)
      return true;
    const Json* pods = FindIn(one, "podSelector");
    return pods != nullptr && Picks(*pods, labels);
  });
}

/// The rules by which something may pass; nothing where no policy isolates the pods.
std::optional<std::vector<const Json*>> RulesOf(
    const Way& way, const Object& workload, const std::vector<const Object*>& policies) {
  std::optional<std::vector<const Json*>> rules;
  for (const Object* policy : policies) {
    if (!Isolates(way, *policy, workload)) continue;
    if (!rules) rules.emplace();
    for (const Json& rule : ArrayIn(policy->json(), "spec", way.rules)) {
      rules->push_back(&rule);
    }
  }
  return rules;
}

}  // namespace

bool Isolates(const Object& policy, const Object& workload) {
  return Isolates(kIn, policy, workload) || Isolates(kOut, policy, workload);
}

std::string CutOff(const Object& workload, const std::vector<const Object*>& policies) {
  const Engine* engine = EngineOf(workload);
  if (engine == nullptr) return "";
  // `peer` are the labels of who is on the other side; null for anybody.
  const auto cut = [&](const Way& way, const auto& ports, const Json* peer,
                       const std::string& who) {
    const auto rules = RulesOf(way, workload, policies);
    if (!rules) return std::string();
    std::string shown;
    for (const int port : ports) {
      if (port == 0) continue;
      shown += (shown.empty() ? "" : ", ") + std::to_string(port);
      for (const Json* rule : *rules) {
        const bool is_for = peer == nullptr || IsFor(*peer, *rule, way);
        if (is_for && OpensPort(*rule, workload, port)) return std::string();
      }
    }
    return shown.empty() ? std::string() : who + " (ports " + shown + ")";
  };
  const EngineNeeds& needs = NeedsOf(*engine);
  std::string peers;
  if (ReplicasOf(workload) > 1) {
    const Json& labels = PodTemplate(workload).labels();
    for (const Way& way : {kIn, kOut}) {
      if (!peers.empty()) break;
      peers = cut(way, needs.peer_ports, &labels, "its members from one another");
    }
  }
  const std::string clients = cut(kIn, needs.client_ports, nullptr, "its clients");
  return peers.empty() || clients.empty() ? peers + clients : peers + " and " + clients;
}

}  // namespace holdfast
