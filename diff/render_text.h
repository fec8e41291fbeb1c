// RenderText: a ChangeSet for people, as in cli.md.

#pragma once

#include <string>

#include "diff/change.h"
#include "diff/render_json.h"

namespace holdfast {

struct TextOptions {
  enum class Colour { kNever, kAlways };
  Colour colour = Colour::kNever;
  Show show = Show::kChanges;
  std::string revision_in_force;  ///< Printed before the arrow; may be empty.
  std::string cluster_name;       ///< For people; the uid where empty.
  /// Longest line of a value, in characters; what is more is cut with a count.
  std::size_t value_width = 120;
  /// Lines of the difference of a value of several lines.
  std::size_t value_lines = 20;
  /// Lines that stay, shown before and after those that differ.
  std::size_t context_lines = 3;
};

/// Ends with a newline. Control characters of values are escaped, so that no
/// manifest and no server can move the cursor of a reader.
std::string RenderText(const ChangeSet& changes, const TextOptions& options = {});

}  // namespace holdfast
