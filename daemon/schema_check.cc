#include "daemon/schema_check.h"

#include <set>

#include "daemon/given_file.h"
#include "diff/validate.h"

namespace holdfast {

Result<Json> ReadOpenApi(const std::string& file) {
  HOLDFAST_TRY_ASSIGN(const std::string text, ReadGivenFile(file, "--schema " + file));
  auto document = ParseJson(text).In(file);
  if (!document.ok()) return document;
  if (MapIn(*document, "components", "schemas").empty()) {
    return Invalid(
        file +
        ": is no OpenAPI v3 document with schemas; get one with kubectl get --raw "
        "/openapi/v3/apis/GROUP/VERSION");
  }
  return document;
}

Status CheckSchemas(const std::vector<std::string>& files, Revision& revision) {
  std::set<Gvk> unknown;
  for (const Manifest& manifest : revision.manifests)
    unknown.insert(manifest.object.gvk());
  for (const std::string& file : files) {
    HOLDFAST_TRY_ASSIGN(const Json document, ReadOpenApi(file));
    std::erase_if(unknown, [&](const Gvk& kind) { return Describes(document, kind); });
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
  if (files.empty()) return {};
  for (const Gvk& kind : unknown) {
    revision.findings.push_back({"H-H3", Ruling::kNote,
                                 "no --schema file describes " + kind.kind + " in " +
                                     kind.ApiVersion() + ": its fields were not checked",
                                 ""});
  }
  return {};
}

}  // namespace holdfast
