// HealthGates: the gates of order.md 3.4, by kind; health.cc chooses among them.

#pragma once

#include <string>
#include <vector>

#include "apply/health.h"

namespace holdfast {

Health Current(std::string sentence);
Health InProgress(std::string sentence);
Health Failed(std::string sentence);
Health PendingManual(std::string sentence);

Health ClaimHealth(const Object& claim, const Snapshot& around);
Health VolumeHealth(const Object& volume);
Health SnapshotHealth(const Object& snapshot, const Snapshot& around);

Health StatefulSetHealth(const Object& set, const Snapshot& around);
Health DeploymentHealth(const Object& deployment, const Snapshot& around);
Health DaemonSetHealth(const Object& set, const Snapshot& around);
Health ReplicaSetHealth(const Object& set, const Snapshot& around);
Health JobHealth(const Object& job, const Snapshot& around);
Health PodHealth(const Object& pod);

Health ServiceHealth(const Object& service);
Health IngressHealth(const Object& ingress);
/// Of a webhook configuration: somebody answers behind each Service, and it is trusted.
Health WebhookHealth(const Object& configuration, const Snapshot& around);

/// The Services that a webhook configuration leads to; none for other kinds.
std::vector<ObjectRef> ServicesBehind(const Object& object);

/// The entry of status.conditions of this type, or an empty map.
const Json& ConditionIn(const Object& object, const std::string& type);
bool IsTrue(const Json& condition);
bool IsFalse(const Json& condition);

}  // namespace holdfast
