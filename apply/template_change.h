// TemplateChange: what Git asks of the claim templates of a StatefulSet.
//
// Kubernetes keeps volumeClaimTemplates as they were made. What a change of them takes is
// the choreography of safety.md 1.D-resize: the claims grow, then the StatefulSet is
// deleted around its pods and made anew, and takes them over. That is possible only where
// pods and claims keep their names.

#pragma once

#include <string>
#include <vector>

#include "diff/change.h"
#include "diff/object.h"

namespace holdfast {

struct TemplateChange {
  struct Size {
    std::string name;  ///< Of the template.
    std::string before;
    std::string after;
  };
  bool same_names = false;  ///< The same templates in the same order.
  std::vector<Size> grows;
  std::vector<Size> shrinks;
  /// Other fields of the templates that change, by path; claims that are there stay as
  /// they are in these.
  std::vector<std::string> others;

  bool any() const { return !same_names || !grows.empty() || !shrinks.empty() || !others.empty(); }
};

/// `fields` are what changes from `live` to `wanted` (Prediction::fields).
TemplateChange ChangeOfTemplates(const Object& live, const Object& wanted,
                                 const std::vector<FieldChange>& fields);

/// True for the path of a field of claim templates.
bool IsOfTemplates(const std::string& path);

/// `live` as it is to be made anew: the same in everything that people wrote, with the
/// claim templates of `wanted`, and without what the server gives an object.
Object MadeAnew(const Object& live, const Object& wanted);

}  // namespace holdfast
