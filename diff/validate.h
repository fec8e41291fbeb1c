// Validate: has an object the shape that the server's OpenAPI v3 wants?
//
// What `holdfast lint --schema` can know of a kind without its server: types, unknown
// and missing fields, enumerations, ranges, lengths, entries that stand twice in a list
// whose entries have keys. Not known so: patterns and rules of admission
// (x-kubernetes-validations), what depends on other fields, and what is live.
//
// Sources: KEP-2896 (OpenAPI v3), KEP-1693 (fieldValidation=Strict), KEP-555 (lists).

#pragma once

#include <string>
#include <vector>

#include "diff/json.h"
#include "diff/object.h"

namespace holdfast {

struct Complaint {
  std::string pointer;  ///< RFC 6901, into the object; for Manifest::WhereIs.
  std::string message;  ///< Names the field and what the schema wants; quotes no value.
};

/// True if `document`, what a server answers to /openapi/v3/apis/GROUP/VERSION, has
/// the kind.
bool Describes(const Json& document, const Gvk& kind);

/// Every complaint about `object`, sorted by pointer; none if `document` does not
/// describe its kind. What the document says unclearly is not complained about.
std::vector<Complaint> Validate(const Json& document, const Object& object);

}  // namespace holdfast
