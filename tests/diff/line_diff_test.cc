#include "diff/line_diff.h"

#include <doctest/doctest.h>

#include <random>

namespace holdfast {
namespace {

using Lines = std::vector<std::string>;

/// "a bc": a line for each letter.
Lines L(const std::string& letters) {
  Lines lines;
  for (const char c : letters) lines.emplace_back(1, c);
  return lines;
}

std::string Told(const std::vector<DiffLine>& lines) {
  std::string text;
  for (const DiffLine& line : lines) {
    if (line.kind != DiffLine::Kind::kSame) {
      text += line.kind == DiffLine::Kind::kAdded ? "+" : "-";
    }
    text += line.text;
  }
  return text;
}

TEST_CASE("the shortest way from one text to another") {
  struct Row {
    std::string a;
    std::string b;
    std::string told;
  };
  const Row rows[] = {
      {"", "", ""},
      {"", "ab", "+a+b"},
      {"ab", "", "-a-b"},
      {"abc", "abc", "abc"},
      {"abc", "axc", "a-b+xc"},
      {"abc", "ac", "a-bc"},
      {"ac", "abc", "a+bc"},
      {"abcd", "xbcy", "-a+xbc-d+y"},
      {"aab", "ab", "a-ab"},
      {"ab", "ba", "-ab+a"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.a);
    CAPTURE(row.b);
    CHECK(Told(DiffLines(L(row.a), L(row.b))) == row.told);
  }
}

/// The length of the longest common subsequence, the slow and obvious way.
std::size_t Common(const Lines& a, const Lines& b) {
  std::vector<std::vector<std::size_t>> best(a.size() + 1,
                                             std::vector<std::size_t>(b.size() + 1, 0));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;) {
      best[i][j] = a[i] == b[j] ? best[i + 1][j + 1] + 1
                                : std::max(best[i + 1][j], best[i][j + 1]);
    }
  }
  return best[0][0];
}

TEST_CASE("any two texts: both can be read off, and no way is shorter") {
  std::mt19937 random(20261124);
  for (int round = 0; round < 3000; ++round) {
    const auto text = [&] {
      Lines lines;
      for (auto i = random() % 12; i > 0; --i) lines.emplace_back(1, 'a' + random() % 4);
      return lines;
    };
    const Lines a = text();
    const Lines b = text();
    Lines first;
    Lines second;
    std::size_t same = 0;
    for (const DiffLine& line : DiffLines(a, b)) {
      if (line.kind != DiffLine::Kind::kAdded) first.push_back(line.text);
      if (line.kind != DiffLine::Kind::kRemoved) {
        second.push_back(line.text);
        CHECK(line.number == second.size());
      }
      if (line.kind == DiffLine::Kind::kSame) ++same;
    }
    CHECK(first == a);
    CHECK(second == b);
    CHECK(same == Common(a, b));
  }
}

TEST_CASE("a change at both ends of a long text is two changes") {
  Lines a;
  for (int i = 0; i < 20000; ++i) a.push_back(std::to_string(i));
  Lines b = a;
  b.front() = "first";
  b.back() = "last";
  CHECK(HunksOf(DiffLines(a, b), 3).size() == 2);
}

TEST_CASE("lines around a change") {
  const auto hunks = [](const std::string& a, const std::string& b, std::size_t context) {
    Lines told;
    for (const Hunk& hunk : HunksOf(DiffLines(L(a), L(b)), context)) {
      told.push_back(Told(hunk.lines));
    }
    return told;
  };
  CHECK(hunks("abcde", "abxde", 0) == Lines{"-c+x"});
  CHECK(hunks("abcde", "abxde", 1) == Lines{"b-c+xd"});
  CHECK(hunks("abcde", "abxde", 9) == Lines{"ab-c+xde"});
  CHECK(hunks("abcde", "abcde", 9).empty());
  CHECK(hunks("abcde", "xbcdy", 1) == Lines{"-a+xb", "d-e+y"});
  CHECK(hunks("abcd", "xbcy", 1) == Lines{"-a+xbc-d+y"});
}

}  // namespace
}  // namespace holdfast
