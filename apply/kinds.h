// Kinds: which kinds Kubernetes itself defines.
//
// The rules treat a custom resource as dangerous, since its operator may delete
// claims (H-A9); so what counts as built in is an exact list and not a
// suffix: a CRD may use a group that ends in ".k8s.io".

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "diff/object_ref.h"

namespace holdfast {

/// True if a plain API server serves this kind without a CRD.
bool IsBuiltInKind(std::string_view group, std::string_view kind);

/// True for a built-in kind whose objects are in no namespace.
bool IsClusterScoped(std::string_view group, std::string_view kind);

/// The group of a built-in kind, written in any case ("statefulset"), and the
/// kind in its own spelling; the name and namespace stay empty.
std::optional<ObjectRef> BuiltInKindNamed(std::string_view kind);

inline bool IsClaim(const ObjectRef& ref) { return ref.Is("", "PersistentVolumeClaim"); }
inline bool IsVolume(const ObjectRef& ref) { return ref.Is("", "PersistentVolume"); }
inline bool IsStatefulSet(const ObjectRef& ref) { return ref.Is("apps", "StatefulSet"); }
/// True for built-in kinds that have pods made, themselves or by what they make.
inline bool RunsPods(const ObjectRef& ref) {
  return ref.group == "apps" || ref.group == "batch" || ref.Is("", "ReplicationController");
}
inline bool IsStorageClass(const ObjectRef& ref) {
  return ref.Is("storage.k8s.io", "StorageClass");
}
/// VolumeSnapshot, VolumeSnapshotContent, VolumeSnapshotClass and their group kin.
inline bool IsSnapshotKind(const ObjectRef& ref) {
  return ref.kind.starts_with("VolumeSnapshot") ||
         ref.kind.starts_with("VolumeGroupSnapshot");
}

}  // namespace holdfast
