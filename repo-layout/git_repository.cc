#include "repo-layout/git_repository.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "repo-layout/git_handle.h"
#include "repo-layout/git_tree.h"

namespace holdfast {

std::string LastGitMessage() {
  const git_error* error = git_error_last();
  return error == nullptr || error->message == nullptr ? "unknown error" : error->message;
}

namespace {

/// Once per process: nothing of the machine's or the user's configuration may
/// change what is read, and a foreign owner of the folder is no reason not to.
void StartLibgit2() {
  static std::once_flag once;
  std::call_once(once, [] {
    git_libgit2_init();
    for (const int level : {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                            GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA}) {
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    }
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
    constexpr ssize_t kCacheBytes = 8 << 20;
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, kCacheBytes);
  });
}

constexpr std::string_view kFileScheme = "file://";

Result<std::string> PathOf(const std::string& repo) {
  if (repo.starts_with(kFileScheme)) {
    std::string path = repo.substr(kFileScheme.size());
    if (path.starts_with("localhost/"))
      path = path.substr(std::string("localhost").size());
    if (!path.starts_with('/'))
      return Invalid(repo + " is no file URL; write file:///path");
    return path;
  }
  if (repo.find("://") != std::string::npos) {
    return Invalid("the repository " + repo +
                   " is not on this machine; clone it and name the path of the clone");
  }
  return repo;
}

Result<GitRepositoryHandle> OpenRepository(const std::string& repo) {
  StartLibgit2();
  HOLDFAST_TRY_ASSIGN(const std::string path, PathOf(repo));
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return NotFound("there is no repository at " + path + ": no such folder");
  }
  git_repository* raw = nullptr;
  constexpr unsigned kFlags = GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE;
  // A bare repository is the folder itself; one with files has it in .git, which
  // is a file in a worktree.
  if (git_repository_open_ext(&raw, path.c_str(), kFlags, nullptr) == 0 ||
      git_repository_open_ext(&raw, path.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH,
                              nullptr) == 0) {
    return GitRepositoryHandle(raw);
  }
  return NotFound(path + " is no Git repository (" + LastGitMessage() + ")");
}

std::string SomeBranches(git_repository* repository) {
  git_branch_iterator* raw = nullptr;
  if (git_branch_iterator_new(&raw, repository, GIT_BRANCH_LOCAL) != 0) return "";
  const GitBranchIteratorHandle iterator(raw);
  std::vector<std::string> names;
  git_reference* reference = nullptr;
  git_branch_t type = GIT_BRANCH_LOCAL;
  while (names.size() < 5 && git_branch_next(&reference, &type, iterator.get()) == 0) {
    const GitReferenceHandle owned(reference);
    const char* name = nullptr;
    if (git_branch_name(&name, owned.get()) == 0) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

bool IsHex(const std::string& text) {
  return text.size() >= 4 && text.size() <= GIT_OID_HEXSZ &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// A branch, a tag, then a commit; in the order in which git itself looks,
/// but never an expression like HEAD~3: a sync names a place, not a walk.
Result<GitCommitHandle> FindCommit(git_repository* repository, const std::string& ref) {
  const std::array<std::string, 5> names = {ref, "refs/" + ref, "refs/tags/" + ref,
                                            "refs/heads/" + ref,
                                            "refs/remotes/origin/" + ref};
  for (const std::string& name : names) {
    if (name != "HEAD" && !name.starts_with("refs/")) continue;
    git_reference* raw = nullptr;
    if (git_reference_lookup(&raw, repository, name.c_str()) != 0) continue;
    const GitReferenceHandle reference(raw);
    git_object* commit = nullptr;
    if (git_reference_peel(&commit, reference.get(), GIT_OBJECT_COMMIT) == 0) {
      return GitCommitHandle(reinterpret_cast<git_commit*>(commit));
    }
  }
  if (IsHex(ref)) {
    git_oid id;
    git_commit* commit = nullptr;
    if (git_oid_fromstrn(&id, ref.c_str(), ref.size()) == 0) {
      const int found = git_commit_lookup_prefix(&commit, repository, &id, ref.size());
      if (found == 0) return GitCommitHandle(commit);
      if (found == GIT_EAMBIGUOUS) {
        return Invalid("commit " + ref + " is ambiguous; write more of its digits");
      }
    }
  }
  if (ref == "HEAD") return NotFound("the repository has no commit yet");
  const std::string branches = SomeBranches(repository);
  return NotFound("there is no branch, tag or commit " + ref +
                  (branches.empty() ? "" : "; there is " + branches));
}

std::string CommitId(const git_commit* commit) {
  std::array<char, GIT_OID_HEXSZ + 1> text{};
  git_oid_tostr(text.data(), text.size(), git_commit_id(commit));
  return text.data();
}

std::string WithoutSlashes(std::string path) {
  while (path.starts_with("./")) path.erase(0, 2);
  while (path.ends_with('/')) path.pop_back();
  return path == "." ? "" : path;
}

}  // namespace

Result<GitRevision> OpenRevision(const RevisionName& name) {
  HOLDFAST_TRY_ASSIGN(GitRepositoryHandle repository, OpenRepository(name.repo));
  auto commit = FindCommit(repository.get(), name.ref);
  if (!commit.ok()) return commit.error().In("repository " + name.repo);
  git_tree* raw = nullptr;
  if (git_commit_tree(&raw, commit->get()) != 0) {
    return Error{ErrorCode::kUnavailable,
                 "repository " + name.repo + ": " + LastGitMessage()};
  }
  GitTreeHandle root(raw);
  GitRevision revision{.commit = CommitId(commit->get()),
                       .time = git_commit_time(commit->get()),
                       .tree = nullptr};
  auto tree =
      OpenGitTree(std::move(repository), std::move(root), WithoutSlashes(name.path));
  if (!tree.ok()) {
    return tree.error().In("repository " + name.repo + " at " +
                           revision.commit.substr(0, 12));
  }
  revision.tree = std::move(tree).value();
  return revision;
}

Result<std::string> ResolveRef(const std::string& repo, const std::string& ref) {
  HOLDFAST_TRY_ASSIGN(const GitRepositoryHandle repository, OpenRepository(repo));
  auto commit = FindCommit(repository.get(), ref);
  if (!commit.ok()) return commit.error().In("repository " + repo);
  return CommitId(commit->get());
}

}  // namespace holdfast
