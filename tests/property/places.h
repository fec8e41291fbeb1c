// Places: where in a manifest a mutation may take hold.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "diff/json.h"

namespace holdfast::property {

using Pointer = Json::json_pointer;

/// Every value below `object` for which `wanted` is true, without what
/// identifies it (apiVersion, kind, name, namespace).
std::vector<Pointer> Places(
    const Json& object, const std::function<bool(const Pointer&, const Json&)>& wanted);

/// All of them.
std::vector<Pointer> Places(const Json& object);

/// The value at `pointer`, or null where there is none. Never throws.
const Json* At(const Json& object, const Pointer& pointer);

/// Takes the value at `pointer` out of its object or list.
void Remove(Json& object, const Pointer& pointer);

/// The last step of a pointer; "" for that of the whole.
std::string LastStep(const Pointer& pointer);

}  // namespace holdfast::property
