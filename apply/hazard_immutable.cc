// H-C5, H-D2, H-D3, H-D6 to H-D11: a field changes that Kubernetes keeps as it is. Other
// tools delete the object and make it anew then; with data behind it that is a loss.

#include "apply/hazard.h"
#include "apply/immutable.h"
#include "apply/kinds.h"
#include "apply/recreation.h"

namespace holdfast {
namespace {

/// The server names only "spec" for a StatefulSet: which field it was shows by comparing.
std::vector<std::string> ChangedSetFields(const ChangeCase& change) {
  std::vector<std::string> changed;
  if (change.live == nullptr) return changed;
  const Json& before = MapIn(change.live->json(), "spec");
  const Json& after = MapIn(change.manifest.object.json(), "spec");
  for (const char* field : {"selector", "serviceName", "podManagementPolicy"}) {
    const Json* wanted = FindIn(after, field);
    const Json* present = FindIn(before, field);
    if (wanted != nullptr && (present == nullptr || *present != *wanted)) {
      changed.push_back("spec." + std::string(field));
    }
  }
  // The rest can only be the templates, which the server fills with defaults, so they
  // cannot be compared as they stand.
  if (changed.empty()) changed.push_back("spec.volumeClaimTemplates");
  return changed;
}

std::string PointerOf(const std::string& field) {
  std::string pointer = "/" + field;
  for (char& c : pointer) {
    if (c == '.' || c == '[') c = '/';
  }
  std::erase(pointer, ']');
  return pointer;
}

/// The same for a claim: what differs is known already.
std::vector<std::string> ChangedClaimFields(const ChangeCase& change) {
  std::vector<std::string> changed;
  for (const FieldChange& field : change.prediction.fields) {
    const bool is_size = field.path == "spec.resources.requests.storage";
    if (field.path.starts_with("spec.") && !is_size) changed.push_back(field.path);
  }
  if (changed.empty()) changed.push_back("spec");
  return changed;
}

/// The rejection with the very fields where the server says only "spec".
Rejection Refined(const Rejection& rejection, const ChangeCase& change) {
  Rejection refined = rejection;
  const bool is_set = IsStatefulSet(change.ref());
  if (!is_set && !IsClaim(change.ref())) return refined;
  refined.causes.clear();
  for (const Rejection::Cause& cause : rejection.causes) {
    if (cause.field != "spec" && cause.field != ".spec") {
      refined.causes.push_back(cause);
      continue;
    }
    for (const std::string& field :
         is_set ? ChangedSetFields(change) : ChangedClaimFields(change)) {
      refined.causes.push_back({field, cause.message, ""});
    }
  }
  return refined;
}

}  // namespace

void RefuseImmutableChange(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!change.prediction.rejection || IsTemplateChange(change)) return;
  const Rejection rejection = Refined(*change.prediction.rejection, change);
  for (const ImmutableField& field :
       ImmutableFieldsIn(rejection, change.manifest.object)) {
    findings.push_back({std::string(field.hazard), Ruling::kRefuse,
                        change.manifest.WhereIs(PointerOf(field.field)) + ": " +
                            field.field +
                            " cannot be changed: " + std::string(field.what),
                        std::string(field.remedy)});
  }
}

void RefuseFieldConflict(const ChangeCase& change, std::vector<Finding>& findings) {
  const auto& rejection = change.prediction.rejection;
  if (!rejection || rejection->kind != Rejection::Kind::kFieldConflict) return;
  std::string fields;
  std::string manager;
  for (const Rejection::Cause& cause : rejection->causes) {
    std::string field = cause.field;
    if (field.starts_with('.')) field.erase(0, 1);
    fields += (fields.empty() ? "" : ", ") + field;
    if (!cause.manager.empty()) {
      fields += " (" + cause.manager + ")";
      if (manager.empty()) manager = cause.manager;
    }
  }
  if (fields.empty()) fields = "unknown fields";
  findings.push_back(
      {"H-E7", Ruling::kRefuse,
       change.manifest.source.ToString() + ": somebody else sets fields of " +
           change.ref().ToString() + " to other values: " + fields +
           "; taking them over could undo what was done on purpose",
       "write the value that is live into Git, or leave the field out of Git, or let " +
           (manager.empty() ? std::string("the other one") : manager) + " give it up"});
}

}  // namespace holdfast
