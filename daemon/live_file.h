// LiveFile: live objects out of a file, for --live.

#pragma once

#include <string>
#include <vector>

#include "apply/survey_file.h"
#include "diff/error.h"

namespace holdfast {

struct LiveFile {
  LiveObjects live;
  /// Everything in it that cannot be read, with file and line; if there are any, `live` is
  /// not all that the file holds and must not be compared with.
  std::vector<Error> errors;
};

/// Reads YAML or JSON: documents, v1/Lists and lists as a server answers them, as
/// `kubectl get -o yaml` and `-o json` write them. "-" is standard input. An object that
/// stands twice is an error, and so is a file without any document; an empty List is an
/// empty cluster.
LiveFile ReadLiveFile(const std::string& path);

}  // namespace holdfast
