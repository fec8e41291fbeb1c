#include "apply/approval.h"

#include <algorithm>
#include <map>
#include <set>

#include "apply/timestamp.h"

namespace holdfast {
namespace {

const std::map<std::string, ApprovalAction>& Actions() {
  static const std::map<std::string, ApprovalAction> kActions = {
      {"detach", ApprovalAction::kDetach},
      {"destroy", ApprovalAction::kDestroy},
      {"scale-down", ApprovalAction::kScaleDown},
      {"resize-recreate", ApprovalAction::kResizeRecreate},
      {"restart", ApprovalAction::kRestart},
      {"rewind", ApprovalAction::kRewind},
      {"accept", ApprovalAction::kAccept},
  };
  return kActions;
}

bool IsOfClaims(ApprovalAction action) {
  return action == ApprovalAction::kDetach || action == ApprovalAction::kDestroy ||
         action == ApprovalAction::kScaleDown;
}

/// The kind that every target of the action has; empty for any.
std::string KindFor(ApprovalAction action) {
  if (IsOfClaims(action)) return "PersistentVolumeClaim";
  if (action == ApprovalAction::kResizeRecreate) return "StatefulSet";
  if (action == ApprovalAction::kRestart) return "Pod";
  return "";
}

/// The fields of spec that belong to one action, besides those that all have.
std::set<std::string> FieldsOf(ApprovalAction action) {
  switch (action) {
    case ApprovalAction::kDetach:
      return {"targets", "batch", "snapshots"};
    case ApprovalAction::kDestroy:
      return {"targets", "batch", "snapshots", "noCopy"};
    case ApprovalAction::kScaleDown:
      return {"targets", "batch", "decommissioned"};
    case ApprovalAction::kResizeRecreate:
    case ApprovalAction::kRestart:
      return {"targets"};
    case ApprovalAction::kRewind:
      return {"to"};
    case ApprovalAction::kAccept:
      return {"targets", "hazard", "deletions"};
  }
  return {};
}

class Parser {
 public:
  explicit Parser(const Manifest& manifest)
      : manifest_(manifest), json_(manifest.object.json()) {}

  std::variant<Approval, std::string> Parse() {
    if (!(Head() && Common() && OfAction())) return why_;
    return std::move(approval_);
  }

 private:
  bool Fail(std::string why) {
    why_ = std::move(why);
    return false;
  }

  bool OnlyHas(const Json& map, const std::set<std::string>& fields,
               const std::string& where) {
    for (const auto& [key, value] : map.items()) {
      if (fields.count(key) == 0) return Fail("it has an unknown field " + where + key);
    }
    return true;
  }

  /// Takes a text; an absent one is "" where it is not required.
  bool Text(const Json& map, const std::string& key, const std::string& where,
            bool required, std::string& text) {
    const Json* value = FindIn(map, key);
    if (value == nullptr) {
      text.clear();
      return !required || Fail("it has no " + where + key);
    }
    if (!value->is_string()) return Fail(where + key + " must be a text");
    text = value->get<std::string>();
    if (required && text.empty()) return Fail(where + key + " is empty");
    return true;
  }

  /// The same for a name or uid: what selects more than one object is no approval.
  bool Name(const Json& map, const std::string& key, const std::string& where,
            bool required, std::string& text) {
    if (!Text(map, key, where, required, text)) return false;
    if (text.find_first_of("*?[]{},") != std::string::npos) {
      return Fail(where + key + " \"" + text +
                  "\" holds a wildcard: an approval names each object");
    }
    const bool plain = std::all_of(text.begin(), text.end(),
                                   [](unsigned char c) { return c > ' ' && c < 0x7f; });
    return plain || Fail(where + key + " holds a character that no name has");
  }

  bool Flag(const Json& map, const std::string& key, bool& flag) {
    const Json* value = FindIn(map, key);
    if (value == nullptr) return true;
    if (!value->is_boolean()) return Fail("spec." + key + " must be true or false");
    flag = value->get<bool>();
    return true;
  }

  bool Head() {
    if (StringIn(json_, "apiVersion") != "holdfast.dev/v1" ||
        StringIn(json_, "kind") != "Approval") {
      return Fail("it is no Approval of holdfast.dev/v1");
    }
    if (!OnlyHas(json_, {"apiVersion", "kind", "metadata", "spec"}, "")) return false;
    if (!OnlyHas(MapIn(json_, "metadata"), {"name"}, "metadata.")) return false;
    approval_.name = manifest_.object.ref().name;
    approval_.source = manifest_.source;
    const Json* spec = FindIn(json_, "spec");
    if (spec == nullptr || !spec->is_object()) return Fail("it has no spec");
    spec_ = spec;
    approval_.id = DumpJson(*spec);
    return true;
  }

  bool Common() {
    std::string action;
    if (!Text(*spec_, "action", "spec.", true, action)) return false;
    const auto known = Actions().find(action);
    if (known == Actions().end()) {
      return Fail("spec.action \"" + action +
                  "\" is none of detach, destroy, scale-down, resize-recreate, restart, "
                  "rewind, accept");
    }
    approval_.action = known->second;
    std::set<std::string> fields = FieldsOf(approval_.action);
    fields.insert({"cluster", "action", "reason", "notBefore", "expires"});
    return OnlyHas(*spec_, fields, "spec.") &&
           Name(*spec_, "cluster", "spec.", true, approval_.cluster) &&
           Text(*spec_, "reason", "spec.", true, approval_.reason) &&
           Time("notBefore", approval_.not_before) &&
           Time("expires", approval_.expires) && Window();
  }

  bool Time(const std::string& key, long long& seconds) {
    std::string text;
    if (!Text(*spec_, key, "spec.", true, text)) return false;
    const auto time = ParseTimestamp(text);
    if (!time) {
      return Fail("spec." + key + " \"" + text +
                  "\" is no time in UTC, as in 2026-01-31T10:00:00Z");
    }
    seconds = *time;
    return true;
  }

  bool Window() {
    if (approval_.expires <= approval_.not_before) {
      return Fail("spec.expires is not after spec.notBefore");
    }
    return approval_.expires - approval_.not_before <= kLongestApproval ||
           Fail("spec.expires is more than 7 days after spec.notBefore");
  }

  bool OfAction() {
    if (!Targets() || !Snapshots()) return false;
    switch (approval_.action) {
      case ApprovalAction::kDetach:
        return Batch();
      case ApprovalAction::kDestroy:
        return Batch() && Flag(*spec_, "noCopy", approval_.no_copy);
      case ApprovalAction::kScaleDown:
        return Batch() && Flag(*spec_, "decommissioned", approval_.decommissioned) &&
               (approval_.decommissioned ||
                Fail("spec.decommissioned is not true: it states that the engine has let "
                     "go of the members that leave"));
      case ApprovalAction::kResizeRecreate:
      case ApprovalAction::kRestart:
        return OneTarget();
      case ApprovalAction::kRewind:
        return Commit();
      case ApprovalAction::kAccept:
        return Accept();
    }
    return Fail("its action is unknown");
  }

  bool Targets() {
    const Json* targets = FindIn(*spec_, "targets");
    if (targets == nullptr) return true;
    if (!targets->is_array()) return Fail("spec.targets must be a list");
    for (const Json& one : *targets) {
      const std::string where =
          "spec.targets[" + std::to_string(approval_.targets.size()) + "].";
      if (!one.is_object()) return Fail(where.substr(0, where.size() - 1) + " is no map");
      std::set<std::string> fields = {"kind", "namespace", "name", "uid"};
      if (IsOfClaims(approval_.action)) fields.insert({"pv", "pvUid"});
      ApprovalTarget target;
      const bool any = approval_.action == ApprovalAction::kAccept;
      const bool read = OnlyHas(one, fields, where) &&
                        Name(one, "kind", where, true, target.kind) &&
                        Name(one, "namespace", where, false, target.name_space) &&
                        Name(one, "name", where, true, target.name) &&
                        Name(one, "uid", where, !any, target.uid) &&
                        Name(one, "pv", where, false, target.volume) &&
                        Name(one, "pvUid", where, false, target.volume_uid);
      if (!read) return false;
      if (FindIn(one, "uid") == nullptr) return Fail("it has no " + where + "uid");
      const std::string kind = KindFor(approval_.action);
      if (!kind.empty() && target.kind != kind) {
        return Fail(where + "kind is " + target.kind + ", and " +
                    std::string(ToString(approval_.action)) + " is about a " + kind);
      }
      for (const ApprovalTarget& other : approval_.targets) {
        if (other.kind == target.kind && other.name_space == target.name_space &&
            other.name == target.name) {
          return Fail(where.substr(0, where.size() - 1) + " stands there twice");
        }
      }
      approval_.targets.push_back(std::move(target));
    }
    return true;
  }

  bool Snapshots() {
    const Json* snapshots = FindIn(*spec_, "snapshots");
    if (snapshots == nullptr) return true;
    if (!snapshots->is_array()) return Fail("spec.snapshots must be a list");
    for (const Json& one : *snapshots) {
      const std::string where =
          "spec.snapshots[" + std::to_string(approval_.snapshots.size()) + "].";
      if (!one.is_object()) return Fail(where.substr(0, where.size() - 1) + " is no map");
      EvidenceSnapshot snapshot;
      const bool read = OnlyHas(one, {"name", "uid"}, where) &&
                        Name(one, "name", where, true, snapshot.name) &&
                        Name(one, "uid", where, true, snapshot.uid);
      if (!read) return false;
      approval_.snapshots.push_back(std::move(snapshot));
    }
    return true;
  }

  bool Batch() {
    if (approval_.targets.empty()) return Fail("it has no spec.targets");
    const Json* batch = FindIn(*spec_, "batch");
    const long long count = static_cast<long long>(approval_.targets.size());
    if (batch == nullptr) {
      return count == 1 ||
             Fail("it names " + std::to_string(count) +
                  " claims and has no spec.batch: " + std::to_string(count));
    }
    if (!batch->is_number_integer() || batch->get<long long>() != count) {
      return Fail("spec.batch is not the number of its targets, " +
                  std::to_string(count));
    }
    return true;
  }

  bool OneTarget() {
    return approval_.targets.size() == 1 || Fail("spec.targets must name one object");
  }

  bool Commit() {
    if (!Text(*spec_, "to", "spec.", true, approval_.to)) return false;
    const bool full =
        approval_.to.size() == 40 &&
        approval_.to.find_first_not_of("0123456789abcdef") == std::string::npos;
    return full || Fail("spec.to must be a commit in full, forty hexadecimal digits");
  }

  bool Accept() {
    if (!Name(*spec_, "hazard", "spec.", true, approval_.hazard)) return false;
    if (!approval_.hazard.starts_with("H-")) {
      return Fail("spec.hazard \"" + approval_.hazard + "\" is no hazard, as in H-B2");
    }
    const Json* deletions = FindIn(*spec_, "deletions");
    if (approval_.hazard != "H-H1") {
      if (deletions != nullptr) return Fail("spec.deletions belongs to hazard H-H1");
      return OneTarget();
    }
    if (deletions == nullptr || !deletions->is_number_integer()) {
      return Fail("it has no spec.deletions: the exact number of deletions");
    }
    if (!approval_.targets.empty()) return Fail("H-H1 is about no single object");
    approval_.deletions = deletions->get<long long>();
    return true;
  }

  const Manifest& manifest_;
  const Json& json_;
  const Json* spec_ = nullptr;
  Approval approval_;
  std::string why_;
};

}  // namespace

std::string_view ToString(ApprovalAction action) {
  for (const auto& [word, one] : Actions()) {
    if (one == action) return word;
  }
  return "accept";
}

std::variant<Approval, std::string> ParseApproval(const Manifest& manifest) {
  return Parser(manifest).Parse();
}

}  // namespace holdfast
