#include "apply/health_reason.h"

#include <algorithm>
#include <string_view>

#include "apply/health_gates.h"
#include "apply/outlook.h"

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

/// Higher is worth more to a reader.
int Weight(const PodTrouble& trouble) {
  if (trouble.is_final) return 3;
  for (const std::string_view quiet :
       {"is being created", "init containers", "not ready yet", "not scheduled yet",
        "is being deleted"}) {
    if (trouble.sentence.find(quiet) != std::string::npos) return 1;
  }
  return 2;
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
  for (const Object* pod : around.All("", "Pod", workload.name_space)) {
    if (pod->ref() != workload && RootController(*pod, around) == workload)
      pods.push_back(pod);
  }
  return pods;
}

std::optional<PodTrouble> WorstTrouble(const std::vector<const Object*>& pods) {
  std::optional<PodTrouble> worst;
  for (const Object* pod : pods) {
    auto trouble = TroubleOf(*pod);
    if (trouble && (!worst || Weight(*trouble) > Weight(*worst)))
      worst = std::move(trouble);
  }
  return worst;
}

std::string LastWarning(const ObjectRef& ref, const Snapshot& around) {
  std::string last_time;
  std::string message;
  for (const char* group : {"", "events.k8s.io"}) {
    const bool core = std::string_view(group).empty();
    for (const Object* event : around.All(group, "Event", ref.name_space)) {
      const Json& about = MapIn(event->json(), core ? "involvedObject" : "regarding");
      if (StringIn(about, "kind") != ref.kind || StringIn(about, "name") != ref.name)
        continue;
      if (StringIn(event->json(), "type") != "Warning") continue;
      std::string time =
          StringIn(event->json(), core ? "lastTimestamp" : "deprecatedLastTimestamp");
      if (time.empty()) time = StringIn(event->json(), "eventTime");
      if (!message.empty() && time < last_time) continue;
      last_time = time;
      message = StringIn(event->json(), core ? "message" : "note");
    }
  }
  return OneLine(message);
}

}  // namespace holdfast
