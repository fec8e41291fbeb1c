#include "diff/effects.h"

#include <algorithm>
#include <string_view>

#include "diff/quantity.h"

namespace holdfast {
namespace {

constexpr long long kMostNames = 5;

bool Touches(const std::vector<FieldChange>& fields, std::string_view prefix) {
  return std::any_of(fields.begin(), fields.end(), [&](const FieldChange& field) {
    const std::string_view path = field.path;
    if (!path.starts_with(prefix)) return false;
    return path.size() == prefix.size() || path[prefix.size()] == '.' ||
           path[prefix.size()] == '[';
  });
}

std::string Pods(long long count) {
  return std::to_string(count) + (count == 1 ? " pod" : " pods");
}

/// One object before and after, and the sentences about it.
class Story {
 public:
  Story(const Object& before, const Object& after, const std::vector<FieldChange>& fields)
      : before_(before),
        after_(after),
        fields_(fields),
        name_(after.ref().name),
        were_(IntegerIn(1, before.json(), "spec", "replicas")),
        will_be_(IntegerIn(1, after.json(), "spec", "replicas")) {}

  std::vector<std::string> Tell() {
    const ObjectRef& ref = after_.ref();
    if (ref.Is("apps", "StatefulSet")) StatefulSet();
    if (ref.Is("apps", "Deployment")) Deployment();
    if (ref.Is("apps", "DaemonSet")) DaemonSet();
    if (ref.Is("batch", "CronJob") && Touches(fields_, "spec.jobTemplate")) {
      Say("running jobs go on; the next run uses the new template");
    }
    if (ref.Is("", "Service")) Service();
    if (ref.Is("", "PersistentVolumeClaim")) Claim();
    if (ref.Is("", "Secret") || ref.Is("", "ConfigMap")) Configuration();
    return std::move(sentences_);
  }

 private:
  void Say(std::string sentence) { sentences_.push_back(std::move(sentence)); }

  /// Ordinals [from, to) by name, in the order in which it happens.
  std::string Names(long long from, long long to, bool highest_first) const {
    const long long count = to - from;
    std::string names = count == 1 ? "pod " : "pods ";
    for (long long i = 0; i < std::min(count, kMostNames); ++i) {
      if (i > 0) names += ", ";
      names += name_ + "-" + std::to_string(highest_first ? to - 1 - i : from + i);
    }
    if (count > kMostNames)
      names += " and " + std::to_string(count - kMostNames) + " more";
    return names;
  }

  void StatefulSet() {
    const Json& spec = MapIn(after_.json(), "spec");
    const long long start = IntegerIn(0, spec, "ordinals", "start");
    if (will_be_ < were_) {
      Say("deletes " + Names(start + will_be_, start + were_, true));
    }
    if (Touches(fields_, "spec.template")) RollStatefulSet(spec, start);
    if (will_be_ > were_) {
      const bool parallel = StringIn(spec, "podManagementPolicy") == "Parallel";
      Say("adds " + Names(start + were_, start + will_be_, false) +
          (parallel && will_be_ - were_ > 1 ? ", all at once" : ""));
    }
  }

  void RollStatefulSet(const Json& spec, long long start) {
    const long long staying = std::min(were_, will_be_);
    if (staying == 0) return;
    if (StringIn(spec, "updateStrategy", "type") == "OnDelete") {
      return Say("no pod restarts until it is deleted by hand (OnDelete)");
    }
    const long long partition =
        IntegerIn(0, spec, "updateStrategy", "rollingUpdate", "partition");
    const long long rolling =
        std::min(staying, start + staying - std::max(partition, start));
    if (rolling <= 0) {
      return Say("no pod restarts: the partition is " + std::to_string(partition));
    }
    Say("rolls " + Pods(rolling) + (rolling > 1 ? ", highest ordinal first" : "") +
        (rolling < staying ? "; the partition keeps " + std::to_string(staying - rolling)
                           : ""));
  }

  void Deployment() {
    const Json& spec = MapIn(after_.json(), "spec");
    if (will_be_ < were_) Say("deletes " + Pods(were_ - will_be_));
    const long long staying = std::min(were_, will_be_);
    if (Touches(fields_, "spec.template") && staying > 0) {
      const Json* paused = FindIn(spec, "paused");
      if (paused != nullptr && *paused == Json(true)) {
        Say("no pod restarts: it is paused");
      } else if (StringIn(spec, "strategy", "type") == "Recreate") {
        Say(staying == 1 ? "stops its pod, then starts a new one"
                         : "stops its " + Pods(staying) + ", then starts new ones");
      } else {
        Say("rolls " + Pods(staying));
      }
    }
    if (will_be_ > were_) Say("adds " + Pods(will_be_ - were_));
  }

  void DaemonSet() {
    if (!Touches(fields_, "spec.template")) return;
    const bool by_hand =
        StringIn(after_.json(), "spec", "updateStrategy", "type") == "OnDelete";
    Say(by_hand ? "no pod restarts until it is deleted by hand (OnDelete)"
                : "rolls its pods, node by node");
  }

  void Service() {
    if (Touches(fields_, "spec.selector")) {
      Say("traffic goes to the pods of the new selector at once");
    }
    const std::string was = StringIn(before_.json(), "spec", "type");
    const std::string is = StringIn(after_.json(), "spec", "type");
    if (!Touches(fields_, "spec.type")) return;
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
      Say("the volume grows from " + Text(*was) + " to " + Text(*is) +
          "; it cannot shrink again");
    }
  }

  static std::string Text(const Json& value) {
    return value.is_string() ? value.get<std::string>() : DumpJson(value);
  }

  void Configuration() {
    if (!Touches(fields_, "data") && !Touches(fields_, "stringData") &&
        !Touches(fields_, "binaryData")) {
      return;
    }
    Say("no pod restarts: env is read at start");
  }

  const Object& before_;
  const Object& after_;
  const std::vector<FieldChange>& fields_;
  const std::string name_;
  const long long were_;
  const long long will_be_;
  std::vector<std::string> sentences_;
};

}  // namespace

std::vector<std::string> Effects(const Object& before, const Object& after,
                                 const std::vector<FieldChange>& fields) {
  return Story(before, after, fields).Tell();
}

}  // namespace holdfast
