// H-F14: less time to shut down, or no hook that drains. When the time is over the server
// is killed: the next start is a crash recovery, and hints for other members are lost.

#include <algorithm>
#include <map>

#include "apply/hazard.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"
#include "diff/engine_needs.h"

namespace holdfast {
namespace {

constexpr long long kDefaultGrace = 30;  // Seconds; API reference, PodSpec.

long long GraceOf(const PodTemplate& pods) {
  return IntegerIn(kDefaultGrace, pods.spec(), "terminationGracePeriodSeconds");
}

void JudgeHooks(const ChangeCase& change, const PodTemplate& before,
                const PodTemplate& after, std::vector<Finding>& findings) {
  std::map<std::string, bool> hooked;
  for (const ContainerAt& one : before.Containers()) {
    hooked[StringIn(*one.json, "name")] =
        FindIn(*one.json, "lifecycle", "preStop") != nullptr;
  }
  for (const ContainerAt& one : after.Containers()) {
    const std::string name = StringIn(*one.json, "name");
    const auto was = hooked.find(name);
    const bool had = was != hooked.end() && was->second;
    if (!had || FindIn(*one.json, "lifecycle", "preStop") != nullptr) continue;
    findings.push_back(
        {"H-F14", Ruling::kWarn,
         change.manifest.WhereIs(one.pointer()) + ": container " + name +
             " loses its preStop hook: nothing drains it before it is stopped",
         "keep lifecycle.preStop"});
  }
}

}  // namespace

void GuardGrace(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live == nullptr || !IsStateful(*change.live)) return;
  const Object& object = change.After();
  const PodTemplate before(*change.live);
  const PodTemplate after(object);
  if (!before.exists() || !after.exists()) return;
  JudgeHooks(change, before, after, findings);
  const bool known = change.AfterIsWhole() ||
                     FindIn(after.spec(), "terminationGracePeriodSeconds") != nullptr;
  const long long was = GraceOf(before);
  const long long is = GraceOf(after);
  if (!known || is >= was) return;
  const Engine* engine = EngineOf(*change.live);
  const long long least = engine == nullptr ? 0 : NeedsOf(*engine).shutdown_seconds;
  const bool refuse = is < least;
  findings.push_back(
      {"H-F14", refuse ? Ruling::kRefuse : Ruling::kWarn,
       change.manifest.WhereIs(after.pointer() + "/terminationGracePeriodSeconds") +
           ": terminationGracePeriodSeconds goes from " + std::to_string(was) + " to " +
           std::to_string(is) + ": that is all the time that the preStop hook and the "
           "shutdown have together, then the server is killed" +
           (refuse ? "; " + std::string(engine->name) + " needs " +
                         std::to_string(least) + " at least"
                   : ""),
       "write terminationGracePeriodSeconds: " +
           std::to_string(refuse ? std::max(was, least) : was)});
}

}  // namespace holdfast
