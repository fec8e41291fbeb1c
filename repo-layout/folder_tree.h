// FolderTree: a folder on disk as it stands.

#pragma once

#include <memory>
#include <string>

#include "repo-layout/tree.h"

namespace holdfast {

/// kNotFound if there is no such folder, kInvalid if it is none.
Result<std::unique_ptr<Tree>> OpenFolder(const std::string& path);

}  // namespace holdfast
