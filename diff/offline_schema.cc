#include "diff/offline_schema.h"

#include "diff/openapi_document.h"

namespace holdfast {

void OfflineSchema::Learn(const Json& document) {
  for (const Gvk& kind : KindsIn(document)) {
    const Status learned = custom_.Learn(document, kind);
    if (learned.ok()) {
      not_understood_.erase(kind);
    } else {
      not_understood_[kind] = learned.error().message;
    }
  }
}

void OfflineSchema::LearnDefinition(const Object& object) { Learn(DocumentOf(object)); }

const Type* OfflineSchema::Find(const Gvk& gvk) const {
  if (const Type* type = core_.Find(gvk)) return type;
  return not_understood_.contains(gvk) ? nullptr : custom_.Find(gvk);
}

std::string OfflineSchema::WhyUnknown(const Gvk& gvk) const {
  const auto found = not_understood_.find(gvk);
  if (found != not_understood_.end()) return found->second;
  return "neither a CustomResourceDefinition nor a schema tells of " + gvk.kind + " in " +
         gvk.ApiVersion();
}

}  // namespace holdfast
