#include "repo-layout/git_repository.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/repo-layout/temporary_folder.h"

namespace holdfast {
namespace {

/// A repository `r` with two commits on main, a branch, tags, a worktree `w`
/// and a bare clone `bare.git`.
struct Repository {
  Repository() {
    folder.Write("r/a/x.yaml", "one");
    folder.Git("r", "init -q -b main .");
    Commit("one");
    folder.Git("r", "branch older");
    folder.Git("r", "tag light");
    folder.Git("r", "tag -a -m annotated v1.0");
    first = Id("main");
    folder.Write("r/a/x.yaml", "two");
    Commit("two");
    second = Id("main");
    folder.Git("r", "branch both older");
    folder.Git("r", "tag both main");
    folder.Git("r", "branch same older");
    folder.Git("r", "tag same older");
    folder.Git("r", "worktree add -q ../w older");
    folder.Git(".", "clone -q --bare r bare.git");
  }
  void Commit(const std::string& message) const {
    folder.Git("r", "add -A");
    folder.Git("r", "commit -q -m " + message);
  }
  std::string Id(const std::string& ref) const {
    folder.Git("r", "log -1 --format=%H --output='" + folder.At("id") + "' " + ref);
    std::ifstream file(folder.At("id"));
    std::string id;
    file >> id;
    REQUIRE(id.size() == 40);
    return id;
  }
  std::string Read(const std::string& ref) const {
    const auto revision = OpenRevision({.repo = folder.At("r"), .ref = ref, .path = "a"});
    return revision.ok() ? revision->tree->Read("x.yaml").value()
                         : revision.error().message;
  }

  TemporaryFolder folder;
  std::string first;
  std::string second;
};

TEST_CASE("a revision by every kind of name") {
  const Repository repository;
  struct Row {
    std::string ref;
    std::string text;
    std::string full;
  };
  const Row rows[] = {
      {"main", "two", "refs/heads/main"},
      {"older", "one", "refs/heads/older"},
      {"refs/heads/older", "one", "refs/heads/older"},
      {"light", "one", "refs/tags/light"},
      {"v1.0", "one", "refs/tags/v1.0"},
      {"refs/tags/both", "two", "refs/tags/both"},
      {"same", "one", "refs/heads/same"},
      {"HEAD", "two", "HEAD"},
      {"", "two", "HEAD"},
      {repository.first, "one", repository.first},
      {repository.first.substr(0, 10), "one", repository.first},
  };
  for (const Row& row : rows) {
    CAPTURE(row.ref);
    const auto revision =
        OpenRevision({.repo = repository.folder.At("r"), .ref = row.ref, .path = "a"});
    REQUIRE(revision.ok());
    CHECK(revision->tree->Read("x.yaml").value() == row.text);
    CHECK(revision->ref == row.full);
    CHECK(revision->commit == (row.text == "one" ? repository.first : repository.second));
    CHECK(revision->time == 1700000000);
    CHECK(ResolveRef(repository.folder.At("r"), row.ref).value() == revision->commit);
  }
}

TEST_CASE("a repository in every form") {
  const Repository repository;
  for (const std::string& repo :
       {repository.folder.At("r"), repository.folder.At("r/.git"),
        repository.folder.At("bare.git"), repository.folder.At("w"),
        "file://" + repository.folder.At("bare.git"),
        "file://localhost" + repository.folder.At("r")}) {
    CAPTURE(repo);
    const auto commit = ResolveRef(repo, "main");
    REQUIRE(commit.ok());
    CHECK(*commit == repository.second);
  }
  // A worktree has a HEAD of its own.
  CHECK(ResolveRef(repository.folder.At("w"), "HEAD").value() == repository.first);
}

TEST_CASE("paths within a revision") {
  const Repository repository;
  for (const char* path : {"a", "a/", "./a", "a/.", "a//"}) {
    CAPTURE(std::string(path));
    CHECK(OpenRevision({.repo = repository.folder.At("r"), .ref = "main", .path = path})
              .ok());
  }
}

TEST_CASE("what cannot be opened has a sentence of its own") {
  const Repository repository;
  repository.folder.Write("file", "x");
  repository.folder.Write("plain/x", "x");
  repository.folder.Write("empty/x", "x");
  repository.folder.Git("empty", "init -q -b main .");
  const std::string r = repository.folder.At("r");
  struct Row {
    std::string name;
    RevisionName wanted;
    ErrorCode code;
    std::string want;
  };
  const Row rows[] = {
      {"no folder",
       {repository.folder.At("none"), "main", ""},
       ErrorCode::kNotFound,
       "no such folder"},
      {"a file",
       {repository.folder.At("file"), "main", ""},
       ErrorCode::kInvalid,
       "is a file"},
      {"no repository",
       {repository.folder.At("plain"), "main", ""},
       ErrorCode::kNotFound,
       "is no Git repository"},
      {"a folder in a repository",
       {r + "/a", "main", ""},
       ErrorCode::kNotFound,
       "is a folder inside of the repository " + r},
      {"no commit",
       {repository.folder.At("empty"), "main", ""},
       ErrorCode::kNotFound,
       "no commit in it yet"},
      {"no such ref",
       {r, "prod", ""},
       ErrorCode::kNotFound,
       "there is no branch, tag or commit \"prod\"; branches that there are: both, main, "
       "older"},
      {"no such commit",
       {r, "0123456789012345678901234567890123456789", ""},
       ErrorCode::kNotFound,
       "there is no branch, tag or commit"},
      {"a branch and a tag",
       {r, "both", ""},
       ErrorCode::kInvalid,
       "\"both\" is ambiguous: it means refs/heads/both and refs/tags/both"},
      {"an expression", {r, "main~1", ""}, ErrorCode::kInvalid, "is an expression"},
      {"no such path", {r, "main", "b"}, ErrorCode::kNotFound, "there is no folder b"},
      {"a file as path",
       {r, "main", "a/x.yaml"},
       ErrorCode::kInvalid,
       "a/x.yaml is a file"},
      {"a path that leads out", {r, "main", "../x"}, ErrorCode::kInvalid, "leads out"},
      {"https",
       {"https://me:pass@git.example.com/x.git", "main", ""},
       ErrorCode::kInvalid,
       "https://git.example.com/x.git is not on this machine"},
      {"ssh",
       {"git@git.example.com:x.git", "main", ""},
       ErrorCode::kInvalid,
       "is not on this machine"},
      {"a file URL with a host",
       {"file://host/x", "main", ""},
       ErrorCode::kInvalid,
       "is no file URL"},
      {"nothing", {"", "main", ""}, ErrorCode::kInvalid, "no repository is named"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto revision = OpenRevision(row.wanted);
    REQUIRE_FALSE(revision.ok());
    CAPTURE(revision.error().message);
    CHECK(revision.error().code == row.code);
    CHECK(revision.error().message.find(row.want) != std::string::npos);
    CHECK(revision.error().message.find("pass") == std::string::npos);
  }
}

TEST_CASE("who is whose ancestor") {
  const Repository repository;
  const std::string r = repository.folder.At("r");
  CHECK(IsAncestor(r, repository.first, repository.second).value());
  CHECK(IsAncestor(r, repository.first, repository.first).value());
  CHECK_FALSE(IsAncestor(r, repository.second, repository.first).value());
  const auto gone = IsAncestor(r, std::string(40, '0'), repository.first);
  REQUIRE_FALSE(gone.ok());
  CHECK(gone.error().code == ErrorCode::kNotFound);
  CHECK_FALSE(IsAncestor(r, "abc", repository.first).ok());
}

TEST_CASE("a file is read as it was committed, whatever lies in the work tree") {
  const Repository repository;
  repository.folder.Write("r/a/x.yaml", "not committed");
  repository.folder.Write("r/.gitattributes", "* text eol=crlf\n");
  CHECK(repository.Read("main") == "two");
}

TEST_CASE("a damaged object is an error and never an empty file") {
  const Repository repository;
  repository.folder.Git("r", "repack -q -a -d");
  for (const auto& file :
       std::filesystem::directory_iterator(repository.folder.At("r/.git/objects/pack"))) {
    std::filesystem::remove(file.path());
  }
  CHECK_FALSE(ResolveRef(repository.folder.At("r"), "main").ok());
}

}  // namespace
}  // namespace holdfast
