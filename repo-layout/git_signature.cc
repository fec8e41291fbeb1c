#include "repo-layout/git_signature.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "repo-layout/approvals.h"
#include "repo-layout/git_open.h"
#include "repo-layout/git_ref.h"

namespace holdfast {
namespace {

Error Unreadable(const std::string& what) {
  return {ErrorCode::kUnavailable, what + " cannot be read: " + LastGitMessage()};
}

Result<GitTreeHandle> TreeOf(git_commit* commit) {
  git_tree* raw = nullptr;
  if (git_commit_tree(&raw, commit) != 0) return Unreadable("commit " + IdOf(commit));
  return GitTreeHandle(raw);
}

Result<std::vector<GitCommitHandle>> ParentsOf(git_commit* commit) {
  std::vector<GitCommitHandle> parents;
  for (unsigned i = 0; i < git_commit_parentcount(commit); ++i) {
    git_commit* raw = nullptr;
    if (git_commit_parent(&raw, commit, i) != 0) {
      return Unreadable("the history before " + IdOf(commit));
    }
    parents.emplace_back(raw);
  }
  return parents;
}

/// The paths in which two trees differ, with what the second has there; no id: nothing.
using Changed = std::map<std::string, std::string>;

Result<Changed> Between(git_repository* repository, git_tree* before, git_tree* after,
                        const std::string& folder) {
  git_diff* raw = nullptr;
  git_diff_options options;
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  options.flags = GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_SKIP_BINARY_CHECK;
  if (git_diff_tree_to_tree(&raw, repository, before, after, &options) != 0) {
    return Unreadable("what a commit changes");
  }
  const GitDiffHandle diff(raw);
  const std::string approvals = folder + kApprovalsFolder;
  Changed changed;
  for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
    const git_diff_delta* delta = git_diff_get_delta(diff.get(), i);
    const std::string path = delta->new_file.path;
    if (!path.starts_with(folder) || path.starts_with(approvals)) continue;
    changed[path] =
        delta->status == GIT_DELTA_DELETED
            ? ""
            : git_oid_tostr_s(&delta->new_file.id) + std::to_string(delta->new_file.mode);
  }
  return changed;
}

/// One revision, whose history is asked about.
class History {
 public:
  History(git_repository* repository, std::string folder)
      : repository_(repository), folder_(std::move(folder)) {}

  /// Mail addresses, in lower case, of the authors of the changes, with a commit of each.
  Result<std::map<std::string, std::string>> AuthorsBetween(const std::string& in_force,
                                                            const std::string& commit) {
    git_revwalk* raw = nullptr;
    if (git_revwalk_new(&raw, repository_) != 0) return Unreadable("the history");
    const GitRevwalkHandle walk(raw);
    git_oid id;
    if (git_oid_fromstr(&id, commit.c_str()) != 0 || git_revwalk_push(raw, &id) != 0) {
      return Unreadable("commit " + commit);
    }
    if (!in_force.empty() && (git_oid_fromstr(&id, in_force.c_str()) != 0 ||
                              git_revwalk_hide(raw, &id) != 0)) {
      return Error{
          ErrorCode::kUnavailable,
          "commit " + in_force + ", which is in force, is not in the repository"};
    }
    std::map<std::string, std::string> authors;
    int more = 0;
    while ((more = git_revwalk_next(&id, raw)) == 0) {
      git_commit* found = nullptr;
      if (git_commit_lookup(&found, repository_, &id) != 0)
        return Unreadable("the history");
      const GitCommitHandle one(found);
      HOLDFAST_TRY_ASSIGN(const bool changes, ChangesManifests(one.get()));
      if (changes) authors.emplace(Lower(git_commit_author(found)->email), IdOf(found));
    }
    if (more != GIT_ITEROVER) return Unreadable("the history");
    return authors;
  }

  /// The commit that brought `path` as it is at `commit`.
  Result<GitCommitHandle> Bringer(const std::string& commit, const std::string& path) {
    HOLDFAST_TRY_ASSIGN(GitCommitHandle at, LookUpCommit(repository_, commit));
    const auto blob = BlobAt(at.get(), path);
    if (!blob) return NotFound("there is no file " + path + " in commit " + commit);
    for (;;) {
      HOLDFAST_TRY_ASSIGN(std::vector<GitCommitHandle> parents, ParentsOf(at.get()));
      const auto older =
          std::find_if(parents.begin(), parents.end(), [&](const auto& one) {
            const auto there = BlobAt(one.get(), path);
            return there && git_oid_equal(&*there, &*blob) != 0;
          });
      if (older == parents.end()) return at;
      at = std::move(*older);
    }
  }

  static std::string Lower(std::string text) {
    for (char& c : text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
  }

 private:
  Result<bool> ChangesManifests(git_commit* commit) {
    HOLDFAST_TRY_ASSIGN(const std::vector<GitCommitHandle> parents, ParentsOf(commit));
    if (parents.size() == 2) return MergeAddsToItsSides(commit, parents);
    HOLDFAST_TRY_ASSIGN(const GitTreeHandle after, TreeOf(commit));
    GitTreeHandle before;
    if (!parents.empty()) {
      HOLDFAST_TRY_ASSIGN(before, TreeOf(parents.front().get()));
    }
    HOLDFAST_TRY_ASSIGN(const Changed changed,
                        Between(repository_, before.get(), after.get(), folder_));
    return !changed.empty();
  }

  /// False where each file is what one side made of it and the other left alone.
  Result<bool> MergeAddsToItsSides(git_commit* commit,
                                   const std::vector<GitCommitHandle>& parents) {
    git_oid base_id;
    if (git_merge_base(&base_id, repository_, git_commit_id(parents[0].get()),
                       git_commit_id(parents[1].get())) != 0) {
      return true;
    }
    git_commit* raw = nullptr;
    if (git_commit_lookup(&raw, repository_, &base_id) != 0)
      return Unreadable("the history");
    const GitCommitHandle base(raw);
    HOLDFAST_TRY_ASSIGN(const GitTreeHandle before, TreeOf(base.get()));
    HOLDFAST_TRY_ASSIGN(const Changed merged, Since(before.get(), commit));
    HOLDFAST_TRY_ASSIGN(const Changed ours, Since(before.get(), parents[0].get()));
    HOLDFAST_TRY_ASSIGN(Changed expected, Since(before.get(), parents[1].get()));
    for (const auto& [path, id] : ours) {
      const auto [theirs, is_new] = expected.emplace(path, id);
      if (!is_new && theirs->second != id) return true;
    }
    return merged != expected;
  }

  Result<Changed> Since(git_tree* before, git_commit* commit) {
    HOLDFAST_TRY_ASSIGN(const GitTreeHandle after, TreeOf(commit));
    return Between(repository_, before, after.get(), folder_);
  }

  git_repository* repository_;
  std::string folder_;
};

/// The signature of a commit and what it is made over.
Signer SignerOf(git_repository* repository, const git_commit* commit,
                const SignaturePolicy& policy) {
  git_buf signature = GIT_BUF_INIT;
  git_buf text = GIT_BUF_INIT;
  git_oid id = *git_commit_id(commit);
  const int got =
      git_commit_extract_signature(&signature, &text, repository, &id, nullptr);
  Signer signer{{}, "it is not signed"};
  if (got == 0) {
    signer = WhoSigned({signature.ptr, signature.size}, {text.ptr, text.size}, policy);
  } else if (got != GIT_ENOTFOUND) {
    signer.why_not = "its signature cannot be read: " + LastGitMessage();
  }
  git_buf_dispose(&signature);
  git_buf_dispose(&text);
  return signer;
}

}  // namespace

Result<std::map<std::string, Signer>> SignersOf(const SignedFiles& files,
                                                const SignaturePolicy& policy) {
  HOLDFAST_TRY_ASSIGN(const GitRepositoryHandle repository, OpenRepository(files.place));
  History history(repository.get(), files.folder);
  HOLDFAST_TRY_ASSIGN(const auto authors,
                      history.AuthorsBetween(files.in_force, files.commit));
  std::map<std::string, Signer> signers;
  for (const std::string& path : files.files) {
    HOLDFAST_TRY_ASSIGN(const GitCommitHandle bringer,
                        history.Bringer(files.commit, files.folder + path));
    Signer signer = SignerOf(repository.get(), bringer.get(), policy);
    const std::string commit = IdOf(bringer.get()).substr(0, 12);
    if (!signer.why_not.empty()) {
      signer.why_not = "commit " + commit + " brought it, and " + signer.why_not;
    }
    for (const std::string& name : signer.names) {
      const auto author = authors.find(History::Lower(name));
      if (author == authors.end()) continue;
      signer = {{},
                "it is signed by " + name + ", who is also the author of commit " +
                    author->second.substr(0, 12) +
                    ", which changes manifests: somebody else has to approve"};
      break;
    }
    signers.emplace(path, std::move(signer));
  }
  return signers;
}

}  // namespace holdfast
