// The same files through a folder on disk and through Git: one suite over both,
// so that `lint DIR` and a sync never disagree about what is in a repository.

#include "repo-layout/tree.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "repo-layout/folder_tree.h"
#include "repo-layout/git_repository.h"
#include "tests/repo-layout/temporary_folder.h"

namespace holdfast {
namespace {

/// "a.yaml", "!x: why", "?y: why" for a file, an unreadable and a hidden entry.
std::string Listed(const Tree& tree) {
  const auto entries = tree.List();
  REQUIRE(entries.ok());
  std::string text;
  for (const TreeEntry& entry : *entries) {
    if (entry.kind == TreeEntry::Kind::kFile) text += entry.path + "\n";
    if (entry.kind == TreeEntry::Kind::kUnreadable)
      text += "!" + entry.path + ": " + entry.why + "\n";
    if (entry.kind == TreeEntry::Kind::kHidden)
      text += "?" + entry.path + ": " + entry.why + "\n";
  }
  return text;
}

void WriteFiles(const TemporaryFolder& folder) {
  folder.Write("r/outside.yaml", "secret");
  folder.Write("r/p/.holdfast.yaml", "layout");
  folder.Write("r/p/.hidden/a.yaml", "no");
  folder.Write("r/p/.b.yaml", "no");
  folder.Write("r/p/sub/.holdfast.yaml", "no");
  folder.Write("r/p/b/x.yaml", "x");
  folder.Write("r/p/a.yaml", "a");
  folder.Write("r/p/b.yaml", "b");
  std::filesystem::permissions(folder.At("r/p/b.yaml"),
                               std::filesystem::perms::owner_exec,
                               std::filesystem::perm_options::add);
  folder.Write("r/p/\xFF.yaml", "a name that is not UTF-8");
  folder.Write("r/p/large.yaml", std::string(kMaxFileBytes + 1, 'x'));
  folder.Link("r/p/link.yaml", "b/x.yaml");
  folder.Link("r/p/b/up.yaml", "../link.yaml");
  folder.Link("r/p/out.yaml", "../outside.yaml");
  folder.Link("r/p/passwd.yaml", "/etc/passwd");
  folder.Link("r/p/nowhere.yaml", "b/none.yaml");
  folder.Link("r/p/circle.yaml", "circle.yaml");
  folder.Link("r/p/folder", "b");
  folder.Link("r/p/b/root", "..");
}

void CheckFiles(const Tree& tree) {
  CHECK(Listed(tree) ==
        ".holdfast.yaml\na.yaml\nb.yaml\n"
        "?b/root: a link to a folder; only links to files are followed\n"
        "b/up.yaml\nb/x.yaml\n"
        "!circle.yaml: a link that leads " +
            std::string(Listed(tree).find("in a circle") == std::string::npos
                            ? "nowhere"
                            : "in a circle") +
            "\n?folder: a link to a folder; only links to files are followed\n"
            "large.yaml\nlink.yaml\n"
            "!nowhere.yaml: a link that leads nowhere\n"
            "!out.yaml: a link that leads out of the folder\n"
            "!passwd.yaml: a link that leads out of the folder\n"
            "\xFF.yaml\n");
  CHECK(tree.Read("a.yaml").value() == "a");
  CHECK(tree.Read("link.yaml").value() == "x");
  CHECK(tree.Read("b/up.yaml").value() == "x");
  const auto large = tree.Read("large.yaml");
  REQUIRE_FALSE(large.ok());
  CHECK(large.error().message == "larger than 3 MiB");
  CHECK_FALSE(tree.Read("none.yaml").ok());
}

TEST_CASE("a folder on disk") {
  const TemporaryFolder folder;
  WriteFiles(folder);
  auto tree = OpenFolder(folder.At("r/p"));
  REQUIRE(tree.ok());
  CheckFiles(**tree);
}

TEST_CASE("a folder in a revision") {
  const TemporaryFolder folder;
  WriteFiles(folder);
  folder.Git("r", "init -q -b main .");
  folder.Git("r", "add -A");
  folder.Git("r", "commit -q -m one");
  const auto revision =
      OpenRevision({.repo = folder.At("r"), .ref = "main", .path = "p"});
  REQUIRE(revision.ok());
  CheckFiles(*revision->tree);
}

TEST_CASE("files of a revision in any order, from folders of one name") {
  const TemporaryFolder folder;
  const std::string paths[] = {"a/k/x.yaml", "b/k/x.yaml", "a/k/l/x.yaml", "x.yaml",
                               "a/x.yaml",   "k/x.yaml",   "a/k/y.yaml"};
  for (const std::string& path : paths) folder.Write("r/" + path, path);
  folder.Git("r", "init -q -b main .");
  folder.Git("r", "add -A");
  folder.Git("r", "commit -q -m files");
  const auto revision = OpenRevision({.repo = folder.At("r"), .ref = "main", .path = ""});
  REQUIRE(revision.ok());
  for (const std::string& first : paths) {
    for (const std::string& second : paths) {
      CAPTURE(first);
      CAPTURE(second);
      CHECK(revision->tree->Read(first).value() == first);
      CHECK(revision->tree->Read(second).value() == second);
      CHECK_FALSE(revision->tree->Read(second + "/x.yaml").ok());
      CHECK_FALSE(revision->tree->Read("none/" + first).ok());
    }
  }
}

TEST_CASE("a submodule is told, never passed over") {
  const TemporaryFolder folder;
  folder.Write("base/a.yaml", "a");
  folder.Git("base", "init -q -b main .");
  folder.Git("base", "add -A");
  folder.Git("base", "commit -q -m base");
  folder.Write("r/b.yaml", "b");
  folder.Git("r", "init -q -b main .");
  folder.Git("r", "submodule add -q ../base base");
  folder.Git("r", "add -A");
  folder.Git("r", "commit -q -m one");
  const auto revision = OpenRevision({.repo = folder.At("r"), .ref = "main", .path = ""});
  REQUIRE(revision.ok());
  CHECK(Listed(*revision->tree) ==
        "b.yaml\n?base: a submodule; its files are not part of this repository\n");
}

TEST_CASE("a pipe and a folder that may not be opened are told") {
  const TemporaryFolder folder;
  folder.Write("a.yaml", "a");
  folder.Write("closed/b.yaml", "b");
  REQUIRE(mkfifo(folder.At("pipe.yaml").c_str(), 0600) == 0);
  REQUIRE(chmod(folder.At("closed").c_str(), 0) == 0);
  auto tree = OpenFolder(folder.path());
  REQUIRE(tree.ok());
  const std::string listed = Listed(**tree);
  chmod(folder.At("closed").c_str(), 0700);
  CHECK(listed.find("!pipe.yaml: neither a file nor a folder\n") != std::string::npos);
  if (geteuid() == 0) return;  // Nothing is closed to root.
  CHECK(listed.find("?closed: a folder that cannot be opened") != std::string::npos);
}

TEST_CASE("a folder that cannot be opened says why") {
  const TemporaryFolder folder;
  folder.Write("a.yaml", "a");
  CHECK(OpenFolder(folder.At("none")).error().code == ErrorCode::kNotFound);
  CHECK(OpenFolder(folder.At("a.yaml")).error().message.find("is no folder") !=
        std::string::npos);
  CHECK_FALSE(OpenFolder("").ok());
}

}  // namespace
}  // namespace holdfast
