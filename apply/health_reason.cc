#include "apply/health_reason.h"

#include <algorithm>
#include <string_view>

#include "apply/health_gates.h"
#include "apply/kinds.h"
#include "apply/outlook.h"
#include "apply/pod_template.h"

namespace holdfast {
namespace {

struct Waiting {
  std::string_view reason;
  std::string_view words;
  bool is_final;
};

constexpr Waiting kWaiting[] = {
    {"ImagePullBackOff", "image pull back-off", false},
    {"ErrImagePull", "image cannot be pulled", false},
    {"ImageInspectError", "image cannot be inspected", false},
    {"InvalidImageName", "image name is not valid", true},
    {"ErrImageNeverPull", "image is not on the node and may not be pulled", true},
    {"CrashLoopBackOff", "ends again and again (crash loop back-off)", false},
    {"CreateContainerConfigError", "container cannot be configured", false},
    {"CreateContainerError", "container cannot be created", false},
    {"RunContainerError", "container cannot be started", false},
    {"ContainerCreating", "container is being created", false},
    {"PodInitializing", "init containers run", false},
};

bool IsQuiet(std::string_view reason) {
  return reason == "ContainerCreating" || reason == "PodInitializing";
}

std::string LastExit(const Json& status) {
  const Json* code = FindIn(status, "lastState", "terminated", "exitCode");
  if (code == nullptr || !code->is_number_integer()) return "";
  return ", exit code " + std::to_string(code->get<long long>());
}

std::optional<PodTrouble> TroubleOfContainer(const Json& status) {
  const std::string reason = StringIn(status, "state", "waiting", "reason");
  if (reason.empty()) return std::nullopt;
  std::string words = reason;
  bool is_final = false;
  for (const Waiting& one : kWaiting) {
    if (one.reason != reason) continue;
    words = std::string(one.words);
    is_final = one.is_final;
  }
  const bool of_image = reason.find("Image") != std::string::npos;
  if (of_image) {
    words += " (" + StringIn(status, "image") + ")";
  } else if (reason == "CrashLoopBackOff") {
    words += LastExit(status);
  } else if (!IsQuiet(reason)) {
    const std::string message = OneLine(StringIn(status, "state", "waiting", "message"));
    if (!message.empty()) words += ": " + message;
  }
  return PodTrouble{std::move(words), is_final};
}

/// How the names of a workload's pods begin: generated names are cut to 58 characters
/// before the five that are drawn are added.
std::string PrefixOfPods(const std::string& workload) {
  constexpr std::size_t kLongestBase = 58;
  return workload.substr(0, kLongestBase);
}

constexpr int kQuiet = 1;
constexpr int kTelling = 2;
constexpr int kFinal = 3;

/// Higher is worth more to a reader.
int Weight(const PodTrouble& trouble) {
  if (trouble.is_final) return kFinal;
  for (const std::string_view quiet :
       {"is being created", "init containers", "not ready yet", "not scheduled yet",
        "is being deleted"}) {
    if (trouble.sentence.find(quiet) != std::string::npos) return kQuiet;
  }
  return kTelling;
}

}  // namespace

std::string OneLine(const std::string& text) {
  constexpr std::size_t kLongest = 200;
  std::string line = text.substr(0, text.find('\n'));
  if (line.size() > kLongest) line = line.substr(0, kLongest) + "...";
  return line;
}

bool IsReady(const Object& pod) { return IsTrue(ConditionIn(pod, "Ready")); }

std::optional<PodTrouble> TroubleOf(const Object& pod) {
  const std::string head = pod.ref().name + ": ";
  const std::string phase = StringIn(pod.json(), "status", "phase");
  if (pod.terminating()) return PodTrouble{head + "is being deleted", false};
  if (phase == "Succeeded" || IsReady(pod)) return std::nullopt;
  if (phase == "Failed") {
    const std::string why = OneLine(StringIn(pod.json(), "status", "message"));
    return PodTrouble{head + "has failed" + (why.empty() ? "" : ": " + why), false};
  }
  for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
    for (const Json& status : ArrayIn(pod.json(), "status", list)) {
      if (auto trouble = TroubleOfContainer(status)) {
        return PodTrouble{head + trouble->sentence, trouble->is_final};
      }
    }
  }
  const Json& scheduled = ConditionIn(pod, "PodScheduled");
  if (IsFalse(scheduled)) {
    return PodTrouble{
        head + "no node takes it: " + OneLine(StringIn(scheduled, "message")), false};
  }
  if (phase == "Running") return PodTrouble{head + "runs, not ready yet", false};
  return PodTrouble{head + "not scheduled yet", false};
}

std::vector<const Object*> PodsOf(const ObjectRef& workload, const Snapshot& around) {
  std::vector<const Object*> pods;
  for (const Object* pod :
       around.AllNamed("", "Pod", workload.name_space, PrefixOfPods(workload.name))) {
    if (pod->ref() != workload && RootController(*pod, around) == workload)
      pods.push_back(pod);
  }
  return pods;
}

namespace {

/// Which names the fields of an Event have.
enum class EventFields {
  kCore,    ///< v1
  kEvents,  ///< events.k8s.io/v1
};

/// Calls `visit` with each Event of the name of `about`, what it says that it is about, and
/// how its fields are named. An Event is named after what it is about: "mysql-0.17c3".
template <typename Visit>
void VisitEvents(const Snapshot& around, const ObjectRef& about, const Visit& visit) {
  for (const EventFields fields : {EventFields::kCore, EventFields::kEvents}) {
    const bool core = fields == EventFields::kCore;
    for (const Object* event : around.AllNamed(core ? "" : "events.k8s.io", "Event",
                                               about.name_space, about.name)) {
      visit(*event, MapIn(event->json(), core ? "involvedObject" : "regarding"), fields);
    }
  }
}

/// The last of the Events that `counts` lets count, by time; null if there is none.
template <typename Counts>
const Object* LastEvent(const Snapshot& around, const ObjectRef& about,
                        const Counts& counts) {
  const Object* last = nullptr;
  std::string last_time;
  VisitEvents(around, about, [&](const Object& event, const Json& involved, EventFields fields) {
    if (!counts(event, involved)) return;
    std::string time = StringIn(event.json(), fields == EventFields::kCore
                                                  ? "lastTimestamp"
                                                  : "deprecatedLastTimestamp");
    if (time.empty()) time = StringIn(event.json(), "eventTime");
    if (last != nullptr && time < last_time) return;
    last_time = time;
    last = &event;
  });
  return last;
}

std::string MessageOf(const Object* event) {
  if (event == nullptr) return "";
  const std::string message = StringIn(event->json(), "message");
  return OneLine(message.empty() ? StringIn(event->json(), "note") : message);
}

bool IsWarning(const Object& event) {
  return StringIn(event.json(), "type") == "Warning";
}

}  // namespace

std::optional<PodTrouble> WorstTrouble(const std::vector<const Object*>& pods,
                                       const Snapshot& around) {
  std::optional<PodTrouble> worst;
  for (const Object* pod : pods) {
    auto trouble = TroubleOf(*pod);
    if (!trouble) continue;
    if (Weight(*trouble) == kQuiet && !pod->terminating()) {
      const std::string warning = LastWarning(pod->ref(), around);
      if (!warning.empty()) trouble->sentence = pod->ref().name + ": " + warning;
    }
    if (!worst || Weight(*trouble) > Weight(*worst)) worst = std::move(trouble);
  }
  return worst;
}

std::string WarningOfMaker(const ObjectRef& workload, const Snapshot& around) {
  const std::string of_set = workload.name + "-";
  return MessageOf(
      LastEvent(around, workload, [&](const Object& event, const Json& involved) {
        const std::string kind = StringIn(involved, "kind");
        const std::string name = StringIn(involved, "name");
        const bool itself = kind == workload.kind && name == workload.name;
        const bool by_set = workload.kind == "Deployment" && kind == "ReplicaSet" &&
                            name.starts_with(of_set) &&
                            name.find('-', of_set.size()) == std::string::npos;
        return IsWarning(event) && (itself || by_set);
      }));
}

std::string LastWarning(const ObjectRef& ref, const Snapshot& around) {
  return MessageOf(LastEvent(around, ref, [&](const Object& event, const Json& involved) {
    // That a claim waits for a provisioner that does not come is not called a warning.
    const bool counts =
        IsWarning(event) || StringIn(event.json(), "reason") == "ExternalProvisioning";
    return counts && StringIn(involved, "kind") == ref.kind &&
           StringIn(involved, "name") == ref.name;
  }));
}

long long TimesTold(const Object& object, std::string_view reason, const Snapshot& around) {
  const ObjectRef& ref = object.ref();
  long long times = 0;
  VisitEvents(around, ref, [&](const Object& event, const Json& involved, EventFields fields) {
    const bool counts = StringIn(event.json(), "reason") == reason &&
                        StringIn(involved, "kind") == ref.kind &&
                        StringIn(involved, "name") == ref.name &&
                        StringIn(involved, "uid") == object.uid();
    if (!counts) return;
    const char* field = fields == EventFields::kCore ? "count" : "deprecatedCount";
    times += std::max(IntegerIn(1, event.json(), field),
                      IntegerIn(1, event.json(), "series", "count"));
  });
  return times;
}

std::string WhatHolds(const Object& terminating, const Snapshot& around) {
  std::string finalizers;
  for (const char* where : {"metadata", "spec"}) {  // A namespace has its own in spec.
    for (const Json& name : ArrayIn(terminating.json(), where, "finalizers")) {
      if (!name.is_string()) continue;
      finalizers += (finalizers.empty() ? "" : ", ") + name.get<std::string>();
    }
  }
  std::string holds = "finalizers: " + (finalizers.empty() ? "none" : finalizers);
  for (const Json& condition : ArrayIn(terminating.json(), "status", "conditions")) {
    const std::string type = StringIn(condition, "type");
    if (!type.starts_with("Namespace") || !IsTrue(condition)) continue;
    holds += "; " + OneLine(StringIn(condition, "message"));
  }
  if (RunsPods(terminating.ref())) {
    for (const Object* pod : PodsOf(terminating.ref(), around)) {
      holds += "; pod " + pod->ref().name + " has not stopped yet";
    }
  }
  if (!IsClaim(terminating.ref())) return holds;
  for (const Object* pod : around.All("", "Pod", terminating.ref().name_space)) {
    for (const MountedClaim& mounted : MountedClaims(PodTemplate(*pod))) {
      if (mounted.claim == terminating.ref().name) {
        holds += "; pod " + pod->ref().name + " has it mounted";
      }
    }
  }
  return holds;
}

}  // namespace holdfast
