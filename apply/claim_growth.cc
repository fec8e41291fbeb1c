#include "apply/claim_growth.h"

#include <utility>

#include "apply/health_reason.h"
#include "apply/pod_template.h"
#include "diff/quantity.h"

namespace holdfast {

std::string RequestOf(const Object& claim) {
  return StringIn(claim.json(), "spec", "resources", "requests", "storage");
}

std::optional<NoGrowth> WhyNoGrowth(const Object& claim, const Outlook& outlook) {
  const Json& live = claim.json();
  if (StringIn(live, "status", "phase") != "Bound") {
    return NoGrowth{false, "it is not bound to a volume yet"};
  }
  const ObjectRef of_class{"storage.k8s.io", "StorageClass", "",
                           StringIn(live, "spec", "storageClassName")};
  if (of_class.name.empty()) {
    return NoGrowth{false, "it has no storage class that could grow it"};
  }
  // A class of this plan comes before the claim.
  const Manifest* desired = outlook.Desired(of_class);
  const Object* present = outlook.live().Find(of_class);
  if (desired == nullptr && present == nullptr) {
    const Error* gap = GapOver(outlook.live(), of_class);
    if (gap == nullptr) {
      return NoGrowth{false, "its StorageClass " + of_class.name + " does not exist"};
    }
    return NoGrowth{true, "whether StorageClass " + of_class.name +
                              " lets it grow could not be read: " + gap->message};
  }
  const Json& json = desired != nullptr ? desired->object.json() : present->json();
  const Json* allowed = FindIn(json, "allowVolumeExpansion");
  if (allowed == nullptr || !allowed->is_boolean() || !allowed->get<bool>()) {
    return NoGrowth{false, "StorageClass " + of_class.name +
                               " does not say allowVolumeExpansion: true"};
  }
  return std::nullopt;
}

std::string InfeasibleResize(const Object& claim) {
  std::string status =
      StringIn(claim.json(), "status", "allocatedResourceStatuses", "storage");
  return status.ends_with("Infeasible") ? std::move(status) : "";
}

GrowthState GrowthOf(const Object& claim) {
  const std::string wanted = RequestOf(claim);
  if (const std::string stuck = InfeasibleResize(claim); !stuck.empty()) {
    return {.failed = true,
            .sentence = "the storage cannot grow to " + wanted + " (" + stuck + ")"};
  }
  const std::string present = StringIn(claim.json(), "status", "capacity", "storage");
  const auto wanted_size = Quantity::Parse(wanted);
  const auto present_size = Quantity::Parse(present);
  std::string waits;
  for (const Json& condition : ArrayIn(claim.json(), "status", "conditions")) {
    if (StringIn(condition, "status") != "True") continue;
    const std::string type = StringIn(condition, "type");
    if (type == "ControllerResizeError" || type == "NodeResizeError") {
      return {.sentence = "growing to " + wanted + ": " + type + ": " +
                          OneLine(StringIn(condition, "message"))};
    }
    if (type == "FileSystemResizePending") waits = "; its file system is next";
    if (type == "Resizing" && waits.empty()) waits = "; its volume is being resized";
  }
  const bool grown = wanted_size && present_size && *wanted_size <= *present_size;
  if (grown && waits.empty()) return {.done = true};
  return {.sentence = "growing from " + present + " to " + wanted + waits};
}

std::vector<ObjectRef> ClaimsOfMembers(const Object& set) {
  const long long first = IntegerIn(0, set.json(), "spec", "ordinals", "start");
  std::vector<ObjectRef> claims;
  for (long long i = first + ReplicasOf(set) - 1; i >= first; --i) {
    for (const std::string& name : ClaimTemplateNames(set)) {
      claims.push_back({"", "PersistentVolumeClaim", set.ref().name_space,
                        name + "-" + set.ref().name + "-" + std::to_string(i)});
    }
  }
  return claims;
}

std::vector<GrowingClaim> GrowingClaims(const Object& live, const Object& wanted,
                                        const Snapshot& snapshot) {
  std::vector<GrowingClaim> growing;
  for (const ObjectRef& ref : ClaimsOfMembers(live)) {
    const Object* claim = snapshot.Find(ref);
    if (claim == nullptr) continue;
    for (const Json& one : ArrayIn(wanted.json(), "spec", "volumeClaimTemplates")) {
      const std::string head = StringIn(one, "metadata", "name") + "-" + live.ref().name;
      const long long ordinal = OrdinalOfClaim(live, ref.name);
      if (ref.name != head + "-" + std::to_string(ordinal)) continue;
      const std::string to = StringIn(one, "spec", "resources", "requests", "storage");
      const auto size = Quantity::Parse(to);
      const auto request = Quantity::Parse(RequestOf(*claim));
      const auto capacity =
          Quantity::Parse(StringIn(claim->json(), "status", "capacity", "storage"));
      const bool small = !request || *request < *size || !capacity || *capacity < *size;
      if (size && small) growing.push_back({claim, ordinal, to});
    }
  }
  return growing;
}

}  // namespace holdfast
