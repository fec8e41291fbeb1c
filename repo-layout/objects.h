// Objects: the manifests in one document.

#pragma once

#include <functional>
#include <string>

#include "diff/manifest.h"
#include "repo-layout/document.h"
#include "repo-layout/source_finding.h"

namespace holdfast {

/// Who takes what TakeObjects finds.
struct ObjectSink {
  std::function<void(Manifest)> manifest;
  /// Without the place in its reason.
  std::function<void(const Source&, Finding)> finding;
};

/// Hands over the object in `document`, or those of a `v1/List` or of a list as
/// a server answers it ("PodList"); and for everything that is no object that
/// could be applied a finding which says why.
void TakeObjects(YamlDocument document, const std::string& path, const ObjectSink& sink);

}  // namespace holdfast
