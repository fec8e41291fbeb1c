// GitRepository: a revision of a local repository, read from its object store.
//
// What is read is what was committed: no work tree, no filter, no hook, and
// nothing of the machine's or the user's configuration takes part.

#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "diff/result.h"
#include "repo-layout/tree.h"

namespace holdfast {

struct GitRevision {
  std::string commit;  ///< Forty hexadecimal digits.
  long long time = 0;  ///< Of the commit, seconds since the epoch.
  std::string ref;     ///< In full, "refs/heads/main"; the commit where no ref was named.
  std::unique_ptr<Tree> tree;
};

/// Where a repository is.
struct GitPlace {
  // NOLINTNEXTLINE(google-explicit-constructor): mostly a path is all there is to say.
  GitPlace(std::string at, std::string pushed = "")
      : repo(std::move(at)), quarantine(std::move(pushed)) {}

  std::string
      repo;  ///< A path, or a file:// URL; bare, with a .git folder, or a worktree.
  /// Folder of the objects of a push that is not accepted yet, which Git keeps apart
  /// (githooks(5), "quarantine"); read in addition. Mostly empty.
  std::string quarantine;
};

struct RevisionName {
  std::string repo;          ///< GitPlace::repo
  std::string ref = "HEAD";  ///< As git_ref.h says; empty is HEAD.
  std::string path;          ///< Folder within it; empty is the root.
  std::string quarantine{};  ///< GitPlace::quarantine

  GitPlace place() const { return {repo, quarantine}; }
};

/// kNotFound for no such folder, repository, ref or path; kInvalid for a URL
/// that is not read here, for a ref that means two commits, and for a path that
/// is a file. Each says what to do.
Result<GitRevision> OpenRevision(const RevisionName& name);

/// The commit that `ref` names now. Cheap: what the daemon polls.
Result<std::string> ResolveRef(const GitPlace& place, const std::string& ref);

/// The ref that HEAD names, in full ("refs/heads/main"), also before its first commit.
/// kNotFound where HEAD is no branch.
Result<std::string> BranchOfHead(const GitPlace& place);

/// When each of `paths` (from the repository's root) came to be what it is at `commit`:
/// the time of the commit that brought it, along the first parents, in seconds since the
/// epoch. kNotFound for a path that is not there. A history that is cut off (a shallow
/// clone) gives the time of its oldest commit at best, and kUnavailable where that
/// brought the file: it may be older.
Result<std::map<std::string, long long>> TimesOf(const GitPlace& place,
                                                 const std::string& commit,
                                                 const std::vector<std::string>& paths);

/// True if commit `older` is `newer` or one of its ancestors: between them
/// nothing was rewound. Both are full commit ids. kNotFound if the repository
/// does not have one of them, which is no answer and never "no".
Result<bool> IsAncestor(const GitPlace& place, const std::string& older,
                        const std::string& newer);

}  // namespace holdfast
