#include "repo-layout/git_repository.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/repo-layout/temporary_folder.h"

namespace holdfast {
namespace {

std::string Upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

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

TEST_CASE("names that could mislead") {
  const Repository repository;
  const TemporaryFolder& folder = repository.folder;
  const std::string r = folder.At("r");
  const std::string abbreviated = repository.second.substr(0, 7);
  folder.Git("r", "update-ref refs/heads/" + repository.second + " older");
  folder.Git("r", "tag of-tree main^{tree}");
  folder.Git("r", "branch a/b older");
  // Two blobs whose ids begin alike.
  folder.Write("r/b1", "142");
  folder.Write("r/b2", "784");
  folder.Git("r", "hash-object -w b1 b2");
  struct Row {
    std::string name;
    std::string ref;
    std::string want;  ///< A commit, or part of the message.
  };
  const Row rows[] = {
      {"a commit, though a branch has its name", repository.second, repository.second},
      {"that branch in full", "refs/heads/" + repository.second, repository.first},
      {"an abbreviated commit", abbreviated, repository.second},
      {"the same in capitals", Upper(abbreviated), repository.second},
      {"a branch with a slash", "a/b", repository.first},
      {"the beginning of two objects", "8324", "several objects begin with 8324"},
      {"a tag of no commit", "of-tree", "refs/tags/of-tree leads to no commit"},
      {"three digits", repository.second.substr(0, 3), "there is no branch"},
      {"a branch in capitals", "MAIN", "there is no branch, tag or commit \"MAIN\""},
      {"a wild card", "m*", "there is no branch, tag or commit"},
      {"a way through the reflog", "main@{0}", "is an expression"},
      {"a path in it", "main:a", "is an expression"},
      {"a line break", "main\n", "there is no branch"},
      {"a folder of refs", "refs/heads", "there is no branch"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto commit = ResolveRef(r, row.ref);
    const std::string got = commit.ok() ? *commit : commit.error().message;
    CAPTURE(got);
    CHECK(got.find(row.want) != std::string::npos);
    CHECK(commit.ok() == (row.want == repository.first || row.want == repository.second));
  }
  folder.Git("r", "branch " + abbreviated + " older");
  const auto both = ResolveRef(r, abbreviated);
  REQUIRE_FALSE(both.ok());
  CHECK(both.error().message.find("is ambiguous") != std::string::npos);
}

TEST_CASE("a repository however it stores its objects and refs") {
  const Repository repository;
  const TemporaryFolder& folder = repository.folder;
  folder.Git("r", "pack-refs --all --prune");
  folder.Git("r", "gc -q");
  CHECK(ResolveRef(folder.At("r"), "older").value() == repository.first);
  CHECK(repository.Read("v1.0") == "one");
  // With the objects of another repository.
  folder.Git(".", "clone -q --shared r shared");
  const auto shared =
      OpenRevision({.repo = folder.At("shared"), .ref = "origin/older", .path = "a"});
  REQUIRE(shared.ok());
  CHECK(shared->tree->Read("x.yaml").value() == "one");
  CHECK(shared->ref == "refs/remotes/origin/older");
  // HEAD on a branch that has no commit yet, beside branches that have.
  folder.Git("r", "checkout -q --orphan unborn");
  const auto unborn = ResolveRef(folder.At("r"), "HEAD");
  REQUIRE_FALSE(unborn.ok());
  CAPTURE(unborn.error().message);
  CHECK(unborn.error().message.find("HEAD leads to no commit; name a branch") !=
        std::string::npos);
}

TEST_CASE("where history was cut, an ancestor is not denied") {
  const Repository repository;
  const TemporaryFolder& folder = repository.folder;
  folder.Git(".", "clone -q --depth 1 file://" + folder.At("r") + " shallow");
  const std::string shallow = folder.At("shallow");
  CHECK(ResolveRef(shallow, "main").value() == repository.second);
  // The older commit is not there: unknown, and not "no".
  CHECK_FALSE(IsAncestor(shallow, repository.first, repository.second).ok());
}

TEST_CASE("a commit beside another is not its ancestor, either way round") {
  const Repository repository;
  const std::string r = repository.folder.At("r");
  repository.folder.Git("r", "checkout -q -b beside older");
  repository.folder.Write("r/a/x.yaml", "three");
  repository.Commit("three");
  const std::string third = repository.Id("beside");
  CHECK_FALSE(IsAncestor(r, repository.second, third).value());
  CHECK_FALSE(IsAncestor(r, third, repository.second).value());
  CHECK(IsAncestor(r, repository.first, third).value());
}

TEST_CASE("a repository of another user is read all the same") {
  if (geteuid() != 0) return;  // Only root may give a file away.
  const Repository repository;
  const std::string command = "chown -R 65533:65533 '" + repository.folder.At("r") + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  CHECK(repository.Read("main") == "two");
}

TEST_CASE("settings of the repository and the user change nothing") {
  const Repository repository;
  repository.folder.Git("r", "config core.autocrlf true");
  repository.folder.Git("r", "config core.attributesFile /nonexistent");
  repository.folder.Write("home/.gitconfig", "[core]\n\tbroken = \n[");
  const char* before = std::getenv("HOME");
  const std::string home = before == nullptr ? "" : before;
  setenv("HOME", repository.folder.At("home").c_str(), 1);
  CHECK(repository.Read("main") == "two");
  setenv("HOME", home.c_str(), 1);
}

TEST_CASE("a file is read as it was committed, whatever lies in the work tree") {
  const Repository repository;
  repository.folder.Write("r/a/x.yaml", "not committed");
  repository.folder.Write("r/.gitattributes", "* text eol=crlf\n");
  CHECK(repository.Read("main") == "two");
}

TEST_CASE("a file that the object store has lost is an error and never an empty file") {
  const Repository repository;
  const auto revision =
      OpenRevision({.repo = repository.folder.At("r"), .ref = "main", .path = "a"});
  REQUIRE(revision.ok());
  // The id of the blob "two".
  std::filesystem::remove(
      repository.folder.At("r/.git/objects/64/c5e5885a4b06010b3a0c20edb7900dd0311025"));
  CHECK(revision->tree->List()->size() == 1);
  const auto bytes = revision->tree->Read("x.yaml");
  REQUIRE_FALSE(bytes.ok());
  CHECK(bytes.error().code == ErrorCode::kUnavailable);
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

TEST_CASE("when a file came to be what it is") {
  const TemporaryFolder folder;
  folder.Write("r/a.yaml", "one");
  folder.Git("r", "init -q -b main .");
  const auto commit = [&](const std::string& time) {
    folder.Git("r", "add -A");
    folder.Git("r", "version && GIT_COMMITTER_DATE='@" + time +
                        " +0000' git -c user.name=t -c user.email=t@example.com commit -q "
                        "--allow-empty -m x");
    return ResolveRef(folder.At("r"), "main").value();
  };
  const auto time_at = [&](const std::string& id, const std::string& path) {
    const auto times = TimesOf(folder.At("r"), id, {path});
    return times.ok() ? times->at(path) : -1;
  };
  CHECK(time_at(commit("1700000001"), "a.yaml") == 1700000001);
  folder.Write("r/b.yaml", "b");
  const std::string second = commit("1700000002");
  CHECK(time_at(second, "a.yaml") == 1700000001);
  CHECK(time_at(second, "b.yaml") == 1700000002);
  folder.Write("r/a.yaml", "two");
  const std::string third = commit("1700000003");
  CHECK(time_at(third, "a.yaml") == 1700000003);
  CHECK(time_at(commit("1700000004"), "a.yaml") == 1700000003);
  // Removed and put back as it was: it counts from when it came back.
  folder.Git("r", "rm -q b.yaml");
  commit("1700000005");
  folder.Write("r/b.yaml", "b");
  CHECK(time_at(commit("1700000006"), "b.yaml") == 1700000006);
  CHECK(time_at(third, "none.yaml") == -1);
  CHECK_FALSE(TimesOf(folder.At("r"), std::string(40, '0'), {"a.yaml"}).ok());
  folder.Git(".", "clone -q --depth 1 file://" + folder.At("r") + " shallow");
  const std::string tip = ResolveRef(folder.At("shallow"), "main").value();
  CHECK_FALSE(TimesOf(folder.At("shallow"), tip, {"a.yaml"}).ok());
}

}  // namespace
}  // namespace holdfast
