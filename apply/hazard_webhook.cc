// H-G11: a webhook that is asked before any pod or claim is made, and whose silence is a
// no. While the service behind it is away, no database pod starts.

#include <algorithm>
#include <array>
#include <string>

#include "apply/hazard.h"

namespace holdfast {
namespace {

bool Has(const Json& list, std::string_view word) {
  return std::any_of(list.begin(), list.end(),
                     [&](const Json& one) { return one == "*" || one == word; });
}

/// "pods" or "persistentvolumeclaims", if it is asked about such and decides by silence.
std::string Blocks(const Json& webhook) {
  if (StringIn(webhook, "failurePolicy") == "Ignore") return "";
  // One that is for some namespaces or objects only is not in everybody's way.
  if (!MapIn(webhook, "namespaceSelector").empty()) return "";
  if (!MapIn(webhook, "objectSelector").empty()) return "";
  for (const Json& rule : ArrayIn(webhook, "rules")) {
    if (!Has(ArrayIn(rule, "apiGroups"), "")) continue;
    for (const char* resource : {"pods", "persistentvolumeclaims"}) {
      const Json& resources = ArrayIn(rule, "resources");
      if (Has(resources, resource) || Has(resources, "*/*")) return resource;
    }
  }
  return "";
}

std::string FirstBlocking(const Object& configuration, std::string& resource) {
  for (const Json& one : ArrayIn(configuration.json(), "webhooks")) {
    resource = Blocks(one);
    if (!resource.empty()) return StringIn(one, "name");
  }
  return "";
}

}  // namespace

void WarnWebhook(const ChangeCase& change, std::vector<Finding>& findings) {
  const ObjectRef& ref = change.ref();
  const bool webhook =
      ref.group == "admissionregistration.k8s.io" &&
      (ref.kind == "ValidatingWebhookConfiguration" ||
       ref.kind == "MutatingWebhookConfiguration");
  if (!webhook) return;
  std::string resource;
  if (change.live != nullptr && !FirstBlocking(*change.live, resource).empty()) return;
  const std::string name = FirstBlocking(change.manifest.object, resource);
  if (name.empty()) return;
  findings.push_back(
      {"H-G11", Ruling::kWarn,
       change.manifest.WhereIs("/webhooks") + ": webhook " + name +
           " is asked before any of the " + resource +
           " of the cluster is made, and what it does not answer is refused: while the "
           "service behind it is away, no database starts again",
       "write failurePolicy: Ignore, or a namespaceSelector that leaves the databases "
       "out"});
}

}  // namespace holdfast
