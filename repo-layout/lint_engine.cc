// H-F8, H-F12, H-G4: what an engine must not be told, and how many of its members start or
// stop at once.
//
// Where it is already so, only the guard can know (apply/hazard_joining.cc,
// hazard_dangerous_setting.cc), so what it asks an approval for is a warning here.

#include "diff/dangerous_setting.h"
#include "diff/engine_needs.h"
#include "repo-layout/lint_rules.h"
#include "repo-layout/pods.h"

namespace holdfast {
namespace {

const Engine* EngineIn(const PodView& pods) {
  for (const ContainerView& container : pods.Containers()) {
    const Engine* engine = EngineOfImage(StringIn(*container.json, "image"));
    if (!container.is_init && engine != nullptr) return engine;
  }
  return nullptr;
}

/// True unless members are replaced one by one.
bool ManyAtOnce(const Json& set) {
  if (StringIn(set, "spec", "updateStrategy", "type") == "Recreate") return true;
  const Json* most = FindIn(set, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable");
  return most != nullptr && !most->is_null() &&
         (!most->is_number_integer() || most->get<long long>() > 1);
}

}  // namespace

void JudgeDangers(const LintContext&, const Manifest& manifest, Remarks& remarks) {
  const PodView pods(manifest.object);
  if (pods.spec == nullptr) return;
  for (const DangerousSetting& one :
       DangersIn(*pods.spec, pods.pointer,
                 ArrayIn(manifest.object.json(), "spec", "volumeClaimTemplates"))) {
    const bool refuse = one.ruling == Ruling::kRefuse;
    remarks.Add(manifest, "H-F12", refuse ? Ruling::kRefuse : Ruling::kWarn,
                "says " + one.what + AtLine(manifest, one.pointer) + ": " + one.why,
                refuse ? "take it out; what is to be removed from a volume is removed by "
                         "hand, with a backup at hand"
                       : "take it out as soon as it has done its work");
  }
}

void WarnParallel(const LintContext&, const Manifest& manifest, Remarks& remarks) {
  if (manifest.object.ref().kind != "StatefulSet") return;
  if (StringIn(manifest.object.json(), "spec", "podManagementPolicy") != "Parallel") return;
  const Engine* engine = EngineIn(PodView(manifest.object));
  if (engine == nullptr || !NeedsOf(*engine).joins_one_by_one) return;
  remarks.Add(manifest, "H-F8", Ruling::kWarn,
              "has podManagementPolicy: Parallel" +
                  AtLine(manifest, "/spec/podManagementPolicy") + ": members of " +
                  std::string(engine->name) +
                  " that join at the same time disagree about the ring",
              "write OrderedReady in a new StatefulSet; in one that is there it is fixed");
}

void RefuseManyAtOnce(const LintContext&, const Manifest& manifest, Remarks& remarks) {
  const Json& json = manifest.object.json();
  if (manifest.object.ref().kind != "StatefulSet" || !ManyAtOnce(json)) return;
  const Engine* engine = EngineIn(PodView(manifest.object));
  const bool votes = engine != nullptr && NeedsOf(*engine).needs_majority;
  if (!votes || IntegerIn(1, json, "spec", "replicas") < 2) return;
  remarks.Add(manifest, "H-G4", Ruling::kRefuse,
              "replaces several members at once" + AtLine(manifest, "/spec/updateStrategy") +
                  ", and " + std::string(engine->name) +
                  " answers only while most of them are there",
              "leave maxUnavailable out, so that one member follows the other");
}

}  // namespace holdfast
