#include "apply/neighbours.h"

#include <algorithm>
#include <set>
#include <utility>

#include "apply/pod_template.h"
#include "apply/readers.h"
#include "apply/selection.h"
#include "diff/effects.h"
#include "diff/field_path.h"

namespace holdfast {
namespace {

std::string Joined(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    text += (text.empty() ? "" : ", ") + names[i];
  }
  if (names.size() > kMost)
    text += " and " + std::to_string(names.size() - kMost) + " more";
  return text;
}

/// "Deployment mysql": the namespace is that of what changes.
std::string Short(const ObjectRef& ref) { return ref.kind + " " + ref.name; }

class Neighbours {
 public:
  Neighbours(const Manifest& manifest, const Prediction& prediction,
             const Outlook& outlook)
      : ref_(manifest.object.ref()),
        wanted_(prediction.result ? *prediction.result : manifest.object),
        live_(outlook.live().Find(ref_)),
        prediction_(prediction),
        outlook_(outlook) {}

  std::vector<std::string> Tell() {
    if (live_ == nullptr || prediction_.fields.empty()) return {};
    if (ref_.Is("", "Secret") || ref_.Is("", "ConfigMap")) Readers();
    if (ref_.Is("", "PersistentVolumeClaim")) Mounters();
    if (ref_.Is("", "Service")) Reached();
    if (Touches(prediction_.fields, "spec.template.metadata.labels")) LeftAndJoined();
    return std::move(sentences_);
  }

 private:
  void Say(std::string sentence) { sentences_.push_back(std::move(sentence)); }

  /// Who else there will be in the namespace.
  std::vector<const Object*> Around() const {
    std::vector<const Object*> around = outlook_.Remaining();
    std::erase_if(around, [&](const Object* one) {
      return one->ref().name_space != ref_.name_space || one->ref() == ref_;
    });
    return around;
  }

  /// The keys of a Secret or ConfigMap that change; empty for all, none for no data.
  std::optional<std::set<std::string>> ChangedKeys() const {
    std::set<std::string> keys;
    bool any = false;
    for (const FieldChange& field : prediction_.fields) {
      const auto path = FieldPath::Parse(field.path);
      if (!path.ok() || path->empty()) continue;
      const auto& steps = path->steps();
      const std::string& top = steps[0].key;
      if (top != "data" && top != "stringData" && top != "binaryData") continue;
      any = true;
      if (steps.size() == 1) return std::set<std::string>{};
      keys.insert(steps[1].key);
    }
    if (!any) return std::nullopt;
    return keys;
  }

  /// True if the plan itself starts its pods anew.
  bool Rolls(const ObjectRef& workload) const {
    const auto found = outlook_.input().predictions.find(workload);
    if (found == outlook_.input().predictions.end()) return false;
    const Prediction& prediction = found->second;
    if (!prediction.exists) return true;
    const Object* live = outlook_.live().Find(workload);
    const bool by_hand =
        live != nullptr &&
        StringIn(live->json(), "spec", "updateStrategy", "type") == "OnDelete";
    return Touches(prediction.fields, "spec.template") && !by_hand;
  }

  void Readers() {
    const auto keys = ChangedKeys();
    if (!keys) return;
    bool read = false;
    for (const Object* one : Around()) {
      const std::vector<Reading> readings = ReadingsOf(*one, ref_, *keys);
      if (!readings.empty()) ReadBy(*one, readings);
      read = read || !readings.empty() || Served(*one);
    }
    if (!read) Say("no pod restarts: no workload that is known here reads what changes");
  }

  void ReadBy(const Object& workload, const std::vector<Reading>& readings) {
    const std::string who = Short(workload.ref());
    if (workload.ref().Is("batch", "CronJob"))
      return Say(who + " reads it at its next run");
    if (Rolls(workload.ref())) {
      return Say(who + " starts pods in this plan too, and they get the new value");
    }
    std::vector<std::string> env;
    std::vector<std::string> volume;
    std::vector<std::string> sub_path;
    for (const Reading& reading : readings) {
      switch (reading.how) {
        case Reading::How::kEnv:
          env.push_back(reading.what);
          break;
        case Reading::How::kVolume:
          volume.push_back(reading.what);
          break;
        case Reading::How::kSubPath:
          sub_path.push_back(reading.what);
          break;
        case Reading::How::kPull:
          Say(who + " uses it when it pulls an image next; no pod restarts");
          break;
      }
    }
    if (!env.empty()) {
      Say("no pod of " + who + " restarts: env is read at start (" + Joined(env) +
          "), so the old value stays until then");
    }
    if (!sub_path.empty()) {
      Say("no pod of " + who + " restarts: " + Joined(sub_path) +
          " is mounted by subPath, which is read at start and never updated");
    }
    if (!volume.empty()) {
      Say("no pod of " + who + " restarts: " + Joined(volume) +
          " is updated in place within a minute or two");
    }
  }

  /// An Ingress that takes its certificate from the Secret.
  bool Served(const Object& object) {
    if (!ref_.Is("", "Secret") || !object.ref().Is("networking.k8s.io", "Ingress")) {
      return false;
    }
    const Json& tls = ArrayIn(object.json(), "spec", "tls");
    const bool uses = std::any_of(tls.begin(), tls.end(), [&](const Json& one) {
      return StringIn(one, "secretName") == ref_.name;
    });
    if (uses) Say(Short(object.ref()) + " serves the new certificate; no pod restarts");
    return uses;
  }

  void Mounters() {
    if (!Touches(prediction_.fields, "spec.resources.requests.storage")) return;
    std::vector<std::string> who;
    for (const Object* one : Around()) {
      const auto mounted = MountedClaims(PodTemplate(*one));
      const bool by_name = std::any_of(
          mounted.begin(), mounted.end(),
          [&](const MountedClaim& claim) { return claim.claim == ref_.name; });
      const bool by_template =
          one->ref().Is("apps", "StatefulSet") && OrdinalOfClaim(*one, ref_.name) >= 0;
      if (by_name || by_template) who.push_back(Short(one->ref()));
    }
    if (who.empty()) {
      Say("no workload that is known here mounts it: its file system grows when a pod "
          "does");
    } else {
      Say(Joined(who) + " has it mounted: it grows online, and no pod restarts");
    }
  }

  std::vector<std::string> Selected(const Json& selector) const {
    std::vector<std::string> names;
    if (selector.empty()) return names;
    for (const Object* one : Around()) {
      const PodTemplate pods(*one);
      if (pods.exists() && HasLabels(pods.labels(), selector))
        names.push_back(Short(one->ref()));
    }
    return names;
  }

  void Reached() {
    if (!Touches(prediction_.fields, "spec.selector")) return;
    const auto before = Selected(SelectorOf(*live_));
    const auto after = Selected(SelectorOf(wanted_));
    if (before == after) return;
    if (after.empty()) {
      return Say(
          "its clients reach no pod: no workload that is known here has the labels of "
          "the new selector" +
          (before.empty() ? "" : "; until now they reach " + Joined(before)));
    }
    Say("its clients reach " + Joined(after) +
        (before.empty() ? "" : " in place of " + Joined(before)));
  }

  void LeftAndJoined() {
    const PodTemplate before(*live_);
    const PodTemplate after(wanted_);
    std::vector<std::string> left;
    std::vector<std::string> joined;
    for (const Object* one : Around()) {
      if (!one->ref().Is("", "Service")) continue;
      const Json& selector = SelectorOf(*one);
      if (selector.empty()) continue;
      const bool was = HasLabels(before.labels(), selector);
      const bool is = HasLabels(after.labels(), selector);
      if (was && !is) left.push_back(one->ref().name);
      if (!was && is) joined.push_back(one->ref().name);
    }
    if (!left.empty())
      Say("clients of Service " + Joined(left) + " no longer reach its pods");
    if (!joined.empty())
      Say("clients of Service " + Joined(joined) + " reach its pods too");
  }

  const ObjectRef& ref_;
  const Object& wanted_;
  const Object* live_;
  const Prediction& prediction_;
  const Outlook& outlook_;
  std::vector<std::string> sentences_;
};

}  // namespace

std::vector<std::string> NeighbourEffects(const Manifest& manifest,
                                          const Prediction& prediction,
                                          const Outlook& outlook) {
  return Neighbours(manifest, prediction, outlook).Tell();
}

}  // namespace holdfast
