#include "diff/effects_workload.h"

#include <algorithm>
#include <string_view>

#include "diff/effects.h"

namespace holdfast {
namespace {

constexpr long long kMostNames = 5;

/// One workload before and after, and the sentences about its pods.
class Story {
 public:
  Story(const Object& before, const Object& after, const std::vector<FieldChange>& fields)
      : before_(before),
        after_(after),
        fields_(fields),
        name_(after.ref().name),
        were_(IntegerIn(1, before.json(), "spec", "replicas")),
        will_be_(Touches(fields, "spec.replicas")
                     ? IntegerIn(1, after.json(), "spec", "replicas")
                     : were_) {}

  std::vector<std::string> Tell() {
    const ObjectRef& ref = after_.ref();
    if (ref.Is("apps", "StatefulSet")) {
      Identity();
      StatefulSet();
    } else if (ref.Is("apps", "Deployment")) {
      Identity();
      Deployment();
    } else if (ref.Is("apps", "DaemonSet")) {
      Identity();
      DaemonSet();
    } else if (ref.Is("apps", "ReplicaSet")) {
      Identity();
      ReplicaSet();
    } else if (ref.Is("batch", "CronJob")) {
      CronJob();
      return std::move(sentences_);
    } else if (ref.Is("batch", "Job")) {
      Job();
      return std::move(sentences_);
    } else {
      return {};
    }
    if (sentences_.empty() && Touches(fields_, "spec") && were_ > 0) {
      Say("no pod restarts");
    }
    return std::move(sentences_);
  }

 private:
  void Say(std::string sentence) { sentences_.push_back(std::move(sentence)); }

  /// The member of spec as it will be.
  const Json* Spec(std::string_view field) const {
    const bool changes = Touches(fields_, "spec." + std::string(field));
    return FindIn(changes ? after_.json() : before_.json(), "spec", field);
  }

  std::string Text(std::string_view field) const {
    const Json* found = Spec(field);
    return found != nullptr && found->is_string() ? found->get<std::string>()
                                                  : std::string();
  }

  /// The type of an update strategy.
  std::string TypeOf(std::string_view strategy) const {
    const Json* found = Spec(strategy);
    return found == nullptr ? std::string() : StringIn(*found, "type");
  }

  bool Is(std::string_view field) const {
    const Json* found = Spec(field);
    return found != nullptr && *found == Json(true);
  }

  bool Was(std::string_view field) const {
    const Json* found = FindIn(before_.json(), "spec", field);
    return found != nullptr && *found == Json(true);
  }

  bool RollsTemplate() const { return Touches(fields_, "spec.template"); }

  /// What makes a workload the one that it is.
  void Identity() {
    if (Touches(fields_, "spec.selector")) {
      Say("another selector is another identity: its " + PodsOf(were_) +
          " would run on unmanaged beside new ones, on the same volumes");
    }
    if (Touches(fields_, "spec.serviceName")) {
      Say("another identity: its pods would be known as " + name_ + "-N." +
          StringIn(after_.json(), "spec", "serviceName") + " and no longer as " + name_ +
          "-N." + StringIn(before_.json(), "spec", "serviceName"));
    }
    if (Touches(fields_, "spec.volumeClaimTemplates")) {
      Say("claims that are there stay as they are; only new ones follow a claim "
          "template");
    }
  }

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
    const Json* ordinals = Spec("ordinals");
    const long long start = ordinals == nullptr ? 0 : IntegerIn(0, *ordinals, "start");
    const long long started = IntegerIn(0, before_.json(), "spec", "ordinals", "start");
    if (started != start) return MovedOrdinals(started, start);
    if (will_be_ < were_) {
      Say("deletes " + Names(start + will_be_, start + were_, true));
    }
    if (RollsTemplate()) {
      RollStatefulSet(start);
    } else {
      ReleasePartition(start);
    }
    if (will_be_ > were_) {
      const bool parallel = Text("podManagementPolicy") == "Parallel";
      Say("adds " + Names(start + were_, start + will_be_, false) +
          (parallel && will_be_ - were_ > 1 ? ", all at once" : ""));
    }
  }

  /// Pods are their ordinals, and so are their claims.
  void MovedOrdinals(long long from, long long to) {
    const long long from_end = from + were_;
    const long long to_end = to + will_be_;
    const auto told = [&](const char* verb, long long a, long long b, bool down) {
      if (a < b) Say(std::string(verb) + " " + Names(a, b, down));
    };
    told("deletes", std::max(from, to_end), from_end, true);
    told("deletes", from, std::min(from_end, to), true);
    told("adds", to, std::min(to_end, from), false);
    told("adds", std::max(to, from_end), to_end, false);
    if (RollsTemplate()) Say("rolls the pods that stay, highest ordinal first");
  }

  long long PartitionOf(const Json& spec) const {
    return IntegerIn(0, spec, "updateStrategy", "rollingUpdate", "partition");
  }

  long long Partition() const {
    const bool changes = Touches(fields_, "spec.updateStrategy");
    return PartitionOf(MapIn(changes ? after_.json() : before_.json(), "spec"));
  }

  void RollStatefulSet(long long start) {
    const long long staying = std::min(were_, will_be_);
    if (staying == 0) return;
    if (TypeOf("updateStrategy") == "OnDelete") {
      return Say("no pod restarts until it is deleted by hand (OnDelete)");
    }
    const long long partition = Partition();
    const long long rolling =
        std::min(staying, start + staying - std::max(partition, start));
    if (rolling <= 0) {
      return Say("no pod restarts: the partition is " + std::to_string(partition));
    }
    Say("rolls " + PodsOf(rolling) + (rolling > 1 ? ", highest ordinal first" : "") +
        (rolling < staying ? "; the partition keeps " + std::to_string(staying - rolling)
                           : ""));
  }

  /// A lower partition lets go of pods that an earlier roll-out has kept back.
  void ReleasePartition(long long start) {
    const long long was = PartitionOf(MapIn(before_.json(), "spec"));
    const long long is = Partition();
    const Json& status = MapIn(before_.json(), "status");
    const bool waits =
        StringIn(status, "updateRevision") != StringIn(status, "currentRevision");
    const long long end = start + std::min(were_, will_be_);
    const long long from = std::max(is, start);
    const long long to = std::min(was, end);
    if (!waits || is >= was || from >= to) return;
    Say("rolls " + Names(from, to, true) + ", which the partition has kept back");
  }

  void Deployment() {
    if (will_be_ < were_) Say("deletes " + PodsOf(were_ - will_be_));
    const long long staying = std::min(were_, will_be_);
    const bool paused = Is("paused");
    if (RollsTemplate() && staying > 0) {
      if (paused) {
        Say("no pod restarts: it is paused");
      } else if (TypeOf("strategy") == "Recreate") {
        Say(staying == 1 ? "stops its pod, then starts a new one"
                         : "stops its " + PodsOf(staying) + ", then starts new ones");
      } else {
        Say("rolls " + PodsOf(staying));
      }
    } else if (Was("paused") && !paused && staying > 0) {
      Say("goes on rolling out: what its template was given while it was paused");
    }
    if (will_be_ > were_) Say("adds " + PodsOf(will_be_ - were_));
  }

  void ReplicaSet() {
    if (will_be_ < were_) Say("deletes " + PodsOf(were_ - will_be_));
    if (will_be_ > were_) Say("adds " + PodsOf(will_be_ - were_));
    if (RollsTemplate()) Say("no pod restarts: only new ones follow its template");
  }

  void DaemonSet() {
    if (!RollsTemplate()) return;
    const bool by_hand = TypeOf("updateStrategy") == "OnDelete";
    const long long count =
        IntegerIn(0, before_.json(), "status", "desiredNumberScheduled");
    const std::string pods = count > 0 ? PodsOf(count) : "its pods";
    Say(by_hand ? "no pod restarts until it is deleted by hand (OnDelete)"
                : "rolls " + pods + ", node by node");
  }

  void CronJob() {
    if (Is("suspend") && !Was("suspend")) {
      Say("no further run starts; running jobs go on");
    } else if (Was("suspend") && !Is("suspend")) {
      Say("runs again by its schedule: " + Text("schedule"));
    }
    if (Touches(fields_, "spec.jobTemplate")) {
      Say("running jobs go on; the next run uses the new template");
    }
    if (Touches(fields_, "spec.schedule") || Touches(fields_, "spec.timeZone")) {
      const std::string zone = Text("timeZone");
      Say("runs at " + Text("schedule") + (zone.empty() ? "" : ", time of " + zone) +
          " from now on");
    }
  }

  void Job() {
    if (Is("suspend") && !Was("suspend")) {
      Say("its running pods stop until it is resumed");
    } else if (Was("suspend") && !Is("suspend")) {
      Say("starts its pods");
    }
    if (Touches(fields_, "spec.parallelism")) {
      const Json* parallelism = Spec("parallelism");
      const bool number = parallelism != nullptr && parallelism->is_number_integer();
      Say("runs " + PodsOf(number ? parallelism->get<long long>() : 1) + " at a time");
    }
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

std::string PodsOf(long long count) {
  return std::to_string(count) + (count == 1 ? " pod" : " pods");
}

std::vector<std::string> WorkloadEffects(const Object& before, const Object& after,
                                         const std::vector<FieldChange>& fields) {
  return Story(before, after, fields).Tell();
}

}  // namespace holdfast
