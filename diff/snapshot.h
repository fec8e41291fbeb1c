// Snapshot: the live objects of one read, and what could not be read.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "diff/object.h"

namespace holdfast {

/// What is in `objects` was there; an object that is in neither list was asked
/// for and answered "not found", or was never asked for. Whoever decides from
/// absence asks Knows() first: unknown is never none (H-I4).
struct Snapshot {
  std::map<ObjectRef, Object> objects;

  /// Something that could not be read, and why: kind with the core group "",
  /// an empty namespace for all, an empty name for all of them.
  struct Gap {
    ObjectRef what;
    Error why;
  };
  std::vector<Gap> gaps;

  /// A set of objects that was listed whole: every one that exists is in `objects`.
  struct Listed {
    std::string group;
    std::string kind;
    std::string name_space;  ///< Empty: in all namespaces.
    auto operator<=>(const Listed&) const = default;
  };
  std::vector<Listed> listed;

  /// uid of namespace kube-system: which cluster this is.
  std::string cluster_uid;
  /// The API server's clock (its Date header), seconds since the epoch; 0 if unknown.
  long long server_time = 0;

  const Object* Find(const ObjectRef& ref) const;

  /// True if every object of this kind (in this namespace; "" for all) is in `objects`.
  bool ListsAll(std::string_view group, std::string_view kind,
                std::string_view name_space = "") const;

  /// The live objects of one kind in one namespace ("" for all), sorted by ref.
  std::vector<const Object*> All(std::string_view group, std::string_view kind,
                                 std::string_view name_space = "") const;

  /// Those of one kind in one namespace whose names begin with `prefix`, sorted. As cheap
  /// as what it finds, however many others there are.
  std::vector<const Object*> AllNamed(std::string_view group, std::string_view kind,
                                      std::string_view name_space,
                                      std::string_view prefix) const;

  void Put(Object object);
};

}  // namespace holdfast
