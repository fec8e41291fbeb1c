#include "repo-layout/git_open.h"

#include <filesystem>
#include <mutex>
#include <string_view>
#include <system_error>

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

Result<GitRepositoryHandle> OpenAt(const std::string& repo) {
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

}  // namespace

Result<GitRepositoryHandle> OpenRepository(const GitPlace& place) {
  HOLDFAST_TRY_ASSIGN(GitRepositoryHandle repository, OpenAt(place.repo));
  if (place.quarantine.empty()) return repository;
  git_odb* raw = nullptr;
  if (git_repository_odb(&raw, repository.get()) != 0) {
    return Error{ErrorCode::kUnavailable, LastGitMessage()};
  }
  const GitOdbHandle objects(raw);
  if (git_odb_add_disk_alternate(objects.get(), place.quarantine.c_str()) != 0) {
    return Error{ErrorCode::kUnavailable, "the objects of the push, in " +
                                              place.quarantine +
                                              ", cannot be read: " + LastGitMessage()};
  }
  return repository;
}

Result<GitCommitHandle> LookUpCommit(git_repository* repository, const std::string& id) {
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

std::optional<git_oid> BlobAt(git_commit* commit, const std::string& path) {
  git_tree* raw = nullptr;
  if (git_commit_tree(&raw, commit) != 0) return std::nullopt;
  const GitTreeHandle tree(raw);
  git_tree_entry* entry = nullptr;
  if (git_tree_entry_bypath(&entry, tree.get(), path.c_str()) != 0) return std::nullopt;
  const GitTreeEntryHandle owned(entry);
  return *git_tree_entry_id(entry);
}

}  // namespace holdfast
