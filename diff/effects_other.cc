#include "diff/effects_other.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "diff/effects.h"
#include "diff/quantity.h"

namespace holdfast {
namespace {

/// Kinds whose rules the control plane or the nodes follow as soon as they are written.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kAtOnce = {{
    {"networking.k8s.io", "Ingress"},
    {"networking.k8s.io", "NetworkPolicy"},
    {"rbac.authorization.k8s.io", "ClusterRole"},
    {"rbac.authorization.k8s.io", "ClusterRoleBinding"},
    {"rbac.authorization.k8s.io", "Role"},
    {"rbac.authorization.k8s.io", "RoleBinding"},
}};

/// Kinds that are looked at when a pod is made, and never again for that pod.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kForNewPods = {{
    {"", "LimitRange"},
    {"", "ResourceQuota"},
    {"", "ServiceAccount"},
    {"node.k8s.io", "RuntimeClass"},
}};

template <std::size_t kCount>
bool IsAmong(
    const ObjectRef& ref,
    const std::array<std::pair<std::string_view, std::string_view>, kCount>& kinds) {
  return std::any_of(kinds.begin(), kinds.end(),
                     [&](const auto& kind) { return ref.Is(kind.first, kind.second); });
}

std::string TextOf(const Json& value) {
  return value.is_string() ? value.get<std::string>() : DumpJson(value);
}

class Story {
 public:
  Story(const Object& before, const Object& after, const std::vector<FieldChange>& fields)
      : before_(before), after_(after), fields_(fields) {}

  std::vector<std::string> Tell() {
    const ObjectRef& ref = after_.ref();
    const bool beyond_metadata = std::any_of(
        fields_.begin(), fields_.end(),
        [](const FieldChange& field) { return !field.path.starts_with("metadata"); });
    if (ref.Is("", "Service")) Service();
    if (ref.Is("", "PersistentVolumeClaim")) Claim();
    if (ref.Is("", "PersistentVolume")) Volume();
    if (ref.Is("autoscaling", "HorizontalPodAutoscaler")) Autoscaler();
    if (ref.Is("policy", "PodDisruptionBudget")) Budget();
    if (ref.Is("storage.k8s.io", "StorageClass") && beyond_metadata) {
      Say("volumes that are there stay as they are; it counts for what is asked for from "
          "now on");
    }
    if (beyond_metadata && IsAmong(ref, kAtOnce)) {
      Say("counts at once; no pod restarts");
    }
    if (beyond_metadata && IsAmong(ref, kForNewPods)) {
      Say("counts for pods that start from now on; running ones stay as they are");
    }
    const bool security =
        std::any_of(fields_.begin(), fields_.end(), [](const FieldChange& field) {
          return field.path.find("pod-security.kubernetes.io/") != std::string::npos;
        });
    if (ref.Is("", "Namespace") && security) {
      Say("counts for pods that start from now on; running ones stay as they are");
    }
    return std::move(sentences_);
  }

 private:
  void Say(std::string sentence) { sentences_.push_back(std::move(sentence)); }

  /// The member of spec before; and as it will be.
  const Json* Was(std::string_view field) const {
    return FindIn(before_.json(), "spec", field);
  }
  const Json* WillBe(std::string_view field) const {
    const bool changes = Touches(fields_, "spec." + std::string(field));
    return changes ? FindIn(after_.json(), "spec", field) : Was(field);
  }

  /// The ports that a client can have been given, as a text each.
  static std::vector<std::string> PortsOf(const Json* ports) {
    std::vector<std::string> found;
    if (ports == nullptr || !ports->is_array()) return found;
    for (const Json& port : *ports) {
      if (const Json* number = FindIn(port, "port")) found.push_back(DumpJson(*number));
    }
    return found;
  }

  void Service() {
    if (Touches(fields_, "spec.selector")) {
      Say("traffic goes to the pods of the new selector at once");
    }
    const std::string address = StringIn(before_.json(), "spec", "clusterIP");
    if (Touches(fields_, "spec.clusterIP") && !address.empty() && address != "None") {
      Say("its clients lose the address " + address);
    } else if (Touches(fields_, "spec.clusterIP") && address == "None") {
      Say("its name no longer leads to the pods themselves");
    }
    if (Touches(fields_, "spec.ports")) {
      const auto stay = PortsOf(WillBe("ports"));
      std::string gone;
      for (const std::string& port : PortsOf(Was("ports"))) {
        if (std::find(stay.begin(), stay.end(), port) == stay.end()) {
          gone += (gone.empty() ? "" : ", ") + port;
        }
      }
      if (!gone.empty()) Say("its clients find nothing on port " + gone + " any more");
    }
    if (!Touches(fields_, "spec.type")) return;
    const std::string was = StringIn(before_.json(), "spec", "type");
    const std::string is = StringIn(after_.json(), "spec", "type");
    if (was == "LoadBalancer") Say("gives up its load balancer and its external address");
    if (is == "LoadBalancer") Say("asks for a load balancer: reachable from outside");
    if (is == "NodePort") Say("opens a port on every node");
    if (is == "ExternalName") Say("becomes a DNS alias: no traffic reaches the pods");
  }

  void Claim() {
    const Json* was = FindIn(before_.json(), "spec", "resources", "requests", "storage");
    const Json* is = FindIn(after_.json(), "spec", "resources", "requests", "storage");
    if (was == nullptr || is == nullptr) return;
    const auto from = Quantity::FromJson(*was);
    const auto to = Quantity::FromJson(*is);
    if (from && to && *from < *to) {
      Say("the volume grows from " + TextOf(*was) + " to " + TextOf(*is) +
          "; it cannot shrink again");
    }
  }

  void Volume() {
    if (!Touches(fields_, "spec.persistentVolumeReclaimPolicy")) return;
    const std::string is =
        StringIn(after_.json(), "spec", "persistentVolumeReclaimPolicy");
    if (is == "Delete") Say("its data are destroyed when its claim is deleted");
    if (is == "Retain") Say("its data stay when its claim is deleted");
  }

  void Autoscaler() {
    if (!Touches(fields_, "spec.minReplicas") && !Touches(fields_, "spec.maxReplicas") &&
        !Touches(fields_, "spec.scaleTargetRef")) {
      return;
    }
    const Json* target = WillBe("scaleTargetRef");
    const Json* least = WillBe("minReplicas");
    const Json* most = WillBe("maxReplicas");
    if (target == nullptr || most == nullptr) return;
    Say("keeps between " + (least == nullptr ? "1" : TextOf(*least)) + " and " +
        TextOf(*most) + " pods of " + StringIn(*target, "kind") + " " +
        StringIn(*target, "name"));
  }

  void Budget() {
    if (!Touches(fields_, "spec")) return;
    const Json* least = WillBe("minAvailable");
    const Json* most = WillBe("maxUnavailable");
    if (least != nullptr && !least->is_null()) {
      Say("no pod restarts; a drain of nodes leaves at least " + TextOf(*least) +
          " of its pods");
    } else if (most != nullptr && !most->is_null()) {
      Say("no pod restarts; a drain of nodes takes at most " + TextOf(*most) +
          " of its pods at a time");
    }
  }

  const Object& before_;
  const Object& after_;
  const std::vector<FieldChange>& fields_;
  std::vector<std::string> sentences_;
};

}  // namespace

std::vector<std::string> OtherEffects(const Object& before, const Object& after,
                                      const std::vector<FieldChange>& fields) {
  return Story(before, after, fields).Tell();
}

}  // namespace holdfast
