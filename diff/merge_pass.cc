#include "diff/merge_pass.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "diff/defaults.h"
#include "diff/leaves.h"
#include "diff/list_index.h"
#include "diff/merged_order.h"
#include "diff/normalize.h"
#include "diff/servers_own.h"
#include "diff/whole.h"

namespace holdfast {
namespace {

/// Members of metadata that the server writes, or that identify the object.
bool IsServersMetadata(std::string_view key) {
  constexpr std::array<std::string_view, 8> kThese = {
      "name",          "namespace", "creationTimestamp", "generation", "selfLink",
      "managedFields", "uid",       "resourceVersion"};
  return std::find(kThese.begin(), kThese.end(), key) != kThese.end();
}

}  // namespace

void MergePass::Run(const FieldSet& ours) {
  for (const auto& [key, value] : comparing_.desired.json().items()) {
    if (key == "apiVersion" || key == "kind") continue;
    if (key == "status" && (comparing_.known_kind || value.empty())) {
      CheckStatus(value);
      continue;
    }
    Member(comparing_.type, key, value, comparing_.live.json(), &ours);
  }
}

void MergePass::CheckStatus(const Json& desired) {
  const Json* live = FindIn(comparing_.live.json(), "status");
  if (live != nullptr && IsHarmless(desired, *live)) return;
  comparing_.Doubt("status is set in the manifest, and not as the server writes it");
}

void MergePass::Member(const Type& type, const std::string& key, const Json& desired,
                       const Json& live, const FieldSet* ours) {
  const PathStep step = PathStep::Key(key);
  comparing_.path.Push(step);
  if (comparing_.path.steps().size() == 2 &&
      comparing_.path.steps()[0].key == "metadata" && IsServersMetadata(key)) {
    if (key != "managedFields" && !IsHarmlessMetadata(key, desired)) DoubtServersOwn();
  } else if (IsServersOwn(comparing_.path)) {
    if (!IsHarmlessMetadata(key, desired)) DoubtServersOwn();
  } else {
    Merge(FieldAt(type, step), MeaningInMap(type, desired), FindIn(live, key),
          ours == nullptr ? nullptr : ours->Child(step));
  }
  comparing_.path.Pop();
}

void MergePass::Merge(const Field& field, const Json& said, const Json* live,
                      const FieldSet* ours) {
  if (field.kept) return CheckKept(said);
  if (said.is_null() && field.type == &Type::Free()) return MergeFreeNull(live, ours);
  const bool there = live != nullptr && !live->is_null();
  const Json& desired = there ? MeaningOf(field, said) : said;
  if (!there) {
    if (SaysNothing(field, desired)) return CheckNull(field, desired, live != nullptr);
    if (field.derived)
      return comparing_.Doubt(comparing_.path.ToString() +
                              " is for the server to derive");
    if (MayBeAltered(*field.type, desired)) return DoubtValue();
    const Json filled = WithDefaults(*field.type, desired);
    comparing_.Changed(field, nullptr, &filled);
  } else if (field.derived && !field.default_value &&
             (SaysNothing(field, desired) || IsZero(desired)) &&
             !EqualExactly(*field.type, desired, *live)) {
    if (!SaysNothing(field, *live))
      comparing_.Doubt(comparing_.path.ToString() + " is for the server to derive");
  } else if (desired.is_null()) {
    MergeNull(field, *live);
  } else if (desired.is_object() && live->is_object()) {
    MergeMap(field, desired, *live, ours);
  } else if (desired.is_array() && live->is_array()) {
    MergeList(field, desired, *live, ours);
  } else if (EqualScalars(*field.type, desired, *live)) {
    comparing_.NoteOwner(ours);
  } else if (MayBeAltered(*field.type, desired)) {
    DoubtValue();
  } else {
    comparing_.Changed(field, live, &desired);
  }
}

bool MergePass::IsZero(const Json& value) {
  return value == Json("") || value == Json(0) || value == Json(false);
}

void MergePass::DoubtValue() {
  comparing_.Doubt(comparing_.path.ToString() +
                   " is a value that the server may cut or decline");
}

void MergePass::DoubtServersOwn() {
  comparing_.Doubt(comparing_.path.ToString() +
                   " is set in the manifest, and not as the server writes it");
}

void MergePass::CheckKept(const Json& desired) {
  const bool texts = desired.is_array() &&
                     std::all_of(desired.begin(), desired.end(),
                                 [](const Json& entry) { return entry.is_string(); });
  if (!desired.is_null() && !desired.is_string() && !texts) {
    comparing_.Doubt(comparing_.path.ToString() + " is not as the server writes it");
  }
}

void MergePass::CheckNull(const Field& field, const Json& desired, bool is_null_live) {
  if (!desired.is_null()) return;
  if (!field.type->empty_is_absent && !field.default_value && !is_null_live) {
    return comparing_.Doubt(comparing_.path.ToString() +
                            " is null in the manifest, and may not be");
  }
  if (field.type->shape != Type::Shape::kUnknown) return;
  if (comparing_.path.steps().back().key == "creationTimestamp") return;
  comparing_.Doubt(comparing_.path.ToString() +
                   " is null, and whether there is such a field is not known");
}

void MergePass::MergeFreeNull(const Json* live, const FieldSet* ours) {
  if (live != nullptr && live->is_null()) return comparing_.NoteOwner(ours);
  comparing_.Doubt(comparing_.path.ToString() + " is null in the manifest, and not live");
}

void MergePass::MergeNull(const Field& field, const Json& live) {
  if (SaysNothing(field, live)) return;
  const Type& type = *field.type;
  if (type.shape == Type::Shape::kUnknown) {
    return comparing_.Doubt(comparing_.path.ToString() +
                            " is null in the manifest and set in the live object");
  }
  if (live.is_structured() && !type.atomic()) {
    if (live.is_array()) CheckNames(type, live);
    // Where both are empty null takes the place of {}, which the server may decline.
    if (live.empty())
      comparing_.Doubt(comparing_.path.ToString() +
                       " is null in the manifest and empty live");
    return;
  }
  if (!field.default_value) return comparing_.Changed(field, &live, nullptr);
  const Json standard = WithDefaults(type, *field.default_value);
  if (EqualExactly(type, standard, live)) return;
  if (!live.is_object()) return comparing_.Changed(field, &live, &standard);
  CompareWhole(comparing_.path, field, &standard, &live, comparing_.result.fields,
               comparing_.result.doubts);
}

void MergePass::MergeMap(const Field& field, const Json& desired, const Json& live,
                         const FieldSet* ours) {
  const Type& type = *field.type;
  if (type.atomic()) return MergeWhole(field, desired, live, ours);
  if (type.shape == Type::Shape::kUnknown) {
    if (!ServerMergesHere() && HasMore(live, desired)) {
      comparing_.Doubt(
          "whether " + comparing_.path.ToString() +
          " is merged or replaced is not known, and the live object has more in it");
    }
  } else {
    CheckGrain(desired, live, ours);
  }
  if (desired.empty() && !SaysNothing(field, desired)) comparing_.NoteOwner(ours);
  for (const auto& [key, value] : desired.items()) Member(type, key, value, live, ours);
}

void MergePass::MergeList(const Field& field, const Json& desired, const Json& live,
                          const FieldSet* ours) {
  const Type& type = *field.type;
  if (type.shape == Type::Shape::kUnknown && desired.empty() && !live.empty()) {
    return comparing_.Doubt(comparing_.path.ToString() +
                            " is empty in the manifest and not live");
  }
  if (!type.is_list() || type.atomic()) return MergeWhole(field, desired, live, ours);
  CheckNames(type, live);
  if (desired.empty()) return;  // Merges nothing; what we had in it is pruned.
  CheckGrain(desired, live, ours);
  std::vector<std::ptrdiff_t> places;
  std::vector<PathStep> steps;
  steps.reserve(desired.size());  // They stay where they are.
  const auto before = [](const PathStep* a, const PathStep* b) { return *a < *b; };
  std::set<const PathStep*, decltype(before)> seen(before);
  const ListIndex index(type, live);
  for (const Json& entry : desired) {
    auto named = StepOf(type, entry);
    if (!named) {
      comparing_.Doubt("an entry of " + comparing_.path.ToString() + " has no " +
                       type.keys.front());
      comparing_.unclear.insert(comparing_.path);
      continue;
    }
    const PathStep& step = steps.emplace_back(*std::move(named));
    comparing_.path.Push(step);
    if (!seen.insert(&step).second) {
      comparing_.Doubt(comparing_.path.ToString() + " stands twice in the manifest");
    } else {
      MergeEntry(type, entry, live, index.Find(step), step, ours, places);
    }
    comparing_.path.Pop();
  }
  const bool by_key = type.merge == Type::Merge::kByKey;
  if (by_key && !std::is_sorted(places.begin(), places.end())) {
    Reordered(type, live, steps, ours);
  }
}

/// The server applies nothing to an object that has such an entry.
void MergePass::CheckNames(const Type& type, const Json& live) {
  const bool has_nameless = std::any_of(
      live.begin(), live.end(), [&](const Json& entry) { return !IsNamed(type, entry); });
  if (has_nameless) {
    comparing_.Doubt("an entry of " + comparing_.path.ToString() +
                     " has no key in the live object");
  }
}

void MergePass::Reordered(const Type& type, const Json& live,
                          const std::vector<PathStep>& desired, const FieldSet* ours) {
  const std::set<PathStep> wanted(desired.begin(), desired.end());
  std::vector<PathStep> stay;
  for (const Json& entry : live) {
    const auto step = StepOf(type, entry);
    if (!step)
      return comparing_.Doubt("an entry of " + comparing_.path.ToString() +
                              " has no key");
    if (!comparing_.IsLost(*step, wanted, ours)) stay.push_back(*step);
  }
  Json before = Json::array();
  for (const PathStep& step : stay) before.push_back(NameOf(step));
  Json after = Json::array();
  const std::set<PathStep> staying(stay.begin(), stay.end());
  for (const PathStep& step : MergedOrder(stay, desired)) {
    if (staying.contains(step)) {
      after.push_back(NameOf(step));
    }
  }
  if (before == after) return;
  orders_.push_back({comparing_.path.ToString(), std::move(before), std::move(after),
                     comparing_.ManagerOf(comparing_.path)});
}

Json MergePass::NameOf(const PathStep& step) {
  return step.value.size() == 1 ? step.value.front() : step.value;
}

void MergePass::MergeEntry(const Type& type, const Json& desired, const Json& live,
                           const std::vector<const Json*>& found, const PathStep& step,
                           const FieldSet* ours, std::vector<std::ptrdiff_t>& places) {
  const Field field = FieldAt(type, step);
  if (found.empty()) return comparing_.Changed(field, nullptr, &desired);
  if (found.size() > 1)
    return comparing_.Doubt(comparing_.path.ToString() +
                            " stands twice in the live object");
  places.push_back(found.front() - &*live.begin());
  const FieldSet* set = ours == nullptr ? nullptr : ours->Child(step);
  if (desired.is_object()) {
    Merge(field, desired, found.front(), set);
  } else {
    comparing_.NoteOwner(set);
  }
}

void MergePass::MergeWhole(const Field& field, const Json& desired, const Json& live,
                           const FieldSet* ours) {
  const std::size_t before = comparing_.result.fields.size();
  CompareWhole(comparing_.path, field, &desired, &live, comparing_.result.fields,
               comparing_.result.doubts);
  for (std::size_t i = before; i < comparing_.result.fields.size(); ++i) {
    comparing_.result.fields[i].manager = comparing_.ManagerOf(comparing_.path);
  }
  // Of a list that is merged and empty nothing is in managedFields.
  const bool unrecorded =
      desired.empty() && desired.is_array() && field.type->shape == Type::Shape::kUnknown;
  if (!unrecorded) comparing_.NoteOwner(ours);
}

void MergePass::CheckGrain(const Json& desired, const Json& live, const FieldSet* ours) {
  // A leaf may also be what was applied when the manifest had null or {} here.
  if (ours != nullptr && ours->leaf() && !desired.empty() && !live.empty() &&
      !ServerMergesHere()) {
    comparing_.Doubt("managedFields holds " + comparing_.path.ToString() + " as a whole");
  }
}

bool MergePass::ServerMergesHere() const {
  return std::any_of(
      comparing_.ownership.entries.begin(), comparing_.ownership.entries.end(),
      [&](const ManagedEntry& entry) { return entry.fields.HasBelow(comparing_.path); });
}

bool MergePass::HasMore(const Json& live, const Json& desired) {
  for (const auto& [key, value] : live.items()) {
    if (!desired.contains(key)) return true;
  }
  return false;
}

}  // namespace holdfast
