// Subjects: the corpus on a real cluster, manifest beside live object.

#pragma once

#include <string>
#include <vector>

#include "apply/cluster.h"
#include "diff/object.h"
#include "diff/result.h"

namespace holdfast::property {

struct Subject {
  Object origin;    ///< As the corpus has it.
  Object manifest;  ///< As it was applied last.
  Object live;
  std::vector<Json> others;  ///< Manifests of the same kind.
};

/// Applies every manifest in `folder` for real, kinds and namespaces first, and
/// reads back what the server made of each. An error names all that it declines.
Result<std::vector<Subject>> Prepare(Cluster& cluster, const std::string& folder,
                                     const std::string& name_space);

/// The label that a sync gives each object.
inline constexpr const char* kMark = "applyset.kubernetes.io/part-of";

/// The object with the label that a sync gives it, where it can have labels.
Object Marked(const Object& object);

/// Reads the live objects anew.
Status ReadAgain(Cluster& cluster, std::vector<Subject>& subjects);

}  // namespace holdfast::property
