#include "repo-layout/git_tree.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

namespace holdfast {
namespace {

/// Links followed one after the other before it counts as a circle.
constexpr int kMaxLinks = 16;

class GitTree : public Tree {
 public:
  GitTree(GitRepositoryHandle repository, GitTreeHandle tree)
      : repository_(std::move(repository)), tree_(std::move(tree)) {}

  Result<std::vector<TreeEntry>> List() const override {
    std::vector<TreeEntry> entries;
    HOLDFAST_TRY(ListBelow(*tree_, "", entries));
    std::sort(entries.begin(), entries.end(),
              [](const TreeEntry& a, const TreeEntry& b) { return a.path < b.path; });
    return entries;
  }

  Result<std::string> Read(const std::string& path) const override {
    std::string target = path;
    for (int links = 0; links < kMaxLinks; ++links) {
      git_tree_entry* raw = nullptr;
      if (git_tree_entry_bypath(&raw, tree_.get(), target.c_str()) != 0) {
        return NotFound(target == path ? "it is not there" : "a link that leads nowhere");
      }
      const GitTreeEntryHandle entry(raw);
      HOLDFAST_TRY_ASSIGN(std::string bytes, ReadBlob(*entry));
      if (git_tree_entry_filemode(entry.get()) != GIT_FILEMODE_LINK) return bytes;
      HOLDFAST_TRY_ASSIGN(target, TargetOf(target, bytes));
    }
    return Invalid("a link that leads in a circle");
  }

 private:
  Status ListBelow(const git_tree& tree, const std::string& prefix,
                   std::vector<TreeEntry>& entries) const {
    for (std::size_t i = 0; i < git_tree_entrycount(&tree); ++i) {
      const git_tree_entry* entry = git_tree_entry_byindex(&tree, i);
      const std::string name = git_tree_entry_name(entry);
      const std::string path = prefix + name;
      if (name.starts_with('.') && path != kLayoutFile) continue;
      switch (git_tree_entry_filemode(entry)) {
        case GIT_FILEMODE_TREE: {
          git_tree* raw = nullptr;
          if (git_tree_lookup(&raw, repository_.get(), git_tree_entry_id(entry)) != 0) {
            return Error{ErrorCode::kUnavailable, path + ": " + LastGitMessage()};
          }
          const GitTreeHandle below(raw);
          HOLDFAST_TRY(ListBelow(*below, path + "/", entries));
          break;
        }
        case GIT_FILEMODE_COMMIT:
          entries.push_back(
              {.path = path,
               .kind = TreeEntry::Kind::kUnreadable,
               .why = "a submodule; its files are not part of this repository"});
          break;
        case GIT_FILEMODE_LINK:
          ListLink(path, entries);
          break;
        default:
          entries.push_back({.path = path, .why = ""});
      }
    }
    return {};
  }

  void ListLink(const std::string& path, std::vector<TreeEntry>& entries) const {
    const auto bytes = Read(path);
    if (bytes.ok()) {
      entries.push_back({.path = path, .why = ""});
    } else {
      entries.push_back({.path = path,
                         .kind = TreeEntry::Kind::kUnreadable,
                         .why = bytes.error().message});
    }
  }

  /// Where a link at `path` leads, within the tree.
  static Result<std::string> TargetOf(const std::string& path, const std::string& link) {
    namespace fs = std::filesystem;
    const fs::path target = (fs::path(path).parent_path() / link).lexically_normal();
    if (fs::path(link).is_absolute() || target.generic_string().starts_with("..")) {
      return Invalid("a link that leads out of the folder");
    }
    return target.generic_string();
  }

  Result<std::string> ReadBlob(const git_tree_entry& entry) const {
    if (git_tree_entry_type(&entry) != GIT_OBJECT_BLOB) {
      return Invalid("a link to a folder; only links to files are followed");
    }
    git_blob* raw = nullptr;
    if (git_blob_lookup(&raw, repository_.get(), git_tree_entry_id(&entry)) != 0) {
      return Error{ErrorCode::kUnavailable, LastGitMessage()};
    }
    const GitBlobHandle blob(raw);
    const auto size = static_cast<std::size_t>(git_blob_rawsize(blob.get()));
    if (size > kMaxFileBytes) {
      return Invalid("larger than " + std::to_string(kMaxFileBytes >> 20U) + " MiB");
    }
    return std::string(static_cast<const char*>(git_blob_rawcontent(blob.get())), size);
  }

  GitRepositoryHandle repository_;  // Outlives tree_, which is declared after it.
  GitTreeHandle tree_;
};

}  // namespace

Result<std::unique_ptr<Tree>> OpenGitTree(GitRepositoryHandle repository,
                                          GitTreeHandle root, const std::string& path) {
  if (!path.empty()) {
    git_tree_entry* raw = nullptr;
    if (git_tree_entry_bypath(&raw, root.get(), path.c_str()) != 0) {
      return NotFound("there is no folder " + path);
    }
    const GitTreeEntryHandle entry(raw);
    if (git_tree_entry_type(entry.get()) != GIT_OBJECT_TREE) {
      return Invalid(path + " is a file; name the folder that holds it");
    }
    git_tree* below = nullptr;
    if (git_tree_lookup(&below, repository.get(), git_tree_entry_id(entry.get())) != 0) {
      return Error{ErrorCode::kUnavailable, LastGitMessage()};
    }
    root.reset(below);
  }
  return std::unique_ptr<Tree>(
      std::make_unique<GitTree>(std::move(repository), std::move(root)));
}

}  // namespace holdfast
