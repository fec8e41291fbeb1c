// RealBed: a Bed that is a control plane of tests/cluster.

#pragma once

#include <memory>
#include <string>

#include "apply/transport.h"
#include "diff/result.h"
#include "tests/memory-cluster/bed.h"

namespace holdfast::memory {

class RealBed : public Bed {
 public:
  /// `folder` is the one that tests/cluster/up was given. Settle() waits for what is in
  /// namespaces that begin with `scope`, so that several can work on one control plane.
  static Result<std::unique_ptr<RealBed>> Open(const std::string& folder,
                                               const std::string& scope);

  Cluster& cluster() override { return *cluster_; }
  ApplyAnswer Create(const Object& object) override;
  ApplyAnswer Edit(const ObjectKey& key, const Json& changes) override;
  Status Delete(const ObjectKey& key, Propagation propagation) override;
  std::vector<Destroyed> destroyed() override;
  /// At most half a minute.
  bool Await(const std::function<bool()>& holds) override;
  void Settle() override;

 private:
  RealBed(std::string folder, std::string scope, std::unique_ptr<Cluster> cluster,
          std::unique_ptr<Transport> by_hand);
  ApplyAnswer Send(const char* method, const char* content_type, const ObjectKey& key,
                   const std::string& manager, const Json& body);
  std::string StateOfAll();

  std::string folder_;
  std::string scope_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<Transport> by_hand_;
};

}  // namespace holdfast::memory
