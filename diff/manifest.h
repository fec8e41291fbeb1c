// Manifest: an object as Git wants it, and where it is written.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diff/object.h"

namespace holdfast {

/// The lines of a document's fields, so that a message about a field can name
/// file and line. Compact: a hash and a number per field, since a repository
/// has a hundred thousand of them and only few are ever asked for.
class LineMap {
 public:
  /// Notes that the field at `pointer` (RFC 6901: "/spec/ports/0/port") stands
  /// on `line`, counted from 1.
  void Add(std::string_view pointer, int line);
  /// REQUIRED once after the last Add and before the first LineOf.
  void Seal();
  /// The line of `pointer`, or of its nearest ancestor that is known, or 0.
  int LineOf(std::string_view pointer) const;

 private:
  std::vector<std::pair<std::uint64_t, int>> lines_;
};

struct Source {
  std::string path;  ///< Relative to the sync's path, with '/'.
  int document = 1;  ///< Counted from 1 within the file.
  int line = 1;      ///< Where the document begins, counted from 1.

  /// "cassandra/statefulset.yaml:1".
  std::string ToString() const { return path + ":" + std::to_string(line); }

  auto operator<=>(const Source&) const = default;
};

struct Manifest {
  Object object;
  Source source;
  std::shared_ptr<const LineMap> lines;  ///< Null where nobody wrote it by hand.

  /// "path:line" of the field at `pointer`, or of the document.
  std::string WhereIs(std::string_view pointer) const;
};

}  // namespace holdfast
