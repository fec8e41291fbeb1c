#include "diff/line_diff.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace holdfast {
namespace {

/// The most edits that are searched for; the memory of the search is its square.
constexpr long kMostEdits = 1000;

/// Lines as numbers: equal lines have equal ones, so that comparing is cheap.
class Numbering {
 public:
  std::vector<int> Of(const std::vector<std::string>& lines) {
    std::vector<int> numbers;
    numbers.reserve(lines.size());
    for (const std::string& line : lines) {
      numbers.push_back(
          known_.emplace(line, static_cast<int>(known_.size())).first->second);
    }
    return numbers;
  }

 private:
  std::unordered_map<std::string_view, int> known_;
};

/// Which lines of `a` and of `b` stay. Everything goes and comes where they differ in
/// more than kMostEdits lines.
struct Kept {
  std::vector<bool> in_a;
  std::vector<bool> in_b;
};

/// The furthest line of `a` reached on each diagonal (line of a - line of b), for one
/// number of edits.
class Reached {
 public:
  explicit Reached(long edits)
      : edits_(edits), at_(static_cast<std::size_t>(2 * edits + 1), -1) {}
  long& operator[](long diagonal) {
    return at_[static_cast<std::size_t>(diagonal + edits_)];
  }
  /// -1 where no path has been yet.
  long Get(long diagonal) const {
    const bool in = diagonal >= -edits_ && diagonal <= edits_;
    return in ? at_[static_cast<std::size_t>(diagonal + edits_)] : -1;
  }

 private:
  long edits_;
  std::vector<long> at_;
};

/// True if the best path to `diagonal` takes a line of b rather than leaves one of a.
bool ComesByAdding(const Reached& before, long edits, long diagonal) {
  if (diagonal == -edits) return true;
  return diagonal != edits && before.Get(diagonal - 1) < before.Get(diagonal + 1);
}

void WalkBack(const std::vector<Reached>& trace, long n, long m, long head, Kept& kept) {
  long x = n;
  long y = m;
  for (long edits = static_cast<long>(trace.size()) - 1; edits >= 0; --edits) {
    const long diagonal = x - y;
    long from_x = 0;
    long from_y = 0;
    if (edits > 0) {
      const Reached& before = trace[static_cast<std::size_t>(edits - 1)];
      const bool adds = ComesByAdding(before, edits, diagonal);
      from_x = before.Get(adds ? diagonal + 1 : diagonal - 1);
      from_y = from_x - (adds ? diagonal + 1 : diagonal - 1);
    }
    while (x > from_x && y > from_y) {
      --x;
      --y;
      kept.in_a[static_cast<std::size_t>(head + x)] = true;
      kept.in_b[static_cast<std::size_t>(head + y)] = true;
    }
    x = from_x;
    y = from_y;
  }
}

Kept Search(const std::vector<int>& a, const std::vector<int>& b) {
  Kept kept{std::vector<bool>(a.size(), false), std::vector<bool>(b.size(), false)};
  std::size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) {
    kept.in_a[head] = kept.in_b[head] = true;
    ++head;
  }
  std::size_t tail = 0;
  while (tail < a.size() - head && tail < b.size() - head &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
    ++tail;
    kept.in_a[a.size() - tail] = kept.in_b[b.size() - tail] = true;
  }
  const long n = static_cast<long>(a.size() - head - tail);
  const long m = static_cast<long>(b.size() - head - tail);
  const auto same = [&](long x, long y) {
    return a[head + static_cast<std::size_t>(x)] == b[head + static_cast<std::size_t>(y)];
  };
  std::vector<Reached> trace;
  for (long edits = 0; edits <= std::min(n + m, kMostEdits); ++edits) {
    Reached now(edits);
    for (long diagonal = -edits; diagonal <= edits; diagonal += 2) {
      long x = 0;
      if (edits > 0) {
        const Reached& before = trace.back();
        x = ComesByAdding(before, edits, diagonal) ? before.Get(diagonal + 1)
                                                   : before.Get(diagonal - 1) + 1;
      }
      long y = x - diagonal;
      while (x < n && y < m && same(x, y)) {
        ++x;
        ++y;
      }
      now[diagonal] = x;
      if (x < n || y < m) continue;
      trace.push_back(std::move(now));
      WalkBack(trace, n, m, static_cast<long>(head), kept);
      return kept;
    }
    trace.push_back(std::move(now));
  }
  return kept;
}

}  // namespace

std::vector<DiffLine> DiffLines(const std::vector<std::string>& a,
                                const std::vector<std::string>& b) {
  Numbering numbering;
  const std::vector<int> first = numbering.Of(a);
  const Kept kept = Search(first, numbering.Of(b));
  std::vector<DiffLine> out;
  std::size_t j = 0;
  const auto add_up_to_kept = [&] {
    for (; j < b.size() && !kept.in_b[j]; ++j) {
      out.push_back({DiffLine::Kind::kAdded, j + 1, b[j]});
    }
  };
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!kept.in_a[i]) {
      out.push_back({DiffLine::Kind::kRemoved, i + 1, a[i]});
      continue;
    }
    add_up_to_kept();
    out.push_back({DiffLine::Kind::kSame, j + 1, b[j]});
    ++j;
  }
  add_up_to_kept();
  return out;
}

std::vector<Hunk> HunksOf(const std::vector<DiffLine>& lines, std::size_t context) {
  std::vector<Hunk> hunks;
  std::size_t end = 0;  // of the hunk before, in `lines`
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].kind == DiffLine::Kind::kSame) continue;
    std::size_t last = i;  // changed line of this run
    for (std::size_t k = i; k < lines.size() && k - last <= 2 * context + 1; ++k) {
      if (lines[k].kind != DiffLine::Kind::kSame) last = k;
    }
    const std::size_t begin = std::max(end, i - std::min(i, context));
    end = std::min(lines.size(), last + 1 + std::min(context, lines.size()));
    Hunk hunk;
    hunk.lines.assign(lines.begin() + static_cast<std::ptrdiff_t>(begin),
                      lines.begin() + static_cast<std::ptrdiff_t>(end));
    hunks.push_back(std::move(hunk));
    i = end - 1;
  }
  return hunks;
}

}  // namespace holdfast
