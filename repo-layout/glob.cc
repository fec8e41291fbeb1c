#include "repo-layout/glob.h"

namespace holdfast {

bool MatchesGlob(std::string_view pattern, std::string_view path) {
  while (!pattern.empty()) {
    if (pattern.starts_with("**/")) {
      pattern.remove_prefix(3);
      for (;;) {
        if (MatchesGlob(pattern, path)) return true;
        const auto slash = path.find('/');
        if (slash == std::string_view::npos) return false;
        path.remove_prefix(slash + 1);
      }
    }
    if (pattern == "**") return true;
    if (pattern.front() == '*') {
      pattern.remove_prefix(1);
      for (std::size_t taken = 0;; ++taken) {
        if (MatchesGlob(pattern, path.substr(taken))) return true;
        if (taken == path.size() || path[taken] == '/') return false;
      }
    }
    if (path.empty()) return false;
    const bool fits =
        pattern.front() == '?' ? path.front() != '/' : pattern.front() == path.front();
    if (!fits) return false;
    pattern.remove_prefix(1);
    path.remove_prefix(1);
  }
  return path.empty();
}

}  // namespace holdfast
