// SchemaCheck: manifests against OpenAPI v3 documents from files (`lint --schema`).

#pragma once

#include <string>
#include <vector>

#include "daemon/source.h"
#include "diff/result.h"

namespace holdfast {

/// Adds a finding to `revision` for each thing that a document has against a manifest
/// whose kind it describes. Manifests of other kinds are not looked at. Each of `files`
/// is what a server answers to /openapi/v3/apis/GROUP/VERSION. An Error if one of them
/// cannot be read or is no such document.
Status CheckSchemas(const std::vector<std::string>& files, Revision& revision);

}  // namespace holdfast
