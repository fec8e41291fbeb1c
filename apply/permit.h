// Permit: the right to delete one object, once.

#pragma once

#include <string>
#include <utility>

#include "diff/object.h"
#include "diff/object_ref.h"

namespace holdfast {

/// Only the guard makes one (apply/guard.h), from objects read for this
/// deletion, and Cluster::Delete() takes nothing else, so a deletion that was
/// not judged does not compile. It carries uid and resourceVersion of the
/// object that was judged; the API server refuses it for any other.
class Permit {
 public:
  /// What becomes of the objects that the deleted one made.
  enum class Dependents {
    kFollow,   ///< They are deleted after it.
    kPrecede,  ///< It is there until they are gone: a workload until its pods have stopped.
    kStay,     ///< They lose their owner and go on: pods keep running.
  };

  Permit(Permit&&) = default;
  Permit& operator=(Permit&&) = default;
  Permit(const Permit&) = delete;
  Permit& operator=(const Permit&) = delete;

  const Gvk& gvk() const { return gvk_; }
  const ObjectRef& ref() const { return ref_; }
  const std::string& uid() const { return uid_; }
  const std::string& resource_version() const { return resource_version_; }
  Dependents dependents() const { return dependents_; }

 private:
  friend class Guard;
  Permit(const Object& judged, Dependents dependents)
      : gvk_(judged.gvk()),
        ref_(judged.ref()),
        uid_(judged.uid()),
        resource_version_(judged.resource_version()),
        dependents_(dependents) {}

  Gvk gvk_;
  ObjectRef ref_;
  std::string uid_;
  std::string resource_version_;
  Dependents dependents_;
};

}  // namespace holdfast
