// GitOpen: a repository of this machine, opened for reading. Inner part of git_*.

#pragma once

#include <optional>
#include <string>

#include "diff/result.h"
#include "repo-layout/git_handle.h"
#include "repo-layout/git_repository.h"

namespace holdfast {

/// kNotFound for no such folder or repository, kInvalid for a URL that is not read here.
Result<GitRepositoryHandle> OpenRepository(const GitPlace& place);

/// The commit of the full id `id`; kNotFound if the repository does not have it.
Result<GitCommitHandle> LookUpCommit(git_repository* repository, const std::string& id);

/// The blob at `path` in `commit`; nothing if there is none.
std::optional<git_oid> BlobAt(git_commit* commit, const std::string& path);

}  // namespace holdfast
