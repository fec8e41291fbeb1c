// Operators: the resources by which common operators run databases, and what they do to
// claims when such a resource is deleted or changed.
//
// A table of data with its sources (operators.cc); what is not in it is unknown, and
// counts as taking its claims along.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apply/outlook.h"
#include "diff/object.h"

namespace holdfast {

/// How a resource says whether its claims go with it.
enum class ClaimSwitch {
  kNone,        ///< It does not: they go, whatever it says.
  kAnnotation,  ///< They go unless an annotation has a value.
  kFinalizers,  ///< They go if it carries one of some finalizers.
  kField,       ///< They go if a field, wherever it stands, has a value.
};

struct OperatorKind {
  std::string_view group;
  std::string_view kind;
  std::string_view engine;  ///< Engine::name, "" for one that we have no rules for.
  ClaimSwitch by = ClaimSwitch::kNone;
  std::string_view key;  ///< The annotation; the field as a pointer; finalizers, by ','.
  std::string_view keeps;    ///< The value of annotation or field that keeps the claims.
  std::string_view deletes;  ///< Of a field: the value that does not. Absent means keeps.
  std::string_view label;    ///< On its claims, with its name for a value.
  /// Fields that decide over data, as pointers; '*' is every element of a list. Several
  /// are separated by blanks.
  std::string_view replicas;
  std::string_view storage;
  std::string_view version;
  std::string_view parts;  ///< Racks, data centres, keyspaces: a removed one loses data.
};

/// The table's row for a kind, or null.
const OperatorKind* OperatorOf(const ObjectRef& ref);

/// True if the operator leaves the claims alone when `resource` is deleted as it is.
bool KeepsClaims(const OperatorKind& op, const Object& resource);

/// The merge patch after which it does; nothing where there is no way.
std::optional<Json> OptOut(const OperatorKind& op, const Object& resource);

/// What keeps the claims, for people: "the annotation x: "false"".
std::string DescribeOptOut(const OperatorKind& op);

/// The live claims of a custom resource: those that it owns, itself or through others;
/// those of the StatefulSets and pods that it owns; those with its operator's label;
/// those of its own templates. Sorted.
std::vector<const Object*> ClaimsOfResource(const Object& resource,
                                            const Outlook& outlook);

/// Every value at `pointers` (see OperatorKind), with where it stands.
struct FieldAt {
  std::string pointer;
  const Json* value = nullptr;
};
std::vector<FieldAt> FieldsAt(const Json& json, std::string_view pointers);

}  // namespace holdfast
