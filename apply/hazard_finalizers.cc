// H-A10: a finalizer is taken off. It is there so that something is done before the
// object goes: a claim waits for the pods that use it, a volume for its claim. Without it
// the object goes at once, and what was to be saved is not.

#include <algorithm>

#include "apply/hazard.h"
#include "apply/operators.h"

namespace holdfast {
namespace {

/// The first entry of the list that `after` lacks, or "".
std::string Lost(const Json& before, const Json& after) {
  for (const Json& one : before) {
    const bool stays = std::find(after.begin(), after.end(), one) != after.end();
    if (!stays && one.is_string()) return one.get<std::string>();
  }
  return "";
}

}  // namespace

void RefuseFinalizerLoss(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live == nullptr || !change.AfterIsWhole()) return;
  const Json& before = change.live->json();
  const Json& after = change.After().json();
  for (const char* of : {"metadata", "spec"}) {
    // Of all specs only a Namespace's has such a list.
    const bool has = std::string_view(of) == "metadata" || change.ref().Is("", "Namespace");
    const std::string lost =
        has ? Lost(ArrayIn(before, of, "finalizers"), ArrayIn(after, of, "finalizers"))
            : "";
    if (lost.empty()) continue;
    // One by which an operator deletes the claims is better gone.
    const OperatorKind* op = OperatorOf(change.ref());
    const bool disarms = op != nullptr && !KeepsClaims(*op, *change.live) &&
                         KeepsClaims(*op, change.After());
    if (disarms) continue;
    findings.push_back(
        {"H-A10", Ruling::kRefuse,
         change.manifest.WhereIs("/" + std::string(of) + "/finalizers") +
             ": the finalizer " + lost + " of " + change.ref().ToString() +
             " would be taken off: it holds the object until what must be done before "
             "its deletion has been done, and without it the object goes at once",
         "write " + lost + " into " + of +
             ".finalizers again; whoever set it takes it off when its work is done"});
  }
}

}  // namespace holdfast
