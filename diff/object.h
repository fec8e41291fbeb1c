// Object: any Kubernetes object as JSON.

#pragma once

#include <string>

#include "diff/json.h"
#include "diff/object_ref.h"
#include "diff/result.h"

namespace holdfast {

/// A value with an identity: it always has apiVersion, kind and
/// metadata.name as strings, since Make() refuses anything else.
class Object {
 public:
  /// kInvalid, naming the missing field, unless `json` is an object with
  /// apiVersion, kind and metadata.name.
  static Result<Object> Make(Json json);

  const Json& json() const { return json_; }
  const Gvk& gvk() const { return gvk_; }
  const ObjectRef& ref() const { return ref_; }

  /// metadata.uid and resourceVersion; empty in an object that no server has seen.
  std::string uid() const { return StringIn(json_, "metadata", "uid"); }
  std::string resource_version() const {
    return StringIn(json_, "metadata", "resourceVersion");
  }
  std::string annotation(std::string_view key) const {
    return StringIn(json_, "metadata", "annotations", key);
  }
  std::string label(std::string_view key) const {
    return StringIn(json_, "metadata", "labels", key);
  }
  /// True once metadata.deletionTimestamp is set: it cannot be unset any more.
  bool terminating() const {
    return FindIn(json_, "metadata", "deletionTimestamp") != nullptr;
  }

  /// The same object in another namespace; "" removes it.
  Object InNamespace(const std::string& name_space) const;
  /// The same object with `key`: `value` among its labels or annotations.
  Object WithLabel(const std::string& key, const std::string& value) const;
  Object WithAnnotation(const std::string& key, const std::string& value) const;
  /// The same object saying that it was read at `resource_version`.
  Object AtResourceVersion(const std::string& resource_version) const;

  bool operator==(const Object& other) const { return json_ == other.json_; }

 private:
  Object(Json json, Gvk gvk, ObjectRef ref);

  Json json_;
  Gvk gvk_;
  ObjectRef ref_;
};

}  // namespace holdfast
