#include "daemon/schema_check.h"

#include <fstream>
#include <iterator>

#include "diff/validate.h"

namespace holdfast {
namespace {

Result<Json> ReadDocument(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return NotFound("cannot read " + file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto document = ParseJson(text).In(file);
  if (!document.ok()) return document;
  if (MapIn(*document, "components", "schemas").empty()) {
    return Invalid(file +
                   ": is no OpenAPI v3 document with schemas; get one with kubectl get --raw "
                   "/openapi/v3/apis/GROUP/VERSION");
  }
  return document;
}

}  // namespace

Status CheckSchemas(const std::vector<std::string>& files, Revision& revision) {
  for (const std::string& file : files) {
    HOLDFAST_TRY_ASSIGN(const Json document, ReadDocument(file));
    for (const Manifest& manifest : revision.manifests) {
      for (const Complaint& complaint : Validate(document, manifest.object)) {
        revision.object_findings.emplace_back(
            manifest.source,
            Finding{"H-H3", Ruling::kRefuse,
                    manifest.WhereIs(complaint.pointer) + ": " + complaint.message,
                    "correct it in Git: the API server would not take the object"});
      }
    }
  }
  return {};
}

}  // namespace holdfast
