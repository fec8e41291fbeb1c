// GitRef: the commit that a name means.

#pragma once

#include <string>

#include "diff/result.h"
#include "repo-layout/git_handle.h"

namespace holdfast {

struct NamedCommit {
  GitCommitHandle commit;
  std::string ref;  ///< "refs/heads/main", "HEAD"; the commit id where no ref was named.
};

/// Finds `ref`: HEAD, a full name ("refs/heads/main"), a branch, a tag, a branch
/// of a remote ("origin/main"), or a commit by at least four of its digits.
/// Never an expression like main~2: a sync names a place, not a walk.
///
/// kInvalid if it means two things that are different commits: git would take
/// one of them and whisper. kNotFound names some branches that there are.
Result<NamedCommit> FindCommit(git_repository* repository, const std::string& ref);

/// Forty hexadecimal digits.
std::string IdOf(const git_commit* commit);

}  // namespace holdfast
