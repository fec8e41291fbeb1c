// Tree: the files of one revision, wherever they are.
//
// The seam between manifests and their store: a revision in Git and a folder on
// disk look the same through it, and a test may make one up.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "diff/result.h"

namespace holdfast {

struct TreeEntry {
  enum class Kind {
    kFile,
    kUnreadable,  ///< There, and no file that can be read; `why` says so.
    kHidden,      ///< Stands for files that cannot be seen; `why` says so.
  };
  std::string path;  ///< Relative to the tree's root, with '/'.
  Kind kind = Kind::kFile;
  std::string why;  ///< "a link that leads nowhere": what `path` is.
};

/// REQUIRES one thread at a time.
class Tree {
 public:
  virtual ~Tree() = default;

  /// Every file below the root, sorted by path. Folders and files whose name
  /// begins with a dot are left out, but for `.holdfast.yaml` in the root. A link
  /// is listed as the file that it leads to within the tree; one that leads out of
  /// it or nowhere and a device are listed as kUnreadable; a submodule, a link to
  /// a folder and a folder that may not be opened as kHidden. Never is one left out.
  virtual Result<std::vector<TreeEntry>> List() const = 0;

  /// The bytes of a file that List() named. kInvalid above kMaxFileBytes.
  virtual Result<std::string> Read(const std::string& path) const = 0;
};

/// No manifest is larger: etcd takes 1.5 MiB an object.
inline constexpr std::size_t kMaxFileBytes = 3U << 20U;

/// The name of the layout file, the only dotfile that is read.
inline constexpr const char* kLayoutFile = ".holdfast.yaml";

}  // namespace holdfast
