#include "apply/template_change.h"

#include <utility>

#include "apply/pod_template.h"
#include "diff/quantity.h"

namespace holdfast {
namespace {

constexpr const char* kTemplates = "spec.volumeClaimTemplates";
constexpr const char* kSize = ".spec.resources.requests.storage";

std::string SizeOf(const Json& claim_template) {
  return StringIn(claim_template, "spec", "resources", "requests", "storage");
}

}  // namespace

bool IsOfTemplates(const std::string& path) { return path.starts_with(kTemplates); }

TemplateChange ChangeOfTemplates(const Object& live, const Object& wanted,
                                 const std::vector<FieldChange>& fields) {
  TemplateChange change;
  change.same_names = ClaimTemplateNames(live) == ClaimTemplateNames(wanted);
  for (const FieldChange& field : fields) {
    if (IsOfTemplates(field.path) && !field.path.ends_with(kSize)) {
      change.others.push_back(field.path);
    }
  }
  if (!change.same_names) return change;
  const Json& before = ArrayIn(live.json(), "spec", "volumeClaimTemplates");
  const Json& after = ArrayIn(wanted.json(), "spec", "volumeClaimTemplates");
  for (std::size_t i = 0; i < before.size() && i < after.size(); ++i) {
    TemplateChange::Size size{StringIn(before[i], "metadata", "name"), SizeOf(before[i]),
                              SizeOf(after[i])};
    const auto from = Quantity::Parse(size.before);
    const auto to = Quantity::Parse(size.after);
    if (!from || !to) {
      if (size.before != size.after) change.others.push_back(kTemplates);
    } else if (*from < *to) {
      change.grows.push_back(std::move(size));
    } else if (*to < *from) {
      change.shrinks.push_back(std::move(size));
    }
  }
  return change;
}

Object MadeAnew(const Object& live, const Object& wanted) {
  Json json = {{"apiVersion", live.gvk().ApiVersion()},
               {"kind", live.gvk().kind},
               {"metadata",
                {{"name", live.ref().name}, {"namespace", live.ref().name_space}}},
               {"spec", MapIn(live.json(), "spec")}};
  for (const char* written_by_people : {"labels", "annotations"}) {
    if (const Json* map = FindIn(live.json(), "metadata", written_by_people)) {
      json["metadata"][written_by_people] = *map;
    }
  }
  json["spec"]["volumeClaimTemplates"] =
      ArrayIn(wanted.json(), "spec", "volumeClaimTemplates");
  return Object::Make(std::move(json)).value();  // It has all that Make() asks for.
}

}  // namespace holdfast
