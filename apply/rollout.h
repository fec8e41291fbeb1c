// Rollout: a new template of a StatefulSet, one pod at a time, behind a brake.
//
// The brake is spec.updateStrategy.rollingUpdate.partition: pods below it keep what they
// are. It is set by server-side apply under a field manager of our own, beside an
// annotation that names what is frozen for the time. So the object itself is the journal:
// brake and record come with one write and go with one write, and whoever comes after a
// crash sees both. Nothing else of that manager is ever written.
//
// While the brake is on, the partition is not Git's to say: it is left out of what is
// compared and sent (WithoutOverridden), and Git's own value is the floor to which the
// brake is lowered. What Kubernetes counts as partition is counted from
// spec.ordinals.start, not from 0.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apply/health.h"
#include "diff/object.h"
#include "diff/snapshot.h"

namespace holdfast {

inline constexpr const char* kRolloutManager = "holdfast-rollout";
/// On a StatefulSet: what is frozen while it rolls, "CronJob/backup,HorizontalPod...".
inline constexpr const char* kRolloutAnnotation = "holdfast.dev/rollout";
/// On what is frozen: for whom.
inline constexpr const char* kFrozenAnnotation = "holdfast.dev/frozen";

/// True while a brake or a freeze of ours is on `live`.
bool IsOverridden(const Object& live);

/// `wanted` without the fields that a brake or freeze holds in `live`; nothing where none
/// does, which is nearly always.
std::optional<Object> WithoutOverridden(const Object& wanted, const Object& live);

/// True if every pod of `workload` is of the template that it has now, as its controller
/// reports; of a kind that reports nothing of the sort too.
bool AllOfTemplate(const Object& workload);

/// spec.updateStrategy.rollingUpdate.partition, or 0.
long long PartitionOf(const Object& set);

/// True if pods of `live` would be replaced by Kubernetes at once when it becomes `after`,
/// the server's own forecast: a new template, or an older one that nobody has rolled out so
/// far (OnDelete, a partition). False where Kubernetes replaces none by itself (OnDelete
/// afterwards, no replicas, a partition above all of them), and where somebody else holds a partition
/// that is not 0: then theirs is the brake.
bool NeedsBrake(const Object& live, const Object& after);

/// Where the brake is set before `after` is written: no pod of `live` is replaced.
long long FirstPartition(const Object& live, const Object& after);

/// What is to be done next with a StatefulSet whose brake is on.
struct RolloutStep {
  enum class Kind {
    kWait,   ///< `health` says for what.
    kLower,  ///< Set the brake to `partition`: one more pod is replaced.
    kDone,   ///< Every pod from Git's partition upwards is new and ready.
  };
  Kind kind = Kind::kWait;
  long long partition = 0;
  Health health{};
};

/// A pod is given up only while all others are ready, so that no step takes a second
/// member of a database away, and while none of its claims is on its way out. `around`
/// holds the pods and the claims. `floor` is Git's partition. Pure.
RolloutStep NextStep(const Object& set, const Snapshot& around, long long floor);

/// The pods that keep a rollout of `set` from ever going on: not Ready, never Ready, and
/// of another template than the newest, for which OrderedReady waits in vain
/// (kubernetes/kubernetes#67250). `changes` says that the template is about to be another
/// one, so that no pod is of the newest.
enum class Template { kStays, kChanges };
std::vector<const Object*> StuckPods(const Object& set, const Snapshot& around,
                                     Template changes);

/// True if the Ready condition of `pod` has never been True since the pod was started.
bool NeverReady(const Object& pod);

/// What is sent under kRolloutManager. A set that is OnDelete becomes RollingUpdate with it.
Object Brake(const Object& set, long long partition, const std::vector<ObjectRef>& frozen);
Object Freeze(const Object& object, const ObjectRef& set);
Object Release(const Object& object);

/// What the annotation of `set` names as frozen.
std::vector<ObjectRef> FrozenFor(const Object& set);

/// The StatefulSet for which `live` is frozen; nothing where it is not.
std::optional<ObjectRef> FrozenBy(const Object& live);

/// True if a freeze is left on `live` that no rollout will lift: its set is gone, and the
/// record with it, or no rollout of it is under way. False where the set is a gap of
/// `around`; else what is not in there is gone.
bool IsLeftFrozen(const Object& live, const Snapshot& around);

/// `after` as it is once the freeze on it is lifted: as `wanted` says, or as if nobody said.
Object Thawed(const Object& after, const Object& wanted);

/// Those of `objects` (autoscalers, CronJobs, Services of its namespace, and `set`) that
/// would change the number of its pods or work with its data meanwhile, and that nothing
/// has frozen already. Sorted.
std::vector<const Object*> Interfering(const Object& set,
                                       const std::vector<const Object*>& objects);

}  // namespace holdfast
