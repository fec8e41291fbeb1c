// Survey: everything that a plan needs to know of a cluster, read and asked.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "apply/approval_store.h"
#include "apply/cluster.h"
#include "apply/inventory_store.h"
#include "apply/journal.h"
#include "apply/plan.h"
#include "apply/predict.h"
#include "apply/resolve.h"
#include "apply/server_schema.h"

namespace holdfast {

/// What Git says, and whose it is.
struct SurveyCall {
  InventoryPlace place;
  std::string repo;      ///< As given; the inventory remembers it.
  std::string path;
  std::string revision;  ///< Commit; empty for a folder on disk.
  std::string ref;
  std::vector<Manifest> manifests;
  std::vector<Manifest> approvals;  ///< The documents of approvals/.
  std::map<std::string, long long> approval_times;  ///< PlanInput::approval_times.
  /// Whether `revision` follows a commit or is it; empty where there is no history.
  std::function<Result<bool>(const std::string& older)> follows;
  /// Who signed the files of `approvals`, where `in_force` is; empty where signatures are
  /// not asked for.
  std::function<ApprovalSigners(const std::string& in_force)> signers;
  std::string default_namespace = "default";
  std::vector<Finding> revision_findings;
  /// Of lint, by the place of the manifest that they are about.
  std::vector<std::pair<Source, Finding>> object_findings;
  std::map<ObjectRef, Source> left_out;  ///< PlanInput::left_out.
  bool prune = true;
  DeleteLimits limits;
  long long local_time =
      0;  ///< Our clock, seconds since the epoch (PlanInput::local_time).
  KeyedHash hash;
  SecretFields secret_fields;  ///< Of custom kinds; masked like Secrets.
  /// What watches keep fresh (WatchCache::live): its objects are not read again. It may be
  /// a moment old, so whoever would stop or take away anything because of it asks again
  /// without it (H-I1). Null where nothing is watched.
  const Snapshot* watched = nullptr;
};

struct Survey {
  PlanInput input;
  /// Why the cluster would not take this revision; if there are any, no plan
  /// may be made of `input`.
  std::vector<Error> errors;
};

/// A survey before anything is read of the objects.
struct SurveyStart {
  Survey survey;  ///< Without desired, live and predictions.
  Resolved resolved;
  std::vector<ObjectRef> refused;  ///< By lint: there is no use in asking about them.
};

/// Puts what Git says into the form in which it is compared: kinds and namespaces
/// resolved, our label on each object, lint's findings at their objects. Pure.
SurveyStart StartSurvey(SurveyCall call, const Discovery& discovery, Inventory inventory);

/// Reads the inventory, the journal, what is live and the facts that the guard asks for, and
/// lets the server try what would change. An Error only if the cluster could not
/// be asked at all. `schema` is that of `cluster` and learns the kinds of the manifests.
Result<Survey> SurveyCluster(Cluster& cluster, InventoryStore& store,
                             ApprovalStore& approvals, Journal& journal,
                             ServerSchema& schema, SurveyCall call);

}  // namespace holdfast
