// A JSON text as the fieldsV1 of a managedFields entry.
//
// Properties: it is read or refused, without an end of the stack; each member
// that is read is in the set, and so is something in each of its prefixes; its
// path prints as a text that reads as the same path.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "diff/json.h"
#include "diff/ownership.h"

namespace {

using namespace holdfast;

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckMember(const FieldSet& set, const FieldPath& path) {
  Require(set.Has(path) && set.HasAnyIn(path));
  const auto again = FieldPath::Parse(path.ToString());
  Require(again.ok() && again->ToString() == path.ToString());
  if (path.empty()) return;
  FieldPath above = path;
  above.Pop();
  Require(set.HasBelow(above) && set.HasAnyIn(above));
}

void CheckOwnership(const Json& fields) {
  const auto live = Object::Make({{"apiVersion", "v1"},
                                  {"kind", "ConfigMap"},
                                  {"metadata",
                                   {{"name", "x"},
                                    {"managedFields",
                                     {{{"manager", "m"},
                                       {"operation", "Apply"},
                                       {"fieldsType", "FieldsV1"},
                                       {"fieldsV1", fields}}}}}}});
  Require(live.ok());
  const Ownership ownership = Ownership::Of(*live);
  Require(ownership.complete == (ownership.AppliedBy("m") != nullptr));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto json = ParseJson(input);
  if (!json) return 0;
  const auto set = FieldSet::Parse(*json);
  if (!set) {
    Require(!set.error().message.empty());
  } else {
    set->ForEach([&](const FieldPath& path) { CheckMember(*set, path); });
  }
  CheckOwnership(*json);
  return 0;
}
