// Duration: "10m", "1h30m", "500ms", as Kubernetes and Go write them.

#pragma once

#include <chrono>
#include <string_view>

#include "diff/result.h"

namespace holdfast {

/// A positive sum of whole numbers with the units ms, s, m, h; at most a year.
/// kInvalid otherwise, with an example.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);

}  // namespace holdfast
