#include "diff/object.h"

#include <utility>

namespace holdfast {

Object::Object(Json json, Gvk gvk, ObjectRef ref)
    : parts_(std::make_shared<const Parts>(
          Parts{std::move(json), std::move(gvk), std::move(ref)})) {}

Result<Object> Object::Make(Json json) {
  if (!json.is_object()) return Invalid("not a Kubernetes object: it is no map");
  const std::string api_version = StringIn(json, "apiVersion");
  const std::string kind = StringIn(json, "kind");
  if (api_version.empty()) return Invalid("not a Kubernetes object: it has no apiVersion");
  if (kind.empty()) return Invalid("not a Kubernetes object: it has no kind");
  auto gvk = Gvk::Parse(api_version, kind);
  if (!gvk) return gvk.error();
  ObjectRef ref{gvk->group, gvk->kind, StringIn(json, "metadata", "namespace"),
                StringIn(json, "metadata", "name")};
  if (ref.name.empty()) return Invalid(kind + " has no metadata.name");
  return Object(std::move(json), std::move(gvk).value(), std::move(ref));
}

Object Object::InNamespace(const std::string& name_space) const {
  Json json = this->json();
  ObjectRef ref = this->ref();
  ref.name_space = name_space;
  if (name_space.empty()) {
    json["metadata"].erase("namespace");
  } else {
    json["metadata"]["namespace"] = name_space;
  }
  return Object(std::move(json), gvk(), std::move(ref));
}

namespace {

/// `metadata[member][key] = value`, also where `member` is null or missing.
Json WithEntry(Json json, const char* member, const std::string& key,
               const std::string& value) {
  Json& entries = json["metadata"][member];
  if (!entries.is_object()) entries = Json::object();
  entries[key] = value;
  return json;
}

}  // namespace

Object Object::WithLabel(const std::string& key, const std::string& value) const {
  return Object(WithEntry(json(), "labels", key, value), gvk(), ref());
}

Object Object::WithAnnotation(const std::string& key, const std::string& value) const {
  return Object(WithEntry(json(), "annotations", key, value), gvk(), ref());
}

Object Object::AtResourceVersion(const std::string& resource_version) const {
  Json json = this->json();
  json["metadata"]["resourceVersion"] = resource_version;
  return Object(std::move(json), gvk(), ref());
}

}  // namespace holdfast
