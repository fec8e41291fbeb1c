#include "diff/applied_part.h"

#include <utility>

#include "diff/ownership.h"

namespace holdfast {
namespace {

Json PartOf(const Json& value, const FieldSet& fields) {
  if (fields.children.empty()) return value;
  Json part = value.is_array() ? Json::array() : Json::object();
  for (const auto& [step, below] : fields.children) {
    const bool is_member = step.kind == PathStep::Kind::kKey;
    const Json* found = is_member ? FindIn(value, step.key) : FindEntry(value, step);
    if (found == nullptr) continue;
    if (is_member) {
      part[step.key] = PartOf(*found, below);
    } else {
      part.push_back(PartOf(*found, below));
    }
  }
  return part;
}

}  // namespace

std::optional<Object> AppliedPart(const Object& live, std::string_view manager) {
  const Ownership ownership = Ownership::Of(live);
  const ManagedEntry* applied = ownership.AppliedBy(manager);
  if (applied == nullptr || applied->api_version != StringIn(live.json(), "apiVersion")) {
    return std::nullopt;
  }
  Json part = PartOf(live.json(), applied->fields);
  part["apiVersion"] = live.json()["apiVersion"];
  part["kind"] = live.json()["kind"];
  part["metadata"]["name"] = live.ref().name;
  if (!live.ref().name_space.empty()) part["metadata"]["namespace"] = live.ref().name_space;
  auto object = Object::Make(std::move(part));
  if (!object.ok()) return std::nullopt;
  return std::move(object).value();
}

}  // namespace holdfast
