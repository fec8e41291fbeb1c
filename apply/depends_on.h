// DependsOn: the annotation by which people add edges of their own.
//
//   holdfast.dev/depends-on: StatefulSet/databases/mysql, Namespace/databases
//
// A kind is written as Kubernetes writes it, in any case, and with its group
// where it is a custom one: "Cluster.example.com/databases/main".

#pragma once

#include <map>
#include <string>
#include <vector>

#include "apply/references.h"

namespace holdfast {

inline constexpr const char* kDependsOn = "holdfast.dev/depends-on";

struct DependsOn {
  std::vector<Edge> edges;
  /// Entries that cannot be read, one sentence each: "\"mysql\" is not
  /// kind/namespace/name".
  std::vector<std::string> unreadable;
};

/// `custom` holds the custom kinds that are known without their group: lower-case
/// kind to a ref with group and kind.
DependsOn ReadDependsOn(const Object& object,
                        const std::map<std::string, ObjectRef>& custom = {});

/// The custom kinds among `objects`, for ReadDependsOn.
std::map<std::string, ObjectRef> CustomKindsOf(const std::vector<const Object*>& objects);

}  // namespace holdfast
