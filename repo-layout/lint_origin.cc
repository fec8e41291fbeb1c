// H-B5, H-A5, H-H3: manifests that were not written but copied, or are not
// readable yet.

#include <array>

#include "repo-layout/lint_rules.h"

namespace holdfast {
namespace {

/// True for what says nothing: null, "", and maps and lists of such. Code
/// generators leave `status: {conditions: []}` behind.
bool IsHollow(const Json& value) {
  if (value.is_null()) return true;
  if (value.is_string()) return value.get_ref<const std::string&>().empty();
  if (!value.is_structured()) return false;
  for (const Json& item : value) {
    if (!IsHollow(item)) return false;
  }
  return true;
}

}  // namespace

/// An owner named by the uid of another life does not exist here: Kubernetes
/// deletes what it owns as garbage, a StatefulSet's claims included where its
/// retention policy says so.
void RefuseDump(const LintContext&, const Manifest& manifest, Remarks& remarks) {
  constexpr std::array<const char*, 8> kOfServer = {
      "ownerReferences", "uid",        "resourceVersion",   "deletionTimestamp",
      "managedFields",   "generation", "creationTimestamp", "selfLink"};
  const Json& json = manifest.object.json();
  std::vector<std::string> fields;
  for (const char* name : kOfServer) {
    const Json* value = FindIn(json, "metadata", name);
    if (value == nullptr || IsHollow(*value)) continue;
    fields.push_back("metadata." + std::string(name) +
                     AtLine(manifest, "/metadata/" + std::string(name)));
  }
  const Json* status = FindIn(json, "status");
  if (status != nullptr && !IsHollow(*status)) {
    fields.push_back("status" + AtLine(manifest, "/status"));
  }
  if (fields.empty()) return;
  remarks.Add(
      manifest, "H-B5", Ruling::kRefuse,
      "is a copy of a live object: it carries " + Listed(fields) +
          ", which only an API server writes; an owner or uid from another cluster can "
          "make Kubernetes delete it, and what belongs to it, as garbage",
      "remove these fields and keep only what you want to be so");
}

/// The controller takes a claim with another uid for one that is gone, releases
/// the volume, and with reclaim policy Delete destroys it.
void RefuseBoundVolume(const LintContext&, const Manifest& manifest, Remarks& remarks) {
  if (!manifest.object.ref().Is("", "PersistentVolume")) return;
  std::vector<std::string> fields;
  for (const char* name : {"uid", "resourceVersion"}) {
    const Json* value = FindIn(manifest.object.json(), "spec", "claimRef", name);
    if (value == nullptr || IsHollow(*value)) continue;
    fields.push_back("spec.claimRef." + std::string(name) +
                     AtLine(manifest, "/spec/claimRef/" + std::string(name)));
  }
  if (fields.empty()) return;
  remarks.Add(manifest, "H-A5", Ruling::kRefuse,
              "is tied to one particular claim by " + Listed(fields) +
                  ": where a claim of that name has another uid, Kubernetes releases the "
                  "volume, and with reclaim policy Delete its data is destroyed",
              "keep namespace and name in claimRef, remove uid and resourceVersion");
}

/// SOPS writes its own map beside the encrypted fields.
void RefuseCiphertext(const LintContext&, const Manifest& manifest, Remarks& remarks) {
  const Json* sops = FindIn(manifest.object.json(), "sops");
  if (sops == nullptr || !sops->is_object()) return;
  remarks.Add(
      manifest, "H-H3", Ruling::kHold,
      "is encrypted by SOPS" + AtLine(manifest, "/sops") +
          ", which is not decrypted here: what it wants is not known",
      "let a secret operator make the object, and leave this file out by exclude in "
      ".holdfast.yaml");
}

}  // namespace holdfast
