// CoreSchema: the kinds that Kubernetes itself serves.

#pragma once

#include <memory>
#include <vector>

#include "diff/schema.h"

namespace holdfast {

class SchemaTable;

/// Knows the kinds a database and its neighbours are made of: workloads,
/// Services, claims and volumes, RBAC, policies, autoscalers, webhooks and so
/// on, by group, version and kind: a StatefulSet of another group is another
/// kind. Costs some hundred microseconds to make: make one and keep it.
class CoreSchema final : public Schema {
 public:
  CoreSchema();
  ~CoreSchema() override;
  const Type* Find(const Gvk& gvk) const override;

  /// The kinds it knows, sorted.
  std::vector<Gvk> Kinds() const;

 private:
  std::unique_ptr<SchemaTable> table_;
};

}  // namespace holdfast
