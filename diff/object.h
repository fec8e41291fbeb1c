// Object: any Kubernetes object as JSON.

#pragma once

#include <memory>
#include <string>

#include "diff/json.h"
#include "diff/object_ref.h"
#include "diff/result.h"

namespace holdfast {

/// A value with an identity: it always has apiVersion, kind and
/// metadata.name as strings, since Make() refuses anything else. It never changes, so
/// its copies share one JSON and cost nothing.
class Object {
 public:
  Object(const Object&) = default;
  Object& operator=(const Object&) = default;
  // A move leaves the other as it was: there is no Object without its JSON.
  Object(Object&& other) noexcept : parts_(other.parts_) {}
  Object& operator=(Object&& other) noexcept {
    parts_ = other.parts_;
    return *this;
  }
  ~Object() = default;

  /// kInvalid, naming the missing field, unless `json` is an object with
  /// apiVersion, kind and metadata.name.
  static Result<Object> Make(Json json);

  const Json& json() const { return parts_->json; }
  const Gvk& gvk() const { return parts_->gvk; }
  const ObjectRef& ref() const { return parts_->ref; }

  /// metadata.uid and resourceVersion; empty in an object that no server has seen.
  const std::string& uid() const { return StringIn(json(), "metadata", "uid"); }
  const std::string& resource_version() const {
    return StringIn(json(), "metadata", "resourceVersion");
  }
  const std::string& annotation(std::string_view key) const {
    return StringIn(json(), "metadata", "annotations", key);
  }
  const std::string& label(std::string_view key) const {
    return StringIn(json(), "metadata", "labels", key);
  }
  /// True once metadata.deletionTimestamp is set: it cannot be unset any more.
  bool terminating() const {
    return FindIn(json(), "metadata", "deletionTimestamp") != nullptr;
  }

  /// The same object in another namespace; "" removes it.
  Object InNamespace(const std::string& name_space) const;
  /// The same object with `key`: `value` among its labels or annotations.
  Object WithLabel(const std::string& key, const std::string& value) const;
  Object WithAnnotation(const std::string& key, const std::string& value) const;
  /// The same object saying that it was read at `resource_version`.
  Object AtResourceVersion(const std::string& resource_version) const;

  bool operator==(const Object& other) const {
    return parts_ == other.parts_ || json() == other.json();
  }

 private:
  struct Parts {
    Json json;
    Gvk gvk;
    ObjectRef ref;
  };

  Object(Json json, Gvk gvk, ObjectRef ref);

  std::shared_ptr<const Parts> parts_;
};

}  // namespace holdfast
