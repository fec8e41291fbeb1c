#include "repo-layout/git_tree.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

namespace holdfast {
namespace {

/// Links followed one after the other before it counts as a circle.
constexpr int kMaxLinks = 16;
/// Folders in folders; Git itself has no limit, our stack has one.
constexpr int kMaxFolders = 64;
constexpr const char* kFolderLink =
    "a link to a folder; only links to files are followed";

class GitTree : public Tree {
 public:
  GitTree(GitRepositoryHandle repository, GitTreeHandle tree)
      : repository_(std::move(repository)), tree_(std::move(tree)) {}

  Result<std::vector<TreeEntry>> List() const override {
    std::vector<TreeEntry> entries;
    HOLDFAST_TRY(ListBelow(*tree_, "", 1, entries));
    std::sort(entries.begin(), entries.end(),
              [](const TreeEntry& a, const TreeEntry& b) { return a.path < b.path; });
    return entries;
  }

  Result<std::string> Read(const std::string& path) const override {
    const Followed end = Follow(path);
    if (end.kind == TreeEntry::Kind::kFile) return ReadBlob(*end.entry);
    return Invalid("is " + end.why);
  }

 private:
  /// Where a path leads when its links are followed.
  struct Followed {
    TreeEntry::Kind kind = TreeEntry::Kind::kUnreadable;
    std::string why;
    GitTreeEntryHandle entry;  ///< Of a kFile.
  };

  Status ListBelow(const git_tree& tree, const std::string& prefix, int level,
                   std::vector<TreeEntry>& entries) const {
    if (level > kMaxFolders) return Invalid(prefix + ": folders are nested too deeply");
    for (std::size_t i = 0; i < git_tree_entrycount(&tree); ++i) {
      const git_tree_entry* entry = git_tree_entry_byindex(&tree, i);
      const std::string name = git_tree_entry_name(entry);
      const std::string path = prefix + name;
      if (name.starts_with('.') && path != kLayoutFile) continue;
      const git_filemode_t mode = git_tree_entry_filemode(entry);
      if (mode == GIT_FILEMODE_TREE) {
        git_tree* raw = nullptr;
        if (git_tree_lookup(&raw, repository_.get(), git_tree_entry_id(entry)) != 0) {
          return Error{ErrorCode::kUnavailable, path + ": " + LastGitMessage()};
        }
        const GitTreeHandle below(raw);
        HOLDFAST_TRY(ListBelow(*below, path + "/", level + 1, entries));
      } else if (mode == GIT_FILEMODE_COMMIT) {
        entries.push_back({path, TreeEntry::Kind::kHidden,
                           "a submodule; its files are not part of this repository"});
      } else if (mode == GIT_FILEMODE_LINK) {
        Followed end = Follow(path);
        entries.push_back({path, end.kind, std::move(end.why)});
      } else {
        entries.push_back({path, TreeEntry::Kind::kFile, ""});
      }
    }
    return {};
  }

  Followed Follow(const std::string& path) const {
    std::string at = path;
    for (int links = 0; links < kMaxLinks; ++links) {
      if (at.empty() || at == ".")
        return {TreeEntry::Kind::kHidden, kFolderLink, nullptr};
      GitTreeEntryHandle entry = Find(at);
      if (entry == nullptr) {
        return {TreeEntry::Kind::kUnreadable,
                links == 0 ? "not there" : "a link that leads nowhere", nullptr};
      }
      if (git_tree_entry_type(entry.get()) != GIT_OBJECT_BLOB) {
        return {TreeEntry::Kind::kHidden, kFolderLink, nullptr};
      }
      if (git_tree_entry_filemode(entry.get()) != GIT_FILEMODE_LINK) {
        return {TreeEntry::Kind::kFile, "", std::move(entry)};
      }
      auto next = TargetOf(at, *entry);
      if (!next.ok())
        return {TreeEntry::Kind::kUnreadable, next.error().message, nullptr};
      at = std::move(next).value();
    }
    return {TreeEntry::Kind::kUnreadable, "a link that leads in a circle", nullptr};
  }

  GitTreeEntryHandle Find(const std::string& path) const {
    const git_tree* folder = FolderOf(path);
    if (folder == nullptr) return nullptr;
    const std::string name = path.substr(path.rfind('/') + 1);
    const git_tree_entry* entry = git_tree_entry_byname(folder, name.c_str());
    git_tree_entry* copy = nullptr;
    if (entry == nullptr || git_tree_entry_dup(&copy, entry) != 0) return nullptr;
    return GitTreeEntryHandle(copy);
  }

  /// The folder that holds `path`, or null. libgit2 would read it from the object store
  /// for every file in it: the time to read a folder would grow with its square. Files
  /// are read in the order of their paths, so the way to the last one is enough to keep.
  const git_tree* FolderOf(const std::string& path) const {
    const git_tree* folder = tree_.get();
    std::size_t depth = 0;
    std::size_t begin = 0;
    for (auto slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', begin), ++depth) {
      const std::string name = path.substr(begin, slash - begin);
      begin = slash + 1;
      if (depth >= way_.size() || way_[depth].name != name) {
        way_.resize(depth);
        GitTreeHandle below = Below(*folder, name);
        if (below == nullptr) return nullptr;
        way_.push_back({name, std::move(below)});
      }
      folder = way_[depth].tree.get();
    }
    return folder;
  }

  GitTreeHandle Below(const git_tree& folder, const std::string& name) const {
    const git_tree_entry* entry = git_tree_entry_byname(&folder, name.c_str());
    if (entry == nullptr || git_tree_entry_type(entry) != GIT_OBJECT_TREE) return nullptr;
    git_tree* raw = nullptr;
    const bool found =
        git_tree_lookup(&raw, repository_.get(), git_tree_entry_id(entry)) == 0;
    return GitTreeHandle(found ? raw : nullptr);
  }

  /// Where the link `entry` at `path` leads, within the tree.
  Result<std::string> TargetOf(const std::string& path,
                               const git_tree_entry& entry) const {
    namespace fs = std::filesystem;
    HOLDFAST_TRY_ASSIGN(const std::string link, ReadBlob(entry));
    const fs::path target = (fs::path(path).parent_path() / link).lexically_normal();
    const std::string text = target.generic_string();
    if (fs::path(link).is_absolute() || text == ".." || text.starts_with("../")) {
      return Invalid("a link that leads out of the folder");
    }
    return text.ends_with('/') ? text.substr(0, text.size() - 1) : text;
  }

  Result<std::string> ReadBlob(const git_tree_entry& entry) const {
    // The size first: a blob that is looked up is in memory as a whole.
    git_odb* odb = nullptr;
    std::size_t bytes = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (git_repository_odb(&odb, repository_.get()) != 0) return Unavailable();
    const GitOdbHandle store(odb);
    if (git_odb_read_header(&bytes, &type, store.get(), git_tree_entry_id(&entry)) != 0) {
      return Unavailable();
    }
    if (bytes > kMaxFileBytes) {
      return Invalid("larger than " + std::to_string(kMaxFileBytes >> 20U) + " MiB");
    }
    git_blob* raw = nullptr;
    if (git_blob_lookup(&raw, repository_.get(), git_tree_entry_id(&entry)) != 0) {
      return Unavailable();
    }
    const GitBlobHandle blob(raw);
    const auto size = static_cast<std::size_t>(git_blob_rawsize(blob.get()));
    return std::string(static_cast<const char*>(git_blob_rawcontent(blob.get())), size);
  }

  static Error Unavailable() {
    return {ErrorCode::kUnavailable,
            "cannot be read from the repository: " + LastGitMessage()};
  }

  struct Folder {
    std::string name;
    GitTreeHandle tree;
  };

  GitRepositoryHandle repository_;  // Outlives the trees, which are declared after it.
  GitTreeHandle tree_;
  mutable std::vector<Folder> way_;  ///< From the root to where was looked last.
};

}  // namespace

Result<std::unique_ptr<Tree>> OpenGitTree(GitRepositoryHandle repository,
                                          GitTreeHandle root, const std::string& path) {
  if (!path.empty()) {
    git_tree_entry* raw = nullptr;
    if (git_tree_entry_bypath(&raw, root.get(), path.c_str()) != 0) {
      return NotFound("there is no folder " + path +
                      " in this revision; check the path and the branch");
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
