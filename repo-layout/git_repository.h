// GitRepository: a revision of a local Git repository, read without a checkout.
//
// Everything comes from the object store, so what is read is what was
// committed: no work tree, no filter, no hook, no configuration of a user.

#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "diff/result.h"
#include "repo-layout/tree.h"

namespace holdfast {

struct RevisionRequest {
  std::string repo;  ///< A path or a file:// URL: a work tree, a bare one, a worktree.
  std::string ref;   ///< Branch, tag, full ref name, HEAD, full or abbreviated commit.
  std::string path;  ///< Folder below the root; empty or "." for all of it.
};

struct Revision {
  std::string commit;     ///< 40 hexadecimal digits.
  std::int64_t time = 0;  ///< Of the commit, seconds since the epoch.
  std::string ref;        ///< "refs/heads/main"; the commit where no ref was named.
  std::unique_ptr<Tree> tree;
};

/// Resolves and opens. Each thing that may be missing (folder, repository,
/// ref, path) has an Error of its own that says what to do.
Result<Revision> OpenRevision(const RevisionRequest& request);

/// The commit that `ref` names now; reads a handful of files, cheap enough to
/// be asked every second.
Result<std::string> ResolveRef(const std::string& repo, const std::string& ref);

/// True if commit `older` is `newer` or one of its ancestors: nothing was
/// rewound between them. Both are full commit ids; kNotFound if the repository
/// no longer has one of them, which is no answer and never "no".
Result<bool> IsAncestor(const std::string& repo, const std::string& older,
                        const std::string& newer);

}  // namespace holdfast
