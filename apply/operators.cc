#include "apply/operators.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "apply/kinds.h"
#include "apply/pod_template.h"
#include "apply/volumes.h"

namespace holdfast {
namespace {

// Where it is from:
//   CassandraDatacenter  k8ssandra/cass-operator, reconcile_datacenter.go, deletePVCs:
//                        all claims of the data centre go unless the annotation says no;
//                        racks: reconcile_racks.go and the webhook refuse to remove one
//   K8ssandraCluster     k8ssandra/k8ssandra-operator, its finalizer deletes each
//                        CassandraDatacenter; it has no switch of its own
//   VitessCluster        planetscale/vitess-operator: claims are owned by their shard, so
//                        they go by garbage collection; turndownPolicy only delays it
//   PerconaServerMySQL,  docs.percona.com, "Delete Percona Operator": claims go only with
//   PerconaXtraDB...     the finalizer delete-mysql-pvc or delete-pxc-pvc
//   InnoDBCluster        mysql/mysql-operator: not documented, so it counts as deleting
//   MariaDB              mariadb-operator, docs/STORAGE.md: pvcRetentionPolicy of the
//                        storage is handed on to its StatefulSet; Retain by default
//   Cluster              cloudnative-pg, "Storage": a Cluster owns its claims
//   Kafka, KafkaNodePool strimzi.io, PersistentClaimStorage: deleteClaim, false by
//   default StatefulSet          openkruise.io, Advanced StatefulSet:
//                        persistentVolumeClaimRetentionPolicy as Kubernetes has it
constexpr OperatorKind kOperators[] = {
    {"cassandra.datastax.com", "CassandraDatacenter", "Cassandra",
     ClaimSwitch::kAnnotation, "cassandra.datastax.com/delete-pvc", "false", "",
     "cassandra.datastax.com/datacenter", "/spec/size",
     "/spec/storageConfig/cassandraDataVolumeClaimSpec/resources/requests/storage",
     "/spec/serverVersion", "/spec/racks/*/name"},
    {"k8ssandra.io", "K8ssandraCluster", "Cassandra", ClaimSwitch::kNone, "", "", "",
     "k8ssandra.io/cluster-name", "/spec/cassandra/datacenters/*/size",
     "/spec/cassandra/storageConfig/cassandraDataVolumeClaimSpec/resources/requests/"
     "storage "
     "/spec/cassandra/datacenters/*/storageConfig/cassandraDataVolumeClaimSpec/resources/"
     "requests/storage",
     "/spec/cassandra/serverVersion",
     "/spec/cassandra/datacenters/*/metadata/name "
     "/spec/cassandra/datacenters/*/racks/*/name"},
    {"planetscale.com", "VitessCluster", "", ClaimSwitch::kNone, "", "", "",
     "planetscale.com/cluster",
     "/spec/keyspaces/*/partitionings/*/equal/shardTemplate/tabletPools/*/replicas",
     "/spec/keyspaces/*/partitionings/*/equal/shardTemplate/tabletPools/*/"
     "dataVolumeClaimTemplate/resources/requests/storage",
     "/spec/images/mysqld/mysql80Compatible",
     "/spec/keyspaces/*/name /spec/cells/*/name"},
    {"ps.percona.com", "PerconaServerMySQL", "Percona Server", ClaimSwitch::kFinalizers,
     "percona.com/delete-mysql-pvc", "", "", "app.kubernetes.io/instance",
     "/spec/mysql/size",
     "/spec/mysql/volumeSpec/persistentVolumeClaim/resources/requests/storage",
     "/spec/mysql/image", ""},
    {"pxc.percona.com", "PerconaXtraDBCluster", "Percona Server",
     ClaimSwitch::kFinalizers,
     "percona.com/delete-pxc-pvc,delete-pxc-pvc,percona.com/delete-proxysql-pvc,"
     "delete-proxysql-pvc",
     "", "", "app.kubernetes.io/instance", "/spec/pxc/size",
     "/spec/pxc/volumeSpec/persistentVolumeClaim/resources/requests/storage",
     "/spec/pxc/image", ""},
    {"mysql.oracle.com", "InnoDBCluster", "MySQL", ClaimSwitch::kNone, "", "", "",
     "mysql.oracle.com/cluster", "/spec/instances",
     "/spec/datadirVolumeClaimTemplate/resources/requests/storage", "/spec/version", ""},
    {"k8s.mariadb.com", "MariaDB", "MariaDB", ClaimSwitch::kField,
     "/spec/storage/pvcRetentionPolicy/whenDeleted", "Retain", "Delete",
     "app.kubernetes.io/instance", "/spec/replicas", "/spec/storage/size", "/spec/image",
     ""},
    {"postgresql.cnpg.io", "Cluster", "PostgreSQL", ClaimSwitch::kNone, "", "", "",
     "cnpg.io/cluster", "/spec/instances", "/spec/storage/size /spec/walStorage/size",
     "/spec/imageName", "/spec/tablespaces/*/name"},
    {"kafka.strimzi.io", "Kafka", "", ClaimSwitch::kField,
     "/spec/kafka/storage/deleteClaim /spec/kafka/storage/volumes/*/deleteClaim "
     "/spec/zookeeper/storage/deleteClaim",
     "false", "true", "strimzi.io/cluster", "/spec/kafka/replicas",
     "/spec/kafka/storage/size /spec/kafka/storage/volumes/*/size", "/spec/kafka/version",
     "/spec/kafka/storage/volumes/*/id"},
    {"kafka.strimzi.io", "KafkaNodePool", "", ClaimSwitch::kField,
     "/spec/storage/deleteClaim /spec/storage/volumes/*/deleteClaim", "false", "true",
     "strimzi.io/pool-name", "/spec/replicas",
     "/spec/storage/size /spec/storage/volumes/*/size", "", "/spec/storage/volumes/*/id"},
    {"apps.kruise.io", "StatefulSet", "", ClaimSwitch::kField,
     "/spec/persistentVolumeClaimRetentionPolicy/whenDeleted", "Retain", "Delete", "",
     "/spec/replicas", "/spec/volumeClaimTemplates/*/spec/resources/requests/storage", "",
     ""},
};

std::vector<std::string> Split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = text.find(at);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

void Walk(const Json& json, const std::vector<std::string>& keys, std::size_t next,
          const std::string& pointer, std::vector<FieldAt>& found) {
  if (next == keys.size()) {
    found.push_back({pointer, &json});
    return;
  }
  if (keys[next] == "*") {
    if (!json.is_array()) return;
    for (std::size_t i = 0; i < json.size(); ++i) {
      Walk(json[i], keys, next + 1, pointer + "/" + std::to_string(i), found);
    }
    return;
  }
  const Json* member = FindIn(json, keys[next]);
  if (member != nullptr) Walk(*member, keys, next + 1, pointer + "/" + keys[next], found);
}

/// A value of the table as it stands in an object: true and false are no texts there.
bool Says(const Json& value, std::string_view text) {
  if (value.is_boolean()) return text == (value.get<bool>() ? "true" : "false");
  return value.is_string() && value.get<std::string>() == text;
}

Json ValueOf(std::string_view text) {
  if (text == "true" || text == "false") return text == "true";
  return std::string(text);
}

std::vector<std::string> FinalizersOf(const Object& object) {
  std::vector<std::string> names;
  for (const Json& one : ArrayIn(object.json(), "metadata", "finalizers")) {
    if (one.is_string()) names.push_back(one.get<std::string>());
  }
  return names;
}

bool IsOneOf(const std::string& name, const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Lists are replaced by a merge patch, so a changed element takes its list along.
Json PatchOfFields(const OperatorKind& op, const Json& json) {
  Json patched = json;
  for (const FieldAt& field : FieldsAt(json, op.key)) {
    patched[Json::json_pointer(field.pointer)] = ValueOf(op.keeps);
  }
  Json patch = Json::object();
  patch["spec"] = patched["spec"];
  return patch;
}

}  // namespace

const OperatorKind* OperatorOf(const ObjectRef& ref) {
  const auto found = std::find_if(
      std::begin(kOperators), std::end(kOperators),
      [&](const auto& one) { return one.group == ref.group && one.kind == ref.kind; });
  return found == std::end(kOperators) ? nullptr : &*found;
}

bool KeepsClaims(const OperatorKind& op, const Object& resource) {
  switch (op.by) {
    case ClaimSwitch::kNone:
      return false;
    case ClaimSwitch::kAnnotation:
      return resource.annotation(op.key) == op.keeps;
    case ClaimSwitch::kFinalizers: {
      const auto deleting = Split(op.key, ',');
      const auto has = FinalizersOf(resource);
      return std::none_of(has.begin(), has.end(),
                          [&](const std::string& one) { return IsOneOf(one, deleting); });
    }
    case ClaimSwitch::kField: {
      // Whatever is neither the one nor the other is not known to keep.
      const auto fields = FieldsAt(resource.json(), op.key);
      return std::all_of(fields.begin(), fields.end(), [&](const FieldAt& field) {
        return Says(*field.value, op.keeps);
      });
    }
  }
  return false;
}

std::optional<Json> OptOut(const OperatorKind& op, const Object& resource) {
  switch (op.by) {
    case ClaimSwitch::kNone:
      return std::nullopt;
    case ClaimSwitch::kAnnotation:
      return Json{{"metadata",
                   {{"annotations", {{std::string(op.key), std::string(op.keeps)}}}}}};
    case ClaimSwitch::kFinalizers: {
      // Only these: whatever else holds the resource is somebody's (H-A10).
      Json stay = Json::array();
      const auto deleting = Split(op.key, ',');
      for (const std::string& one : FinalizersOf(resource)) {
        if (!IsOneOf(one, deleting)) stay.push_back(one);
      }
      return Json{{"metadata", {{"finalizers", std::move(stay)}}}};
    }
    case ClaimSwitch::kField:
      return PatchOfFields(op, resource.json());
  }
  return std::nullopt;
}

std::string DescribeOptOut(const OperatorKind& op) {
  switch (op.by) {
    case ClaimSwitch::kNone:
      return "nothing";
    case ClaimSwitch::kAnnotation:
      return "the annotation " + std::string(op.key) + ": \"" + std::string(op.keeps) +
             "\"";
    case ClaimSwitch::kFinalizers:
      return "no finalizer " + Split(op.key, ',').front();
    case ClaimSwitch::kField:
      return Split(op.key, ' ').front().substr(1) + ": " + std::string(op.keeps);
  }
  return "nothing";
}

std::vector<const Object*> ClaimsOfResource(const Object& resource,
                                            const Outlook& outlook) {
  std::map<ObjectRef, const Object*> claims;
  const auto add = [&](const std::vector<const Object*>& more) {
    for (const Object* claim : more) claims.emplace(claim->ref(), claim);
  };
  add(ClaimsOfWorkload(resource, outlook.live()));
  std::set<std::string> seen = {resource.uid()};
  std::vector<const Object*> open = outlook.OwnedBy(resource.uid());
  while (!open.empty()) {
    const Object* object = open.back();
    open.pop_back();
    if (!seen.insert(object->uid()).second) continue;
    if (IsClaim(object->ref())) claims.emplace(object->ref(), object);
    add(ClaimsOfWorkload(*object, outlook.live()));
    const auto more = outlook.OwnedBy(object->uid());
    open.insert(open.end(), more.begin(), more.end());
  }
  const OperatorKind* op = OperatorOf(resource.ref());
  if (op != nullptr && !op->label.empty()) {
    for (const Object* claim :
         outlook.live().All("", "PersistentVolumeClaim", resource.ref().name_space)) {
      if (claim->label(op->label) == resource.ref().name) {
        claims.emplace(claim->ref(), claim);
      }
    }
  }
  std::vector<const Object*> found;
  for (const auto& [ref, claim] : claims) found.push_back(claim);
  return found;
}

std::vector<FieldAt> FieldsAt(const Json& json, std::string_view pointers) {
  std::vector<FieldAt> found;
  for (const std::string& pointer : Split(pointers, ' ')) {
    if (pointer.empty()) continue;
    const auto keys = Split(std::string_view(pointer).substr(1), '/');
    Walk(json, keys, 0, "", found);
  }
  return found;
}

}  // namespace holdfast
