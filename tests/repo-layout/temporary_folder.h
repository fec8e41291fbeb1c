// TemporaryFolder: a folder that is gone when the test is over.

#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace holdfast {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "holdfast-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = std::filesystem::canonical(name);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string path() const { return path_.string(); }
  std::string At(const std::string& path) const { return (path_ / path).string(); }

  void Write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories((path_ / path).parent_path());
    std::ofstream(path_ / path, std::ios::binary) << text;
  }
  void Link(const std::string& path, const std::string& target) const {
    std::filesystem::create_directories((path_ / path).parent_path());
    std::filesystem::create_symlink(target, path_ / path);
  }

  /// Runs git in `folder` (below this one), apart from the machine's configuration.
  void Git(const std::string& folder, const std::string& arguments) const {
    const std::string command =
        "cd '" + At(folder) +
        "' && GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null HOME=/nonexistent "
        "GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.com GIT_AUTHOR_DATE='@1700000000 "
        "+0000' "
        "GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.com "
        "GIT_COMMITTER_DATE='@1700000000 +0000' git -c protocol.file.allow=always " +
        arguments + " >/dev/null 2>&1";
    CAPTURE(command);
    REQUIRE(std::system(command.c_str()) == 0);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace holdfast
