#include "repo-layout/folder_tree.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
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

/// Below what anyone nests, and above: a folder that is mounted into itself.
constexpr int kMaxFolders = 64;

class FolderTree : public Tree {
 public:
  explicit FolderTree(fs::path root) : root_(std::move(root)) {}

  Result<std::vector<TreeEntry>> List() const override {
    std::vector<TreeEntry> entries;
    std::error_code error;
    fs::directory_iterator top(root_, error);
    if (error) return Denied(error);
    ListBelow(std::move(top), "", 1, entries);
    std::sort(entries.begin(), entries.end(),
              [](const TreeEntry& a, const TreeEntry& b) { return a.path < b.path; });
    return entries;
  }

  Result<std::string> Read(const std::string& path) const override {
    const fs::path full = root_ / path;
    std::error_code error;
    const std::uintmax_t size = fs::file_size(full, error);
    if (!error && size > kMaxFileBytes) {
      return Invalid("larger than " + std::to_string(kMaxFileBytes >> 20U) + " MiB");
    }
    std::ifstream file(full, std::ios::binary);
    if (error || !file)
      return Error{ErrorCode::kDenied, "cannot be read; check its permissions"};
    // One byte more than it has: a file that grows meanwhile would be cut off.
    std::string bytes(static_cast<std::size_t>(size) + 1, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (file.bad() || static_cast<std::uintmax_t>(file.gcount()) != size) {
      return Error{ErrorCode::kUnavailable, "changed while it was read; try again"};
    }
    bytes.pop_back();
    return bytes;
  }

 private:
  Error Denied(const std::error_code& error) const {
    return {ErrorCode::kDenied,
            "cannot list the folder " + root_.string() + ": " + error.message()};
  }

  /// One folder after the other, and not recursive_directory_iterator: that one
  /// ends at the first folder it may not open, and the rest would look deleted.
  void ListBelow(fs::directory_iterator it, const std::string& prefix, int level,
                 std::vector<TreeEntry>& entries) const {
    std::error_code error;
    for (; !error && it != fs::directory_iterator(); it.increment(error)) {
      const std::string path = prefix + it->path().filename().string();
      if (it->path().filename().string().starts_with('.') && path != kLayoutFile)
        continue;
      Add(*it, path, level, entries);
    }
    if (error) {
      const std::string folder =
          prefix.empty() ? "." : prefix.substr(0, prefix.size() - 1);
      Put(folder, TreeEntry::Kind::kHidden,
          "a folder that cannot be listed to its end (" + error.message() + ")", entries);
    }
  }

  void Add(const fs::directory_entry& found, const std::string& path, int level,
           std::vector<TreeEntry>& entries) const {
    std::error_code error;
    const fs::file_type type = found.symlink_status(error).type();
    if (type == fs::file_type::symlink) return AddLink(found.path(), path, entries);
    if (type == fs::file_type::directory) {
      fs::directory_iterator below(found.path(), error);
      if (!error && level < kMaxFolders) {
        return ListBelow(std::move(below), path + "/", level + 1, entries);
      }
      const std::string why = error ? error.message() : "nested too deeply";
      return Put(path, TreeEntry::Kind::kHidden,
                 "a folder that cannot be opened (" + why + ")", entries);
    }
    if (type == fs::file_type::regular)
      return Put(path, TreeEntry::Kind::kFile, "", entries);
    Put(path, TreeEntry::Kind::kUnreadable,
        error ? error.message() : "neither a file nor a folder", entries);
  }

  void AddLink(const fs::path& link, const std::string& path,
               std::vector<TreeEntry>& entries) const {
    using Kind = TreeEntry::Kind;
    std::error_code error;
    const fs::path target = fs::canonical(link, error);
    if (error) return Put(path, Kind::kUnreadable, "a link that leads nowhere", entries);
    if (fs::is_directory(target, error)) {
      return Put(path, Kind::kHidden,
                 "a link to a folder; only links to files are followed", entries);
    }
    if (!IsWithin(target, root_)) {
      return Put(path, Kind::kUnreadable, "a link that leads out of the folder", entries);
    }
    if (!fs::is_regular_file(target, error)) {
      return Put(path, Kind::kUnreadable, "a link to what is no file", entries);
    }
    Put(path, Kind::kFile, "", entries);
  }

  static void Put(const std::string& path, TreeEntry::Kind kind, const std::string& why,
                  std::vector<TreeEntry>& entries) {
    entries.push_back({.path = path, .kind = kind, .why = why});
  }

  fs::path root_;  ///< Canonical.
};

}  // namespace

Result<std::unique_ptr<Tree>> OpenFolder(const std::string& path) {
  std::error_code error;
  if (path.empty()) return Invalid("no folder is named; use . for the present one");
  if (!fs::exists(path, error)) {
    return NotFound("there is no folder " + path +
                    (error ? " (" + error.message() + ")" : "; check the path"));
  }
  if (!fs::is_directory(path, error)) {
    return Invalid(path + " is no folder; name the folder that holds it");
  }
  fs::path root = fs::canonical(path, error);
  if (error) {
    return Error{ErrorCode::kDenied,
                 "cannot open the folder " + path + ": " + error.message()};
  }
  return std::unique_ptr<Tree>(std::make_unique<FolderTree>(std::move(root)));
}

}  // namespace holdfast
