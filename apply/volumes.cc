#include "apply/volumes.h"

#include <algorithm>
#include <map>

#include "apply/claim_growth.h"
#include "apply/kinds.h"
#include "apply/left_volumes.h"
#include "apply/operators.h"
#include "apply/pod_template.h"
#include "apply/quarantine.h"

namespace holdfast {
namespace {

std::string RequestOf(const Json& claim_spec) {
  return StringIn(claim_spec, "resources", "requests", "storage");
}

std::string KeyOf(const std::string& name_space, const std::string& name) {
  return name_space + "/" + name;
}

class Reporter {
 public:
  explicit Reporter(const Outlook& outlook) : outlook_(outlook), live_(outlook.live()) {}

  void Add(const Change& change) {
    if (change.action == Action::kNone) return;
    const Object* live = live_.Find(change.ref);
    const Manifest* manifest = outlook_.Desired(change.ref);
    if (IsClaim(change.ref)) {
      AddClaim(change, live, manifest);
      return;
    }
    if (live != nullptr && outlook_.PurgeOf(change.ref) != nullptr) {
      AddPurged(change, *live);
      return;
    }
    if (live != nullptr) {
      for (const Object* claim : ClaimsWith(*live)) AddKept(*claim, change);
    }
    if (change.action == Action::kRecreate) AddGrown(change, *live, *manifest);
    if (manifest != nullptr) AddComing(manifest->object, change);
  }

  std::vector<VolumeReport> Take() {
    std::vector<VolumeReport> reports;
    for (auto& [key, report] : reports_) reports.push_back(std::move(report));
    return reports;
  }

 private:
  VolumeReport ReportOf(const Object& claim) const {
    const ClaimFacts facts = FactsOf(claim, live_);
    VolumeReport report;
    report.claim = KeyOf(claim.ref().name_space, claim.ref().name);
    report.uid = claim.uid();
    report.volume = facts.volume;
    report.reclaim_policy = facts.reclaim_policy;
    report.capacity = facts.capacity;
    return report;
  }

  void AddClaim(const Change& change, const Object* live, const Manifest* manifest) {
    VolumeReport report;
    if (live != nullptr) {
      report = ReportOf(*live);
    } else {
      report.claim = KeyOf(change.ref.name_space, change.ref.name);
      if (manifest != nullptr) {
        report.capacity = RequestOf(MapIn(manifest->object.json(), "spec"));
      }
    }
    const bool stops = Stops(change.worst());
    if (stops) {
      report.fate = VolumeFate::kRefused;
      report.reason = "what Git asks for is stopped; nothing is done to it";
    } else if (change.action == Action::kDetach) {
      report.fate = VolumeFate::kDetached;
      report.reason = report.volume.empty()
                          ? "goes; it has no volume"
                          : "the claim goes; its volume stays, with its data, under "
                            "the label holdfast.dev/quarantine";
    } else if (change.action == Action::kDelete) {
      report.fate = VolumeFate::kDetached;
      report.reason = "goes; it never had a volume";
    } else if (change.action == Action::kCreate) {
      report.fate = VolumeFate::kCreated;
      report.reason = "a new, empty volume";
      if (const Object* back = ComesBack(change, *manifest)) {
        report.volume = back->ref().name;
        report.reclaim_policy = "Retain";
        report.fate = VolumeFate::kKept;
        report.reason = "bound again to the volume that it was detached from";
      }
    } else if (Grows(change)) {
      report.fate = VolumeFate::kGrown;
      report.reason = "grows; this cannot be taken back";
    } else {
      report.fate = VolumeFate::kKept;
      report.reason = change.action == Action::kKeep ? "left alone" : "its data stays";
    }
    reports_[report.claim] = std::move(report);
  }

  /// Beside what is said of a claim that has its name by now.
  void AddPurged(const Change& change, const Object& volume) {
    const Json& spec = MapIn(volume.json(), "spec");
    VolumeReport report;
    report.claim = KeyOf(StringIn(spec, "claimRef", "namespace"),
                         StringIn(spec, "claimRef", "name"));
    report.uid = StringIn(spec, "claimRef", "uid");
    report.volume = volume.ref().name;
    report.reclaim_policy = StringIn(spec, "persistentVolumeReclaimPolicy");
    report.capacity = StringIn(spec, "capacity", "storage");
    const bool stops = Stops(change.worst());
    report.fate = stops ? VolumeFate::kRefused : VolumeFate::kDestroyed;
    report.reason = stops ? "what the approval asks for is stopped; nothing is done to it"
                          : "the volume is destroyed, and its data with it";
    reports_[report.claim + " " + report.volume] = std::move(report);
  }

  const Object* ComesBack(const Change& change, const Manifest& manifest) const {
    const auto known = outlook_.input().predictions.find(change.ref);
    const bool result =
        known != outlook_.input().predictions.end() && known->second.result;
    return FindRebinding(result ? *known->second.result : manifest.object, live_).volume;
  }

  static bool Grows(const Change& change) {
    for (const FieldChange& field : change.fields) {
      if (field.path == "spec.resources.requests.storage") return true;
    }
    return false;
  }

  /// The claims that a workload, an operator's resource or a namespace has.
  std::vector<const Object*> ClaimsWith(const Object& live) const {
    if (live.ref().Is("", "Namespace")) {
      return live_.All("", "PersistentVolumeClaim", live.ref().name);
    }
    if (OperatorOf(live.ref()) != nullptr) return ClaimsOfResource(live, outlook_);
    return ClaimsOfWorkload(live, live_);
  }

  void AddKept(const Object& claim, const Change& change) {
    VolumeReport report = ReportOf(claim);
    const std::string what = change.ref.kind + " " + change.ref.name;
    const bool goes = outlook_.going().count(claim.ref()) != 0;
    const bool deleted =
        change.action == Action::kDelete || change.action == Action::kDetach;
    report.fate = VolumeFate::kKept;
    report.reason = deleted ? "stays when " + what + " goes" : what + " goes on with it";
    if (goes && Stops(change.worst())) {
      report.fate = VolumeFate::kRefused;
      report.reason = "what Git asks for is stopped; nothing is done to it";
    } else if (goes && OperatorOf(change.ref) != nullptr) {
      report.reason += ", and its volume is made Retain before";
    } else if (goes) {
      report.fate = VolumeFate::kDetached;
      report.reason = "goes with " + what +
                      "; its volume stays, with its data, under the label "
                      "holdfast.dev/quarantine";
    }
    // What the claim's own change says counts more.
    reports_.emplace(report.claim, report);
  }

  void AddGrown(const Change& change, const Object& live, const Manifest& manifest) {
    for (const GrowingClaim& one : GrowingClaims(live, manifest.object, live_)) {
      VolumeReport& report = reports_[KeyOf(change.ref.name_space, one.claim->ref().name)];
      report.fate = VolumeFate::kGrown;
      report.reason = "grows to " + one.to + "; this cannot be taken back";
    }
  }

  /// Claims that the StatefulSet will make of its templates.
  void AddComing(const Object& workload, const Change& change) {
    if (!IsStatefulSet(workload.ref()) || Stops(change.worst())) return;
    constexpr long long kMostShown = 1000;
    const long long start = IntegerIn(0, workload.json(), "spec", "ordinals", "start");
    const long long count = std::min(ReplicasOf(workload), kMostShown);
    std::map<ObjectRef, const Object*> returning;
    for (const LeftVolume& one : LeftVolumes(workload, live_.Find(workload.ref()), live_)) {
      if (one.comes_back) returning.emplace(one.claim, one.volume);
    }
    for (const Json& one : ArrayIn(workload.json(), "spec", "volumeClaimTemplates")) {
      for (long long i = start; i < start + count; ++i) {
        const ObjectRef claim{"", "PersistentVolumeClaim", workload.ref().name_space,
                              StringIn(one, "metadata", "name") + "-" +
                                  workload.ref().name + "-" + std::to_string(i)};
        if (live_.Find(claim) != nullptr || !KnownAbsent(claim)) continue;
        VolumeReport report;
        report.claim = KeyOf(claim.name_space, claim.name);
        report.capacity = RequestOf(MapIn(one, "spec"));
        report.fate = VolumeFate::kCreated;
        report.reason = "StatefulSet " + workload.ref().name +
                        " makes it from its template " +
                        StringIn(one, "metadata", "name");
        if (const auto back = returning.find(claim); back != returning.end()) {
          report.volume = back->second->ref().name;
          report.reclaim_policy = "Retain";
          report.fate = VolumeFate::kKept;
          report.reason = "bound again to the volume that it was detached from";
        }
        reports_.emplace(report.claim, report);
      }
    }
  }

  /// FactsNeeded asks for these claims one by one, so not found is absent.
  bool KnownAbsent(const ObjectRef& claim) const {
    return GapOver(live_, claim) == nullptr;
  }

  const Outlook& outlook_;
  const Snapshot& live_;
  std::map<std::string, VolumeReport> reports_;
};

}  // namespace

ClaimFacts FactsOf(const Object& claim, const Snapshot& live) {
  ClaimFacts facts;
  facts.volume = StringIn(claim.json(), "spec", "volumeName");
  facts.capacity = StringIn(claim.json(), "status", "capacity", "storage");
  if (facts.capacity.empty()) facts.capacity = RequestOf(MapIn(claim.json(), "spec"));
  const Object* volume = facts.volume.empty()
                             ? nullptr
                             : live.Find({"", "PersistentVolume", "", facts.volume});
  if (volume == nullptr) return facts;
  // A volume that another claim of the same name holds is not this claim's.
  const std::string holder = StringIn(volume->json(), "spec", "claimRef", "uid");
  if (!holder.empty() && !claim.uid().empty() && holder != claim.uid()) return facts;
  facts.reclaim_policy =
      StringIn(volume->json(), "spec", "persistentVolumeReclaimPolicy");
  return facts;
}

std::string DescribeClaim(const Object& claim, const Snapshot& live) {
  const ClaimFacts facts = FactsOf(claim, live);
  std::string phase = StringIn(claim.json(), "status", "phase");
  if (claim.terminating()) phase = "being deleted";
  if (phase.empty()) phase = "of unknown phase";
  std::string size = facts.capacity.empty() ? "size unknown" : facts.capacity;
  if (facts.volume.empty()) return phase + ", without a volume (asks for " + size + ")";
  const std::string policy = facts.reclaim_policy.empty()
                                 ? "reclaim policy unknown"
                                 : "reclaim policy " + facts.reclaim_policy;
  const std::string to = phase == "Bound" ? " to " : ", with volume ";
  return phase + to + facts.volume + " (" + size + ", " + policy + ")";
}

std::vector<const Object*> ClaimsOfTemplates(const Object& set, const Snapshot& live) {
  std::map<ObjectRef, const Object*> claims;
  for (const std::string& name : ClaimTemplateNames(set)) {
    const std::string head = name + "-" + set.ref().name + "-";
    for (const Object* claim :
         live.AllNamed("", "PersistentVolumeClaim", set.ref().name_space, head)) {
      if (OrdinalOfClaim(set, claim->ref().name) >= 0)
        claims.emplace(claim->ref(), claim);
    }
  }
  std::vector<const Object*> found;
  for (const auto& [ref, claim] : claims) found.push_back(claim);
  return found;
}

std::vector<const Object*> ClaimsOfWorkload(const Object& workload,
                                            const Snapshot& live) {
  std::map<ObjectRef, const Object*> claims;
  const std::string& name_space = workload.ref().name_space;
  for (const MountedClaim& mounted : MountedClaims(PodTemplate(workload))) {
    const ObjectRef ref{"", "PersistentVolumeClaim", name_space, mounted.claim};
    if (const Object* claim = live.Find(ref)) claims.emplace(ref, claim);
  }
  for (const Object* claim : ClaimsOfTemplates(workload, live)) {
    claims.emplace(claim->ref(), claim);
  }
  std::vector<const Object*> found;
  for (const auto& [ref, claim] : claims) found.push_back(claim);
  return found;
}

std::vector<VolumeReport> ReportVolumes(const std::vector<Change>& changes,
                                        const Outlook& outlook) {
  Reporter reporter(outlook);
  for (const Change& change : changes) {
    if (IsClaim(change.ref)) reporter.Add(change);
  }
  for (const Change& change : changes) {
    if (!IsClaim(change.ref)) reporter.Add(change);
  }
  return reporter.Take();
}

}  // namespace holdfast
