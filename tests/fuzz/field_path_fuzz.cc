// A text read as a field path, and as a key of managedFields.
//
// Properties: what is read prints as a text that reads as the same path; the
// pointer of a path in any object is one that the object has.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "diff/field_path.h"

namespace {

using holdfast::FieldPath;
using holdfast::Json;
using holdfast::PathStep;

void Require(bool holds) {
  if (!holds) std::abort();
}

/// True if `pointer` leads somewhere in `object`, by a reader of its own.
bool Leads(const Json& object, std::string_view pointer) {
  const Json* here = &object;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    std::string step;
    for (std::size_t i = 0; i < end; ++i) {
      const bool escaped = pointer[i] == '~' && i + 1 < end;
      step += !escaped ? pointer[i] : pointer[++i] == '1' ? '/' : '~';
    }
    pointer.remove_prefix(end);
    here = here->is_array()
               ? holdfast::FindEntry(*here, PathStep::Index(std::stoul(step)))
               : holdfast::FindIn(*here, step);
    if (here == nullptr) return false;
  }
  return true;
}

void CheckPath(const FieldPath& path) {
  const std::string printed = path.ToString();
  const auto again = FieldPath::Parse(printed);
  Require(again.ok() && *again == path);
  Require(again->ToString() == printed);
  Require(path.StartsWith(path));
  static const Json kObject = {
      {"spec",
       {{"a", Json::array({{{"name", "x"}, {"b", 1}}, "v", 3})}, {"b.c", {{"d", 1}}}}},
      {"", {{"~", 1}, {"/", 2}}}};
  Require(Leads(kObject, path.PointerIn(kObject)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto path = FieldPath::Parse(input)) {
    CheckPath(*path);
  } else {
    Require(!path.error().message.empty());
  }
  if (const auto step = PathStep::ParseFieldsV1(input)) CheckPath(FieldPath({*step}));
  return 0;
}
