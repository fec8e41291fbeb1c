// PlainDifference: the difference of two answers of the server by the plainest
// means, to hold diff/ against something that shares no code with it.

#pragma once

#include <string>
#include <vector>

#include "diff/json.h"

namespace holdfast::property {

/// RFC 6901 pointers of the values that are unlike, lists entry by entry; a value
/// that only one side has is one of them. What the server writes of its own
/// accord is left out; null is no value; texts that read as one amount are alike
/// (and those of a field that is no amount are too: this finds too little there, and
/// where a list of texts only changes its order).
std::vector<std::string> PlainDifference(const Json& before, const Json& after);

}  // namespace holdfast::property
