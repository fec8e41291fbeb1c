// SchemaCheck: manifests against OpenAPI v3 documents from files (`lint --schema`).

#pragma once

#include <string>
#include <vector>

#include "daemon/source.h"
#include "diff/json.h"
#include "diff/result.h"

namespace holdfast {

/// What a server answers to /openapi/v3/apis/GROUP/VERSION, out of a file.
Result<Json> ReadOpenApi(const std::string& file);

/// Adds a finding to `revision` for each thing that a document has against a manifest
/// whose kind it describes; and a note for each kind that none describes, which is not
/// looked at. An Error if one of `files` cannot be read or is no such document.
Status CheckSchemas(const std::vector<std::string>& files, Revision& revision);

}  // namespace holdfast
