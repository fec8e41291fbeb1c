// H-F12: a database is told something that is meant for an hour of need.

#include <algorithm>
#include <string>
#include <vector>

#include "apply/hazard.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"
#include "diff/dangerous_setting.h"

namespace holdfast {
namespace {

std::vector<DangerousSetting> DangersOf(const Object& workload) {
  const PodTemplate pods(workload);
  if (!pods.exists()) return {};
  return DangersIn(pods.spec(), pods.pointer(),
                   ArrayIn(workload.json(), "spec", "volumeClaimTemplates"));
}

/// The engine that reads the ConfigMap, or null.
const Engine* ReaderOf(const ChangeCase& change) {
  for (const Edge* edge : change.outlook.EdgesTo(change.ref())) {
    const Manifest* reader = change.outlook.Desired(edge->from);
    const Engine* engine = reader == nullptr ? nullptr : EngineOf(reader->object);
    if (engine != nullptr) return engine;
  }
  return nullptr;
}

void Say(const ChangeCase& change, const std::vector<DangerousSetting>& before,
         const std::vector<DangerousSetting>& after, std::vector<Finding>& findings) {
  for (const DangerousSetting& one : after) {
    const bool had = std::any_of(
        before.begin(), before.end(),
        [&](const DangerousSetting& other) { return other.what == one.what; });
    if (had) continue;
    const bool asks = one.ruling == Ruling::kApproval;
    findings.push_back(
        {"H-F12", one.ruling,
         change.manifest.WhereIs(one.pointer) + ": " + change.ref().ToString() + " says " +
             one.what + ": " + one.why,
         "take it out" +
             (asks ? "; if it is needed now, approve it, and take it out when it has "
                     "done its work: holdfast approve > approvals/" +
                         change.ref().name + ".yaml, and commit it"
                   : std::string("; what is to be removed from a volume is removed by "
                                 "hand, with a backup at hand"))});
  }
}

}  // namespace

void GuardDangerousSettings(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.ref().Is("", "ConfigMap")) {
    const Engine* engine = ReaderOf(change);
    if (engine == nullptr) return;
    const auto among = [&](const Object& config) {
      return DangersAmong(*engine, SettingsInFiles(MapIn(config.json(), "data")));
    };
    return Say(change,
               change.live == nullptr ? std::vector<DangerousSetting>()
                                      : among(*change.live),
               among(change.manifest.object), findings);
  }
  const auto after = DangersOf(change.manifest.object);
  if (after.empty()) return;
  Say(change,
      change.live == nullptr ? std::vector<DangerousSetting>() : DangersOf(*change.live),
      after, findings);
}

}  // namespace holdfast
