#include "repo-layout/git_repository.h"

#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "repo-layout/git_handle.h"
#include "repo-layout/git_ref.h"
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

/// A URL may hold a password, and messages end up in logs.
std::string WithoutPassword(const std::string& repo) {
  const auto scheme = repo.find("://");
  const auto at = repo.find('@');
  if (scheme == repo.npos || at == repo.npos) return repo;
  return repo.substr(0, scheme + 3) + repo.substr(at + 1);
}

Error Remote(const std::string& repo) {
  return Invalid(
      "the repository " + WithoutPassword(repo) +
      " is not on this machine, and this version reads a path or a file:// URL only; "
      "clone it and name the path of the clone");
}

/// "%20" is a blank in a URL; a "%" that begins no two digits is itself.
std::string Decoded(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'                     ? c - '0'
           : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                    : -1;
  };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() &&
                        digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
    plain += escape ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]))
                    : text[i];
    if (escape) i += 2;
  }
  return plain;
}

Result<std::string> PathOf(const std::string& repo) {
  if (repo.starts_with(kFileScheme)) {
    std::string path = repo.substr(kFileScheme.size());
    if (path.starts_with("localhost/"))
      path = path.substr(std::string("localhost").size());
    if (!path.starts_with('/'))
      return Invalid(repo + " is no file URL; write file:///path");
    return Decoded(path);
  }
  if (repo.find("://") != std::string::npos) {
    return Remote(repo);
  }
  // git@host:path; a path with a colon is told by the slash in front of it.
  const auto colon = repo.find(':');
  if (colon != repo.npos && colon < repo.find('/')) return Remote(repo);
  if (repo.empty())
    return Invalid("no repository is named; give its path or file:// URL");
  return repo;
}

Result<GitRepositoryHandle> OpenRepository(const std::string& repo) {
  StartLibgit2();
  HOLDFAST_TRY_ASSIGN(const std::string path, PathOf(repo));
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return NotFound("there is no repository at " + path + ": no such folder");
  }
  if (!std::filesystem::is_directory(path, error)) {
    return Invalid(path +
                   " is a file and no repository; name the folder of the repository");
  }
  git_repository* raw = nullptr;
  constexpr unsigned kHere = GIT_REPOSITORY_OPEN_NO_SEARCH;
  // A bare repository is the folder itself; one with files has it in .git, which
  // is a file in a worktree.
  if (git_repository_open_ext(&raw, path.c_str(), kHere | GIT_REPOSITORY_OPEN_BARE,
                              nullptr) == 0 ||
      git_repository_open_ext(&raw, path.c_str(), kHere, nullptr) == 0) {
    return GitRepositoryHandle(raw);
  }
  const std::string why = LastGitMessage();
  if (git_repository_open_ext(&raw, path.c_str(), 0, nullptr) == 0) {
    const GitRepositoryHandle above(raw);
    const char* root = git_repository_workdir(above.get());
    if (root == nullptr) root = git_repository_path(above.get());
    return NotFound(path + " is a folder inside of the repository " + root +
                    "; name that as the repository, and this folder as the path in it");
  }
  return NotFound(path + " is no Git repository (" + why +
                  "); run git init there, or read the folder without a repository");
}

/// The commit of the full id `id`.
Result<GitCommitHandle> Lookup(git_repository* repository, const std::string& id) {
  git_oid oid;
  git_commit* commit = nullptr;
  if (id.size() != GIT_OID_HEXSZ || git_oid_fromstr(&oid, id.c_str()) != 0) {
    return Invalid("\"" + id + "\" is no commit id of " + std::to_string(GIT_OID_HEXSZ) +
                   " hexadecimal digits");
  }
  if (git_commit_lookup(&commit, repository, &oid) != 0) {
    return NotFound("commit " + id + " is not there (any more)");
  }
  return GitCommitHandle(commit);
}

/// The blob at `path` in `commit`; nothing if there is none.
std::optional<git_oid> BlobAt(git_commit* commit, const std::string& path) {
  git_tree* raw = nullptr;
  if (git_commit_tree(&raw, commit) != 0) return std::nullopt;
  const GitTreeHandle tree(raw);
  git_tree_entry* entry = nullptr;
  if (git_tree_entry_bypath(&entry, tree.get(), path.c_str()) != 0) return std::nullopt;
  const GitTreeEntryHandle owned(entry);
  return *git_tree_entry_id(entry);
}

Result<long long> TimeOf(git_repository* repository, const std::string& id,
                         const std::string& path) {
  HOLDFAST_TRY_ASSIGN(GitCommitHandle commit, Lookup(repository, id));
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
  HOLDFAST_TRY_ASSIGN(GitRepositoryHandle repository, OpenRepository(name.repo));
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

Result<std::string> ResolveRef(const std::string& repo, const std::string& ref) {
  HOLDFAST_TRY_ASSIGN(const GitRepositoryHandle repository, OpenRepository(repo));
  const auto found = FindCommit(repository.get(), ref);
  if (!found.ok()) return found.error().In("repository " + repo);
  return IdOf(found->commit.get());
}

Result<std::map<std::string, long long>> TimesOf(const std::string& repo,
                                                 const std::string& commit,
                                                 const std::vector<std::string>& paths) {
  HOLDFAST_TRY_ASSIGN(const GitRepositoryHandle repository, OpenRepository(repo));
  std::map<std::string, long long> times;
  for (const std::string& path : paths) {
    auto time = TimeOf(repository.get(), commit, path);
    if (!time.ok()) return time.error().In("repository " + repo);
    times[path] = *time;
  }
  return times;
}

Result<bool> IsAncestor(const std::string& repo, const std::string& older,
                        const std::string& newer) {
  const std::string context = "repository " + repo;
  HOLDFAST_TRY_ASSIGN(const GitRepositoryHandle repository, OpenRepository(repo));
  const auto old_commit = Lookup(repository.get(), older);
  if (!old_commit.ok()) return old_commit.error().In(context);
  const auto new_commit = Lookup(repository.get(), newer);
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
