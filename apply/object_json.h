// The bodies of lists and watches as objects.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diff/object.h"
#include "diff/result.h"

namespace holdfast {

/// One page of a list.
struct ListPage {
  std::vector<Object> objects;
  std::string resource_version;
  std::string continue_token;  ///< Empty: it was the last.
};

/// Takes the items out of a list of `gvk`, without a second copy of them. The
/// server leaves apiVersion and kind out of the items of a list; they are filled
/// in. kInvalid if it is no list, or an item is no object of this kind.
Result<ListPage> ParseListPage(Json list, const Gvk& gvk);

/// Cuts a stream into lines, wherever its chunks end.
class LineSplitter {
 public:
  /// The lines that end in `bytes`, without their line breaks; empty ones are
  /// left out.
  std::vector<std::string> Add(std::string_view bytes);
  /// What came behind the last line break.
  const std::string& rest() const { return rest_; }

 private:
  std::string rest_;
};

}  // namespace holdfast
