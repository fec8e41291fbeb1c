#include "apply/rebinder.h"

#include <utility>
#include <variant>

#include "apply/quarantine.h"
#include "apply/watch_cache.h"

namespace holdfast {
namespace {

constexpr std::chrono::milliseconds kLook{200};

}  // namespace

Rebinder::Rebinder(Cluster& cluster, const Clock& clock, const ApplierOptions& options)
    : cluster_(cluster), clock_(clock), options_(options) {}

Status Rebinder::Reserve(const Object& volume) {
  const std::string what =
      "reserving PersistentVolume " + volume.ref().name + " for its claim";
  Json json = volume.json();
  json["spec"]["claimRef"].erase("uid");
  json["spec"]["claimRef"].erase("resourceVersion");
  ForgetDetach(json);
  HOLDFAST_TRY_ASSIGN(const Object reserved, Object::Make(std::move(json)));
  const ApplyAnswer answer = cluster_.Replace(reserved);
  if (const auto* error = std::get_if<Error>(&answer)) return error->In(what);
  if (const auto* no = std::get_if<Rejection>(&answer)) {
    return Error{ErrorCode::kConflict,
                 what + ": the API server declined it: " + no->message};
  }
  WatchCache volumes(cluster_);
  HOLDFAST_TRY(volumes.Add({{volume.gvk(), "", ""}}));
  const Clock::TimePoint deadline = clock_.Now() + options_.TimeoutOfStep();
  while (true) {
    const Object* now = volumes.live().Find(volume.ref());
    const std::string phase =
        now == nullptr ? "gone" : StringIn(now->json(), "status", "phase");
    if (phase == "Available" || phase == "Bound") return {};
    if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
    if (now == nullptr || clock_.Now() >= deadline) {
      return Error{ErrorCode::kTimeout, what + ": it is " + phase + " and not Available"};
    }
    if (const auto waited = volumes.WaitForChange(kLook); !waited.ok()) {
      return waited.error();
    }
  }
}

}  // namespace holdfast
