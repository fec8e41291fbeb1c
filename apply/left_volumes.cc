#include "apply/left_volumes.h"

#include <map>
#include <utility>

#include "apply/claim_modes.h"
#include "apply/kinds.h"
#include "apply/ordinals.h"
#include "apply/pod_template.h"
#include "apply/quarantine.h"

namespace holdfast {
namespace {

Ordinals MembersOf(const Object* set) {
  return set == nullptr ? Ordinals{} : OrdinalsOf(*set);
}

/// The class of claims that name none; "" unless there is just one.
std::string DefaultClass(const Snapshot& live) {
  std::string name;
  for (const Object* one : live.All("storage.k8s.io", "StorageClass")) {
    if (one->annotation("storageclass.kubernetes.io/is-default-class") != "true")
      continue;
    if (!name.empty()) return "";
    name = one->ref().name;
  }
  return name;
}

/// The claim as the server keeps it once the controller has made it.
Object ClaimToCome(const Object& set, const ObjectRef& ref, const Snapshot& live) {
  Json json = {{"apiVersion", "v1"},
               {"kind", "PersistentVolumeClaim"},
               {"metadata", {{"name", ref.name}, {"namespace", ref.name_space}}}};
  const long long ordinal = OrdinalOfClaim(set, ref.name);
  for (const Json& one : ArrayIn(set.json(), "spec", "volumeClaimTemplates")) {
    if (ClaimOfMember(set, StringIn(one, "metadata", "name"), ordinal) != ref) continue;
    json["spec"] = MapIn(one, "spec");
    const std::string of_class = OmitsStorageClass(one) ? DefaultClass(live) : "";
    if (!of_class.empty()) json["spec"]["storageClassName"] = of_class;
  }
  return Object::Make(std::move(json)).value();  // It has all that Make() asks for.
}

}  // namespace

bool MakesClaims(const Object& after, const Object* before) {
  if (!IsStatefulSet(after.ref()) || ClaimTemplateNames(after).empty()) return false;
  const Ordinals was = MembersOf(before);
  const Ordinals is = OrdinalsOf(after);
  const bool had_none = was.first >= was.end;
  return is.first < is.end && (had_none || is.first < was.first || is.end > was.end);
}

std::vector<LeftVolume> LeftVolumes(const Object& after, const Object* before,
                                    const Snapshot& live) {
  if (!MakesClaims(after, before)) return {};
  const Ordinals was = MembersOf(before);
  const Ordinals is = OrdinalsOf(after);
  std::map<ObjectRef, std::vector<const Object*>> by_claim;
  for (const Object* volume : live.All("", "PersistentVolume")) {
    const Json& holder = MapIn(volume->json(), "spec", "claimRef");
    const ObjectRef claim{"", "PersistentVolumeClaim", after.ref().name_space,
                          StringIn(holder, "name")};
    // Without a uid the volume is reserved for the claim that comes, which is right.
    const bool left = StringIn(holder, "namespace") == claim.name_space &&
                      !StringIn(holder, "uid").empty();
    const long long ordinal = left ? OrdinalOfClaim(after, claim.name) : -1;
    if (ordinal < 0 || !is.Has(ordinal) || was.Has(ordinal)) continue;
    if (live.Find(claim) == nullptr) by_claim[claim].push_back(volume);
  }
  std::vector<LeftVolume> left;
  for (const auto& [claim, volumes] : by_claim) {
    LeftVolume one{claim, volumes.front(), false, ""};
    if (was.first >= was.end) {
      const Rebinding back = FindRebinding(ClaimToCome(after, claim, live), live);
      if (back.volume != nullptr) {
        one = {claim, back.volume, true, ""};
      } else {
        one.why_not = volumes.size() > 1 ? "several volumes were its" : back.why_not;
      }
    }
    left.push_back(std::move(one));
  }
  return left;
}

}  // namespace holdfast
