#include "apply/detacher.h"

#include <utility>
#include <variant>

#include "apply/claim_state.h"
#include "apply/quarantine.h"
#include "apply/timestamp.h"
#include "apply/volume_copy.h"
#include "apply/watch_cache.h"
#include "diff/yaml_text.h"

namespace holdfast {
namespace {

const Gvk kVolume{"", "v1", "PersistentVolume"};
constexpr std::chrono::milliseconds kLook{200};

std::string PolicyOf(const Object& volume) {
  return StringIn(volume.json(), "spec", "persistentVolumeReclaimPolicy");
}

Error Declined(const ApplyAnswer& answer, const std::string& what) {
  if (const auto* error = std::get_if<Error>(&answer)) return error->In(what);
  return Error{ErrorCode::kConflict, what + ": the API server declined it: " +
                                         std::get<Rejection>(answer).message};
}

/// Without what only the server's bookkeeping needs.
Json Kept(const Object& object) {
  Json json = object.json();
  if (json.contains("metadata")) json["metadata"].erase("managedFields");
  return json;
}

}  // namespace

Detacher::Detacher(Cluster& cluster, const Clock& clock, const ApplierOptions& options)
    : cluster_(cluster), clock_(clock), options_(options) {}

Status Detacher::Protect(const Object& claim, const PlanInput& facts) {
  const Object* volume = VolumeOf(claim, facts.live);
  HOLDFAST_TRY(KeepEvidence(claim, volume, facts));
  if (volume == nullptr) return {};
  if (IsKeptFor(*volume, claim.uid())) return {};
  return MakeRetain(*volume, claim, facts);
}

Status Detacher::KeepEvidence(const Object& claim, const Object* volume,
                              const PlanInput& facts) {
  const std::string name = "holdfast-evidence-" + claim.uid();
  Json data = {{"claim.yaml", ToYaml(Kept(claim))},
               {"revision", facts.revision},
               {"time", FormatTimestamp(facts.live.server_time)}};
  if (volume != nullptr) data["volume.yaml"] = ToYaml(Kept(*volume));
  auto object = Object::Make(
      {{"apiVersion", "v1"},
       {"kind", "ConfigMap"},
       {"metadata",
        {{"namespace", options_.evidence_namespace},
         {"name", name},
         {"labels", {{"app.kubernetes.io/managed-by", "holdfast"}}},
         {"annotations",
          {{kDetachedClaim, claim.ref().name_space + "/" + claim.ref().name}}}}},
       {"data", std::move(data)}});
  if (!object.ok()) return object.error();
  const ApplyAnswer answer = cluster_.Create(*object);
  if (std::holds_alternative<Object>(answer)) return {};
  // What an earlier run kept is the older truth, and stays.
  const auto* no = std::get_if<Rejection>(&answer);
  if (no != nullptr && no->kind == Rejection::Kind::kConflict) return {};
  return Declined(answer, "keeping the evidence ConfigMap " + name);
}

Status Detacher::MakeRetain(const Object& volume, const Object& claim,
                            const PlanInput& facts) {
  Json json = volume.json();
  json["spec"]["persistentVolumeReclaimPolicy"] = "Retain";
  ForgetDetach(json);
  auto retained = Object::Make(std::move(json));
  if (!retained.ok()) return retained.error();
  // Whole as it was read, and refused if anything of it has changed since: a field that
  // is left out of a PUT would be lost, claimRef before all (H-A5).
  Object marked =
      retained->WithLabel(kQuarantineLabel, claim.uid())
          .WithAnnotation(kDetachedClaim, claim.ref().name_space + "/" + claim.ref().name)
          .WithAnnotation(kDetachedAt, FormatTimestamp(facts.live.server_time));
  // Whoever used it goes next; a later purge asks.
  const std::string engine = EngineUsing(claim, facts.live);
  if (!engine.empty()) marked = marked.WithAnnotation(kDetachedEngine, engine);
  const long long unused = UnusedSince(claim);
  if (unused != 0) marked = marked.WithAnnotation(kUnusedSince, FormatTimestamp(unused));
  const ApplyAnswer answer = cluster_.Replace(marked);
  const std::string what = "making PersistentVolume " + volume.ref().name + " Retain";
  if (!std::holds_alternative<Object>(answer)) return Declined(answer, what);
  HOLDFAST_TRY_ASSIGN(const Object now, ReadVolume(volume.ref().name));
  if (now.uid() == volume.uid() && IsKeptFor(now, claim.uid())) return {};
  return Error{ErrorCode::kConflict,
               what + ": read back it says " + PolicyOf(now) +
                   ": something else puts it back, so the claim stays"};
}

Status Detacher::Verify(const Object& claim) {
  const std::string name = StringIn(claim.json(), "spec", "volumeName");
  const std::string lost = StringIn(claim.json(), "status", "phase");
  if (name.empty() || lost == "Lost") return {};
  WatchCache volumes(cluster_);
  HOLDFAST_TRY(volumes.Add({{kVolume, "", ""}}));
  const Clock::TimePoint deadline = clock_.Now() + options_.TimeoutOfStep();
  const ObjectRef ref{"", "PersistentVolume", "", name};
  const auto phase = [&]() -> std::string {
    const Object* volume = volumes.live().Find(ref);
    return volume == nullptr ? "" : StringIn(volume->json(), "status", "phase");
  };
  while (phase() != "Released") {
    if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
    if (volumes.live().Find(ref) == nullptr) {
      return Internal("PersistentVolume " + name +
                      " is gone, though its reclaim policy was "
                      "Retain; look at it at once");
    }
    if (clock_.Now() >= deadline) {
      return Error{ErrorCode::kTimeout,
                   "PersistentVolume " + name + " is " + phase() +
                       " and not Released, though its claim is gone"};
    }
    if (const auto waited = volumes.WaitForChange(kLook); !waited.ok())
      return waited.error();
  }
  HOLDFAST_TRY_ASSIGN(const Object now, ReadVolume(name));
  if (PolicyOf(now) == "Retain") return {};
  return Internal("PersistentVolume " + name + " is Released with reclaim policy " +
                  PolicyOf(now) + "; look at it at once");
}

Result<Object> Detacher::ReadVolume(const std::string& name) {
  return std::move(cluster_.Get({{kVolume, "", name}}).front())
      .In("reading PersistentVolume " + name);
}

}  // namespace holdfast
