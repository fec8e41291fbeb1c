#include "apply/selection.h"

#include "apply/pod_template.h"

namespace holdfast {

bool HasLabels(const Json& labels, const Json& selector) {
  for (auto it = selector.begin(); it != selector.end(); ++it) {
    const Json* value = FindIn(labels, it.key());
    if (value == nullptr || *value != it.value()) return false;
  }
  return true;
}

const Json& SelectorOf(const Object& object) {
  const ObjectRef& ref = object.ref();
  if (ref.Is("", "Service")) return MapIn(object.json(), "spec", "selector");
  if (ref.Is("policy", "PodDisruptionBudget")) {
    return MapIn(object.json(), "spec", "selector", "matchLabels");
  }
  if (ref.Is("networking.k8s.io", "NetworkPolicy")) {
    return MapIn(object.json(), "spec", "podSelector", "matchLabels");
  }
  return MapIn(Json(), "");
}

WorkloadsByLabel::WorkloadsByLabel(const std::vector<const Object*>& objects) {
  for (const Object* object : objects) {
    const PodTemplate pods(*object);
    if (!pods.exists()) continue;
    const Json& labels = pods.labels();
    for (auto it = labels.begin(); it != labels.end(); ++it) {
      if (!it.value().is_string()) continue;
      by_label_[{object->ref().name_space, it.key(), it.value().get<std::string>()}]
          .push_back(object);
    }
  }
}

std::vector<const Object*> WorkloadsByLabel::Selected(const std::string& name_space,
                                                      const Json& labels) const {
  // The rarest label decides how many have to be looked at.
  const std::vector<const Object*>* fewest = nullptr;
  for (auto it = labels.begin(); it != labels.end(); ++it) {
    if (!it.value().is_string()) return {};
    const auto found =
        by_label_.find({name_space, it.key(), it.value().get<std::string>()});
    if (found == by_label_.end()) return {};
    if (fewest == nullptr || found->second.size() < fewest->size())
      fewest = &found->second;
  }
  std::vector<const Object*> selected;
  if (fewest == nullptr) return selected;
  for (const Object* object : *fewest) {
    if (HasLabels(PodTemplate(*object).labels(), labels)) selected.push_back(object);
  }
  return selected;
}

}  // namespace holdfast
