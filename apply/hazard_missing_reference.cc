// H-F2, H-F18, H-G8, H-G10: an object names something that is neither in Git nor in the
// cluster. Its pods would wait for it, mostly without saying so.

#include <algorithm>

#include "apply/depends_on.h"
#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/needed.h"

namespace holdfast {
namespace {

/// Kubernetes makes this one in every namespace by itself.
bool MakesItself(const ObjectRef& ref) {
  return ref.Is("", "ConfigMap") && ref.name == "kube-root-ca.crt";
}

/// A class may be just a name that claims and volumes made by hand share.
bool IsNameOfStaticVolumes(const ObjectRef& ref, const Outlook& outlook) {
  return IsStorageClass(ref) && outlook.IsClassOfVolumes(ref.name);
}

void JudgeEdge(const ChangeCase& change, const Edge& edge,
               std::vector<Finding>& findings) {
  const Outlook& outlook = change.outlook;
  if (edge.strength != EdgeStrength::kHard || MakesItself(edge.to)) return;
  if (outlook.Desired(edge.to) != nullptr || outlook.live().Find(edge.to) != nullptr)
    return;
  if (IsNameOfStaticVolumes(edge.to, outlook)) return;
  const std::string head = change.manifest.WhereIs(edge.pointer) + ": " +
                           change.ref().ToString() + " needs " + edge.to.ToString() +
                           " (" + edge.why + "), ";
  const std::string& file = outlook.input().live_file;
  if (const Error* gap = GapOver(outlook.live(), edge.to); gap != nullptr && !file.empty()) {
    // A file need not hold what the revision only names, and nothing is written by it.
    findings.push_back({HazardOfMissing(edge.to), Ruling::kWarn,
                        head + "and whether it is there is not known: " + gap->message,
                        "add it to " + file + ", or run it against the cluster"});
    return;
  } else if (gap != nullptr) {
    findings.push_back(
        {HazardOfMissing(edge.to), edge.optional ? Ruling::kWarn : Ruling::kHold,
         head + "and whether it is there could not be read: " + gap->message,
         "let Holdfast read " + edge.to.kind + " objects, then run again"});
    return;
  }
  findings.push_back(
      {HazardOfMissing(edge.to), edge.optional ? Ruling::kWarn : Ruling::kHold,
       head + "which is neither in Git nor in the cluster" +
           (edge.optional ? "; it can start without" : ""),
       "add " + edge.to.kind + " " + edge.to.name + " to Git, or correct the name"});
}

void JudgeAnnotation(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.manifest.object.annotation(kDependsOn).empty()) return;
  const DependsOn read =
      ReadDependsOn(change.manifest.object, change.outlook.custom_kinds());
  for (const std::string& problem : read.unreadable) {
    findings.push_back(
        {"H-F2", Ruling::kHold,
         change.manifest.WhereIs("/metadata/annotations/holdfast.dev~1depends-on") +
             ": annotation " + std::string(kDependsOn) + " of " +
             change.ref().ToString() + ": " + problem,
         "write it as kind/namespace/name, for example StatefulSet/databases/mysql, "
         "several with commas between them"});
  }
}

}  // namespace

void GuardMissingReference(const ChangeCase& change, std::vector<Finding>& findings) {
  const std::vector<Edge>& edges = change.outlook.edges();
  const auto first = std::lower_bound(
      edges.begin(), edges.end(), change.ref(),
      [](const Edge& edge, const ObjectRef& ref) { return edge.from < ref; });
  for (auto it = first; it != edges.end() && it->from == change.ref(); ++it) {
    JudgeEdge(change, *it, findings);
  }
  JudgeAnnotation(change, findings);
}

}  // namespace holdfast
