#include "repo-layout/git_ref.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast {
namespace {

constexpr std::size_t kShortestId = 4;

bool IsHex(std::string_view text) {
  return text.size() >= kShortestId && text.size() <= GIT_OID_HEXSZ &&
         text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

std::string SomeBranches(git_repository* repository) {
  git_branch_iterator* raw = nullptr;
  if (git_branch_iterator_new(&raw, repository, GIT_BRANCH_LOCAL) != 0) return "";
  const GitBranchIteratorHandle iterator(raw);
  std::vector<std::string> names;
  git_reference* reference = nullptr;
  git_branch_t type = GIT_BRANCH_LOCAL;
  while (git_branch_next(&reference, &type, iterator.get()) == 0) {
    const GitReferenceHandle owned(reference);
    const char* name = nullptr;
    if (git_branch_name(&name, owned.get()) == 0) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return names.size() > kShown ? text + ", ..." : text;
}

/// The ref of exactly this name, if it is there; an Error if it is no commit.
Result<std::optional<NamedCommit>> Look(git_repository* repository,
                                        const std::string& name) {
  std::optional<NamedCommit> found;
  // A HEAD whose branch has no commit yet is there, and leads nowhere.
  if (name == "HEAD" && git_repository_head_unborn(repository) == 1) return found;
  git_reference* raw = nullptr;
  if (git_reference_lookup(&raw, repository, name.c_str()) != 0) return found;
  const GitReferenceHandle reference(raw);
  git_object* commit = nullptr;
  if (git_reference_peel(&commit, reference.get(), GIT_OBJECT_COMMIT) != 0) {
    return NotFound(name + " leads to no commit: " + LastGitMessage());
  }
  found.emplace();
  found->commit.reset(reinterpret_cast<git_commit*>(commit));
  found->ref = name;
  return found;
}

Result<std::optional<NamedCommit>> LookForId(git_repository* repository,
                                             const std::string& ref) {
  std::optional<NamedCommit> found;
  git_oid id;
  git_commit* commit = nullptr;
  if (!IsHex(ref) || git_oid_fromstrn(&id, ref.c_str(), ref.size()) != 0) return found;
  const int status = git_commit_lookup_prefix(&commit, repository, &id, ref.size());
  if (status == GIT_EAMBIGUOUS) {
    return Invalid("several objects begin with " + ref +
                   "; write more digits of the commit");
  }
  if (status != 0) return found;
  found.emplace();
  found->commit.reset(commit);
  found->ref = IdOf(commit);
  return found;
}

Error Missing(git_repository* repository, const std::string& ref) {
  const std::string branches = SomeBranches(repository);
  if (branches.empty())
    return NotFound("there is no commit in it yet; commit and try again");
  if (ref == "HEAD") {
    return NotFound("HEAD leads to no commit; name a branch, there are: " + branches);
  }
  if (ref.find_first_of("~^:@{") != ref.npos) {
    return Invalid("\"" + ref + "\" is an expression; name a branch, a tag or a commit");
  }
  return NotFound("there is no branch, tag or commit \"" + ref +
                  "\"; branches that there are: " + branches);
}

/// Every way in which `ref` may be meant, that leads somewhere.
Result<std::vector<NamedCommit>> Meanings(git_repository* repository,
                                          const std::string& ref) {
  std::vector<NamedCommit> meanings;
  const bool is_full = ref == "HEAD" || ref.starts_with("refs/");
  const bool is_whole_id = IsHex(ref) && ref.size() == GIT_OID_HEXSZ;
  std::vector<std::string> names;
  if (is_full) {
    names = {ref};
  } else if (!is_whole_id) {  // A branch that is named like a commit misleads only.
    names = {"refs/heads/" + ref, "refs/tags/" + ref, "refs/remotes/" + ref};
  }
  for (const std::string& name : names) {
    HOLDFAST_TRY_ASSIGN(auto found, Look(repository, name));
    if (found) meanings.push_back(std::move(*found));
  }
  if (is_full) return meanings;
  HOLDFAST_TRY_ASSIGN(auto id, LookForId(repository, ref));
  if (id) meanings.push_back(std::move(*id));
  return meanings;
}

}  // namespace

std::string IdOf(const git_commit* commit) {
  std::array<char, GIT_OID_HEXSZ + 1> text{};
  git_oid_tostr(text.data(), text.size(), git_commit_id(commit));
  return text.data();
}

Result<NamedCommit> FindCommit(git_repository* repository, const std::string& ref) {
  HOLDFAST_TRY_ASSIGN(auto meanings, Meanings(repository, ref.empty() ? "HEAD" : ref));
  if (meanings.empty()) return Missing(repository, ref.empty() ? "HEAD" : ref);
  NamedCommit& first = meanings.front();
  for (const NamedCommit& other : meanings) {
    if (IdOf(other.commit.get()) == IdOf(first.commit.get())) continue;
    return Invalid("\"" + ref + "\" is ambiguous: it means " + first.ref + " and " +
                   other.ref +
                   ", which are different commits; write one of them in full");
  }
  return std::move(first);
}

}  // namespace holdfast
