#include "apply/neighbours.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "apply/enumerated.h"
#include "apply/named_references.h"
#include "apply/pod_template.h"
#include "apply/readers.h"
#include "apply/selection.h"
#include "diff/effects.h"
#include "diff/field_path.h"

namespace holdfast {
namespace {

/// As many names as a line holds.
std::string Joined(const std::vector<std::string>& names) { return Enumerated(names, 4); }

/// "Deployment mysql": the namespace is that of what changes.
std::string Short(const ObjectRef& ref) { return ref.kind + " " + ref.name; }

}  // namespace

/// Everything that there will be after the plan, by what it names and what it is.
class Surroundings {
 public:
  explicit Surroundings(const Outlook& outlook)
      : remaining_(outlook.Remaining()), by_label_(remaining_) {
    for (const Object* one : remaining_) {
      const std::string& name_space = one->ref().name_space;
      if (one->ref().Is("", "Service")) services_[name_space].push_back(one);
      if (one->ref().Is("apps", "StatefulSet")) sets_[name_space].push_back(one);
      for (const Edge& edge : NamedReferencesBare(*one)) {
        std::vector<const Object*>& naming = naming_[edge.to];
        if (naming.empty() || naming.back() != one) naming.push_back(one);
      }
    }
  }

  const std::vector<const Object*>& Naming(const ObjectRef& ref) const {
    return In(naming_, ref);
  }
  const std::vector<const Object*>& Services(const std::string& name_space) const {
    return In(services_, name_space);
  }
  const std::vector<const Object*>& StatefulSets(const std::string& name_space) const {
    return In(sets_, name_space);
  }
  std::vector<const Object*> Selected(const std::string& name_space,
                                      const Json& selector) const {
    return by_label_.Selected(name_space, selector);
  }

 private:
  template <typename Key>
  static const std::vector<const Object*>& In(
      const std::map<Key, std::vector<const Object*>>& map, const Key& key) {
    static const std::vector<const Object*> kNone;
    const auto found = map.find(key);
    return found == map.end() ? kNone : found->second;
  }

  std::vector<const Object*> remaining_;
  WorkloadsByLabel by_label_;
  std::map<ObjectRef, std::vector<const Object*>> naming_;
  std::map<std::string, std::vector<const Object*>> services_;
  std::map<std::string, std::vector<const Object*>> sets_;
};

namespace {

/// One object, and the sentences about those around it.
class Story {
 public:
  Story(const Manifest& manifest, const Prediction& prediction, const Outlook& outlook,
        const Surroundings& index)
      : ref_(manifest.object.ref()),
        wanted_(prediction.result ? *prediction.result : manifest.object),
        live_(outlook.live().Find(ref_)),
        prediction_(prediction),
        outlook_(outlook),
        index_(index) {}

  std::vector<std::string> Tell() {
    if (ref_.Is("", "Secret") || ref_.Is("", "ConfigMap")) Readers();
    if (ref_.Is("", "PersistentVolumeClaim")) Mounters();
    if (ref_.Is("", "Service")) Reached();
    if (Touches(prediction_.fields, "spec.template.metadata.labels")) LeftAndJoined();
    return std::move(sentences_);
  }

 private:
  void Say(std::string sentence) { sentences_.push_back(std::move(sentence)); }

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
    for (const Object* one : index_.Naming(ref_)) {
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
    for (const Object* one : index_.Naming(ref_)) {
      if (PodTemplate(*one).exists()) who.push_back(Short(one->ref()));
    }
    for (const Object* set : index_.StatefulSets(ref_.name_space)) {
      if (OrdinalOfClaim(*set, ref_.name) >= 0) who.push_back(Short(set->ref()));
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
    for (const Object* one : index_.Selected(ref_.name_space, selector)) {
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
    for (const Object* one : index_.Services(ref_.name_space)) {
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
  const Surroundings& index_;
  std::vector<std::string> sentences_;
};

bool HasNeighbours(const ObjectRef& ref, const std::vector<FieldChange>& fields) {
  return ref.Is("", "Secret") || ref.Is("", "ConfigMap") || ref.Is("", "Service") ||
         ref.Is("", "PersistentVolumeClaim") ||
         Touches(fields, "spec.template.metadata.labels");
}

}  // namespace

Neighbours::Neighbours(const Outlook& outlook) : outlook_(outlook) {}
Neighbours::~Neighbours() = default;

std::vector<std::string> Neighbours::EffectsOn(const Manifest& manifest,
                                               const Prediction& prediction) {
  const ObjectRef& ref = manifest.object.ref();
  const bool changes = outlook_.live().Find(ref) != nullptr && !prediction.fields.empty();
  if (!changes || !HasNeighbours(ref, prediction.fields)) return {};
  if (index_ == nullptr) index_ = std::make_unique<Surroundings>(outlook_);
  return Story(manifest, prediction, outlook_, *index_).Tell();
}

}  // namespace holdfast
