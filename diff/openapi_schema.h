// OpenApiSchema: kinds as the API server's own OpenAPI v3 documents tell of them.
//
// Sources: KEP-2896 (OpenAPI v3), KEP-555 (the x-kubernetes-list-type,
// -list-map-keys and -map-type extensions), and the API reference on structural
// schemas of a CustomResourceDefinition (-int-or-string,
// -preserve-unknown-fields, -embedded-resource, default).
//
// A document tells the defaults of custom kinds, but of the kinds that are built
// into the server only a few: for those CoreSchema knows more.

#pragma once

#include <map>
#include <memory>
#include <string>

#include "diff/json.h"
#include "diff/result.h"
#include "diff/schema.h"

namespace holdfast {

class OpenApiSchema final : public Schema {
 public:
  OpenApiSchema();
  ~OpenApiSchema() override;
  OpenApiSchema(OpenApiSchema&&) noexcept;
  OpenApiSchema& operator=(OpenApiSchema&&) noexcept;

  /// Learns `kind` from `document`, what a server answers to
  /// /openapi/v3/apis/GROUP/VERSION; forgets what it knew of the kind.
  /// kNotFound if the document does not have the kind; kInvalid, with the place
  /// in the document, if it cannot be understood: nothing is learned then.
  Status Learn(const Json& document, const Gvk& kind);

  /// Null for a kind that was not learned. Valid until it is learned again.
  const Type* Find(const Gvk& gvk) const override;

 private:
  class Reader;
  struct Learned;

  std::map<Gvk, std::unique_ptr<Learned>> kinds_;
};

}  // namespace holdfast
