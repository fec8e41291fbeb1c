#include "tests/memory-cluster/server.h"

#include <algorithm>
#include <utility>

#include "apply/kinds.h"
#include "apply/resolve.h"
#include "apply/timestamp.h"
#include "tests/memory-cluster/admission.h"
#include "tests/memory-cluster/field_merge.h"

namespace holdfast::memory {
namespace {

std::string PluralOf(const std::string& kind) {
  std::string plural;
  for (const char c : kind)
    plural += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (plural == "endpoints") return plural;
  if (plural.ends_with('y')) return plural.substr(0, plural.size() - 1) + "ies";
  return plural + (plural.ends_with('s') ? "es" : "s");
}

const std::vector<ApiResource>& BuiltIn() {
  static const std::vector<ApiResource> kResources = [] {
    std::vector<ApiResource> resources;
    for (const Gvk& gvk : BuiltInSchema().Kinds()) {
      const bool old = gvk.group == "autoscaling" && gvk.version == "v1";
      resources.push_back(
          {gvk, PluralOf(gvk.kind), !IsClusterScoped(gvk.group, gvk.kind), !old});
    }
    return resources;
  }();
  return kResources;
}

const Type& TypeOf(const Gvk& gvk) { return BuiltInSchema().TypeOf(gvk); }

Rejection NotThere(const ObjectRef& ref) {
  return {.kind = Rejection::Kind::kNotFound,
          .http_status = 404,
          .message = ref.ToString() + " not found",
          .causes = {}};
}

Rejection Conflict(const ObjectRef& ref, const std::string& why) {
  return {.kind = Rejection::Kind::kConflict,
          .http_status = 409,
          .message = "Operation cannot be fulfilled on " + ref.ToString() + ": " + why,
          .causes = {}};
}

Rejection OtherUid(const Object& object) {
  return {.kind = Rejection::Kind::kInvalid,
          .http_status = 422,
          .message = object.ref().kind + " \"" + object.ref().name +
                     "\" is invalid: metadata.uid: Invalid value: \"" + object.uid() +
                     "\": field is immutable",
          .causes = {{"metadata.uid", "field is immutable", ""}}};
}

Rejection ConflictOf(const ObjectRef& ref, const std::vector<FieldConflict>& conflicts) {
  Rejection no{.kind = Rejection::Kind::kFieldConflict,
               .http_status = 409,
               .message = "Apply failed with conflicts on " + ref.ToString(),
               .causes = {}};
  for (const FieldConflict& one : conflicts) {
    no.causes.push_back({"." + one.path.ToString(),
                         "conflict with \"" + one.manager + "\" using v1", one.manager});
  }
  return no;
}

void Patch(Json& target, const Json& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = Json::object();
  for (const auto& [key, value] : patch.items()) {
    if (value.is_null()) {
      target.erase(key);
    } else {
      Patch(target[key], value);
    }
  }
}

/// Empty containers in metadata are not kept.
void Tidy(Json& object) {
  Json& metadata = object["metadata"];
  for (const char* key : {"labels", "annotations", "finalizers", "ownerReferences"}) {
    const auto found = metadata.find(key);
    if (found != metadata.end() && found->empty()) metadata.erase(key);
  }
}

/// But for some members of metadata.
bool SameBut(const Json& a, const Json& b, std::initializer_list<const char*> metadata) {
  const auto counts = [&](const std::string& key) {
    return std::find(metadata.begin(), metadata.end(), key) == metadata.end();
  };
  const auto holds = [&](const Json& x, const Json& y) {
    for (const auto& [key, value] : x.items()) {
      const Json* other = FindIn(y, key);
      if (other == nullptr) return false;
      if (key != "metadata" && *other != value) return false;
    }
    for (const auto& [key, value] : MapIn(x, "metadata").items()) {
      const Json* other = FindIn(y, "metadata", key);
      if (counts(key) && (other == nullptr || *other != value)) return false;
    }
    return true;
  };
  return holds(a, b) && holds(b, a);
}

Object Made(Json json) { return Object::Make(std::move(json)).value(); }

ObjectRef RefIn(const Json& object) {
  const std::string& version = StringIn(object, "apiVersion");
  const auto slash = version.find('/');
  return {slash == std::string::npos ? "" : version.substr(0, slash),
          StringIn(object, "kind"), StringIn(object, "metadata", "namespace"),
          StringIn(object, "metadata", "name")};
}

/// Of a managedFields that a client wrote; an entry that says nothing resets it.
std::vector<ManagedEntry> ManagersIn(const Json& metadata) {
  std::vector<ManagedEntry> managers;
  for (const Json& entry : ArrayIn(metadata, "managedFields")) {
    auto fields = FieldSet::Parse(MapIn(entry, "fieldsV1"));
    if (!fields.ok() || StringIn(entry, "manager").empty()) continue;
    managers.push_back({StringIn(entry, "manager"), StringIn(entry, "operation"),
                        StringIn(entry, "apiVersion"), StringIn(entry, "subresource"),
                        std::move(fields).value()});
  }
  return managers;
}

}  // namespace

const CoreSchema& BuiltInSchema() {
  static const CoreSchema kSchema;
  return kSchema;
}

MemoryServer::MemoryServer(const TestClock& clock) : clock_(&clock) {
  for (const char* name : {"default", "kube-system"}) {
    (void)Create(Made({{"apiVersion", "v1"},
                       {"kind", "Namespace"},
                       {"metadata", {{"name", name}}}}),
                 "kube-apiserver", WriteMode::kReal);
  }
}

std::string MemoryServer::NewUid() {
  const std::string number = std::to_string(++uids_);
  return "00000000-0000-4000-8000-" + std::string(12 - number.size(), '0') + number;
}

std::string MemoryServer::Now() const {
  return FormatTimestamp(clock_->SecondsSinceEpoch());
}

const MemoryServer::Stored* MemoryServer::FindStored(const ObjectRef& ref) const {
  const auto found = objects_.find(ref);
  return found == objects_.end() ? nullptr : &found->second;
}

const Object* MemoryServer::Find(const ObjectRef& ref) const {
  const Stored* stored = FindStored(ref);
  return stored == nullptr ? nullptr : stored->object.get();
}

std::vector<const Object*> MemoryServer::All(std::string_view group,
                                             std::string_view kind,
                                             std::string_view name_space) const {
  std::vector<const Object*> all;
  const ObjectRef first{std::string(group), std::string(kind), std::string(name_space),
                        ""};
  for (auto at = objects_.lower_bound(first); at != objects_.end(); ++at) {
    if (!at->first.Is(group, kind)) break;
    if (!name_space.empty() && at->first.name_space != name_space) break;
    all.push_back(at->second.object.get());
  }
  return all;
}

std::vector<const Object*> MemoryServer::Everything() const {
  std::vector<const Object*> all;
  all.reserve(objects_.size());
  for (const auto& [ref, stored] : objects_) all.push_back(stored.object.get());
  return all;
}

Discovery MemoryServer::Served() const {
  Discovery served{BuiltIn(), {}};
  for (const Object* definition :
       All("apiextensions.k8s.io", "CustomResourceDefinition")) {
    bool established = false;
    for (const Json& condition : ArrayIn(definition->json(), "status", "conditions")) {
      established = established || StringIn(condition, "type") == "Established";
    }
    if (!established) continue;
    bool preferred = true;
    for (ApiResource& kind : KindsDefinedBy(*definition)) {
      kind.preferred = preferred;
      preferred = false;
      served.resources.push_back(std::move(kind));
    }
  }
  return served;
}

long long MemoryServer::VersionOf(const std::set<std::string>& kinds) const {
  if (kinds.empty()) return version_;
  long long newest = 0;
  for (const std::string& kind : kinds) {
    const auto found = version_of_.find(kind);
    if (found != version_of_.end()) newest = std::max(newest, found->second);
  }
  return newest;
}

std::optional<std::span<const Event>> MemoryServer::Since(long long version) const {
  if (version < oldest_) return std::nullopt;
  const auto first = std::upper_bound(
      events_.begin(), events_.end(), version,
      [](long long after, const Event& event) { return after < event.version; });
  return std::span<const Event>(first, events_.end());
}

void MemoryServer::Keep(Json object, std::vector<ManagedEntry> managers) {
  if (managers.empty()) {
    object["metadata"].erase("managedFields");
  } else {
    object["metadata"]["managedFields"] = ManagedFieldsOf(managers);
  }
  KeepAsItIs(std::move(object), std::move(managers));
}

void MemoryServer::KeepAsItIs(Json object, std::vector<ManagedEntry> managers) {
  object["metadata"]["resourceVersion"] = std::to_string(++version_);
  auto kept = std::make_shared<const Object>(Made(std::move(object)));
  version_of_[kept->ref().kind] = version_;
  events_.push_back({version_, false, kept});
  objects_.insert_or_assign(kept->ref(), Stored{kept, std::move(managers)});
}

void MemoryServer::Put(Json object) {
  Tidy(object);
  const Object* before = Find(RefIn(object));
  if (before == nullptr) return Keep(std::move(object), {});
  Json& metadata = object["metadata"];
  metadata["resourceVersion"] = before->resource_version();
  if (const Json* managed = FindIn(before->json(), "metadata", "managedFields")) {
    metadata["managedFields"] = *managed;
  } else {
    metadata.erase("managedFields");
  }
  if (before->json() == object) return;
  std::vector<ManagedEntry> managers = FindStored(before->ref())->managers;
  KeepAsItIs(std::move(object), std::move(managers));
}

void MemoryServer::PutOrRemove(Json object) {
  const bool goes = object["metadata"].contains("deletionTimestamp") &&
                    ArrayIn(object, "metadata", "finalizers").empty();
  if (goes) {
    Remove(RefIn(object));
  } else {
    Put(std::move(object));
  }
}

void MemoryServer::Remove(const ObjectRef& ref) {
  const auto found = objects_.find(ref);
  if (found == objects_.end()) return;
  Json last = found->second.object->json();
  last["metadata"]["resourceVersion"] = std::to_string(++version_);
  version_of_[ref.kind] = version_;
  events_.push_back(
      {version_, true, std::make_shared<const Object>(Made(std::move(last)))});
  objects_.erase(found);
}

ApplyAnswer MemoryServer::Insert(Object object, std::vector<ManagedEntry> managers,
                                 WriteMode mode) {
  if (auto no = WhyNotCreated(object, *this)) return std::move(*no);
  Json json = Admitted(object.json(), *this);
  Json& metadata = json["metadata"];
  metadata.erase("resourceVersion");
  metadata["uid"] =
      mode == WriteMode::kDryRun ? "00000000-0000-4000-9000-000000000000" : NewUid();
  metadata["creationTimestamp"] = Now();
  if (HasGeneration(object.ref())) metadata["generation"] = 1;
  Tidy(json);
  if (mode == WriteMode::kDryRun) {
    metadata["managedFields"] = ManagedFieldsOf(managers);
    return Made(std::move(json));
  }
  Keep(std::move(json), std::move(managers));
  return *Find(object.ref());
}

ApplyAnswer MemoryServer::Create(Object object, const std::string& manager,
                                 WriteMode mode) {
  if (Find(object.ref()) != nullptr) {
    Rejection no = Conflict(object.ref(), "it already exists");
    no.message = object.ref().ToString() + " already exists";
    return no;
  }
  std::vector<ManagedEntry> managers = AfterUpdate(
      TypeOf(object.gvk()), Json::object(), Defaulted(object.gvk(), object.json()), {},
      manager, object.gvk().ApiVersion());
  return Insert(std::move(object), std::move(managers), mode);
}

ApplyAnswer MemoryServer::Update(const Stored& before, Json after,
                                 std::vector<ManagedEntry> managers, WriteMode mode) {
  const Json& was = before.object->json();
  Json& metadata = after["metadata"];
  for (const char* key : {"uid", "creationTimestamp", "deletionTimestamp", "generation",
                          "resourceVersion", "deletionGracePeriodSeconds"}) {
    metadata.erase(key);
    if (const Json* own = FindIn(was, "metadata", key)) metadata[key] = *own;
  }
  metadata.erase("managedFields");
  if (!managers.empty()) metadata["managedFields"] = ManagedFieldsOf(managers);
  after.erase("status");
  if (const Json* status = FindIn(was, "status")) after["status"] = *status;
  Tidy(after);
  const ObjectRef& ref = before.object->ref();
  Object object = Made(std::move(after));
  if (auto no = WhyNotUpdated(*before.object, object, *this)) return std::move(*no);
  if (object.json() == was) return *before.object;
  Json json = object.json();
  if (HasGeneration(ref) && !SameBut(json, was,
                                     {"labels", "annotations", "managedFields",
                                      "finalizers", "ownerReferences"})) {
    json["metadata"]["generation"] = IntegerIn(1, was, "metadata", "generation") + 1;
  }
  if (mode == WriteMode::kDryRun) return Made(std::move(json));
  const bool goes = json["metadata"].contains("deletionTimestamp") &&
                    ArrayIn(json, "metadata", "finalizers").empty() &&
                    !ref.Is("", "Namespace") && !ref.Is("", "Pod");
  if (goes) {
    Object last = Made(std::move(json));
    Remove(ref);
    return last;
  }
  Keep(std::move(json), std::move(managers));
  return *Find(object.ref());
}

ApplyAnswer MemoryServer::Replace(Object object, const std::string& manager,
                                  WriteMode mode) {
  const Stored* before = FindStored(object.ref());
  if (before == nullptr) return NotThere(object.ref());
  const std::string version = object.resource_version();
  if (!version.empty() && version != before->object->resource_version()) {
    return Conflict(object.ref(),
                    "the object has been modified; please apply your changes to "
                    "the latest version and try again");
  }
  if (!object.uid().empty() && object.uid() != before->object->uid()) {
    return Conflict(object.ref(),
                    "Precondition failed: UID in precondition: " + object.uid());
  }
  Json after = Defaulted(object.gvk(), object.json());
  std::vector<ManagedEntry> managers =
      AfterUpdate(TypeOf(object.gvk()), before->object->json(), after, before->managers,
                  manager, object.gvk().ApiVersion());
  return Update(*before, std::move(after), std::move(managers), mode);
}

ApplyAnswer MemoryServer::MergePatch(const Gvk& gvk, const ObjectRef& ref,
                                     const Json& changes, const std::string& manager,
                                     WriteMode mode) {
  const Stored* before = FindStored(ref);
  if (before == nullptr) return NotThere(ref);
  const std::string version = StringIn(changes, "metadata", "resourceVersion");
  if (!version.empty() && version != before->object->resource_version()) {
    return Conflict(ref,
                    "the object has been modified; please apply your changes to the "
                    "latest version and try again");
  }
  Json after = before->object->json();
  Patch(after, changes);
  after = Defaulted(gvk, std::move(after));
  const bool rewrites = FindIn(changes, "metadata", "managedFields") != nullptr;
  std::vector<ManagedEntry> managers =
      AfterUpdate(TypeOf(gvk), before->object->json(), after,
                  rewrites ? ManagersIn(MapIn(changes, "metadata")) : before->managers,
                  manager, gvk.ApiVersion());
  return Update(*before, std::move(after), std::move(managers), mode);
}

ApplyAnswer MemoryServer::Apply(Object object, const std::string& manager,
                                OnFieldConflict on_conflict, WriteMode mode) {
  const Stored* before = FindStored(object.ref());
  const Type& type = TypeOf(object.gvk());
  const std::string api_version = object.gvk().ApiVersion();
  if (!object.uid().empty() && before == nullptr) {
    return Conflict(object.ref(), "uid mismatch: the provided object specified uid " +
                                      object.uid() + ", and no existing object was found");
  }
  if (!object.uid().empty() && object.uid() != before->object->uid()) {
    return OtherUid(object);
  }
  if (before == nullptr) {
    Json bare = object.json();
    for (const char* key : {"uid", "resourceVersion", "managedFields"})
      bare["metadata"].erase(key);
    std::vector<ManagedEntry> managers{{.manager = manager,
                                        .operation = "Apply",
                                        .api_version = api_version,
                                        .subresource = "",
                                        .fields = FieldsOf(type, bare)}};
    return Insert(Made(std::move(bare)), std::move(managers), mode);
  }
  const std::string version = object.resource_version();
  if (!version.empty() && version != before->object->resource_version()) {
    return Conflict(object.ref(),
                    "the object has been modified; please apply your changes to "
                    "the latest version and try again");
  }
  Merged merged = MergeApply(type, before->object->json(), before->managers,
                             object.json(), manager, api_version);
  if (!merged.conflicts.empty() && on_conflict == OnFieldConflict::kReject) {
    return ConflictOf(object.ref(), merged.conflicts);
  }
  return Update(*before, Defaulted(object.gvk(), std::move(merged.object)),
                std::move(merged.managers), mode);
}

ApplyAnswer MemoryServer::Delete(const ObjectRef& ref, const Preconditions& only,
                                 Propagation propagation, WriteMode mode) {
  const Stored* stored = FindStored(ref);
  if (stored == nullptr) return NotThere(ref);
  const Object& live = *stored->object;
  if (!only.uid.empty() && only.uid != live.uid()) {
    return Conflict(ref, "Precondition failed: UID in precondition: " + only.uid +
                             ", UID in object meta: " + live.uid());
  }
  if (!only.resource_version.empty() &&
      only.resource_version != live.resource_version()) {
    return Conflict(
        ref,
        "Precondition failed: ResourceVersion in precondition: " + only.resource_version +
            ", ResourceVersion in object meta: " + live.resource_version());
  }
  Object last = live;
  if (mode == WriteMode::kDryRun || live.terminating()) return last;
  Json json = live.json();
  if (propagation == Propagation::kOrphan)
    json["metadata"]["finalizers"].push_back("orphan");
  if (propagation == Propagation::kForeground)
    json["metadata"]["finalizers"].push_back("foregroundDeletion");
  if (ref.Is("apiextensions.k8s.io", "CustomResourceDefinition")) {
    json["metadata"]["finalizers"].push_back(
        "customresourcecleanup.apiextensions.k8s.io");
  }
  // A pod is stopped by its node, and a namespace emptied first.
  const bool waits = !ArrayIn(json, "metadata", "finalizers").empty() ||
                     ref.Is("", "Namespace") ||
                     (ref.Is("", "Pod") && !StringIn(json, "spec", "nodeName").empty());
  if (!waits) {
    Remove(ref);
    return last;
  }
  json["metadata"]["deletionTimestamp"] = Now();
  if (ref.Is("", "Namespace")) json["status"]["phase"] = "Terminating";
  Put(std::move(json));
  return last;
}

}  // namespace holdfast::memory
