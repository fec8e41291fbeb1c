// Enumerated: names in a sentence.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace holdfast {

/// "a, b and 3 more": the first `most` of `names` and how many there are beside them.
std::string Enumerated(const std::vector<std::string>& names, std::size_t most);

}  // namespace holdfast
