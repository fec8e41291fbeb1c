// Contract: what a cluster does, in rows that the one in memory and a real one both pass.
//
// Each row makes objects of its own names, so that all of them can share a real bed.

#pragma once

#include <string>
#include <vector>

#include "tests/memory-cluster/bed.h"

namespace holdfast::memory {

/// One row being played: names that are its own, and what it found wrong.
class Play {
 public:
  /// Makes the namespace `name`.
  Play(Bed& bed, std::string name);

  /// Notes `what` if `holds` is false; true if it holds.
  bool Expect(bool holds, const std::string& what);
  const std::vector<std::string>& wrong() const { return wrong_; }

  const std::string& space() const { return name_; }
  Cluster& cluster() { return bed_.cluster(); }
  Bed& bed() { return bed_; }

  /// `text` is JSON with ' for " and NS for the row's name.
  Json J(std::string text) const;
  /// "v1 ConfigMap x" in the row's namespace ("v1 Namespace /x" in none) and its members
  /// below metadata; `metadata` is more of that.
  Object Make(const std::string& head, const std::string& members,
              const std::string& metadata = "") const;
  ObjectKey Key(const std::string& head) const;

  /// As kubectl create does; a failure is noted.
  Object Create(const Object& object);
  void Edit(const std::string& head, const std::string& changes);
  void Delete(const std::string& head,
              Propagation propagation = Propagation::kBackground);

  /// The live object; null JSON if it is not there.
  Json Live(const std::string& head);
  std::string Text(const std::string& head, const std::string& pointer);
  bool Is(const std::string& head, const std::string& pointer, const std::string& value);
  bool Gone(const std::string& head);
  /// Expects `holds` to become true.
  void Await(const std::string& what, const std::function<bool()>& holds);
  void AwaitText(const std::string& head, const std::string& pointer,
                 const std::string& value);
  void AwaitGone(const std::string& head);
  bool IsDestroyed(const std::string& claim_uid);

  /// A StorageClass whose name is the row's, and which waits for the first pod.
  void MakeClass(const std::string& policy, bool grows = false);
  /// A claim "data" of that class, and a pod "user" that mounts it; waits until it is
  /// bound.
  Object MakeBoundClaim();
  Object Pod(const std::string& name, const std::string& claim) const;
  /// Set "db" with one template "data", and its pods ready.
  void MakeSet(int replicas, const std::string& retention);
  Object Set(int replicas, const std::string& retention,
             const std::string& size = "1Gi") const;

 private:
  Bed& bed_;
  std::string name_;
  std::vector<std::string> wrong_;
};

struct Row {
  const char* name;      ///< Of its namespace too.
  const char* sentence;  ///< What it shows.
  void (*play)(Play&);
};

// contract_server.cc, contract_storage.cc
std::vector<Row> RowsOfTheServer();
std::vector<Row> RowsOfTheControllers();

/// All rows.
std::vector<Row> Contract();

}  // namespace holdfast::memory
