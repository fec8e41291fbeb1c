// Source: the manifests of one revision, or of a folder, read and linted.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "apply/approval_book.h"
#include "daemon/cli.h"
#include "diff/change.h"
#include "diff/manifest.h"
#include "diff/result.h"
#include "diff/secret_field.h"
#include "repo-layout/lint.h"
#include "repo-layout/tree.h"

namespace holdfast {

struct Revision {
  std::string repo;    ///< As given; empty for a folder on disk.
  std::string path;
  std::string ref;
  std::string commit;  ///< Empty for a folder on disk.
  std::vector<Manifest> manifests;
  std::vector<Manifest> approvals;  ///< The documents of approvals/.
  /// When each file of them was committed as it is, by path; empty for a folder on disk.
  /// One that is missing could not be told.
  std::map<std::string, long long> approval_times;
  /// Whether this revision follows the commit `older` or is it; empty for a folder on disk.
  std::function<Result<bool>(const std::string& older)> follows;
  /// Who signed the approvals, where `in_force` is; empty where signatures are not asked for.
  std::function<ApprovalSigners(const std::string& in_force)> signers;
  std::string default_namespace;  ///< Of .holdfast.yaml; empty if it names none.
  SecretFields secret_fields;     ///< Of .holdfast.yaml.
  /// The objects in files that .holdfast.yaml leaves out.
  std::map<ObjectRef, Source> left_out;
  /// False if something in it could not be read or stands twice: then the
  /// manifests are not all that Git wants, and must not be compared with
  /// anything.
  bool whole = false;
  std::vector<Finding> findings;  ///< About files; the reason begins with path:line.
  std::vector<std::pair<Source, Finding>> object_findings;  ///< Of lint.
};

/// Reads and lints what stands in `tree`, which may be nothing but in memory. An Error only
/// if it cannot be listed. What only a repository knows is left open: repo to
/// `follows`.
Result<Revision> ReadTree(const Tree& tree, const std::string& default_namespace,
                          LintPolicy policy = LintPolicy::kStandard);

/// Reads and lints. An Error where there is nothing to read: no such folder,
/// repository, ref or path; everything else is a finding.
/// `default_namespace` only decides which two documents are the same object.
Result<Revision> ReadRevision(const SourceArgs& source, const std::string& default_namespace);

}  // namespace holdfast
