#include "repo-layout/git_signature.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "repo-layout/child_process.h"
#include "tests/repo-layout/temporary_folder.h"

namespace holdfast {
namespace {

/// People with keys, a list of those whose signatures count, and a repository `r`.
class Signatures {
 public:
  Signatures() {
    for (const char* who : {"alice", "bob", "mallory"}) {
      Run("ssh-keygen -q -t ed25519 -N '' -C x -f " + std::string(who));
    }
    Allow("alice@example.com", "alice");
    Allow("bob@example.com", "bob");
    folder.Git(".", "init -q -b main r");
    folder.Write("r/base.yaml", "1");
    in_force = Commit("boss", "");
  }

  void Run(const std::string& command) const {
    CAPTURE(command);
    REQUIRE(std::system(
                ("cd '" + folder.path() + "' && (" + command + ") >>log 2>&1").c_str()) ==
            0);
  }
  void Allow(const std::string& line, const std::string& key) const {
    Run("echo \"" + line + " $(cut -d' ' -f1,2 " + key + ".pub)\" >> allowed");
  }
  /// Commits all as `author`; signed by the key of `signer`, not at all where that is "".
  std::string Commit(const std::string& author, const std::string& signer) const {
    folder.Git("r", "add -A");
    const std::string as = "-c user.name=" + author +
                           " -c gpg.format=ssh -c user.signingkey=" + folder.At(signer) +
                           " ";
    folder.Git("r", as + "commit -q --allow-empty -m x --author='" + author + " <" +
                        author + "@example.com>'" + (signer.empty() ? "" : " -S"));
    return Head();
  }
  std::string Head() const {
    Run("git -C r rev-parse HEAD > head");
    std::ifstream file(folder.At("head"));
    std::string id;
    file >> id;
    return id;
  }
  /// Who counts as the signer of approvals/a.yaml, or why nobody does.
  std::string Ask() const {
    const auto signers = SignersOf({.place = folder.At("r"),
                                    .commit = Head(),
                                    .in_force = in_force,
                                    .folder = "",
                                    .files = {"approvals/a.yaml"}},
                                   policy);
    if (!signers.ok()) return signers.error().message;
    const Signer& one = signers->at("approvals/a.yaml");
    CHECK(one.names.empty() != one.why_not.empty());
    return one.names.empty() ? one.why_not : one.names.front();
  }
  void Approve(const std::string& text = "one") const {
    folder.Write("r/approvals/a.yaml", text);
  }

  TemporaryFolder folder;
  std::string in_force;
  SignaturePolicy policy{.allowed_signers = folder.At("allowed"), .keyring = ""};
};

bool Says(const std::string& text, const std::string& words) {
  CAPTURE(text);
  const bool says = text.find(words) != text.npos;
  CHECK(says);
  return says;
}

TEST_CASE("an approval is of whoever signed the commit that brought it") {
  const Signatures all;
  all.folder.Write("r/base.yaml", "2");
  all.Commit("mallory", "");
  all.Approve();
  all.Commit("alice", "alice");
  CHECK(all.Ask() == "alice@example.com");
  all.folder.Write("r/base.yaml", "3");
  all.Commit("mallory", "mallory");  // A later commit does not bring it.
  CHECK(all.Ask() == "alice@example.com");
  all.Approve("two");
  all.Commit("mallory", "");
  Says(all.Ask(), "it is not signed");
}

TEST_CASE(
    "a key that is on no list, one whose time is over, a pattern, another namespace") {
  const Signatures all;
  all.Approve();
  all.Commit("alice", "mallory");
  Says(all.Ask(), "which is no allowed signer's (No principal matched.)");
  Says(all.Ask(), "SHA256:");
  all.Allow("mallory@example.com valid-before=\\\"20200101\\\"", "mallory");
  Says(all.Ask(), "key has expired");
  all.Run("rm allowed");
  all.Allow("*@example.com", "mallory");
  Says(all.Ask(), "names a pattern, *@example.com");
  all.Run("rm allowed");
  all.Allow("mallory@example.com namespaces=\\\"file\\\"", "mallory");
  Says(all.Ask(), "not permitted for use in signature namespace");
  all.Run("rm allowed");
  Says(all.Ask(), "no allowed signer's (Unable to open");
  all.Allow("mallory@example.com", "mallory");
  CHECK(all.Ask() == "mallory@example.com");
}

TEST_CASE("a commit that was altered after it was signed") {
  const Signatures all;
  all.Approve();
  all.Commit("alice", "alice");
  all.Run(
      "cd r && git cat-file commit HEAD | sed 's/^x$/y/' > ../altered && "
      "git update-ref HEAD $(git hash-object -t commit -w ../altered)");
  Says(all.Ask(), "altered after it was signed");
}

TEST_CASE("whoever changes the manifests does not approve the change") {
  const Signatures all;
  all.folder.Write("r/base.yaml", "2");
  const std::string change = all.Commit("alice", "");
  all.Approve();
  all.Commit("alice", "alice");
  Says(all.Ask(), "signed by alice@example.com, who is also the author of commit " +
                      change.substr(0, 12));
  all.Approve("again");
  all.Commit("bob", "bob");
  CHECK(all.Ask() == "bob@example.com");
  // One commit with the change and the approval counts for who did not write it.
  all.folder.Write("r/base.yaml", "3");
  all.Approve("thrice");
  all.Commit("mallory", "bob");
  CHECK(all.Ask() == "bob@example.com");
}

TEST_CASE("what was changed before the commit in force is not asked about") {
  Signatures all;
  all.folder.Write("r/base.yaml", "2");
  all.in_force = all.Commit("alice", "");
  all.Approve();
  all.Commit("alice", "alice");
  CHECK(all.Ask() == "alice@example.com");
  all.in_force = std::string(40, '1');
  Says(all.Ask(), "which is in force, is not in the repository");
}

TEST_CASE("a merge is a change by who merges only where it adds something of its own") {
  const Signatures all;
  all.folder.Git("r", "checkout -q -b side");
  all.folder.Write("r/other.yaml", "2");
  all.Commit("mallory", "");
  all.Approve();
  all.Commit("alice", "alice");
  all.folder.Git("r", "checkout -q main");
  all.folder.Write("r/base.yaml", "2");
  all.Commit("bob", "");
  const std::string as =
      "-c user.name=alice -c user.email=alice@example.com merge -q --no-ff -m m ";
  all.Run("cd r && git " + as + "side");
  CHECK(all.Ask() == "alice@example.com");
  // A merge that takes a file away which neither side touched.
  all.Run(
      "cd r && git rm -q other.yaml && git -c user.name=alice -c "
      "user.email=alice@example.com commit -q --amend --author='alice "
      "<alice@example.com>' -m m");
  Says(all.Ask(), "who is also the author of commit");
}

TEST_CASE("OpenPGP: good, altered, expired, unknown") {
  if (std::system("gpg --version >/dev/null 2>&1") != 0) return;
  const TemporaryFolder folder;
  const auto run = [&](const std::string& command) {
    CAPTURE(command);
    REQUIRE(std::system(("cd '" + folder.path() + "' && export GNUPGHOME=" +
                         folder.path() + "/home && (" + command + ") >>log 2>&1")
                            .c_str()) == 0);
  };
  const auto read = [&](const std::string& name) {
    std::ifstream file(folder.At(name));
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  folder.Write("text", "tree of something\n");
  run("mkdir -m 700 home; gpg --batch --passphrase '' --quick-gen-key 'Alice "
      "<alice@example.com>' "
      "ed25519 sign 1y && gpg --armor --detach-sign -o good text && gpg --export > ring");
  run("gpg --batch --passphrase '' --faked-system-time 20200101T000000 --quick-gen-key "
      "'Old <old@example.com>' ed25519 sign 30d && gpg --faked-system-time "
      "20200105T000000 -u "
      "old@example.com --armor --detach-sign -o late text && gpg --export > both; : > "
      "none");
  const auto ask = [&](const char* signature, const char* ring,
                       const std::string& more = "") {
    const Signer signer = WhoSigned(read(signature), read("text") + more,
                                    {.allowed_signers = "", .keyring = folder.At(ring)});
    return signer.names.empty() ? signer.why_not : signer.names.front();
  };
  CHECK(ask("good", "ring") == "alice@example.com");
  Says(ask("good", "ring", "more"), "altered after it was signed");
  Says(ask("good", "none"), "no allowed signer's");
  Says(ask("late", "both"), "a key that has expired");
  Says(WhoSigned(read("good"), read("text"), {.allowed_signers = "x", .keyring = ""})
           .why_not,
       "there is no keyring");
  Says(WhoSigned("-----BEGIN SIGNED MESSAGE-----", "", {}).why_not, "neither an SSH nor");
  run("gpgconf --kill all");
}

TEST_CASE("a program of others") {
  const auto end = RunProcess({.arguments = {"cat", "-", "/dev/fd/3", "/dev/fd/4"},
                               .input = "one ",
                               .files = {"two ", "three"}});
  REQUIRE(end.ok());
  CHECK(end->status == 0);
  CHECK(end->out == "one two three");
  const auto environment = RunProcess({.arguments = {"env"}, .input = "", .files = {}});
  REQUIRE(environment.ok());
  CHECK(environment->out == "PATH=/usr/bin:/bin\nLANG=C\n");
  const auto missing =
      RunProcess({.arguments = {"no-such-program"}, .input = "", .files = {}});
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == ErrorCode::kNotFound);
  const auto slow = RunProcess({.arguments = {"sleep", "60"},
                                .input = "",
                                .files = {},
                                .deadline = std::chrono::milliseconds(50)});
  REQUIRE_FALSE(slow.ok());
  CHECK(slow.error().code == ErrorCode::kTimeout);
  const std::string large(300'000, 'x');  // More than a pipe holds.
  const auto echoed = RunProcess({.arguments = {"cat"}, .input = large, .files = {}});
  REQUIRE(echoed.ok());
  CHECK(echoed->out == large);
}

}  // namespace
}  // namespace holdfast
