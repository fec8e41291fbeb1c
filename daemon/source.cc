#include "daemon/source.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string_view>

#include "repo-layout/folder_tree.h"
#include "repo-layout/git_repository.h"
#include "repo-layout/git_signature.h"
#include "repo-layout/lint.h"
#include "repo-layout/loader.h"

namespace holdfast {
namespace {

Result<std::unique_ptr<Tree>> OpenTree(const SourceArgs& source, Revision& revision) {
  if (source.repo.empty()) return OpenFolder(source.folder);
  auto opened = OpenRevision({.repo = source.repo,
                              .ref = source.ref,
                              .path = source.path,
                              .quarantine = source.quarantine});
  if (!opened.ok()) return opened.error();
  // A path and its file:// URL are one repository, to the inventory too.
  constexpr std::string_view kFile = "file://";
  revision.repo = source.repo.starts_with(kFile) ? source.repo.substr(kFile.size()) : source.repo;
  revision.path = source.path;
  revision.ref = source.ref;
  revision.commit = opened->commit;
  return std::move(opened->tree);
}

/// Who signed the approvals of `commit`. Where that cannot be told, nobody did.
ApprovalSigners AskSigners(const SourceArgs& source, const std::string& commit,
                           const std::set<std::string>& files, const std::string& in_force) {
  ApprovalSigners signers;
  if (commit.empty()) {
    for (const std::string& file : files) {
      signers[file].why_not = "it is in a folder and in no commit, so nobody has signed it";
    }
    return signers;
  }
  const auto found = SignersOf({.place = source.place(),
                                .commit = commit,
                                .in_force = in_force,
                                .folder = source.path.empty() ? "" : source.path + "/",
                                .files = {files.begin(), files.end()}},
                               source.signatures);
  for (const std::string& file : files) {
    ApprovalSigner& signer = signers[file];
    if (!found.ok()) {
      signer.why_not = found.error().message;
    } else if (const Signer& one = found->at(file); one.names.empty()) {
      signer.why_not = one.why_not;
    } else {
      signer.who = one.names.front();
    }
  }
  return signers;
}

/// What only the repository knows of a revision's past.
void AddHistory(const SourceArgs& source, Revision& revision) {
  if (source.signatures.asked()) {
    std::set<std::string> files;
    for (const Manifest& approval : revision.approvals) files.insert(approval.source.path);
    revision.signers = [source, commit = revision.commit,
                        files](const std::string& in_force) {
      return AskSigners(source, commit, files, in_force);
    };
  }
  if (revision.commit.empty()) return;
  revision.follows = [place = source.place(),
                      commit = revision.commit](const std::string& older) {
    return IsAncestor(place, older, commit);
  };
  const std::string folder = source.path.empty() ? "" : source.path + "/";
  for (const Manifest& approval : revision.approvals) {
    const std::string& path = approval.source.path;
    const auto times = TimesOf(source.place(), revision.commit, {folder + path});
    if (times.ok()) revision.approval_times[path] = times->begin()->second;
  }
}

}  // namespace

Result<Revision> ReadTree(const Tree& tree, const std::string& default_namespace,
                          LintPolicy policy) {
  HOLDFAST_TRY_ASSIGN(LoadedRevision loaded, LoadTree(tree, default_namespace));
  Revision revision;
  revision.whole = std::none_of(
      loaded.findings.begin(), loaded.findings.end(),
      [](const SourceFinding& found) { return Stops(found.finding.ruling); });
  for (SourceFinding& found : loaded.findings) {
    revision.findings.push_back(std::move(found.finding));
  }
  const std::string& name_space =
      loaded.layout.name_space.empty() ? default_namespace : loaded.layout.name_space;
  for (SourceFinding& found : Lint(loaded.manifests, name_space, policy)) {
    revision.object_findings.emplace_back(std::move(found.source), std::move(found.finding));
  }
  revision.manifests = std::move(loaded.manifests);
  revision.approvals = std::move(loaded.approvals);
  revision.default_namespace = loaded.layout.name_space;
  revision.secret_fields = loaded.layout.secret_fields;
  revision.left_out = std::move(loaded.left_out);
  return revision;
}

Result<Revision> ReadRevision(const SourceArgs& source, const std::string& default_namespace) {
  Revision opened;
  const LintPolicy policy = source.strict ? LintPolicy::kStrict : LintPolicy::kStandard;
  HOLDFAST_TRY_ASSIGN(const std::unique_ptr<Tree> tree, OpenTree(source, opened));
  HOLDFAST_TRY_ASSIGN(Revision revision, ReadTree(*tree, default_namespace, policy));
  revision.repo = std::move(opened.repo);
  revision.path = std::move(opened.path);
  revision.ref = std::move(opened.ref);
  revision.commit = std::move(opened.commit);
  AddHistory(source, revision);
  return revision;
}

}  // namespace holdfast
