// Stateful: which workloads hold someone's data, and where in the pod it is.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diff/engine.h"
#include "diff/object.h"

namespace holdfast {

/// The engine of the object's containers (no init container), or null.
const Engine* EngineOf(const Object& object);

/// The engine and the name of its cluster, where the containers are told one: "Cassandra
/// K8Demo". Members of one cluster may be in many workloads and namespaces. Empty if
/// there is none.
std::string EngineClusterOf(const Object& object);

/// safety.md section 0: a StatefulSet, a workload whose pods mount a claim
/// for writing, or one that runs an engine's image.
bool IsStateful(const Object& object);

/// True for a workload that a storage driver or a volume provisioner is: volumes
/// can neither be mounted nor deleted without it.
bool IsStorageDriver(const Object& object);

/// The pod spec's generic ephemeral volumes: claims that live and die with a pod.
std::vector<std::string> EphemeralVolumes(const Object& object);

/// Where a container keeps what.
struct DataMount {
  std::string container;
  std::string mount_path;  ///< Without a '/' at its end.
  std::string sub_path;
  std::string volume;  ///< Name in the pod.
  std::string source;  ///< "claim mysql-pv-claim", "claim template data", "emptyDir", ...
  bool is_claim = false;
  std::string pointer;  ///< Of the volumeMount.
};

/// Every mount of every container, in order.
std::vector<DataMount> MountsOf(const Object& object);

/// The mount that covers `directory` in `container`: the longest mountPath that
/// is it or a parent of it; null if none does.
const DataMount* MountOver(const std::vector<DataMount>& mounts,
                           const std::string& container, std::string_view directory);

/// Data that are lost with the pod, however it stops: on a generic ephemeral volume, which
/// is a claim that the pod owns, or on an emptyDir.
struct PodData {
  const Engine* engine = nullptr;  ///< Null for a program that is not known.
  std::string directory;           ///< Where it keeps them.
  DataMount mount;
  bool is_claim = false;  ///< An ephemeral volume's.
};

/// What an engine keeps so: its data directory, or an ephemeral volume mounted below it;
/// where that place is not known and no claim is mounted, any ephemeral volume. Of other
/// programs only those of a StatefulSet without any claim; elsewhere such a volume is
/// scratch, as it is meant to be. Views into the engines alone.
std::vector<PodData> DataOfPods(const Object& object);

}  // namespace holdfast
