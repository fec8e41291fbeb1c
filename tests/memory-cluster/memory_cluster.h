// MemoryCluster: the Cluster that is a MemoryServer, its controllers working meanwhile.

#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apply/cluster.h"
#include "tests/memory-cluster/controllers.h"
#include "tests/memory-cluster/server.h"

namespace holdfast::memory {

class MemoryCluster : public Cluster {
 public:
  /// All outlive it. Time goes on where somebody waits and nothing happens; up to
  /// `pace` steps of controllers come before each request.
  MemoryCluster(MemoryServer& server, Controllers& controllers, TestClock& clock,
                Random& random, std::size_t pace = 0)
      : server_(server),
        controllers_(controllers),
        clock_(clock),
        random_(random),
        pace_(pace) {}

  std::string Address() const override { return "https://memory"; }
  Result<std::string> Uid() override;
  long long ServerTime() const override { return clock_.SecondsSinceEpoch(); }
  Result<const Discovery*> Discover() override;
  Result<const Discovery*> Rediscover() override;
  /// There are none: the schema of a custom kind is not told.
  std::vector<Result<Json>> ReadDocuments(
      const std::vector<std::string>& targets) override;
  std::vector<Result<Object>> Get(const std::vector<ObjectKey>& keys) override;
  std::vector<Result<ObjectList>> List(const std::vector<ListCall>& calls) override;
  std::vector<ApplyAnswer> Apply(const std::vector<ApplyCall>& calls) override;
  std::vector<ApplyAnswer> Patch(const std::vector<PatchCall>& calls) override;
  ApplyAnswer Create(const Object& object) override;
  ApplyAnswer Replace(const Object& object) override;
  Status Delete(Permit permit, WriteMode mode) override;
  WatchId Watch(const ListCall& what, const std::string& from) override;
  void Unwatch(WatchId watch) override { watches_.erase(watch); }
  std::vector<WatchEvent> WaitForEvents(std::chrono::milliseconds up_to) override;

 private:
  struct Open {
    ListCall what;
    long long seen = 0;
  };

  void LetOthersWork();
  Status Serves(const Gvk& gvk);
  std::vector<WatchEvent> Events();

  MemoryServer& server_;
  Controllers& controllers_;
  TestClock& clock_;
  Random& random_;
  std::size_t pace_;
  std::optional<Discovery> discovery_;
  std::set<Gvk> served_;  ///< By discovery_, as far as it was asked.
  std::map<WatchId, Open> watches_;
  WatchId next_watch_ = 1;
};

}  // namespace holdfast::memory
