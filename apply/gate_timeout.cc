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

/// For what has a deadline of its own: its controller is to say first that it is over, and
/// why. A Deployment's begins anew at each progress, and a very long one means none.
milliseconds WithDeadline(const Json* deadline) {
  constexpr long long kLongest = 24LL * 3600;
  const milliseconds ordinary = minutes(10);
  if (deadline == nullptr || !deadline->is_number_integer()) return ordinary;
  const long long given = deadline->get<long long>();
  if (given > kLongest) return ordinary;
  return std::max<milliseconds>(ordinary, seconds(given) + seconds(30));
}

}  // namespace

milliseconds GateTimeout(const Object& live) {
  const ObjectRef& ref = live.ref();
  if (IsStatefulSet(ref)) return kTimeOfPod * std::max(1LL, ReplicasOf(live));
  if (ref.Is("apps", "Deployment")) {
    return WithDeadline(FindIn(live.json(), "spec", "progressDeadlineSeconds"));
  }
  if (ref.Is("batch", "Job")) {
    return WithDeadline(FindIn(live.json(), "spec", "activeDeadlineSeconds"));
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
