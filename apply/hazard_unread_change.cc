// H-F4: a ConfigMap or Secret changes and no pod starts anew. What a database reads at
// its start applies at its next one, which may be an accident months later.

#include <set>

#include "apply/enumerated.h"
#include "apply/hazard.h"
#include "apply/stateful.h"
#include "diff/effects.h"

namespace holdfast {
namespace {

bool Rolls(const ObjectRef& workload, const PlanInput& input) {
  const auto found = input.predictions.find(workload);
  if (found == input.predictions.end()) return false;
  return !found->second.exists || Touches(found->second.fields, "spec.template");
}

}  // namespace

void NoteUnreadChange(const ChangeCase& change, std::vector<Finding>& findings) {
  const ObjectRef& ref = change.ref();
  if (!ref.Is("", "ConfigMap") && !ref.Is("", "Secret")) return;
  const auto& fields = change.prediction.fields;
  const bool data = Touches(fields, "data") || Touches(fields, "binaryData") ||
                    Touches(fields, "stringData");
  if (change.live == nullptr || !data) return;
  std::set<std::string> readers;
  for (const Edge* edge : change.outlook.EdgesTo(ref)) {
    const Manifest* reader = change.outlook.Desired(edge->from);
    if (reader == nullptr || !IsStateful(reader->object)) continue;
    if (Rolls(edge->from, change.outlook.input())) continue;
    readers.insert(edge->from.kind + " " + edge->from.name);
  }
  if (readers.empty()) return;
  constexpr std::size_t kMostShown = 4;
  findings.push_back(
      {"H-F4", Ruling::kNote,
       change.manifest.source.ToString() + ": " +
           Enumerated({readers.begin(), readers.end()}, kMostShown) +
           " is not restarted by this: what it reads at its start applies at its next "
           "one; to have that now and on purpose, change an annotation of its pod "
           "template in the same commit",
       ""});
}

}  // namespace holdfast
