// Defaults: a value as the server stores it where nothing was there before.

#pragma once

#include "diff/json.h"
#include "diff/schema.h"

namespace holdfast {

/// `value` of type `type` with what the server fills in, as far as the schema
/// says so; what it derives from other fields is not here.
Json WithDefaults(const Type& type, Json value);

/// What `value` in the member `field` means: its default where it is the zero
/// that the server does not keep apart from "not there"; else the value itself.
const Json& MeaningOf(const Field& field, const Json& value);

/// What null as a member of a value of type `map` means: in a map the empty text or no
/// amount, but null where everything is free. Any other value means itself.
const Json& MeaningInMap(const Type& map, const Json& value);

}  // namespace holdfast
