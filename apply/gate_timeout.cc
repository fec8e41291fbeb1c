#include "apply/gate_timeout.h"

#include <algorithm>

#include "apply/kinds.h"
#include "apply/pod_template.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct TimeOfKind {
  const char* group;
  const char* kind;
  milliseconds time;
};

constexpr TimeOfKind kTimes[] = {
    {"apiextensions.k8s.io", "CustomResourceDefinition", seconds(60)},
    {"apiregistration.k8s.io", "APIService", seconds(60)},
    {"admissionregistration.k8s.io", "MutatingWebhookConfiguration", seconds(60)},
    {"admissionregistration.k8s.io", "ValidatingWebhookConfiguration", seconds(60)},
    {"", "Namespace", seconds(30)},
    {"", "PersistentVolume", seconds(60)},
    {"policy", "PodDisruptionBudget", seconds(30)},
    {"snapshot.storage.k8s.io", "VolumeSnapshot", minutes(30)},
};

/// What people write in a field of seconds may be any number.
milliseconds Seconds(long long given) {
  constexpr long long kMost = 7LL * 24 * 3600;
  return seconds(std::clamp(given, 1LL, kMost));
}

}  // namespace

milliseconds GateTimeout(const Object& live) {
  const ObjectRef& ref = live.ref();
  if (IsStatefulSet(ref)) return kTimeOfPod * std::max(1LL, ReplicasOf(live));
  if (ref.Is("apps", "Deployment")) {
    constexpr long long kDefault = 600;
    // It is for the controller to say first that it makes no progress, and why.
    return Seconds(IntegerIn(kDefault, live.json(), "spec", "progressDeadlineSeconds")) +
           seconds(30);
  }
  if (ref.Is("batch", "Job")) {
    constexpr long long kDefault = 600;
    return Seconds(IntegerIn(kDefault, live.json(), "spec", "activeDeadlineSeconds")) + seconds(30);
  }
  if (IsClaim(ref)) {
    // Bound already, so it grows: storage may have to copy for that.
    const bool grows = StringIn(live.json(), "status", "phase") == "Bound";
    return grows ? minutes(15) : minutes(5);
  }
  for (const TimeOfKind& one : kTimes) {
    if (ref.Is(one.group, one.kind)) return one.time;
  }
  // Behind a kind that others brought may be a database and its operator.
  return IsBuiltInKind(ref.group, ref.kind) ? minutes(10) : minutes(30);
}

}  // namespace holdfast
