// Glob: file patterns with * and **, as .gitignore knows them.

#pragma once

#include <string_view>

namespace holdfast {

/// True if the whole of `path` matches. `*` and `?` match within a name, `**/`
/// any number of folders, none included, `**` at the end everything below. No
/// other character is special. Linear in both lengths but for nested `**`, whose
/// number is bounded by the pattern.
bool MatchesGlob(std::string_view pattern, std::string_view path);

}  // namespace holdfast
