#include "repo-layout/glob.h"

#include <cstddef>
#include <vector>

namespace holdfast {
namespace {

std::vector<std::string_view> Names(std::string_view path) {
  std::vector<std::string_view> names;
  for (;;) {
    const auto slash = path.find('/');
    names.push_back(path.substr(0, slash));
    if (slash == path.npos) return names;
    path.remove_prefix(slash + 1);
  }
}

/// Matches a sequence where some items of the pattern are stars, which take any
/// number of items. Only the last star ever has to take one more: whatever an
/// earlier one could give up, the later one can take instead.
template <typename Pattern, typename Text, typename IsStar, typename Fits>
bool MatchSequence(const Pattern& pattern, const Text& text, IsStar is_star, Fits fits) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t after_star = 0;  // 0: no star yet.
  std::size_t star_took_to = 0;
  while (t < text.size()) {
    if (p < pattern.size() && is_star(pattern[p])) {
      after_star = ++p;
      star_took_to = t;
    } else if (p < pattern.size() && fits(pattern[p], text[t])) {
      ++p;
      ++t;
    } else if (after_star != 0) {
      p = after_star;
      t = ++star_took_to;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && is_star(pattern[p])) ++p;
  return p == pattern.size();
}

bool NameMatches(std::string_view pattern, std::string_view name) {
  return MatchSequence(
      pattern, name, [](char c) { return c == '*'; },
      [](char wanted, char c) { return wanted == '?' || wanted == c; });
}

}  // namespace

bool MatchesGlob(std::string_view pattern, std::string_view path) {
  return MatchSequence(
      Names(pattern), Names(path), [](std::string_view name) { return name == "**"; },
      NameMatches);
}

}  // namespace holdfast
