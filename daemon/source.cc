#include "daemon/source.h"

#include <algorithm>
#include <memory>
#include <string_view>

#include "repo-layout/folder_tree.h"
#include "repo-layout/git_repository.h"
#include "repo-layout/lint.h"
#include "repo-layout/loader.h"

namespace holdfast {
namespace {

Result<std::unique_ptr<Tree>> OpenTree(const SourceArgs& source, Revision& revision) {
  if (source.repo.empty()) return OpenFolder(source.folder);
  auto opened = OpenRevision({.repo = source.repo, .ref = source.ref, .path = source.path});
  if (!opened.ok()) return opened.error();
  // A path and its file:// URL are one repository, to the inventory too.
  constexpr std::string_view kFile = "file://";
  revision.repo = source.repo.starts_with(kFile) ? source.repo.substr(kFile.size()) : source.repo;
  revision.path = source.path;
  revision.ref = source.ref;
  revision.commit = opened->commit;
  return std::move(opened->tree);
}

/// What only the repository knows of a revision's past.
void AddHistory(const SourceArgs& source, Revision& revision) {
  if (revision.commit.empty()) return;
  revision.follows = [repo = source.repo, commit = revision.commit](const std::string& older) {
    return IsAncestor(repo, older, commit);
  };
  const std::string folder = source.path.empty() ? "" : source.path + "/";
  for (const Manifest& approval : revision.approvals) {
    const std::string& path = approval.source.path;
    const auto times = TimesOf(source.repo, revision.commit, {folder + path});
    if (times.ok()) revision.approval_times[path] = times->begin()->second;
  }
}

}  // namespace

Result<Revision> ReadTree(const Tree& tree, const std::string& default_namespace) {
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
  for (SourceFinding& found : Lint(loaded.manifests, name_space)) {
    revision.object_findings.emplace_back(std::move(found.source), std::move(found.finding));
  }
  revision.manifests = std::move(loaded.manifests);
  revision.approvals = std::move(loaded.approvals);
  revision.default_namespace = loaded.layout.name_space;
  revision.secret_fields = loaded.layout.secret_fields;
  return revision;
}

Result<Revision> ReadRevision(const SourceArgs& source, const std::string& default_namespace) {
  Revision opened;
  HOLDFAST_TRY_ASSIGN(const std::unique_ptr<Tree> tree, OpenTree(source, opened));
  HOLDFAST_TRY_ASSIGN(Revision revision, ReadTree(*tree, default_namespace));
  revision.repo = std::move(opened.repo);
  revision.path = std::move(opened.path);
  revision.ref = std::move(opened.ref);
  revision.commit = std::move(opened.commit);
  AddHistory(source, revision);
  return revision;
}

}  // namespace holdfast
