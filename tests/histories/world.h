// World: a repository, a cluster and Holdfast between them, moved on step by step.
//
// The invariant: a volume whose deletion no valid approval names is never destroyed, nor
// deleted, nor left where the next restart of pods destroys it; and a revision that is
// judged writes nothing. What people destroy with their own hands is theirs: its volumes
// are noted, and Holdfast is not blamed for them.

#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apply/clock.h"
#include "apply/server_schema.h"
#include "daemon/reconciler.h"
#include "tests/histories/history.h"
#include "tests/histories/repository.h"
#include "tests/memory-cluster/bed.h"

namespace holdfast::histories {

/// How often something happened, so that a run can show that it tried things.
using Tally = std::map<std::string, int>;

struct WorldOptions {
  std::string prefix = "h";
  int base = 0;
  /// Lets time pass; null where it passes by itself.
  std::function<void(std::chrono::milliseconds)> pass_time{};
  std::chrono::milliseconds timeout{5'000};
  /// The bed has the namespaces, and the first commit is carried out.
  bool opened = false;
};

class World {
 public:
  /// All outlive it. Makes the namespaces and carries the first commit out, unless that
  /// is done.
  World(memory::Bed& bed, const Clock& clock, ServerSchema& schema, WorldOptions options);

  /// Why the invariant is broken by now, if it is.
  std::optional<std::string> Play(const Step& step);
  /// Restarts every pod, twice, and asks once more.
  std::optional<std::string> End();

  const Tally& tally() const { return tally_; }
  /// What happened, a line a step.
  const std::vector<std::string>& story() const { return story_; }

  // Steps; see StepKinds().

  void DropDocument(const Step& step);
  void DropFile(const Step& step);
  void DropDatabase(const Step& step);
  void EmptyFolder(const Step& step);
  void Rename(const Step& step);
  void Move(const Step& step);
  void MoveFile(const Step& step);
  void Resize(const Step& step);
  void ChangeClass(const Step& step);
  void Scale(const Step& step);
  void ChangeRetention(const Step& step);
  void ChangeSelector(const Step& step);
  void ChangeStrategy(const Step& step);
  void ChangeMount(const Step& step);
  void ChangeImage(const Step& step);
  void ChangePolicy(const Step& step);
  void Annotate(const Step& step);
  void AddOwner(const Step& step);
  void AddVolume(const Step& step);
  void ChangeVolume(const Step& step);
  void DropVolume(const Step& step);
  void DropOwner(const Step& step);
  void Retire(const Step& step);
  void AddNamespace(const Step& step);
  void AddHarmless(const Step& step);
  void Duplicate(const Step& step);
  void LeaveMarkers(const Step& step);
  void Revert(const Step& step);
  void Rewind(const Step& step);
  void BringBack(const Step& step);
  void Approve(const Step& step);
  void Forge(const Step& step);
  void BringBackApproval(const Step& step);
  void DropApprovals(const Step& step);
  void Sync(const Step& step);
  void CrashSync(const Step& step);
  void RestartPods(const Step& step);
  void RestartPod(const Step& step);
  void DeleteByHand(const Step& step);
  void DeleteClaim(const Step& step);
  void OwnClaim(const Step& step);
  void ArmRetention(const Step& step);
  void EditByHand(const Step& step);
  void Work(const Step& step);
  void Wait(const Step& step);
  void LoseInventory(const Step& step);

 private:
  // world_edits.cc
  void Commit(Files files, const std::string& story);
  /// The `n`-th document of the head for which `fits`; null if there is none.
  Json* Choose(Files& files, std::uint32_t n,
               const std::function<bool(const Json&)>& fits, std::string& what) const;

  // world.cc
  Reconciler MakeReconciler(Cluster& cluster, const std::function<bool()>& cancelled);
  Judged JudgeHead();
  void Carry(int die_at, std::uint32_t how, std::uint32_t between);
  std::vector<Object> LiveObjects(const Gvk& gvk, bool of_namespaces);
  void DeleteLive(const Object& object);
  void Blame(const Object& deleted);
  void BlameMembersFrom(const Object& set, long long first);
  /// Somebody has seen to it that this claim goes. Its data go along unless its volume
  /// stays, by what policy that has now.
  void Doom(const Object& claim, const std::vector<Object>& volumes);
  /// Of claims; volumes are not of a namespace.
  std::vector<Object> LiveClaims();
  std::vector<Object> LiveVolumes();
  /// Follows the volumes, and tells of one that goes though nobody has asked for it.
  std::optional<std::string> VolumeThatGoes();
  std::optional<std::string> Loss();
  void Say(std::string line) { story_.push_back(std::move(line)); }

  memory::Bed& bed_;
  const Clock& clock_;
  ServerSchema& schema_;
  WorldOptions options_;
  Repository repository_;
  std::set<std::string> theirs_;  ///< uids of claims that people have destroyed by hand.
  /// Of claims that people have deleted by hand while their volumes were Retain.
  std::set<std::string> doomed_;
  std::set<std::string> claims_;                ///< uids of all that were ever seen.
  std::map<std::string, std::string> volumes_;  ///< Name, and uid of the claim.
  std::set<std::string> known_;   ///< uids of claims destroyed before this history began.
  std::optional<std::string> broken_;
  Tally tally_;
  std::vector<std::string> story_;
};

enum class StepGroup {
  kEdit,      ///< A commit.
  kApproval,  ///< A commit to approvals/.
  kRun,       ///< Of Holdfast.
  kAccident,  ///< What else happens in the cluster.
};

struct StepKind {
  const char* name;
  StepGroup group;
  std::size_t weight;  ///< How often it is drawn, among those of its group.
  void (World::*play)(const Step&);
};

const std::vector<StepKind>& StepKinds();

}  // namespace holdfast::histories
