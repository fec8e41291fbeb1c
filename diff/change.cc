#include "diff/change.h"

#include <algorithm>

namespace holdfast {

std::string_view ToString(Action action) {
  switch (action) {
    case Action::kNone: return "none";
    case Action::kCreate: return "create";
    case Action::kUpdate: return "update";
    case Action::kRecreate: return "recreate";
    case Action::kDelete: return "delete";
    case Action::kDetach: return "detach";
    case Action::kAdopt: return "adopt";
    case Action::kKeep: return "keep";
  }
  return "none";
}

std::string_view ToString(Ruling ruling) {
  switch (ruling) {
    case Ruling::kOk: return "ok";
    case Ruling::kNote: return "note";
    case Ruling::kWarn: return "warn";
    case Ruling::kApproval: return "approval";
    case Ruling::kRefuse: return "refuse";
    case Ruling::kHold: return "hold";
  }
  return "refuse";
}

std::string_view ToString(VolumeFate fate) {
  switch (fate) {
    case VolumeFate::kKept: return "kept";
    case VolumeFate::kCreated: return "created";
    case VolumeFate::kGrown: return "grown";
    case VolumeFate::kDetached: return "detached";
    case VolumeFate::kRefused: return "refused";
    case VolumeFate::kDestroyed: return "destroyed";
  }
  return "refused";
}

namespace {

Ruling Worst(const std::vector<Finding>& findings) {
  Ruling worst = Ruling::kOk;
  for (const Finding& finding : findings) worst = std::max(worst, finding.ruling);
  return worst;
}

}  // namespace

Ruling Change::worst() const { return Worst(findings); }

Ruling ChangeSet::verdict() const {
  Ruling worst = Worst(findings);
  for (const Change& change : changes) worst = std::max(worst, change.worst());
  return worst;
}

bool ChangeSet::changes_anything() const {
  return std::any_of(changes.begin(), changes.end(), [](const Change& change) {
    const bool acts = change.action != Action::kNone && change.action != Action::kKeep;
    return acts || !change.unsure.empty();
  });
}

}  // namespace holdfast
