#include "apply/journal.h"

#include <utility>
#include <variant>

#include "apply/timestamp.h"

namespace holdfast {
namespace {

const Gvk kConfigMap{"", "v1", "ConfigMap"};

Error Unreadable(const std::string& name, const std::string& why) {
  return Error{ErrorCode::kInvalid,
               "the journal, ConfigMap " + name + ", cannot be understood: " + why +
                   "; nothing is changed, since an act may be half done: restore it from a "
                   "backup, or see to the objects that it names and remove it"};
}

}  // namespace

Journal::Journal(Cluster& cluster, InventoryPlace place, std::string by)
    : cluster_(cluster), place_(std::move(place)), by_(std::move(by)) {}

Result<JournalEntries> Journal::Load() {
  stored_.reset();
  open_.clear();
  auto read = std::move(cluster_.Get({{kConfigMap, place_.name_space, Name()}}).front());
  if (!read.ok()) {
    if (read.error().code == ErrorCode::kNotFound) return open_;
    return read.error().In("reading the journal");
  }
  JournalEntries found;
  for (const auto& [key, text] : MapIn(read->json(), "data").items()) {
    if (!text.is_string()) return Unreadable(Name(), key + " is no text");
    const auto json = ParseJson(text.get<std::string>());
    if (!json) return Unreadable(Name(), key + ": " + json.error().message);
    auto entry = JournalEntryFromJson(*json);
    if (!entry) return Unreadable(Name(), key + ": " + entry.error().message);
    if (entry->Key() != key) return Unreadable(Name(), key + " is not what it says it is");
    found.emplace(key, std::move(entry).value());
  }
  stored_ = std::move(read).value();
  open_ = std::move(found);
  return open_;
}

Status Journal::Open(JournalEntry entry) {
  entry.by = by_;
  if (entry.since.empty()) entry.since = FormatTimestamp(cluster_.ServerTime());
  JournalEntries next = open_;
  const std::string key = entry.Key();
  next.insert_or_assign(key, std::move(entry));
  return Save(std::move(next)).In("noting what is about to be done");
}

Status Journal::Close(const JournalEntry& entry) {
  if (!open_.contains(entry.Key())) return {};
  JournalEntries next = open_;
  next.erase(entry.Key());
  return Save(std::move(next)).In("noting what has been done");
}

Status Journal::Save(JournalEntries next) {
  if (next == open_) return {};
  Json data = Json::object();
  for (const auto& [key, entry] : next) data[key] = DumpJson(ToJson(entry));
  Json json = {{"apiVersion", "v1"},
               {"kind", "ConfigMap"},
               {"metadata",
                {{"namespace", place_.name_space},
                 {"name", Name()},
                 {"labels", {{"app.kubernetes.io/managed-by", "holdfast"}}}}},
               {"data", std::move(data)}};
  Object object = Object::Make(std::move(json)).value();  // It has all that Make() asks for.
  if (stored_) object = object.AtResourceVersion(stored_->resource_version());
  ApplyAnswer answer = stored_ ? cluster_.Replace(object) : cluster_.Create(object);
  if (const auto* error = std::get_if<Error>(&answer)) return *error;
  if (const auto* no = std::get_if<Rejection>(&answer)) {
    const bool conflict = no->kind == Rejection::Kind::kConflict;
    return Error{conflict ? ErrorCode::kConflict : ErrorCode::kDenied,
                 "the API server declined to write the journal, ConfigMap " + Name() + ": " +
                     no->message};
  }
  stored_ = std::get<Object>(std::move(answer));
  open_ = std::move(next);
  return {};
}

}  // namespace holdfast
