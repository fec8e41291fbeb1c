#include "apply/removal.h"

#include <string_view>
#include <unordered_set>
#include <utility>

namespace holdfast {
namespace {

/// True if the comma list `options` has `option`, blanks ignored.
bool ListHas(std::string_view options, std::string_view option) {
  while (!options.empty()) {
    const auto comma = options.find(',');
    std::string_view one = options.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == option) return true;
    if (comma == std::string_view::npos) break;
    options.remove_prefix(comma + 1);
  }
  return false;
}

Removal Keep(const InventoryEntry& entry, const Object* live, std::string reason) {
  return {&entry, live, Removal::Fate::kKeep, std::move(reason)};
}

Removal Judge(const PlanInput& input, const InventoryEntry& entry, const Object& live) {
  if (!input.prune) return Keep(entry, &live, "pruning is switched off for this sync");
  if (entry.uid.empty()) {
    return Keep(entry, &live,
                "it was never confirmed that this sync made it, so it is not this sync's "
                "to delete");
  }
  if (entry.uid != live.uid()) {
    return Keep(entry, &live,
                "the object that this sync had made is gone; this is another one of the "
                "same name (uid " +
                    live.uid() + ", not " + entry.uid + ")");
  }
  if (std::string released = WhyReleased(live, input); !released.empty()) {
    return Keep(entry, &live, std::move(released) + "; the inventory forgets it");
  }
  if (const std::string opt_out = PruneOptOut(live); !opt_out.empty()) {
    return Keep(entry, &live, "its annotation " + opt_out + " says so");
  }
  return {&entry, &live, Removal::Fate::kDelete, ""};
}

}  // namespace

const Error* GapOver(const Snapshot& live, const ObjectRef& ref) {
  for (const Snapshot::Gap& gap : live.gaps) {
    if (gap.what.group != ref.group || gap.what.kind != ref.kind) continue;
    const bool same_space =
        gap.what.name_space.empty() || gap.what.name_space == ref.name_space;
    if (same_space && (gap.what.name.empty() || gap.what.name == ref.name))
      return &gap.why;
  }
  return nullptr;
}

std::string WhyReleased(const Object& live, const PlanInput& input) {
  const std::string set = live.label(kPartOfLabel);
  if (!set.empty() && set != input.apply_set) {
    return "it belongs to another sync by now (label " + std::string(kPartOfLabel) + ": " +
           set + ")";
  }
  if (IsOwnRecord(live.ref(), input.inventory_namespace)) {
    return "it is a record of Holdfast itself";
  }
  return "";
}

std::string PruneOptOut(const Object& live) {
  const auto is = [&](const char* key, std::string_view value) {
    return live.annotation(key) == value;
  };
  for (const char* key : {"holdfast.dev/prune", "kustomize.toolkit.fluxcd.io/prune"}) {
    if (is(key, "disabled")) return std::string(key) + ": disabled";
  }
  constexpr const char* kArgo = "argocd.argoproj.io/sync-options";
  const std::string options = live.annotation(kArgo);
  for (const char* option : {"Prune=false", "Delete=false"}) {
    if (ListHas(options, option)) return std::string(kArgo) + ": " + option;
  }
  if (is("helm.sh/resource-policy", "keep")) return "helm.sh/resource-policy: keep";
  return "";
}

std::vector<Removal> FindRemovals(const PlanInput& input) {
  std::unordered_set<ObjectRef> desired;
  desired.reserve(input.desired.size());
  for (const Manifest& manifest : input.desired) desired.insert(manifest.object.ref());
  std::vector<Removal> removals;
  for (const auto& [ref, entry] : input.inventory.entries) {
    if (desired.count(ref) != 0) continue;
    const Object* live = input.live.Find(ref);
    if (live != nullptr) {
      removals.push_back(Judge(input, entry, *live));
    } else if (const Error* why = GapOver(input.live, ref)) {
      removals.push_back({&entry, nullptr, Removal::Fate::kUnknown, why->message});
    }
  }
  return removals;
}

}  // namespace holdfast
