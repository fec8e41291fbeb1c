// ServerSchema: every kind that one API server serves.
//
// The kinds that are built into Kubernetes are CoreSchema's, which knows their
// defaults and costs no request. All others are learned from the server's OpenAPI
// v3 documents (KEP-2896): one request for the index, and one for each document
// that is not known by its hash yet, in this process or in the cache.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "apply/cluster.h"
#include "apply/openapi_cache.h"
#include "diff/core_schema.h"
#include "diff/openapi_schema.h"

namespace holdfast {

class ServerSchema final : public Schema {
 public:
  explicit ServerSchema(OpenApiCache cache) : cache_(std::move(cache)) {}

  /// Learns those of `kinds` that are not built in, and learns again what the
  /// server tells otherwise than before. What cannot be learned is unknown
  /// afterwards, also if it was known before: an old schema would be a guess.
  /// A kind that the server does not serve yet is unknown too.
  void Learn(Cluster& cluster, const std::vector<Gvk>& kinds);

  const Type* Find(const Gvk& gvk) const override;

  /// Why Find() answers null, as a sentence.
  std::string WhyUnknown(const Gvk& gvk) const override;

 private:
  struct Known {
    std::string hash;  ///< Of the document that it was learned from.
    std::string why;   ///< Not empty: it is not known, and why.
  };

  void LearnFrom(const Json& document, const std::string& hash, const Gvk& kind);
  void Forget(const std::vector<Gvk>& kinds, const Error& why);

  const CoreSchema core_;
  const OpenApiCache cache_;
  OpenApiSchema custom_;
  std::map<Gvk, Known> known_;
};

}  // namespace holdfast
