#include "diff/prune_pass.h"

#include <algorithm>
#include <utility>

#include "diff/adoption.h"
#include "diff/leaves.h"
#include "diff/list_index.h"
#include "diff/normalize.h"
#include "diff/servers_own.h"

namespace holdfast {

void PrunePass::Prune(const FieldSet& ours, const Field& field, const Json* desired,
                      const Json& live) {
  const Type& type = *field.type;
  if (field.kept || IsServersOwn(comparing_.path) ||
      comparing_.unclear.contains(comparing_.path))
    return;
  if (IsLostAsAWhole(ours, type, desired, live)) return Lost(field, live);
  const ListIndex live_index(type, live);
  static const Json kNone;
  const ListIndex desired_index(type, desired == nullptr ? kNone : *desired);
  for (const auto& [step, set] : ours.children) {
    const Json* live_value = live_index.First(step);
    // Gone already: nothing to lose.
    if (live_value == nullptr || live_value->is_null()) continue;
    const Json* wanted = desired == nullptr ? nullptr : desired_index.First(step);
    const Field at = FieldAt(type, step);
    comparing_.path.Push(step);
    if (wanted == nullptr && set.member &&
        !comparing_.ownership.HeldByOthers(comparing_.path, comparing_.manager)) {
      if (MayBeWanted(type, desired, step)) {
        comparing_.Doubt("whether " + comparing_.path.ToString() +
                         " is in the manifest is not known");
      } else {
        LoseOurs(at, *live_value);
      }
    } else {
      PruneBelow(set, at, wanted, *live_value);
    }
    comparing_.path.Pop();
  }
}

bool PrunePass::MayBeWanted(const Type& type, const Json* desired, const PathStep& step) {
  if (type.is_list() || desired == nullptr || !desired->is_array() ||
      step.kind != PathStep::Kind::kEntry) {
    return false;
  }
  return std::any_of(desired->begin(), desired->end(), [&](const Json& entry) {
    const auto& keys = step.value.items();
    return std::all_of(keys.begin(), keys.end(), [&](const auto& key) {
      const Json* value = FindIn(entry, key.key());
      return value == nullptr || value->is_null() || *value == key.value();
    });
  });
}

bool PrunePass::IsLostAsAWhole(const FieldSet& ours, const Type& type,
                               const Json* desired, const Json& live) {
  const bool none = desired == nullptr || desired->is_null() || desired->empty();
  if (!none || !type.is_list() || type.atomic() || !live.is_array() || live.empty()) {
    return false;
  }
  return std::all_of(live.begin(), live.end(), [&](const Json& entry) {
    const auto step = StepOf(type, entry);
    return step && comparing_.IsLost(*step, {}, &ours);
  });
}

void PrunePass::PruneBelow(const FieldSet& ours, const Field& field, const Json* desired,
                           const Json& live) {
  const bool gone =
      desired == nullptr && !ours.empty() &&
      comparing_.ownership.Others(comparing_.path, comparing_.manager).empty();
  if (gone) return Lost(field, live);
  const std::size_t known = comparing_.result.fields.size();
  Prune(ours, field, desired, live);
  const bool emptied =
      desired != nullptr && live.is_object() && (desired->is_null() || desired->empty());
  if (emptied && comparing_.result.fields.size() > known) {
    comparing_.Doubt("what is left of " + comparing_.path.ToString() + " is not known");
  }
}

void PrunePass::LoseOurs(const Field& field, const Json& live) {
  const bool others =
      !comparing_.ownership.Others(comparing_.path, comparing_.manager).empty();
  if (!others && !MayHoldBooks()) return Lost(field, live);
  const auto member = [&](PathStep step, const Json& value) {
    const Field at = FieldAt(*field.type, step);
    comparing_.path.Push(std::move(step));
    if (!comparing_.ownership.HeldByOthers(comparing_.path, comparing_.manager))
      LoseOurs(at, value);
    comparing_.path.Pop();
  };
  if (live.is_object()) {
    for (const auto& [key, value] : live.items()) member(PathStep::Key(key), value);
  } else if (live.is_array() && field.type->is_list() && !field.type->atomic()) {
    for (const Json& entry : live) {
      if (auto step = StepOf(*field.type, entry)) member(*std::move(step), entry);
    }
  } else {
    Lost(field, live);
  }
}

bool PrunePass::MayHoldBooks() const {
  const auto& steps = comparing_.path.steps();
  if (steps.empty() || steps.size() > 2 || steps[0].key != "metadata") return false;
  return steps.size() == 1 || steps[1].key == "labels" || steps[1].key == "annotations";
}

void PrunePass::Lost(const Field& field, const Json& live) {
  // What kubectl apply noted down was never in Git.
  if (IsBookkeeping(comparing_.path) ||
      comparing_.path.steps().back().key == kLastApplied) {
    comparing_.books_differ = true;
    return;
  }
  const auto& dropped = comparing_.result.dropped;
  if (dropped.empty() || !comparing_.path.StartsWith(dropped.back()))
    comparing_.result.dropped.push_back(comparing_.path);
  if (IsServersOwn(comparing_.path)) return;
  if (IsDerived() && !field.default_value && !SaysNothing(field, live)) {
    return comparing_.Doubt(comparing_.path.ToString() +
                            " is no longer in the manifest: the server derives it");
  }
  if (!comparing_.known_kind && comparing_.path.steps().front().key != "metadata") {
    return comparing_.Doubt(
        comparing_.path.ToString() +
        " is no longer in the manifest; whether it has a default is not known");
  }
  if (IsOfAnotherVersion()) {
    return comparing_.Doubt(
        comparing_.path.ToString() +
        " is no longer in the manifest, and another manager knows the object at "
        "another version");
  }
  if (field.default_value && field.default_value->is_object() && live.is_object()) {
    return LostMembers(*field.type, live);
  }
  if (field.default_value ? EqualExactly(*field.type, *field.default_value, live)
                          : SaysNothing(field, live)) {
    comparing_.books_differ = true;
    return;
  }
  const std::size_t before = comparing_.result.fields.size();
  AppendLeaves(comparing_.path, field, &live, nullptr, comparing_.result.fields);
  if (comparing_.result.fields.size() == before) {
    comparing_.Doubt(comparing_.path.ToString() + " is no longer in the manifest");
  } else if (field.default_value) {
    comparing_.result.fields.back().after = *field.default_value;
  }
  KeepWhatOthersHold(before);
}

bool PrunePass::IsDerived() const {
  Field field{&comparing_.type, std::nullopt, std::nullopt, {}};
  return std::any_of(comparing_.path.steps().begin(), comparing_.path.steps().end(),
                     [&](const PathStep& step) {
                       field = FieldAt(*field.type, step);
                       const auto& standard = field.default_value;
                       return field.derived ||
                              (standard && standard->is_object() && !standard->empty());
                     });
}

void PrunePass::LostMembers(const Type& type, const Json& live) {
  comparing_.books_differ = true;
  for (const auto& [key, value] : live.items()) {
    const PathStep step = PathStep::Key(key);
    comparing_.path.Push(step);
    if (!comparing_.ownership.HeldByOthers(comparing_.path, comparing_.manager))
      Lost(FieldAt(type, step), value);
    comparing_.path.Pop();
  }
}

void PrunePass::KeepWhatOthersHold(std::size_t first) {
  const auto stays = [this](const FieldChange& change) {
    const auto path = FieldPath::Parse(change.path);
    return path.ok() && !comparing_.ownership.Others(*path, comparing_.manager).empty();
  };
  auto& fields = comparing_.result.fields;
  const auto from = fields.begin() + static_cast<std::ptrdiff_t>(first);
  const auto kept = std::remove_if(from, fields.end(), stays);
  if (kept == fields.end()) return;
  fields.erase(kept, fields.end());
  comparing_.Doubt("others hold a part of " + comparing_.path.ToString() +
                   ", which is no longer in the manifest");
}

bool PrunePass::IsOfAnotherVersion() const {
  const std::string wanted = comparing_.desired.gvk().ApiVersion();
  return std::any_of(
      comparing_.ownership.entries.begin(), comparing_.ownership.entries.end(),
      [&](const ManagedEntry& entry) { return entry.api_version != wanted; });
}

}  // namespace holdfast
