// ValueText: one field's values before and after as lines for people.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "diff/change.h"

namespace holdfast {

/// One line of a field: '-' what goes, '+' what comes, ' ' what stays or a remark,
/// '@' where in a text of several lines the next ones are.
struct ValueLine {
  char mark = ' ';
  std::string text;

  bool operator==(const ValueLine&) const = default;
};

struct ValueLimits {
  std::size_t width = 120;  ///< Characters of a line; the rest is counted.
  std::size_t lines = 20;   ///< Lines of a value; the rest is counted.
  std::size_t context = 3;  ///< Lines that stay, before and after those that differ.
};

/// Short values stand on a line each. Of values of several lines (texts such as the
/// files of a ConfigMap, and lists too long for one line, an entry a line) the lines that
/// differ are shown, with some around them. Control characters are escaped.
std::vector<ValueLine> ValueLines(const FieldChange& change, const ValueLimits& limits);

/// `text` with control characters and broken UTF-8 made visible, in one line.
std::string Printable(std::string_view text);

}  // namespace holdfast
