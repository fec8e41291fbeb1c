#include "daemon/sync_status.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "apply/own_namespace.h"
#include "apply/timestamp.h"
#include "diff/render_json.h"
#include "diff/value_text.h"

namespace holdfast {
namespace {

constexpr const char* kStatus = "status.json";
constexpr const char* kPrefix = "holdfast-status-";
constexpr const char* kInventoryPrefix = "holdfast-inventory-";
constexpr std::size_t kKept = 10;
/// Of what is held: a ConfigMap has 1 MiB, and nobody reads further.
constexpr std::size_t kShown = 100;

const Gvk kConfigMap{"", "v1", "ConfigMap"};

struct Said {
  const char* reason;
  bool ready;
  bool reconciling;
  bool held;
  bool stalled;
};

Said SaidOf(SyncState::Phase phase) {
  switch (phase) {
    case SyncState::Phase::kInSync:
      return {"InSync", true, false, false, false};
    case SyncState::Phase::kReconciling:
      return {"Reconciling", false, true, false, false};
    case SyncState::Phase::kWaiting:
      return {"DependencyNotReady", false, true, false, false};
    case SyncState::Phase::kHeld:
      return {"Held", false, false, true, false};
    case SyncState::Phase::kFailing:
      return {"Failing", false, true, false, true};
  }
  return {"Unknown", false, false, false, true};
}

/// What came of a revision, for its history; "" while nothing has come of it yet.
std::string OutcomeOf(SyncState::Phase phase) {
  switch (phase) {
    case SyncState::Phase::kInSync:
      return "in sync";
    case SyncState::Phase::kHeld:
      return "held";
    case SyncState::Phase::kFailing:
      return "failed";
    case SyncState::Phase::kReconciling:
    case SyncState::Phase::kWaiting:
      return "";
  }
  return "";
}

Json Conditions(const Json& before, const SyncState& state, const std::string& now) {
  const Said said = SaidOf(state.phase);
  std::map<std::string, const Json*> earlier;
  for (const Json& one : ArrayIn(before, "conditions")) {
    earlier[StringIn(one, "type")] = &one;
  }
  Json conditions = Json::array();
  const auto add = [&](const char* type, bool holds) {
    const std::string status = holds ? "True" : "False";
    const auto old = earlier.find(type);
    const bool stays = old != earlier.end() && StringIn(*old->second, "status") == status;
    conditions.push_back({{"type", type},
                          {"status", status},
                          {"reason", said.reason},
                          {"message", state.message},
                          {"lastTransitionTime",
                           stays ? StringIn(*old->second, "lastTransitionTime") : now}});
  };
  add("Ready", said.ready);
  add("Reconciling", said.reconciling);
  add("Held", said.held);
  add("Stalled", said.stalled);
  return conditions;
}

Json Held(const ChangeSet& plan) {
  Json held = Json::array();
  const auto add = [&](const ObjectRef& ref, const Finding& finding) {
    if (!Stops(finding.ruling) || held.size() == kShown) return;
    held.push_back({{"group", ref.group},
                    {"kind", ref.kind},
                    {"namespace", ref.name_space},
                    {"name", ref.name},
                    {"hazard", finding.hazard},
                    {"ruling", ToString(finding.ruling)},
                    {"reason", finding.reason},
                    {"remedy", finding.remedy}});
  };
  for (const Finding& finding : plan.findings) add({}, finding);
  for (const Change& change : plan.changes) {
    for (const Finding& finding : change.findings) add(change.ref, finding);
  }
  return held;
}

Json History(const Json& before, const SyncState& state, const std::string& now) {
  Json history = ArrayIn(before, "history");
  const std::string outcome = OutcomeOf(state.phase);
  if (outcome.empty() || state.wanted.empty()) return history;
  const std::string verdict(state.plan == nullptr ? "" : ToString(state.plan->verdict()));
  const bool known = !history.empty() &&
                     StringIn(history.front(), "revision") == state.wanted &&
                     StringIn(history.front(), "what") == outcome;
  if (known) return history;
  Json next = Json::array();
  next.push_back({{"when", now},
                  {"revision", state.wanted},
                  {"what", outcome},
                  {"verdict", verdict.empty() ? Json() : Json(verdict)}});
  for (const Json& one : history) {
    if (next.size() < kKept) next.push_back(one);
  }
  return next;
}

/// The document of a sync of which only the inventory is there.
Json FromInventory(const std::string& sync, const Json& about) {
  return {{"name", sync},
          {"revision", {{"wanted", ""}, {"inForce", StringIn(about, "revision")}}},
          {"source",
           {{"repo", StringIn(about, "repo")},
            {"ref", ""},
            {"path", StringIn(about, "path")}}},
          {"verdict", nullptr},
          {"conditions", Json::array()},
          {"held", Json::array()},
          {"volumes", Json::array()},
          {"history", Json::array()}};
}

std::string Short(const std::string& commit) {
  return commit.empty() ? "none" : commit.substr(0, 12);
}

}  // namespace

Json NextStatus(const Json& before, const std::string& sync, const SyncState& state,
                long long now) {
  const std::string time = FormatTimestamp(now);
  // Without a plan of its own a state says nothing new of what is held.
  const bool same = StringIn(before, "revision", "wanted") == state.wanted;
  const auto kept = [&](const char* key, Json otherwise) {
    const Json* old = FindIn(before, key);
    return same && old != nullptr ? *old : std::move(otherwise);
  };
  Json verdict = kept("verdict", nullptr);
  Json held = kept("held", Json::array());
  Json volumes = kept("volumes", Json::array());
  if (state.plan != nullptr) {
    verdict = ToString(state.plan->verdict());
    held = Held(*state.plan);
    volumes = RenderJson(*state.plan)["volumes"];
  }
  return {{"name", sync},
          {"revision", {{"wanted", state.wanted}, {"inForce", state.in_force}}},
          {"source", {{"repo", state.repo}, {"ref", state.ref}, {"path", state.path}}},
          {"verdict", std::move(verdict)},
          {"conditions", Conditions(before, state, time)},
          {"held", std::move(held)},
          {"volumes", std::move(volumes)},
          {"history", History(before, state, time)}};
}

bool IsReady(const Json& status, const std::string& repo, const std::string& ref,
             const std::string& commit) {
  const bool same_source = StringIn(status, "source", "repo") == repo &&
                           StringIn(status, "source", "ref") == ref;
  if (same_source && StringIn(status, "revision", "inForce") != commit) return false;
  const Json& conditions = ArrayIn(status, "conditions");
  return std::any_of(conditions.begin(), conditions.end(), [](const Json& one) {
    return StringIn(one, "type") == "Ready" && StringIn(one, "status") == "True";
  });
}

StatusStore::StatusStore(Cluster& cluster, InventoryPlace place)
    : cluster_(cluster), place_(std::move(place)) {}

Result<Json> StatusStore::Read(const std::string& sync) const {
  const auto read =
      std::move(cluster_.Get({{kConfigMap, place_.name_space, kPrefix + sync}}).front());
  if (!read.ok()) {
    if (read.error().code == ErrorCode::kNotFound) return Json();
    return read.error().In("reading the status of sync " + sync);
  }
  return ParseJson(StringIn(read->json(), "data", kStatus))
      .In("the status of sync " + sync);
}

Status StatusStore::Tell(const SyncState& state) {
  const std::string name = kPrefix + place_.sync;
  if (!stored_) {
    auto read = std::move(cluster_.Get({{kConfigMap, place_.name_space, name}}).front());
    if (read.ok()) {
      const auto said = ParseJson(StringIn(read->json(), "data", kStatus));
      if (said.ok()) said_ = *said;
      stored_ = std::move(read).value();
    } else if (read.error().code != ErrorCode::kNotFound) {
      return read.error().In("reading the status");
    }
  }
  Json next = NextStatus(said_, place_.sync, state, cluster_.ServerTime());
  if (stored_ && next == said_) return {};
  if (!stored_) HOLDFAST_TRY(MakeNamespace(cluster_, place_.name_space));
  Object object =
      Object::Make({{"apiVersion", "v1"},
                    {"kind", "ConfigMap"},
                    {"metadata",
                     {{"namespace", place_.name_space},
                      {"name", name},
                      {"labels", {{"app.kubernetes.io/managed-by", "holdfast"}}}}},
                    {"data", {{kStatus, DumpJson(next)}}}})
          .value();  // It has all that Make() asks for.
  if (stored_) object = object.AtResourceVersion(stored_->resource_version());
  ApplyAnswer answer = stored_ ? cluster_.Replace(object) : cluster_.Create(object);
  if (auto* written = std::get_if<Object>(&answer)) {
    stored_ = std::move(*written);
    said_ = std::move(next);
    return {};
  }
  stored_.reset();  // Whoever wrote it meanwhile: read it again next time.
  if (const auto* error = std::get_if<Error>(&answer))
    return error->In("writing the status");
  return Error{ErrorCode::kDenied, "the API server declined the status in ConfigMap " +
                                       name + ": " + std::get<Rejection>(answer).message};
}

Result<std::vector<Json>> ReadStatuses(Cluster& cluster, const std::string& name_space) {
  HOLDFAST_TRY_ASSIGN(const ObjectList list,
                      std::move(cluster
                                    .List({{kConfigMap, name_space,
                                            "app.kubernetes.io/managed-by=holdfast"}})
                                    .front()));
  std::map<std::string, Json> by_name;
  for (const Object& object : list.objects) {
    const std::string& name = object.ref().name;
    if (!name.starts_with(kInventoryPrefix)) continue;
    const auto about = ParseJson(StringIn(object.json(), "data", "inventory.json"));
    const std::string sync = name.substr(std::string(kInventoryPrefix).size());
    // A further part of an inventory names the sync that it is of.
    if (!about.ok() || StringIn(*about, "sync") != sync) continue;
    by_name[sync] = FromInventory(sync, *about);
  }
  for (const Object& object : list.objects) {
    const std::string& name = object.ref().name;
    if (!name.starts_with(kPrefix)) continue;
    const std::string sync = name.substr(std::string(kPrefix).size());
    HOLDFAST_TRY_ASSIGN(Json status, ParseJson(StringIn(object.json(), "data", kStatus))
                                         .In("the status of sync " + sync));
    if (!status.is_object())
      return Invalid("the status of sync " + sync + " is no object");
    // What a run of `holdfast sync` has brought in force meanwhile counts.
    if (const auto inventory = by_name.find(sync); inventory != by_name.end()) {
      status["revision"]["inForce"] = inventory->second["revision"]["inForce"];
    }
    by_name[sync] = std::move(status);
  }
  std::vector<Json> statuses;
  for (auto& [name, status] : by_name) statuses.push_back(std::move(status));
  return statuses;
}

std::string StatusText(const std::vector<Json>& statuses) {
  std::string text;
  for (const Json& status : statuses) {
    const std::string wanted = StringIn(status, "revision", "wanted");
    const std::string in_force = StringIn(status, "revision", "inForce");
    const Json& conditions = ArrayIn(status, "conditions");
    std::string state = "no daemon runs it";
    for (const Json& one : conditions) {
      if (StringIn(one, "type") == "Ready") state = StringIn(one, "message");
    }
    text += Printable(StringIn(status, "name") + "  " + state) + "\n";
    text += "    in force " + Printable(Short(in_force));
    if (!wanted.empty() && wanted != in_force)
      text += ", wanted " + Printable(Short(wanted));
    text += "\n";
    for (const Json& one : ArrayIn(status, "held")) {
      std::string about = StringIn(one, "kind");
      if (!about.empty()) {
        const std::string name_space = StringIn(one, "namespace");
        about += " " + (name_space.empty() ? "" : name_space + "/") +
                 StringIn(one, "name") + ": ";
      }
      text += "  ! " +
              Printable(about + StringIn(one, "ruling") + ": " + StringIn(one, "reason") +
                        "  [" + StringIn(one, "hazard") + "]") +
              "\n    do: " + Printable(StringIn(one, "remedy")) + "\n";
    }
    for (const Json& one : ArrayIn(status, "history")) {
      text += "    " +
              Printable(StringIn(one, "when") + "  " + Short(StringIn(one, "revision")) +
                        "  " + StringIn(one, "what")) +
              "\n";
    }
  }
  return text.empty() ? "no sync has run in this cluster yet\n" : text;
}

}  // namespace holdfast
