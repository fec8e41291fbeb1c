// GitTree: the files of one commit, from the object store.

#pragma once

#include <memory>
#include <string>

#include "repo-layout/git_handle.h"
#include "repo-layout/tree.h"

namespace holdfast {

/// The folder `path` of `root` ("" is the root itself); `repository` is kept
/// open as long as the tree lives. kNotFound if there is no such folder,
/// kInvalid if it is a file.
Result<std::unique_ptr<Tree>> OpenGitTree(GitRepositoryHandle repository,
                                          GitTreeHandle root, const std::string& path);

}  // namespace holdfast
