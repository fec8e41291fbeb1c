// H-D6: a selector that picks the pods of another workload too. Two controllers would
// count the same pods, and a Service sends a database's clients to the web server.

#include "apply/hazard.h"
#include "apply/selection.h"
#include "apply/stateful.h"

namespace holdfast {
namespace {

bool SelectsItsPods(const ObjectRef& ref) {
  return ref.Is("apps", "Deployment") || ref.Is("apps", "StatefulSet") ||
         ref.Is("apps", "DaemonSet") || ref.Is("apps", "ReplicaSet");
}

/// matchLabels, where the selector is nothing else; what expressions pick is not
/// compared.
const Json& PlainSelector(const Object& workload) {
  const Json& selector = MapIn(workload.json(), "spec", "selector");
  const bool plain = ArrayIn(selector, "matchExpressions").empty();
  return MapIn(plain ? selector : MapIn(selector, ""), "matchLabels");
}

bool Changes(const PlanInput& input, const ObjectRef& ref) {
  const auto found = input.predictions.find(ref);
  return found == input.predictions.end() || !found->second.exists ||
         !found->second.fields.empty();
}

}  // namespace

void RefuseSelectorOverlap(const Outlook& outlook, RevisionFindings& findings) {
  const PlanInput& input = outlook.input();
  std::vector<const Object*> workloads;
  for (const Manifest& manifest : input.desired) {
    if (SelectsItsPods(manifest.object.ref())) workloads.push_back(&manifest.object);
  }
  const WorkloadsByLabel by_label(workloads);
  for (const Object* one : workloads) {
    for (const Object* other :
         by_label.Selected(one->ref().name_space, PlainSelector(*one))) {
      if (other->ref() == one->ref()) continue;
      const bool is_new = Changes(input, one->ref()) || Changes(input, other->ref());
      const bool data = IsStateful(*one) || IsStateful(*other);
      findings.objects.emplace(
          one->ref(),
          Finding{"H-D6", is_new && data ? Ruling::kRefuse : Ruling::kWarn,
                  outlook.WhereIs(one->ref(), "/spec/selector") + ": the selector of " +
                      one->ref().ToString() + " picks the pods of " +
                      other->ref().ToString() + " (" +
                      outlook.WhereIs(other->ref(), "/spec/template/metadata/labels") +
                      ") too: two controllers would count the same pods as theirs",
                  "give each a label of its own, in its selector and its template"});
      break;
    }
  }
}

}  // namespace holdfast
