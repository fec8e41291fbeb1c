#include "apply/approval_store.h"

#include <utility>

namespace holdfast {
namespace {

const Gvk kConfigMap{"", "v1", "ConfigMap"};
constexpr const char* kUsed = "used.json";

Error Unreadable(const std::string& name, const std::string& why) {
  return Error{ErrorCode::kInvalid,
               "the ConfigMap " + name +
                   " of used approvals cannot be understood: " + why +
                   "; no approval counts until it is restored from a backup or removed"};
}

}  // namespace

ApprovalStore::ApprovalStore(Cluster& cluster, InventoryPlace place)
    : cluster_(cluster), place_(std::move(place)) {}

Result<UsedApprovals> ApprovalStore::Load() {
  stored_.reset();
  used_.clear();
  auto read = std::move(cluster_.Get({{kConfigMap, place_.name_space, Name()}}).front());
  if (!read.ok()) {
    if (read.error().code == ErrorCode::kNotFound) return used_;
    return read.error().In("reading which approvals have been used");
  }
  const auto rows = ParseJson(StringIn(read->json(), "data", kUsed));
  if (!rows) return Unreadable(Name(), rows.error().message);
  if (!rows->is_array()) return Unreadable(Name(), "it is no list");
  for (const Json& row : *rows) {
    UsedApproval one;
    one.id = StringIn(row, "spec");
    one.name = StringIn(row, "name");
    one.revision = StringIn(row, "revision");
    one.expires = IntegerIn(0, row, "expires");
    // What is not plainly unfinished counts as used up.
    one.done = StringIn(row, "state") != "begun";
    if (one.id.empty()) return Unreadable(Name(), "an approval has no spec");
    used_.emplace(one.id, one);
  }
  stored_ = std::move(read).value();
  return used_;
}

Status ApprovalStore::Note(const std::vector<Approval>& approvals, State state,
                           const std::string& revision, long long now) {
  if (approvals.empty()) return {};
  UsedApprovals next = used_;
  std::erase_if(next, [&](const auto& one) { return one.second.expires < now; });
  for (const Approval& approval : approvals) {
    next[approval.id] = {approval.id, approval.name, revision, approval.expires,
                         state == State::kDone};
  }
  if (stored_ && next == used_) return {};
  Json rows = Json::array();
  for (const auto& [id, one] : next) {
    rows.push_back({{"spec", id},
                    {"name", one.name},
                    {"revision", one.revision},
                    {"expires", one.expires},
                    {"state", one.done ? "done" : "begun"}});
  }
  Json json = {{"apiVersion", "v1"},
               {"kind", "ConfigMap"},
               {"metadata",
                {{"namespace", place_.name_space},
                 {"name", Name()},
                 {"labels", {{"app.kubernetes.io/managed-by", "holdfast"}}}}},
               {"data", {{kUsed, DumpJson(rows)}}}};
  Object object =
      Object::Make(std::move(json)).value();  // It has all that Make() asks for.
  if (stored_) object = object.AtResourceVersion(stored_->resource_version());
  ApplyAnswer answer = stored_ ? cluster_.Replace(object) : cluster_.Create(object);
  if (const auto* error = std::get_if<Error>(&answer)) {
    return error->In("noting which approvals are used");
  }
  if (const auto* no = std::get_if<Rejection>(&answer)) {
    const bool conflict = no->kind == Rejection::Kind::kConflict;
    return Error{
        conflict ? ErrorCode::kConflict : ErrorCode::kDenied,
        "the API server declined to note which approvals are used, in ConfigMap " +
            Name() + ": " + no->message};
  }
  stored_ = std::get<Object>(std::move(answer));
  used_ = std::move(next);
  return {};
}

}  // namespace holdfast
