// MemoryBed: a Bed in memory.

#pragma once

#include <utility>

#include "apply/api_error.h"
#include "tests/memory-cluster/bed.h"
#include "tests/memory-cluster/memory_cluster.h"

namespace holdfast::memory {

class MemoryBed : public Bed {
 public:
  explicit MemoryBed(std::uint64_t seed, std::size_t pace = 0)
      : random_(seed),
        server_(clock_),
        cluster_(server_, controllers_, clock_, random_, pace) {}
  /// Goes on from where `other` is, which stays as it is.
  MemoryBed(const MemoryBed& other, std::uint64_t seed, std::size_t pace = 0)
      : clock_(other.clock_),
        random_(seed),
        server_(other.server_, clock_),
        cluster_(server_, controllers_, clock_, random_, pace) {}

  Cluster& cluster() override { return cluster_; }
  MemoryServer& server() { return server_; }
  TestClock& clock() { return clock_; }
  Random& random() { return random_; }
  bool Step() { return controllers_.Step(server_, random_); }

  ApplyAnswer Create(const Object& object) override {
    return server_.Create(object, "kubectl-create", WriteMode::kReal);
  }
  ApplyAnswer Edit(const ObjectKey& key, const Json& changes) override {
    return server_.MergePatch(key.gvk, RefOf(key), changes, "kubectl-edit",
                              WriteMode::kReal);
  }
  Status Delete(const ObjectKey& key, Propagation propagation) override {
    const ApplyAnswer answer =
        server_.Delete(RefOf(key), {}, propagation, WriteMode::kReal);
    if (const auto* no = std::get_if<Rejection>(&answer)) return ErrorOf(*no, {});
    return {};
  }
  std::vector<Destroyed> destroyed() override { return server_.destroyed(); }
  bool Await(const std::function<bool()>& holds) override {
    while (!holds()) {
      if (!Step()) return false;
    }
    return true;
  }
  void Settle() override { controllers_.Settle(server_, random_); }

 private:
  static ObjectRef RefOf(const ObjectKey& key) {
    return {key.gvk.group, key.gvk.kind, key.name_space, key.name};
  }

  TestClock clock_;
  Random random_;
  MemoryServer server_;
  Controllers controllers_;
  MemoryCluster cluster_;
};

}  // namespace holdfast::memory
