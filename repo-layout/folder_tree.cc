#include "repo-layout/folder_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace holdfast {
namespace {

namespace fs = std::filesystem;

/// True if `path` is `root` or lies below it; both canonical.
bool IsWithin(const fs::path& path, const fs::path& root) {
  const auto [end, unused] =
      std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return end == root.end();
}

class FolderTree : public Tree {
 public:
  explicit FolderTree(fs::path root) : root_(std::move(root)) {}

  Result<std::vector<TreeEntry>> List() const override {
    std::vector<TreeEntry> entries;
    std::error_code error;
    fs::recursive_directory_iterator it(root_, error);
    for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
      const std::string name = it->path().filename().string();
      const std::string path = it->path().lexically_relative(root_).generic_string();
      if (name.starts_with('.') && path != kLayoutFile) {
        it.disable_recursion_pending();
        continue;
      }
      Add(*it, path, entries);
    }
    if (error) {
      return Error{ErrorCode::kDenied,
                   "cannot list folder " + root_.string() + ": " + error.message()};
    }
    std::sort(entries.begin(), entries.end(),
              [](const TreeEntry& a, const TreeEntry& b) { return a.path < b.path; });
    return entries;
  }

  Result<std::string> Read(const std::string& path) const override {
    const fs::path full = root_ / path;
    std::error_code error;
    const auto size = fs::file_size(full, error);
    if (!error && size > kMaxFileBytes) {
      return Invalid("larger than " + std::to_string(kMaxFileBytes >> 20U) + " MiB");
    }
    std::ifstream file(full, std::ios::binary);
    if (!file) return Error{ErrorCode::kDenied, "cannot be read; check its permissions"};
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (file.bad()) return Error{ErrorCode::kUnavailable, "reading it failed"};
    return bytes;
  }

 private:
  void Add(const fs::directory_entry& found, const std::string& path,
           std::vector<TreeEntry>& entries) const {
    std::error_code error;
    if (found.is_symlink(error)) {
      const fs::path target = fs::canonical(found.path(), error);
      if (error) return Unreadable(path, "a link that leads nowhere", entries);
      if (!IsWithin(target, root_)) {
        return Unreadable(path, "a link that leads out of the folder", entries);
      }
      if (fs::is_directory(target, error)) {
        return Unreadable(path, "a link to a folder; only links to files are followed",
                          entries);
      }
    }
    if (found.is_directory(error)) return;
    if (!found.is_regular_file(error)) {
      return Unreadable(path, error ? error.message() : "neither a file nor a folder",
                        entries);
    }
    entries.push_back({.path = path, .why = ""});
  }

  static void Unreadable(const std::string& path, const std::string& why,
                         std::vector<TreeEntry>& entries) {
    entries.push_back({.path = path, .kind = TreeEntry::Kind::kUnreadable, .why = why});
  }

  fs::path root_;  ///< Canonical.
};

}  // namespace

Result<std::unique_ptr<Tree>> OpenFolder(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    return NotFound("there is no folder " + path +
                    (error ? " (" + error.message() + ")" : ""));
  }
  if (!fs::is_directory(path, error)) {
    return Invalid(path + " is no folder; name the folder that holds it");
  }
  fs::path root = fs::canonical(path, error);
  if (error)
    return Error{ErrorCode::kDenied,
                 "cannot open folder " + path + ": " + error.message()};
  return std::unique_ptr<Tree>(std::make_unique<FolderTree>(std::move(root)));
}

}  // namespace holdfast
