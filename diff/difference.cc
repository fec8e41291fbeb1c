// Difference of compare.h: what changed between two answers of the server.

#include <algorithm>
#include <set>
#include <utility>

#include "diff/compare.h"
#include "diff/leaves.h"
#include "diff/list_index.h"
#include "diff/normalize.h"
#include "diff/ownership.h"
#include "diff/servers_own.h"

namespace holdfast {
namespace {

class Differ {
 public:
  std::vector<FieldChange> Run(const Field& root, const Json& before, const Json& after) {
    Value(root, &before, &after);
    return std::move(changes_);
  }

 private:
  void Value(const Field& field, const Json* before, const Json* after) {
    if (before != nullptr && before->is_null()) before = nullptr;
    if (after != nullptr && after->is_null()) after = nullptr;
    if (IsServersOwn(path_) || IsBookkeeping(path_)) return;
    if (before == nullptr && after == nullptr) return;
    if (before == nullptr || after == nullptr) {
      const Json& only = before != nullptr ? *before : *after;
      const bool books = path_.steps().size() == 2 && path_.steps()[0].key == "metadata";
      // Labels and annotations one by one, to leave ours out.
      if (books && only.is_object()) {
        const Json none = Json::object();
        return Map(*field.type, before != nullptr ? *before : none,
                   after != nullptr ? *after : none);
      }
      return AppendLeaves(path_, field, before, after, changes_);
    }
    if (before->is_object() && after->is_object())
      return Map(*field.type, *before, *after);
    if (before->is_array() && after->is_array()) return List(field, *before, *after);
    if (!EqualScalars(*field.type, *before, *after)) Changed(*before, *after);
  }

  void Map(const Type& type, const Json& before, const Json& after) {
    std::set<std::string> keys;
    for (const auto& [key, value] : before.items()) keys.insert(key);
    for (const auto& [key, value] : after.items()) keys.insert(key);
    for (const std::string& key : keys) {
      const PathStep step = PathStep::Key(key);
      path_.Push(step);
      Value(FieldAt(type, step), FindIn(before, key), FindIn(after, key));
      path_.Pop();
    }
  }

  void List(const Field& field, const Json& before, const Json& after) {
    const Type& type = *field.type;
    if (EqualExactly(type, before, after)) return;
    const auto before_steps = StepsOf(type, before);
    const auto after_steps = StepsOf(type, after);
    if (before_steps && after_steps) {
      return Named(type, before, after, *before_steps, *after_steps);
    }
    if (before.size() != after.size()) return Changed(before, after);
    const Field element = FieldAt(type, PathStep::Index(0));
    for (std::size_t i = 0; i < before.size(); ++i) {
      path_.Push(PathStep::Index(i));
      Value(element, &*(before.begin() + static_cast<long>(i)),
            &*(after.begin() + static_cast<long>(i)));
      path_.Pop();
    }
  }

  /// How the entries are named, or nothing where two have one name or one has none.
  static std::optional<std::vector<PathStep>> StepsOf(const Type& type,
                                                      const Json& list) {
    std::vector<PathStep> steps;
    std::set<PathStep> seen;
    for (const Json& entry : list) {
      auto step = type.is_list() ? StepOf(type, entry) : std::nullopt;
      if (!step || !seen.insert(*step).second) return std::nullopt;
      steps.push_back(std::move(*step));
    }
    return steps;
  }

  void Named(const Type& type, const Json& before, const Json& after,
             const std::vector<PathStep>& before_steps,
             const std::vector<PathStep>& after_steps) {
    std::set<PathStep> steps(before_steps.begin(), before_steps.end());
    steps.insert(after_steps.begin(), after_steps.end());
    const ListIndex before_index(type, before);
    const ListIndex after_index(type, after);
    for (const PathStep& step : steps) {
      path_.Push(step);
      Value(FieldAt(type, step), before_index.First(step), after_index.First(step));
      path_.Pop();
    }
    if (type.merge != Type::Merge::kByValue) Order(before_steps, after_steps);
  }

  /// Entries that only change places are a change too: init containers run in
  /// their order, and a pod template in another order rolls its pods.
  void Order(const std::vector<PathStep>& before, const std::vector<PathStep>& after) {
    const auto common = [](const std::vector<PathStep>& these,
                           const std::vector<PathStep>& those) {
      const std::set<PathStep> among(those.begin(), those.end());
      Json names = Json::array();
      for (const PathStep& step : these) {
        if (!among.contains(step)) continue;
        names.push_back(step.value.size() == 1 ? step.value.front() : step.value);
      }
      return names;
    };
    const Json was = common(before, after);
    const Json is = common(after, before);
    if (was != is) Changed(was, is);
  }

  void Changed(const Json& before, const Json& after) {
    changes_.push_back({path_.ToString(), before, after, ""});
  }

  FieldPath path_;
  std::vector<FieldChange> changes_;
};

/// The first manager that held `path` and holds it no more.
std::string Loser(const Ownership& before, const Ownership& after, const FieldPath& path,
                  std::string_view manager) {
  const auto then = after.Others(path, manager);
  for (const std::string& name : before.Others(path, manager)) {
    if (name != manager && std::find(then.begin(), then.end(), name) == then.end()) {
      return name;
    }
  }
  return "";
}

}  // namespace

std::vector<FieldChange> Difference(const Object& before, const Object& after,
                                    const Schema& schema, std::string_view manager) {
  const Field root{&schema.TypeOf(before.gvk()), std::nullopt, std::nullopt, {}};
  const bool is_normal = IsNormal(before) && IsNormal(after);
  std::vector<FieldChange> changes =
      is_normal ? Differ().Run(root, before.json(), after.json())
                : Differ().Run(root, Normalize(before).json(), Normalize(after).json());
  std::stable_sort(changes.begin(), changes.end(),
                   [](const auto& x, const auto& y) { return x.path < y.path; });
  if (changes.empty()) return changes;
  const Ownership was = Ownership::Of(before);
  const Ownership is = Ownership::Of(after);
  for (FieldChange& change : changes) {
    const auto path = FieldPath::Parse(change.path);
    if (path) change.manager = Loser(was, is, *path, manager);
  }
  return changes;
}

bool IsBookkeeping(const FieldPath& path) {
  const auto& steps = path.steps();
  if (steps.size() != 3 || steps[0].key != "metadata") return false;
  if (steps[1].key != "labels" && steps[1].key != "annotations") return false;
  const std::string& key = steps[2].key;
  return key.starts_with("holdfast.dev/") || key.starts_with("applyset.kubernetes.io/");
}

}  // namespace holdfast
