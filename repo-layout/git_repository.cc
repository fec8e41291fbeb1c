#include "repo-layout/git_repository.h"

#include <filesystem>
#include <utility>

#include "repo-layout/git_handle.h"
#include "repo-layout/git_open.h"
#include "repo-layout/git_ref.h"
#include "repo-layout/git_tree.h"

namespace holdfast {
namespace {

Result<long long> TimeOf(git_repository* repository, const std::string& id,
                         const std::string& path) {
  HOLDFAST_TRY_ASSIGN(GitCommitHandle commit, LookUpCommit(repository, id));
  const auto blob = BlobAt(commit.get(), path);
  if (!blob) return NotFound("there is no file " + path + " in commit " + id);
  for (;;) {
    if (git_commit_parentcount(commit.get()) == 0) break;
    git_commit* raw = nullptr;
    if (git_commit_parent(&raw, commit.get(), 0) != 0) {
      return Error{ErrorCode::kUnavailable,
                   "the history of " + path + " is cut off: " + LastGitMessage()};
    }
    GitCommitHandle parent(raw);
    const auto before = BlobAt(parent.get(), path);
    if (!before || git_oid_equal(&*before, &*blob) == 0) break;
    commit = std::move(parent);
  }
  return git_commit_time(commit.get());
}

/// The folder `path` without "." and doubled slashes; "" is the root.
Result<std::string> PathWithin(const std::string& path) {
  const auto normal = std::filesystem::path(path).lexically_normal();
  std::string text = normal.generic_string();
  while (text.ends_with('/')) text.pop_back();
  if (normal.is_absolute() || text == ".." || text.starts_with("../")) {
    return Invalid("the path " + path +
                   " leads out of the repository; write it from the repository's root");
  }
  return text == "." ? "" : text;
}

}  // namespace

Result<GitRevision> OpenRevision(const RevisionName& name) {
  const std::string context = "repository " + name.repo;
  HOLDFAST_TRY_ASSIGN(GitRepositoryHandle repository, OpenRepository(name.place()));
  auto found = FindCommit(repository.get(), name.ref);
  if (!found.ok()) return found.error().In(context);
  git_tree* raw = nullptr;
  if (git_commit_tree(&raw, found->commit.get()) != 0) {
    return Error{ErrorCode::kUnavailable, context + ": " + LastGitMessage()};
  }
  GitTreeHandle root(raw);
  GitRevision revision{.commit = IdOf(found->commit.get()),
                       .time = git_commit_time(found->commit.get()),
                       .ref = found->ref,
                       .tree = nullptr};
  found->commit.reset();  // Not after its repository, which the tree takes.
  HOLDFAST_TRY_ASSIGN(const std::string path, PathWithin(name.path));
  auto tree = OpenGitTree(std::move(repository), std::move(root), path);
  if (!tree.ok()) {
    return tree.error().In(context + " at " + revision.commit.substr(0, 12));
  }
  revision.tree = std::move(tree).value();
  return revision;
}

Result<std::string> ResolveRef(const GitPlace& place, const std::string& ref) {
  HOLDFAST_TRY_ASSIGN(const GitRepositoryHandle repository, OpenRepository(place));
  const auto found = FindCommit(repository.get(), ref);
  if (!found.ok()) return found.error().In("repository " + place.repo);
  return IdOf(found->commit.get());
}

Result<std::string> BranchOfHead(const GitPlace& place) {
  HOLDFAST_TRY_ASSIGN(const GitRepositoryHandle repository, OpenRepository(place));
  git_reference* raw = nullptr;
  const int found = git_reference_lookup(&raw, repository.get(), "HEAD");
  const GitReferenceHandle head(raw);
  const char* name = found == 0 ? git_reference_symbolic_target(head.get()) : nullptr;
  if (name == nullptr) {
    return NotFound("HEAD of the repository " + place.repo + " names no branch");
  }
  return std::string(name);
}

Result<std::map<std::string, long long>> TimesOf(const GitPlace& place,
                                                 const std::string& commit,
                                                 const std::vector<std::string>& paths) {
  HOLDFAST_TRY_ASSIGN(const GitRepositoryHandle repository, OpenRepository(place));
  std::map<std::string, long long> times;
  for (const std::string& path : paths) {
    auto time = TimeOf(repository.get(), commit, path);
    if (!time.ok()) return time.error().In("repository " + place.repo);
    times[path] = *time;
  }
  return times;
}

Result<bool> IsAncestor(const GitPlace& place, const std::string& older,
                        const std::string& newer) {
  const std::string context = "repository " + place.repo;
  HOLDFAST_TRY_ASSIGN(const GitRepositoryHandle repository, OpenRepository(place));
  const auto old_commit = LookUpCommit(repository.get(), older);
  if (!old_commit.ok()) return old_commit.error().In(context);
  const auto new_commit = LookUpCommit(repository.get(), newer);
  if (!new_commit.ok()) return new_commit.error().In(context);
  const git_oid* const old_id = git_commit_id(old_commit->get());
  const git_oid* const new_id = git_commit_id(new_commit->get());
  if (git_oid_equal(old_id, new_id) != 0) return true;
  const int answer = git_graph_descendant_of(repository.get(), new_id, old_id);
  if (answer < 0) {
    return Error{ErrorCode::kUnavailable,
                 context + ": cannot follow its history: " + LastGitMessage()};
  }
  return answer == 1;
}

}  // namespace holdfast
