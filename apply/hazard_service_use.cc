// H-F18: an object relies on something of a Service that the Service does not have. What is
// sent there arrives nowhere, and each of the two alone looks well.

#include <string>

#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/pod_template.h"
#include "apply/selection.h"

namespace holdfast {
namespace {

/// The Service as Git has it, else as it is live; null if neither is known.
const Object* ServiceNamed(const std::string& name, const ChangeCase& change) {
  const ObjectRef ref{"", "Service", change.ref().name_space, name};
  if (const Manifest* desired = change.outlook.Desired(ref)) return &desired->object;
  return change.outlook.live().Find(ref);
}

void JudgeGoverning(const ChangeCase& change, std::vector<Finding>& findings) {
  const Object& set = change.manifest.object;
  // How a database that is there is found was settled long ago.
  if (!IsStatefulSet(set.ref()) || change.live != nullptr) return;
  const Object* service = ServiceNamed(StringIn(set.json(), "spec", "serviceName"), change);
  if (service == nullptr) return;
  const auto warn = [&](const std::string& reason, const std::string& remedy) {
    findings.push_back({"H-F18", Ruling::kWarn,
                        change.manifest.WhereIs("/spec/serviceName") + ": Service " +
                            service->ref().name + " gives the members of " +
                            set.ref().ToString() + " their names, but " + reason,
                        remedy});
  };
  if (StringIn(service->json(), "spec", "clusterIP") != "None") {
    warn("it is not headless: " + set.ref().name + "-0." + service->ref().name +
             " leads nowhere",
         "write clusterIP: None into it, or let serviceName name another one that has it");
    return;
  }
  const Json& selector = SelectorOf(*service);
  if (!selector.empty() && HasLabels(PodTemplate(set).labels(), selector)) return;
  warn("it does not select them: they get no names",
       "write the labels of spec.template into its selector");
}

/// Told once, and not for ever after: where one of the two is changed or new.
bool IsNews(const ChangeCase& change, const ObjectRef& service) {
  if (change.live == nullptr || !change.prediction.fields.empty()) return true;
  const auto& predictions = change.outlook.input().predictions;
  const auto prediction = predictions.find(service);
  return prediction != predictions.end() && !prediction->second.fields.empty();
}

bool HasPort(const Object& service, const Json& port) {
  const std::string& name = StringIn(port, "name");
  const long long number = IntegerIn(0, port, "number");
  for (const Json& one : ArrayIn(service.json(), "spec", "ports")) {
    if (name.empty() ? IntegerIn(0, one, "port") == number : StringIn(one, "name") == name) {
      return true;
    }
  }
  return false;
}

void JudgeBackend(const ChangeCase& change, const Json& backend, const std::string& pointer,
                  std::vector<Finding>& findings) {
  const Json& named = MapIn(backend, "service");
  const Json& port = MapIn(named, "port");
  if (port.empty()) return;
  const Object* service = ServiceNamed(StringIn(named, "name"), change);
  // What leads out of the cluster need not list its ports.
  const bool knows_ports =
      service != nullptr && StringIn(service->json(), "spec", "type") != "ExternalName";
  if (!knows_ports || HasPort(*service, port) || !IsNews(change, service->ref())) return;
  const std::string& name = StringIn(port, "name");
  // The controller of AWS reads an annotation in place of a Service.
  if (name == "use-annotation") return;
  const std::string asked =
      name.empty() ? std::to_string(IntegerIn(0, port, "number")) : name;
  findings.push_back({"H-F18", Ruling::kWarn,
                      change.manifest.WhereIs(pointer + "/service/port") + ": Service " +
                          service->ref().name + " has no port " + asked +
                          ", to which Ingress " + change.ref().name + " leads",
                      "name one of the ports of Service " + service->ref().name});
}

void JudgeIngress(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!change.ref().Is("networking.k8s.io", "Ingress")) return;
  const Json& json = change.manifest.object.json();
  JudgeBackend(change, MapIn(json, "spec", "defaultBackend"), "/spec/defaultBackend", findings);
  const Json& rules = ArrayIn(json, "spec", "rules");
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Json& paths = ArrayIn(rules[i], "http", "paths");
    for (std::size_t j = 0; j < paths.size(); ++j) {
      JudgeBackend(change, MapIn(paths[j], "backend"),
                   "/spec/rules/" + std::to_string(i) + "/http/paths/" + std::to_string(j) +
                       "/backend",
                   findings);
    }
  }
}

}  // namespace

void WarnServiceUse(const ChangeCase& change, std::vector<Finding>& findings) {
  JudgeGoverning(change, findings);
  JudgeIngress(change, findings);
}

}  // namespace holdfast
