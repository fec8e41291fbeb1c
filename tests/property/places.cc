#include "tests/property/places.h"

namespace holdfast::property {
namespace {

bool Identifies(const std::string& pointer) {
  return pointer == "/apiVersion" || pointer == "/kind" || pointer == "/metadata" ||
         pointer == "/metadata/name" || pointer == "/metadata/namespace";
}

void Collect(const Json& value, const Pointer& at,
             const std::function<bool(const Pointer&, const Json&)>& wanted,
             std::vector<Pointer>& out) {
  if (!at.empty() && !Identifies(at.to_string()) && wanted(at, value)) out.push_back(at);
  if (value.is_object()) {
    for (const auto& [key, member] : value.items())
      Collect(member, at / key, wanted, out);
  } else if (value.is_array()) {
    std::size_t index = 0;
    for (const Json& entry : value) Collect(entry, at / index++, wanted, out);
  }
}

}  // namespace

std::vector<Pointer> Places(
    const Json& object, const std::function<bool(const Pointer&, const Json&)>& wanted) {
  std::vector<Pointer> out;
  Collect(object, Pointer(), wanted, out);
  return out;
}

std::vector<Pointer> Places(const Json& object) {
  return Places(object, [](const Pointer&, const Json&) { return true; });
}

const Json* At(const Json& object, const Pointer& pointer) {
  return object.contains(pointer) ? &object[pointer] : nullptr;
}

void Remove(Json& object, const Pointer& pointer) {
  if (pointer.empty() || !object.contains(pointer)) return;
  Json& parent = object[pointer.parent_pointer()];
  if (parent.is_array()) {
    parent.erase(static_cast<std::size_t>(std::stoul(pointer.back())));
  } else {
    parent.erase(pointer.back());
  }
}

std::string LastStep(const Pointer& pointer) {
  return pointer.empty() ? std::string() : pointer.back();
}

}  // namespace holdfast::property
