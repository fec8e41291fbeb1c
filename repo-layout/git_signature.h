// GitSignature: who signed the commits that brought some files.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "diff/result.h"
#include "repo-layout/git_repository.h"
#include "repo-layout/signature_check.h"

namespace holdfast {

struct SignedFiles {
  GitPlace place;
  std::string commit;  ///< The revision; a full id.
  /// The commit that is in force, from which on changes are looked at; empty: from the
  /// beginning.
  std::string in_force;
  std::string folder;  ///< Of the manifests, with "/" at its end; empty is the root.
  std::vector<std::string> files;  ///< Below `folder`.
};

/// Who signed the commit that brought each of `files` as it is at `commit`: the newest
/// one none of whose parents has it so. Nobody counts who is also the author of a change
/// of the manifests since `in_force`: whoever wants it does not approve it
/// (safety.md 2.4). The folder approvals/ is no manifest, and a merge is a change by its
/// author only where it is not just what its two sides did.
///
/// An Error where the history cannot be read; then nobody has approved anything.
Result<std::map<std::string, Signer>> SignersOf(const SignedFiles& files,
                                                const SignaturePolicy& policy);

}  // namespace holdfast
