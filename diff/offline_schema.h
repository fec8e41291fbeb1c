// OfflineSchema: the kinds that are known where there is no server to ask.
//
// Those that are built into Kubernetes are CoreSchema's; all others are what a document
// of their server or a CustomResourceDefinition says.

#pragma once

#include <map>
#include <string>

#include "diff/core_schema.h"
#include "diff/json.h"
#include "diff/object.h"
#include "diff/openapi_schema.h"

namespace holdfast {

class OfflineSchema final : public Schema {
 public:
  /// Learns every kind that `document` describes, what a server answers to
  /// /openapi/v3/apis/GROUP/VERSION. What was learned of a kind before is forgotten; a
  /// kind that cannot be understood is unknown then.
  void Learn(const Json& document);

  /// The same from a CustomResourceDefinition; of any other object nothing is learned.
  void LearnDefinition(const Object& object);

  const Type* Find(const Gvk& gvk) const override;

  /// Why Find() answers null, as a sentence.
  std::string WhyUnknown(const Gvk& gvk) const override;

 private:
  const CoreSchema core_;
  OpenApiSchema custom_;
  std::map<Gvk, std::string> not_understood_;  ///< With the reason.
};

}  // namespace holdfast
