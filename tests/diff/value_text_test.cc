#include "diff/value_text.h"

#include <doctest/doctest.h>

#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

std::vector<std::string> Lines(const std::string& before, const std::string& after,
                               ValueLimits limits = {}) {
  FieldChange change;
  if (!before.empty()) change.before = J(before);
  if (!after.empty()) change.after = J(after);
  std::vector<std::string> lines;
  for (const ValueLine& line : ValueLines(change, limits)) {
    lines.push_back(std::string(1, line.mark) + " " + line.text);
  }
  return lines;
}

TEST_CASE("values for people") {
  struct Row {
    std::string what;
    std::string before;
    std::string after;
    std::vector<std::string> lines;
  };
  const Row rows[] = {
      {"a number", "3", "2", {"- 3", "+ 2"}},
      {"a text is bare", "\"a b\"", "", {"- a b"}},
      {"a text that looks like a number is not", "80", "\"80\"", {"- 80", "+ \"80\""}},
      {"an empty text", "", "\"\"", {"+ \"\""}},
      {"a text with blanks at its ends", "", "\" a\"", {"+ \" a\""}},
      {"a short list", "", R"(["a", 1])", {R"(+ ["a",1])"}},
      {"a hash",
       R"({"hash": "12ab"})",
       R"({"hash": ""})",
       {"- secret value, hash 12ab", "+ secret value"}},
      {"the lines that differ, among those around them",
       R"("a\nb\nc\nd\n")",
       R"("a\nB\nc\nd\ne\n")",
       {"  a", "- b", "+ B", "  c", "  d", "+ e"}},
      {"far into a text, with the number of the first line",
       R"("1\n2\n3\n4\n5\n6\n7\n8\n9\n")",
       R"("1\n2\n3\n4\n5\n6\n7\n8\nx\n")",
       {"@ line 6", "  6", "  7", "  8", "- 9", "+ x"}},
      {"two places of one text",
       R"("a\n2\n3\n4\n5\n6\n7\n8\nb")",
       R"("A\n2\n3\n4\n5\n6\n7\n8\nB")",
       {"- a", "+ A", "  2", "  3", "  4", "@ line 6", "  6", "  7", "  8", "- b",
        "+ B"}},
      {"a long text that becomes a short one",
       R"("a\nb\n")",
       R"("a")",
       {"  a", "- b", R"(+ \ no line break at the end)"}},
      {"a text of several lines that comes", "", R"("a\nb\n")", {"+ a", "+ b"}},
      {"one that ends differently",
       R"("a\nb\n")",
       R"("a\nb")",
       {"  a", "  b", R"(+ \ no line break at the end)"}},
      {"a tab", "", R"("a\tb")", {"+ a\\tb"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(Lines(row.before, row.after) == row.lines);
  }
}

TEST_CASE("long values are cut with a count") {
  const ValueLimits limits{10, 2, 0};
  CHECK(Lines("\"abcdefghijklm\"", "", limits) ==
        std::vector<std::string>{"- abcdefghij... (3 more characters)"});
  CHECK(Lines("\"äöüäöüäöüäöü\"", "", limits) ==
        std::vector<std::string>{"- äöüäöüäöüä... (2 more characters)"});
  CHECK(Lines("", R"("1\n2\n3\n4")", limits) ==
        std::vector<std::string>{"+ 1", "+ 2", "  ... (2 more lines)"});
  CHECK(Lines("", "[1,2,3,4,5,6]", limits) ==
        std::vector<std::string>{"+ 1", "+ 2", "  ... (4 more entries)"});
  CHECK(Lines("[1,2,3,4,5,6]", "[1,2,3,9,5,6]", limits) ==
        std::vector<std::string>{"@ entry 4", "- 4", "+ 9"});
}

TEST_CASE("two long values are shown from where they part") {
  const std::string same(200, 'x');
  const auto lines = Lines("\"" + same + "old\"", "\"" + same + "new\"", {40, 20});
  CHECK(lines == std::vector<std::string>{"- ..." + std::string(20, 'x') + "old",
                                          "+ ..." + std::string(20, 'x') + "new"});
}

TEST_CASE("values of very many lines do not cost more than their lines") {
  std::string a;
  std::string b;
  for (int i = 0; i < 5000; ++i) {
    a += "a" + std::to_string(i) + "\\n";
    b += "b" + std::to_string(i) + "\\n";
  }
  const auto lines = Lines("\"" + a + "\"", "\"" + b + "\"");
  CHECK(lines.size() == 21);
  CHECK(lines.back() == "  ... (9980 more lines)");
}

}  // namespace
}  // namespace holdfast
