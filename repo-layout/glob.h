// Glob: patterns of paths.

#pragma once

#include <string_view>

namespace holdfast {

/// True if `path` matches `pattern` as a whole. `*` and `?` stay within one
/// name; a name `**` stands for any number of folders, none included; every
/// other character stands for itself. Patterns come from foreign repositories:
/// the time is bounded by the product of both lengths, squared.
bool MatchesGlob(std::string_view pattern, std::string_view path);

}  // namespace holdfast
