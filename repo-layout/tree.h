// Tree: the files of one revision, wherever they are kept.
//
// The seam between manifests and their store. A revision in Git and a folder
// on disk look the same through it, and a test may make one up.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "diff/result.h"

namespace holdfast {

enum class EntryKind {
  kFile,
  kLink,  ///< A symbolic link to a file, or to nothing; Read() follows or refuses it.
  kFolderLink,  ///< A symbolic link to a folder: never followed.
  kSubmodule,   ///< Another repository; its files are not here.
  kUnreadable,  ///< A folder that cannot be opened: what is in it is unknown.
  kSpecial,     ///< A device, a socket, a pipe.
};

struct TreeEntry {
  std::string path;        ///< Relative to the root of the Tree, with '/'.
  std::uint64_t size = 0;  ///< In bytes; 0 where Read() would not give any.
  EntryKind kind = EntryKind::kFile;

  bool operator==(const TreeEntry&) const = default;
};

/// REQUIRES one thread at a time.
class Tree {
 public:
  virtual ~Tree() = default;

  /// Every file and everything that only looks like one, sorted by path,
  /// whatever its name; folders are walked and not listed. Names that begin
  /// with '.' are left out at every level, except kLayoutFile at the top.
  /// An entry that cannot be read does not fail the list: its kind says so, or
  /// Read() does. An Error means that nothing is known about the revision.
  virtual Result<std::vector<TreeEntry>> List() const = 0;

  /// The bytes of the file at `path`, which a link inside the tree may lead
  /// to. kInvalid, naming the path, for anything that is no file, leads out of
  /// the tree or is longer than `limit` bytes; kNotFound; kDenied.
  virtual Result<std::string> Read(const std::string& path, std::size_t limit) const = 0;
};

/// `.holdfast.yaml`, which layout.h reads.
inline constexpr std::string_view kLayoutFile = ".holdfast.yaml";

}  // namespace holdfast
