// PodTemplate: the pods that an object makes, whatever its kind.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "diff/object.h"

namespace holdfast {

struct ContainerAt {
  const Json* json = nullptr;
  bool init = false;
  std::string_view pods{};  ///< PodTemplate::pointer().
  std::string_view list{};  ///< "containers"
  std::size_t index = 0;    ///< In that list.

  /// RFC 6901, in the object.
  std::string pointer() const {
    return std::string(pods) + "/" + std::string(list) + "/" + std::to_string(index);
  }
};

/// The pod spec in an object that makes pods: the built-in workloads, a Pod
/// itself, and a custom kind shaped like a Deployment. Views into the object,
/// which must outlive it.
class PodTemplate {
 public:
  explicit PodTemplate(const Object& object);

  /// False for an object that makes no pods; all else is empty then.
  bool exists() const { return spec_ != nullptr; }
  const Json& spec() const;
  /// RFC 6901 pointer to spec(): "/spec/template/spec".
  std::string pointer() const { return std::string(pointer_); }
  /// The same without a copy; it lives for ever.
  std::string_view base() const { return pointer_; }
  /// The labels that its pods carry.
  const Json& labels() const;
  /// containers, initContainers and ephemeralContainers.
  std::vector<ContainerAt> Containers() const;

 private:
  const Json* spec_ = nullptr;
  const Json* labels_ = nullptr;
  std::string_view pointer_;
};

/// Names of the claims that the pods mount by name, with the pointer to each.
struct MountedClaim {
  std::string claim;
  std::string volume;  ///< Its name in the pod: what volumeMounts refer to.
  bool read_only = false;
  std::string_view pods{};  ///< PodTemplate::pointer().
  std::size_t index = 0;    ///< Among the volumes of the pods.

  std::string pointer() const {
    return std::string(pods) + "/volumes/" + std::to_string(index) +
           "/persistentVolumeClaim/claimName";
  }
};
std::vector<MountedClaim> MountedClaims(const PodTemplate& pods);

/// "<template>-<set>-<ordinal>": how a StatefulSet names the claims it makes.
std::vector<std::string> ClaimTemplateNames(const Object& stateful_set);

/// The ordinal of `claim` if it was made from a template of `stateful_set`, else -1.
long long OrdinalOfClaim(const Object& stateful_set, const std::string& claim);

/// spec.replicas, or what the server puts where the kind has that field: 1.
long long ReplicasOf(const Object& object);

}  // namespace holdfast
