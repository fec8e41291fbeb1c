#include "apply/leased_cluster.h"

#include <algorithm>
#include <utility>

namespace holdfast {

template <typename Call>
Status LeasedCluster::CheckCalls(const std::vector<Call>& calls) {
  const bool writes = std::any_of(calls.begin(), calls.end(), [](const Call& call) {
    return call.mode == WriteMode::kReal;
  });
  if (writes) return lease_.Check(Lease::Act::kWrite);
  lease_.Tend();
  return {};
}

Result<const Discovery*> LeasedCluster::Rediscover() {
  lease_.Tend();
  return cluster_.Rediscover();
}

std::vector<Result<Json>> LeasedCluster::ReadDocuments(
    const std::vector<std::string>& targets) {
  lease_.Tend();
  return cluster_.ReadDocuments(targets);
}

std::vector<Result<Object>> LeasedCluster::Get(const std::vector<ObjectKey>& keys) {
  lease_.Tend();
  return cluster_.Get(keys);
}

std::vector<Result<ObjectList>> LeasedCluster::List(const std::vector<ListCall>& calls) {
  lease_.Tend();
  return cluster_.List(calls);
}

std::vector<ApplyAnswer> LeasedCluster::Apply(const std::vector<ApplyCall>& calls) {
  if (const Status may = CheckCalls(calls); !may.ok()) {
    return std::vector<ApplyAnswer>(calls.size(), may.error());
  }
  return cluster_.Apply(calls);
}

std::vector<ApplyAnswer> LeasedCluster::Patch(const std::vector<PatchCall>& calls) {
  const bool destroys = std::any_of(calls.begin(), calls.end(), [](const PatchCall& call) {
    return call.destroys && call.mode == WriteMode::kReal;
  });
  const Status may = destroys ? lease_.Check(Lease::Act::kDestroy) : CheckCalls(calls);
  if (!may.ok()) {
    return std::vector<ApplyAnswer>(calls.size(), may.error());
  }
  return cluster_.Patch(calls);
}

ApplyAnswer LeasedCluster::Create(const Object& object) {
  if (const Status may = lease_.Check(Lease::Act::kWrite); !may.ok()) return may.error();
  return cluster_.Create(object);
}

ApplyAnswer LeasedCluster::Replace(const Object& object) {
  if (const Status may = lease_.Check(Lease::Act::kWrite); !may.ok()) return may.error();
  return cluster_.Replace(object);
}

Status LeasedCluster::Delete(Permit permit, WriteMode mode) {
  if (mode == WriteMode::kReal) {
    HOLDFAST_TRY(lease_.Check(Lease::Act::kDestroy));
  } else {
    lease_.Tend();
  }
  return cluster_.Delete(std::move(permit), mode);
}

WatchId LeasedCluster::Watch(const ListCall& what, const std::string& from) {
  lease_.Tend();
  return cluster_.Watch(what, from);
}

std::vector<WatchEvent> LeasedCluster::WaitForEvents(std::chrono::milliseconds up_to) {
  lease_.Tend();
  return cluster_.WaitForEvents(up_to);
}

}  // namespace holdfast
