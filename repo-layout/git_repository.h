// GitRepository: a revision of a repository, read from its object store.

#pragma once

#include <memory>
#include <string>

#include "diff/result.h"
#include "repo-layout/tree.h"

namespace holdfast {

struct GitRevision {
  std::string commit;  ///< Forty hexadecimal digits.
  long long time = 0;  ///< Of the commit, seconds since the epoch.
  std::unique_ptr<Tree> tree;
};

struct RevisionName {
  std::string
      repo;  ///< A path, or a file:// URL; bare, with a .git folder, or a worktree.
  std::string ref = "HEAD";  ///< Branch, tag, or full or abbreviated commit.
  std::string path;          ///< Folder within it; empty is the root.
};

/// kNotFound for no such folder, repository, ref or path; kInvalid for a URL
/// that is not read here, and for a path that is a file. Nothing of the user's
/// Git configuration is used, and no checkout is made.
Result<GitRevision> OpenRevision(const RevisionName& name);

/// The commit that `ref` names now. Cheap: what the daemon polls.
Result<std::string> ResolveRef(const std::string& repo, const std::string& ref);

}  // namespace holdfast
