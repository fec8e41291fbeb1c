// H-F15: probes that kill a database while it recovers, and limits that it runs into.

#include <map>
#include <optional>
#include <string>

#include "apply/hazard.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"
#include "diff/quantity.h"

namespace holdfast {
namespace {

const Json* ProbeOf(const Json& container, const char* name) {
  const Json* probe = FindIn(container, name);
  return probe == nullptr || probe->is_null() ? nullptr : probe;
}

/// Seconds until a server that does not answer is killed (API reference, Probe).
long long PatienceOf(const Json& probe) {
  return IntegerIn(10, probe, "periodSeconds") * IntegerIn(3, probe, "failureThreshold");
}

std::optional<Quantity> LimitOf(const Json& container, const char* resource) {
  const Json* limit = FindIn(container, "resources", "limits", resource);
  return limit == nullptr ? std::nullopt : Quantity::FromJson(*limit);
}

class Containers {
 public:
  Containers(const ChangeCase& change, std::vector<Finding>& findings)
      : change_(change), findings_(findings) {}

  void Compare(const Json& before, const ContainerAt& now) {
    name_ = StringIn(*now.json, "name");
    const Json& after = *now.json;
    const Json* was = ProbeOf(before, "livenessProbe");
    const Json* is = ProbeOf(after, "livenessProbe");
    const std::string kills =
        ", and kills a server that is still recovering from a crash or upgrading its "
        "files";
    if (was == nullptr && is != nullptr) {
      Warn(now.pointer() + "/livenessProbe", "gets a livenessProbe, which restarts it" + kills,
           "give it a startupProbe as well, with the time that the longest recovery takes");
    } else if (was != nullptr && is != nullptr && PatienceOf(*is) < PatienceOf(*was)) {
      Warn(now.pointer() + "/livenessProbe",
           "is restarted by its livenessProbe after " + std::to_string(PatienceOf(*is)) +
               " s in place of " + std::to_string(PatienceOf(*was)) + kills,
           "keep failureThreshold and periodSeconds");
    }
    const bool loses_startup = ProbeOf(before, "startupProbe") != nullptr &&
                               ProbeOf(after, "startupProbe") == nullptr;
    if (loses_startup && is != nullptr) {
      Warn(now.pointer(),
           "loses its startupProbe: the livenessProbe begins at once" + kills,
           "keep the startupProbe");
    }
    CompareLimit(before, now, "memory", "the server is killed when it reaches it");
    CompareLimit(before, now, "cpu", "recovery and queries take longer");
  }

 private:
  void CompareLimit(const Json& before, const ContainerAt& now, const char* resource,
                    const char* effect) {
    const auto was = LimitOf(before, resource);
    const auto is = LimitOf(*now.json, resource);
    if (!is || (was && *is >= *was)) return;
    Warn(now.pointer() + "/resources/limits/" + resource,
         "gets a smaller limit of " + std::string(resource) + " (" +
             (was ? was->ToString() : std::string("none")) + " to " + is->ToString() +
             "): " + effect,
         "look at what it uses now before you lower it");
  }

  void Warn(const std::string& pointer, const std::string& what, std::string remedy) {
    findings_.push_back({"H-F15", Ruling::kWarn,
                         change_.manifest.WhereIs(pointer) + ": container " + name_ +
                             " of " + change_.ref().ToString() + " " + what,
                         std::move(remedy)});
  }

  const ChangeCase& change_;
  std::vector<Finding>& findings_;
  std::string name_;
};

}  // namespace

void WarnProbes(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live == nullptr || !IsStateful(*change.live)) return;
  const Object& after = change.After();
  const PodTemplate before_pods(*change.live);
  const PodTemplate after_pods(after);
  std::map<std::string, const Json*> before;
  for (const ContainerAt& one : before_pods.Containers()) {
    if (!one.init) before[StringIn(*one.json, "name")] = one.json;
  }
  Containers containers(change, findings);
  for (const ContainerAt& one : after_pods.Containers()) {
    const auto was = before.find(StringIn(*one.json, "name"));
    if (!one.init && was != before.end()) containers.Compare(*was->second, one);
  }
}

}  // namespace holdfast
