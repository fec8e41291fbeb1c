#include "apply/own_namespace.h"

#include <utility>
#include <variant>

namespace holdfast {

Status MakeNamespace(Cluster& cluster, const std::string& name) {
  const Gvk kind{"", "v1", "Namespace"};
  const auto read = std::move(cluster.Get({{kind, "", name}}).front());
  if (read.ok() || read.error().code != ErrorCode::kNotFound) return {};
  const Object wanted =
      Object::Make(
          {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}})
          .value();  // It has all that Make() asks for.
  const ApplyAnswer made = cluster.Create(wanted);
  if (std::holds_alternative<Object>(made)) return {};
  const std::string what = "making namespace " + name;
  if (const auto* error = std::get_if<Error>(&made)) return error->In(what);
  const auto& no = std::get<Rejection>(made);
  // It came meanwhile.
  if (no.kind == Rejection::Kind::kConflict) return {};
  return Error{ErrorCode::kDenied, what + ": the API server declined it: " + no.message};
}

}  // namespace holdfast
