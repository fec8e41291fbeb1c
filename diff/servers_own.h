// ServersOwn: what the API server writes of its own accord, whatever is applied.

#pragma once

#include "diff/field_path.h"
#include "diff/json.h"

namespace holdfast {

/// True for status, apiVersion and kind, the metadata that the server writes,
/// and the annotations in which older kinds keep their status.
bool IsServersOwn(const FieldPath& path);

/// True if the server takes `desired`, a field of its own that a manifest has
/// all the same (an export), and leaves `live` as it is: there is no more in it
/// than in `live`, and each value is of the same sort. Otherwise it may decline
/// it: a status where the kind has none, a time that is no time.
bool IsHarmless(const Json& desired, const Json& live);

/// The same for a member of metadata or of its annotations, of which `live` may have
/// none.
bool IsHarmlessMetadata(std::string_view key, const Json& desired);

}  // namespace holdfast
