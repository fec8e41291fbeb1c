// H-H8, H-H10: somebody else manages what we are about to take into the inventory. Two
// managers undo each other's work, and one may prune what the other needs.

#include "apply/hazard.h"
#include "apply/inventory.h"

namespace holdfast {
namespace {

struct Mark {
  const char* key;
  const char* manager;
};

constexpr Mark kLabels[] = {
    {"argocd.argoproj.io/instance", "Argo CD"},
    {"kustomize.toolkit.fluxcd.io/name", "Flux"},
    {"helm.toolkit.fluxcd.io/name", "Flux"},
    {"kapp.k14s.io/app", "kapp"},
};
constexpr Mark kAnnotations[] = {
    {"argocd.argoproj.io/tracking-id", "Argo CD"},
    {"meta.helm.sh/release-name", "Helm"},
    {"config.k8s.io/owning-inventory", "another inventory (cli-utils)"},
};

/// "Helm (annotation meta.helm.sh/release-name: wordpress)", or empty.
std::string ForeignManager(const Object& live) {
  for (const Mark& mark : kLabels) {
    const std::string value = live.label(mark.key);
    if (value.empty()) continue;
    return std::string(mark.manager) + " (label " + mark.key + ": " + value + ")";
  }
  for (const Mark& mark : kAnnotations) {
    const std::string value = live.annotation(mark.key);
    if (value.empty()) continue;
    return std::string(mark.manager) + " (annotation " + mark.key + ": " + value + ")";
  }
  return "";
}

}  // namespace

void WarnForeignOwner(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live == nullptr) return;
  const std::string set = change.live->label(kPartOfLabel);
  if (!set.empty() && set != change.manifest.object.label(kPartOfLabel)) {
    findings.push_back(
        {"H-H10", Ruling::kRefuse,
         change.manifest.source.ToString() + ": " + change.ref().ToString() +
             " belongs to another sync already (label " + kPartOfLabel + ": " + set +
             "); two would undo each other's work, and the first that drops it would "
             "delete it for both",
         "keep it in one repository only; to hand it over, annotate it live with "
         "holdfast.dev/prune: disabled, remove it there, and remove the label"});
    return;
  }
  if (change.outlook.input().inventory.entries.count(change.ref()) != 0) return;
  const std::string manager = ForeignManager(*change.live);
  if (manager.empty()) return;
  findings.push_back({"H-H8", Ruling::kWarn,
                      change.manifest.source.ToString() + ": " + change.ref().ToString() +
                          " is in the cluster already and seems to be managed by " +
                          manager + "; from now on two would manage it",
                      "let the other one release it before it is removed there"});
}

}  // namespace holdfast
