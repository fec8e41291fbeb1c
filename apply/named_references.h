// NamedReferences: the objects that one object names in its own fields.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "apply/references.h"
#include "diff/object.h"

namespace holdfast {

/// Gathers the edges of one object; the namespace of what it names is its own.
class ReferenceCollector {
 public:
  explicit ReferenceCollector(const Object& object) : object_(object) {}

  const Object& object() const { return object_; }
  const std::string& name_space() const { return object_.ref().name_space; }

  /// An edge to `to`; nothing if its name is empty.
  void Add(ObjectRef to, std::string why, std::string pointer,
           EdgeStrength strength = EdgeStrength::kHard, bool optional = false);
  /// The same to an object of a core kind in the object's own namespace.
  void AddLocal(const char* kind, const std::string& name, const std::string& field,
                std::string pointer, bool optional = false);

  std::vector<Edge> Take() { return std::move(edges_); }

 private:
  const Object& object_;
  std::vector<Edge> edges_;
};

/// What the pods of `collector.object()` name: claims, Secrets, ConfigMaps,
/// ServiceAccount, classes.
void CollectPodReferences(ReferenceCollector& collector);

/// All edges that the fields of `object` state, pods included; soft ones too.
std::vector<Edge> NamedReferences(const Object& object);

}  // namespace holdfast
