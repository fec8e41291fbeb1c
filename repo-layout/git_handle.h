// GitHandle: libgit2's objects as owning pointers.

#pragma once

#include <git2.h>

#include <memory>
#include <string>

#include "diff/error.h"

namespace holdfast {

/// Frees with libgit2's own function for the type.
template <auto kFree>
struct GitDeleter {
  template <typename T>
  void operator()(T* pointer) const {
    kFree(pointer);
  }
};

using GitRepositoryHandle =
    std::unique_ptr<git_repository, GitDeleter<git_repository_free>>;
using GitObjectHandle = std::unique_ptr<git_object, GitDeleter<git_object_free>>;
using GitCommitHandle = std::unique_ptr<git_commit, GitDeleter<git_commit_free>>;
using GitTreeHandle = std::unique_ptr<git_tree, GitDeleter<git_tree_free>>;
using GitTreeEntryHandle =
    std::unique_ptr<git_tree_entry, GitDeleter<git_tree_entry_free>>;
using GitBlobHandle = std::unique_ptr<git_blob, GitDeleter<git_blob_free>>;
using GitBranchIteratorHandle =
    std::unique_ptr<git_branch_iterator, GitDeleter<git_branch_iterator_free>>;
using GitDiffHandle = std::unique_ptr<git_diff, GitDeleter<git_diff_free>>;
using GitRevwalkHandle = std::unique_ptr<git_revwalk, GitDeleter<git_revwalk_free>>;
using GitOdbHandle = std::unique_ptr<git_odb, GitDeleter<git_odb_free>>;
using GitReferenceHandle = std::unique_ptr<git_reference, GitDeleter<git_reference_free>>;

/// What libgit2 said last in this thread.
std::string LastGitMessage();

}  // namespace holdfast
