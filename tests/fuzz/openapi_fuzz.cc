// Two JSON texts, split at the first line break: an OpenAPI v3 document, and an object of
// the kind example.org/v1 Database.
//
// Properties: nothing throws and everything ends, also where schemas refer to one another
// in circles; an object that has everything the document describes does not differ from
// itself by what was learned.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "diff/compare.h"
#include "diff/openapi_schema.h"
#include "diff/validate.h"

using namespace holdfast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t split = input.find('\n');
  if (split == std::string_view::npos) return 0;
  const auto document = ParseJson(input.substr(0, split));
  auto members = ParseJson(input.substr(split + 1));
  if (!document || !members || !members->is_object()) return 0;
  Json json = std::move(members).value();
  json["apiVersion"] = "example.org/v1";
  json["kind"] = "Database";
  json["metadata"] = {{"name", "x"}};
  const auto object = Object::Make(std::move(json));
  if (!object) return 0;
  Validate(*document, *object);
  OpenApiSchema schema;
  if (!schema.Learn(*document, object->gvk()).ok()) return 0;
  Compare(*object, *object, "holdfast", schema);
  if (!Difference(*object, *object, schema).empty()) std::abort();
  return 0;
}
