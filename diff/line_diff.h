// LineDiff: two texts, line by line: what goes, what comes, what stays.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace holdfast {

struct DiffLine {
  enum class Kind {
    kSame,     ///< In both.
    kRemoved,  ///< Only in the first.
    kAdded,    ///< Only in the second.
  };
  Kind kind = Kind::kSame;
  std::size_t number = 0;  ///< Counted from 1, in the text that has the line.
  std::string text;

  bool operator==(const DiffLine&) const = default;
};

/// A shortest way from `a` to `b` (Myers, "An O(ND) Difference Algorithm", 1986); where
/// lines are replaced, those that go come first. Texts that differ in more than a
/// thousand lines are not worth the search: everything between what they have in common
/// at their beginning and their end goes and comes then.
std::vector<DiffLine> DiffLines(const std::vector<std::string>& a,
                                const std::vector<std::string>& b);

/// A run of changed lines with up to `context` same ones before and after it.
struct Hunk {
  std::vector<DiffLine> lines;
};

/// Runs that are no further apart than their contexts are one. Empty if nothing differs.
std::vector<Hunk> HunksOf(const std::vector<DiffLine>& lines, std::size_t context);

}  // namespace holdfast
