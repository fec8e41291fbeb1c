// H-D8, H-F18: a Service changes its kind, its port or whom it reaches. The clients of a
// database know it by nothing but the Service's name.

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "apply/hazard.h"
#include "apply/managed_fields.h"
#include "apply/pod_template.h"
#include "apply/selection.h"
#include "apply/stateful.h"
#include "diff/ownership.h"

namespace holdfast {
namespace {

std::string TypeOf(const Object& service) {
  const std::string type = StringIn(service.json(), "spec", "type");
  return type.empty() ? "ClusterIP" : type;
}

std::set<long long> PortsOf(const Object& service) {
  std::set<long long> ports;
  for (const Json& one : ArrayIn(service.json(), "spec", "ports")) {
    ports.insert(IntegerIn(0, one, "port"));
  }
  return ports;
}

/// The first workload with data that the Service reaches, or null.
const Object* StatefulBehind(const Object& service, const Outlook& outlook) {
  for (const Object* one :
       outlook.ByLabel().Selected(service.ref().name_space, SelectorOf(service))) {
    if (IsStateful(*one)) return one;
  }
  return nullptr;
}

/// Who in Git names the Service, other than what it reaches: "Deployment default/wordpress
/// (wordpress.yaml:12)"; empty if nobody does. A StatefulSet whose pods have their names
/// from it counts.
std::string ClientOf(const Object& service, const Object* behind, bool of_ports,
                     const Outlook& outlook) {
  for (const Edge* edge : outlook.EdgesTo(service.ref())) {
    // A StatefulSet has its names from the Service, whatever ports that has.
    const bool served = behind != nullptr && edge->from == behind->ref() &&
                        (of_ports || edge->strength == EdgeStrength::kSoft);
    if (served || edge->guess) continue;
    return edge->from.ToString() + " (" + outlook.WhereIs(edge->from, edge->pointer) + ")";
  }
  return "";
}

bool Governs(const Object& service, const Outlook& outlook) {
  const auto& edges = outlook.EdgesTo(service.ref());
  return std::any_of(edges.begin(), edges.end(), [](const Edge* edge) {
    return edge->from.Is("apps", "StatefulSet") && edge->strength == EdgeStrength::kHard;
  });
}

void JudgeType(const ChangeCase& change, std::vector<Finding>& findings) {
  const std::string before = TypeOf(*change.live);
  const std::string after = TypeOf(change.After());
  if (before == after) return;
  const bool loses_address = before == "ExternalName" || after == "ExternalName";
  const bool refuse = loses_address && Governs(*change.live, change.outlook);
  findings.push_back(
      {"H-D8", refuse ? Ruling::kRefuse : Ruling::kApproval,
       change.manifest.WhereIs("/spec/type") + ": Service " + change.ref().name +
           " goes from " + before + " to " + after +
           (loses_address ? ": its name leads elsewhere from then on"
                          : ": its address, or from where it can be reached, changes") +
           (refuse ? ", and the members of a StatefulSet find one another by that name"
                   : ""),
       "keep type: " + before + ", and add a second Service of another name beside it" +
           (refuse ? ""
                   : "; or approve it: holdfast approve > approvals/" +
                         change.ref().name + ".yaml, and commit it")});
}

/// False for a port that somebody has added by hand since we applied the Service: to take
/// it away again is no wish of Git.
bool IsOurPort(const Object& live, long long port) {
  const Ownership ownership = Ownership::Of(live);
  const ManagedEntry* ours = ownership.AppliedBy(kFieldManager);
  if (ours == nullptr) return true;
  const FieldSet* spec = ours->fields.Child(PathStep::Key("spec"));
  const FieldSet* ports = spec == nullptr ? nullptr : spec->Child(PathStep::Key("ports"));
  if (ports == nullptr) return false;
  return std::any_of(ports->children.begin(), ports->children.end(), [&](const auto& entry) {
    return IntegerIn(0, entry.first.value, "port") == port;
  });
}

void JudgeReach(const ChangeCase& change, std::vector<Finding>& findings) {
  const Object& after = change.After();
  const bool same_selector = SelectorOf(*change.live) == SelectorOf(after);
  std::string gone;
  for (const long long port : PortsOf(*change.live)) {
    if (PortsOf(after).count(port) == 0 && IsOurPort(*change.live, port)) gone = std::to_string(port);
  }
  if (same_selector && gone.empty()) return;
  const Object* behind = StatefulBehind(*change.live, change.outlook);
  if (behind == nullptr) return;
  const bool lost =
      !same_selector &&
      !HasLabels(PodTemplate(*behind).labels(), SelectorOf(after));
  if (!lost && gone.empty()) return;
  const std::string client = ClientOf(*change.live, behind, !lost, change.outlook);
  findings.push_back(
      {"H-F18", client.empty() ? Ruling::kWarn : Ruling::kRefuse,
       change.manifest.WhereIs(lost ? "/spec/selector" : "/spec/ports") + ": Service " +
           change.ref().name + " would no longer " +
           (lost ? "reach " + behind->ref().ToString()
                 : "answer at port " + gone + " of " + behind->ref().ToString()) +
           (client.empty() ? ", so whoever connects by this name fails"
                           : ", and " + client + " connects by this name"),
       lost ? "keep the selector; for other pods add a second Service of another name"
            : "keep port " + gone + " beside the new one, and remove it when all clients "
                                    "use the new one"});
}

}  // namespace

void GuardService(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!change.ref().Is("", "Service") || change.live == nullptr) return;
  if (!change.AfterIsWhole()) return;
  JudgeType(change, findings);
  JudgeReach(change, findings);
}

}  // namespace holdfast
