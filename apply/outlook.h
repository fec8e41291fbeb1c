// Outlook: the cluster as it would be after the plan, indexed for the rules.

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "apply/approval_book.h"
#include "apply/plan.h"
#include "apply/purge.h"
#include "apply/removal.h"
#include "apply/selection.h"
#include "apply/shared_storage.h"

namespace holdfast {

/// Who would still name an object after the plan.
struct User {
  ObjectRef who;
  std::string why;    ///< "env WORDPRESS_DB_HOST names Service wordpress-mysql"
  std::string where;  ///< "wordpress/deployment.yaml:23"; empty for a live object.
  bool optional = false;
};

/// Views into the PlanInput, which must outlive it.
class Outlook {
 public:
  /// `also_deleted`: an object to judge as if the plan deleted it; may be null.
  explicit Outlook(const PlanInput& input, const Object* also_deleted = nullptr);

  const PlanInput& input() const { return input_; }
  const Snapshot& live() const { return input_.live; }
  const std::vector<Removal>& removals() const { return removals_; }
  const std::vector<Edge>& edges() const { return edges_; }

  const ApprovalBook& approvals() const { return approvals_; }

  /// Those of edges() that lead to `ref`, in their order: what names it in Git.
  const std::vector<const Edge*>& EdgesTo(const ObjectRef& ref) const;

  /// Remaining() by the labels of their pods. Made at the first call.
  const WorkloadsByLabel& ByLabel() const;

  /// The workloads, Jobs left aside, that have pods and write to a claim: those of Git
  /// and the live ones that Git lacks, also those that the plan deletes, since they go
  /// last; sorted.
  const std::vector<const Object*>& WritersOf(const ObjectRef& claim) const;

  /// The custom kinds of the revision, by lower-case kind.
  const std::map<std::string, ObjectRef>& custom_kinds() const { return custom_kinds_; }

  const Manifest* Desired(const ObjectRef& ref) const;
  bool Deletes(const ObjectRef& ref) const { return deleted_.count(ref) != 0; }
  const std::map<ObjectRef, const Object*>& deleted() const { return deleted_; }

  /// The desired objects, and the live ones that the plan neither has nor deletes.
  /// Pods and ReplicaSets count as part of the workload that made them.
  std::vector<const Object*> Remaining() const;

  /// The StatefulSets of Remaining() in a namespace, sorted. Empty where the plan deletes
  /// nothing: nobody asks then.
  std::vector<const Object*> RemainingSets(const std::string& name_space) const;

  /// The claims that may hold data and go with the plan: themselves, with their namespace,
  /// by an operator, or with a pod that leaves. Those that need an approval.
  const std::set<ObjectRef>& going() const { return going_; }

  /// The live claims that Kubernetes deletes because a StatefulSet of the revision gets
  /// smaller (whenScaled: Delete, H-B3), by ordinal; empty for anything else.
  std::vector<const Object*> ClaimsOfLeavingPods(const Manifest& manifest) const;
  /// The same where there is no outlook, which takes long to make.
  static std::vector<const Object*> ClaimsOfLeavingPods(const Manifest& manifest,
                                                        const PlanInput& input);

  /// What Approvals `destroy` ask for, in their order.
  const std::vector<Purge>& purges() const { return purges_; }
  /// The approval by which the plan destroys a quarantined volume; null if it does not.
  const Approval* PurgeOf(const ObjectRef& volume) const;

  /// Another volume whose data lie in the same place; null if there is none.
  const Object* SharesStorage(const Object& volume) const;
  /// The same on a file server (SharedStorage::OtherOnServer): where data are destroyed.
  const Object* SharesServerFolder(const Object& volume) const;

  /// Live pods that mount `claim` and have not ended, scheduled or not, sorted.
  std::vector<const Object*> PodsUsing(const ObjectRef& claim) const;

  /// Those of Remaining() that name `ref`, a deleted object, sorted.
  const std::vector<User>& UsersOf(const ObjectRef& ref) const;

  /// Why it is not known which objects of a kind there are ("" for all namespaces), as
  /// a clause; empty if they were listed whole.
  std::string Unlisted(const std::string& group, const std::string& kind,
                       const std::string& name_space) const;

  /// Live PersistentVolumes whose claimRef names this claim, sorted.
  std::vector<const Object*> VolumesFor(const ObjectRef& claim) const;

  /// True if a PersistentVolume, desired or live, says that it is of this storage class.
  bool IsClassOfVolumes(const std::string& name) const {
    return volume_classes_.count(name) != 0;
  }

  /// Live objects whose ownerReferences name `uid`.
  std::vector<const Object*> OwnedBy(const std::string& uid) const;

  /// file:line of a field of a desired object, or "" if it is not desired.
  std::string WhereIs(const ObjectRef& ref, const std::string& pointer) const;

 private:
  void IndexUsers();
  void IndexWriters();
  void IndexVolumes();
  void IndexPods();
  void FindGoing();

  const PlanInput& input_;
  std::unordered_map<ObjectRef, const Manifest*> desired_;
  std::vector<const Manifest*> sorted_;  ///< Those of desired_.
  std::map<std::string, ObjectRef> custom_kinds_;
  ApprovalBook approvals_;
  std::vector<Purge> purges_;
  std::vector<Removal> removals_;
  std::map<ObjectRef, const Object*> deleted_;
  std::vector<Edge> edges_;
  std::map<ObjectRef, std::vector<User>> users_;
  std::multimap<std::string, const Object*> by_owner_;
  std::multimap<std::pair<std::string, std::string>, const Object*> volumes_by_claim_;
  std::set<std::string> volume_classes_;
  std::multimap<ObjectRef, const Object*> pods_by_claim_;
  std::map<std::string, std::vector<const Object*>> remaining_sets_;  ///< By namespace.
  std::optional<SharedStorage> storage_;
  std::set<ObjectRef> going_;
  std::map<ObjectRef, std::vector<const Edge*>> edges_to_;
  std::map<ObjectRef, std::vector<const Object*>> writers_;
  mutable std::shared_ptr<const WorkloadsByLabel> by_label_;
};

/// The workload that made `object` through its controllers (a ReplicaSet's Deployment,
/// a Job's CronJob), or the object's own ref if nothing did.
ObjectRef RootController(const Object& object, const Snapshot& live);

}  // namespace holdfast
