// LeasedCluster: a Cluster to which nothing is written but under the lease of the sync.
//
// A decorator, so that no act can forget it: before each real write the lease is checked,
// before each deletion the server confirms it (apply/lease.h), and while anything else is
// asked or waited for it is renewed in time. A write without the lease is an Error and is
// not sent; reads and dry runs need none. A write without an answer is noted, so that the
// lease outlives it.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "apply/cluster.h"
#include "apply/lease.h"

namespace holdfast {

class LeasedCluster : public Cluster {
 public:
  /// `lease` is of the same cluster, and asks it directly. Both outlive it. What is written in
  /// `own_namespace` are Holdfast's own books.
  LeasedCluster(Cluster& cluster, Lease& lease, std::string own_namespace = "holdfast-system")
      : cluster_(cluster), lease_(lease), own_namespace_(std::move(own_namespace)) {}

  /// True if anything but the books was written, or may have been, since ForgetWrites().
  bool wrote() const { return wrote_; }
  void ForgetWrites() { wrote_ = false; }

  std::string Address() const override { return cluster_.Address(); }
  Result<std::string> Uid() override { return cluster_.Uid(); }
  long long ServerTime() const override { return cluster_.ServerTime(); }
  Result<const Discovery*> Discover() override { return cluster_.Discover(); }
  Result<const Discovery*> Rediscover() override;
  std::vector<Result<Json>> ReadDocuments(const std::vector<std::string>& targets) override;
  std::vector<Result<Object>> Get(const std::vector<ObjectKey>& keys) override;
  std::vector<Result<ObjectList>> List(const std::vector<ListCall>& calls) override;
  std::vector<ApplyAnswer> Apply(const std::vector<ApplyCall>& calls) override;
  std::vector<ApplyAnswer> Patch(const std::vector<PatchCall>& calls) override;
  ApplyAnswer Create(const Object& object) override;
  ApplyAnswer Replace(const Object& object) override;
  Status Delete(Permit permit, WriteMode mode) override;
  WatchId Watch(const ListCall& what, const std::string& from) override;
  void Unwatch(WatchId watch) override { cluster_.Unwatch(watch); }
  std::vector<WatchEvent> WaitForEvents(std::chrono::milliseconds up_to) override;

 private:
  template <typename Call>
  Status CheckCalls(const std::vector<Call>& calls);
  /// Takes in what became of a real write of `ref`.
  ApplyAnswer Noted(const ObjectRef& ref, ApplyAnswer answer);
  bool IsOfBooks(const ObjectRef& ref) const;

  Cluster& cluster_;
  Lease& lease_;
  const std::string own_namespace_;
  bool wrote_ = false;
};

}  // namespace holdfast
