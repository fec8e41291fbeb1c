// NamedReferences: the objects that one object names in its own fields.

#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apply/references.h"
#include "diff/object.h"

namespace holdfast {

/// What a field names; an empty name is none.
struct Named {
  std::string_view group;
  std::string_view kind;
  std::string_view name_space;
  std::string_view name;
};

/// The parts of a text, put together only where it is wanted: most fields name nothing.
using TextParts = std::initializer_list<std::string_view>;

/// Gathers the edges of one object; the namespace of what it names is its own.
class ReferenceCollector {
 public:
  enum class Wanted {
    kAll,
    kBare,           ///< All, with `why` and `pointer` left empty.
    kConfiguration,  ///< Those to ConfigMaps and Secrets alone.
  };
  explicit ReferenceCollector(const Object& object, Wanted wanted = Wanted::kAll)
      : object_(object), wanted_(wanted) {}

  const Object& object() const { return object_; }
  const std::string& name_space() const { return object_.ref().name_space; }

  /// An edge to `to`, which `field` names.
  void Add(const Named& to, TextParts field, TextParts pointer,
           EdgeStrength strength = EdgeStrength::kHard, bool optional = false);
  /// The same to an object of a core kind in the object's own namespace.
  void AddLocal(std::string_view kind, std::string_view name, TextParts field, TextParts pointer,
                bool optional = false) {
    Add({"", kind, name_space(), name}, field, pointer, EdgeStrength::kHard, optional);
  }

  std::vector<Edge> Take() { return std::move(edges_); }

 private:
  const Object& object_;
  Wanted wanted_;
  std::vector<Edge> edges_;
};

/// What the pods of `collector.object()` name: claims, Secrets, ConfigMaps,
/// ServiceAccount, classes.
void CollectPodReferences(ReferenceCollector& collector);

/// All edges that the fields of `object` state, pods included; soft ones too.
std::vector<Edge> NamedReferences(const Object& object);
/// The same without their texts, for who asks only what is named; much cheaper.
std::vector<Edge> NamedReferencesBare(const Object& object);
/// Those of them that lead to ConfigMaps and Secrets.
std::vector<Edge> NamedConfiguration(const Object& object);

}  // namespace holdfast
