#include "apply/inventory_store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "apply/digest.h"
#include "apply/own_namespace.h"
#include "diff/base64.h"

namespace holdfast {
namespace {

constexpr const char* kIdLabel = "applyset.kubernetes.io/id";
constexpr const char* kAbout = "inventory.json";
constexpr const char* kEntries = "entries.json";
constexpr const char* kFinished = "finished.json";  // There if any Job is remembered.

// An object in etcd may have 1.5 MiB, a ConfigMap's data 1 MiB.
constexpr std::size_t kMaxBytesPerPart = 700'000;

const Gvk kConfigMap{"", "v1", "ConfigMap"};

Object ConfigMap(const InventoryPlace& place, const std::string& name, Json data) {
  Json json = {{"apiVersion", "v1"},
               {"kind", "ConfigMap"},
               {"metadata",
                {{"namespace", place.name_space},
                 {"name", name},
                 {"labels", {{"app.kubernetes.io/managed-by", "holdfast"}}}}},
               {"data", std::move(data)}};
  return Object::Make(std::move(json)).value();  // It has all that Make() asks for.
}

/// The entries, cut into lists that fit into one ConfigMap each; at least one.
std::vector<Json> Cut(const std::map<ObjectRef, InventoryEntry>& entries) {
  std::vector<Json> parts(1, Json::array());
  std::size_t bytes = 0;
  for (Json& row : EntriesToJson(entries)) {
    const std::size_t size = DumpJson(row).size() + 1;
    if (bytes + size > kMaxBytesPerPart) {
      parts.push_back(Json::array());
      bytes = 0;
    }
    bytes += size;
    parts.back().push_back(std::move(row));
  }
  return parts;
}

/// "ConfigMap,Deployment.apps", as KEP-3659 writes it.
std::string GroupKinds(const Inventory& inventory) {
  std::set<std::string> kinds;
  for (const auto& [ref, entry] : inventory.entries) {
    kinds.insert(ref.group.empty() ? ref.kind : ref.kind + "." + ref.group);
  }
  std::string text;
  for (const std::string& kind : kinds) text += (text.empty() ? "" : ",") + kind;
  return text;
}

std::string Namespaces(const Inventory& inventory, const std::string& but) {
  std::set<std::string> names;
  for (const auto& [ref, entry] : inventory.entries) {
    if (!ref.name_space.empty() && ref.name_space != but) names.insert(ref.name_space);
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

Json About(const Inventory& inventory, const std::vector<long long>& numbers) {
  return {{"sync", inventory.sync},
          {"cluster", inventory.cluster_uid},
          {"repo", inventory.repo},
          {"path", inventory.path},
          {"revision", inventory.revision},
          {"generation", inventory.generation},
          {"parts", numbers}};
}

Error Unreadable(const std::string& name, const std::string& why) {
  return Error{ErrorCode::kInvalid,
               "the inventory ConfigMap " + name + " cannot be understood: " + why +
                   "; nothing is changed until it is restored from a backup or removed"};
}

Error FromAnswer(const ApplyAnswer& answer, const std::string& name) {
  if (const auto* error = std::get_if<Error>(&answer)) {
    return error->In("writing the inventory ConfigMap " + name);
  }
  const auto& no = std::get<Rejection>(answer);
  if (no.kind == Rejection::Kind::kConflict) {
    return Error{ErrorCode::kConflict, "another run has written the inventory " + name +
                                           " meanwhile; run again"};
  }
  return Error{ErrorCode::kDenied,
               "the API server declined to write the inventory ConfigMap " + name + ": " +
                   no.message};
}

using ReadConfigMap = std::function<Result<Object>(const std::string&)>;

Result<std::map<ObjectRef, InventoryEntry>> ReadPart(const InventoryPlace& place,
                                                     const ReadConfigMap& read_map,
                                                     long long number,
                                                     long long generation) {
  const std::string name = place.ParentName() + "-" + std::to_string(number);
  const auto read = read_map(name);
  if (!read.ok()) {
    if (read.error().code == ErrorCode::kNotFound) return Unreadable(name, "it is gone");
    return read.error().In("reading the inventory");
  }
  const auto about = ParseJson(StringIn(read->json(), "data", kAbout));
  if (!about) return Unreadable(name, about.error().message);
  if (StringIn(*about, "sync") != place.sync ||
      IntegerIn(-1, *about, "generation") != generation) {
    return Unreadable(name, "it belongs to another state of the inventory");
  }
  const auto rows = ParseJson(StringIn(read->json(), "data", kEntries));
  if (!rows) return Unreadable(name, rows.error().message);
  auto entries = EntriesFromJson(*rows);
  if (!entries) return Unreadable(name, entries.error().message);
  return entries;
}

}  // namespace

std::string InventoryPlace::ApplySetId() const {
  return "applyset-" +
         EncodeBase64Url(Sha256(ParentName() + "." + name_space + ".ConfigMap.")) + "-v1";
}

Result<StoredInventory> ReadInventory(const InventoryPlace& place,
                                      const ReadConfigMap& read_map) {
  const std::string name = place.ParentName();
  StoredInventory stored;
  auto read = read_map(name);
  if (!read.ok()) {
    if (read.error().code != ErrorCode::kNotFound)
      return read.error().In("reading the inventory");
    stored.inventory.sync = place.sync;
    return stored;
  }
  if (read->label(kIdLabel) != place.ApplySetId()) {
    return Unreadable(name, "it is not the parent of the ApplySet of sync " + place.sync);
  }
  const auto about = ParseJson(StringIn(read->json(), "data", kAbout));
  if (!about) return Unreadable(name, about.error().message);
  Inventory& inventory = stored.inventory;
  inventory = {.exists = true,
               .sync = StringIn(*about, "sync"),
               .cluster_uid = StringIn(*about, "cluster"),
               .repo = StringIn(*about, "repo"),
               .path = StringIn(*about, "path"),
               .revision = StringIn(*about, "revision"),
               .generation = IntegerIn(0, *about, "generation"),
               .entries = {},
               .finished_jobs = {}};
  const auto rows = ParseJson(StringIn(read->json(), "data", kEntries));
  if (!rows) return Unreadable(name, rows.error().message);
  auto entries = EntriesFromJson(*rows);
  if (!entries) return Unreadable(name, entries.error().message);
  inventory.entries = std::move(entries).value();
  if (const std::string text = StringIn(read->json(), "data", kFinished); !text.empty()) {
    const auto finished = ParseJson(text);
    if (!finished) return Unreadable(name, finished.error().message);
    auto jobs = FinishedJobsFromJson(*finished);
    if (!jobs) return Unreadable(name, jobs.error().message);
    inventory.finished_jobs = std::move(jobs).value();
  }
  for (const Json& number : ArrayIn(*about, "parts")) {
    if (!number.is_number_integer()) return Unreadable(name, "a part has no number");
    stored.numbers.push_back(number.get<long long>());
    auto part = ReadPart(place, read_map, stored.numbers.back(), inventory.generation);
    if (!part) return part.error();
    inventory.entries.merge(part.value());
    if (!part->empty()) return Unreadable(name, "an object stands in two parts of it");
  }
  stored.parent = std::move(read).value();
  return stored;
}

InventoryStore::InventoryStore(Cluster& cluster, InventoryPlace place)
    : cluster_(cluster), place_(std::move(place)) {}

Result<Inventory> InventoryStore::Load() {
  parent_.reset();
  numbers_.clear();
  HOLDFAST_TRY_ASSIGN(
      StoredInventory stored, ReadInventory(place_, [this](const std::string& name) {
        return std::move(cluster_.Get({{kConfigMap, place_.name_space, name}}).front());
      }));
  parent_ = std::move(stored.parent);
  numbers_ = std::move(stored.numbers);
  return std::move(stored.inventory);
}

Status InventoryStore::Save(Inventory& inventory) {
  if (!parent_) HOLDFAST_TRY(MakeNamespace(cluster_, place_.name_space));
  const std::vector<Json> parts = Cut(inventory.entries);
  const long long generation = inventory.generation + 1;
  std::vector<long long> numbers;
  for (long long number = 1; numbers.size() + 1 < parts.size(); ++number) {
    // Not a name that counts now: until the parent is written the old state is in force.
    if (std::find(numbers_.begin(), numbers_.end(), number) == numbers_.end()) {
      numbers.push_back(number);
    }
  }
  HOLDFAST_TRY(SaveParts(parts, numbers, generation));

  Inventory next = inventory;
  next.generation = generation;
  Json data = {{kAbout, DumpJson(About(next, numbers))}, {kEntries, DumpJson(parts.front())}};
  if (!inventory.finished_jobs.empty()) {
    data[kFinished] = DumpJson(FinishedJobsToJson(inventory.finished_jobs));
  }
  Object parent = ConfigMap(place_, place_.ParentName(), std::move(data))
                      .WithLabel(kIdLabel, place_.ApplySetId())
                      .WithAnnotation("applyset.kubernetes.io/tooling", "holdfast/v0.1.0")
                      .WithAnnotation("applyset.kubernetes.io/contains-group-kinds",
                                      GroupKinds(inventory))
                      .WithAnnotation("applyset.kubernetes.io/additional-namespaces",
                                      Namespaces(inventory, place_.name_space));
  if (parent_) parent = parent.AtResourceVersion(parent_->resource_version());
  ApplyAnswer written = parent_ ? cluster_.Replace(parent) : cluster_.Create(parent);
  auto* object = std::get_if<Object>(&written);
  if (object == nullptr) return FromAnswer(written, place_.ParentName());
  parent_ = std::move(*object);
  numbers_ = std::move(numbers);
  inventory.exists = true;
  inventory.generation = generation;
  return {};
}

Status InventoryStore::SaveParts(const std::vector<Json>& parts,
                                 const std::vector<long long>& numbers,
                                 long long generation) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::string name = place_.ParentName() + "-" + std::to_string(numbers[i]);
    const Json about = {{"sync", place_.sync}, {"generation", generation}};
    HOLDFAST_TRY(Write(ConfigMap(
        place_, name, {{kAbout, DumpJson(about)}, {kEntries, DumpJson(parts[i + 1])}})));
  }
  return {};
}

Status InventoryStore::Write(const Object& object) {
  ApplyAnswer written = cluster_.Create(object);
  if (const auto* no = std::get_if<Rejection>(&written);
      no != nullptr && no->kind == Rejection::Kind::kConflict) {
    auto read = std::move(
        cluster_.Get({{kConfigMap, object.ref().name_space, object.ref().name}}).front());
    if (!read.ok()) return read.error().In("reading the inventory");
    // A sync named "a-1" has its parent where "a" would put a part: never overwrite it.
    const auto about = ParseJson(StringIn(read->json(), "data", kAbout));
    if (!about || StringIn(*about, "sync") != place_.sync) {
      return Error{ErrorCode::kConflict, "ConfigMap " + object.ref().name +
                                             " belongs to something else; give the sync "
                                             "another name"};
    }
    written = cluster_.Replace(object.AtResourceVersion(read->resource_version()));
  }
  if (!std::holds_alternative<Object>(written))
    return FromAnswer(written, object.ref().name);
  return {};
}

}  // namespace holdfast
