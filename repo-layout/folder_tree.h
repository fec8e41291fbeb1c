// FolderTree: a folder on disk as a Tree.

#pragma once

#include <memory>
#include <string>

#include "diff/result.h"
#include "repo-layout/tree.h"

namespace holdfast {

/// The folder at `path` as it stands, committed or not. kNotFound if there is
/// none, kInvalid if it is no folder, kDenied if it may not be read.
///
/// A symbolic link is followed to a file inside of the folder only, so that a
/// repository of manifests cannot have a file of this machine read.
Result<std::unique_ptr<Tree>> OpenFolder(const std::string& path);

}  // namespace holdfast
