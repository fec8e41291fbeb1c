// LineRecorder: the lines of a document's fields, noted while it is walked.

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "diff/manifest.h"
#include "repo-layout/document.h"

namespace holdfast {

/// Follows a walk from the root; each Enter is answered by a Leave.
class LineRecorder {
 public:
  LineRecorder();

  void Root(int line);
  void EnterKey(std::string_view key, int line);
  void EnterIndex(std::size_t index, int line);
  void Leave();

  /// The line of the member `key` of where the walk is now, or 0. Slow: for messages.
  int LineOfKey(std::string_view key) const;

  /// Hands the lines to `document`. REQUIRES nothing afterwards.
  void MoveTo(YamlDocument* document);

 private:
  void Enter(std::string_view segment, int line, bool is_index);

  std::string pointer_;
  std::vector<std::size_t> lengths_;  // Of pointer_ before each Enter.
  std::size_t item_start_ = 0;        // Length of "/items/3" while inside of it, else 0.
  std::shared_ptr<LineMap> lines_;
  std::vector<std::shared_ptr<LineMap>> item_lines_;
};

}  // namespace holdfast
