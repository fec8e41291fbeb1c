#include "diff/whole.h"

#include <algorithm>
#include <set>
#include <utility>

#include "diff/defaults.h"
#include "diff/leaves.h"
#include "diff/normalize.h"

namespace holdfast {
namespace {

class Whole {
 public:
  Whole(FieldPath path, std::vector<FieldChange>& changes,
        std::vector<std::string>& doubts)
      : path_(std::move(path)), changes_(changes), doubts_(doubts) {}

  void Value(const Field& field, const Json* desired, const Json* live) {
    if (desired != nullptr && desired->is_null() && live == nullptr &&
        field.type->shape == Type::Shape::kUnknown) {
      doubts_.push_back(path_.ToString() +
                        " is null, and whether there is such a field is not known");
    }
    if (desired != nullptr && desired->is_null()) desired = nullptr;
    if (live != nullptr && live->is_null()) live = nullptr;
    if (field.kept || (desired == nullptr && live == nullptr)) return;
    if (desired != nullptr && live != nullptr) desired = &MeaningOf(field, *desired);
    if (desired == nullptr || (field.derived && SaysNothing(field, *desired))) {
      if (live != nullptr) LiveOnly(field, *live);
      return;
    }
    if (live == nullptr) {
      if (SaysNothing(field, *desired)) return;
      const Json filled = WithDefaults(*field.type, *desired);
      Changed(*field.type, nullptr, &filled);
    } else if (desired->is_object() && live->is_object()) {
      Map(*field.type, *desired, *live);
    } else if (desired->is_array() && live->is_array()) {
      List(*field.type, *desired, *live);
    } else if (EqualScalars(*field.type, *desired, *live)) {
      return;
    } else if (MayBeAltered(*field.type, *desired)) {
      doubts_.push_back(path_.ToString() +
                        " is a value that the server may cut or decline");
    } else {
      Changed(*field.type, live, desired);
    }
  }

 private:
  /// Live has what the manifest does not say: the server's default, or more.
  void LiveOnly(const Field& field, const Json& live) {
    if (!field.default_value) {
      if (SaysNothing(field, live)) return;
      if (field.derived || field.type->shape == Type::Shape::kUnknown) {
        doubts_.push_back("whether the server filled in " + path_.ToString() +
                          " is not known");
      } else {
        Changed(*field.type, &live, nullptr);
      }
      return;
    }
    Value(field, &*field.default_value, &live);
  }

  void Map(const Type& type, const Json& desired, const Json& live) {
    std::set<std::string> keys;
    for (const auto& [key, value] : desired.items()) keys.insert(key);
    for (const auto& [key, value] : live.items()) keys.insert(key);
    for (const std::string& key : keys) {
      const PathStep step = PathStep::Key(key);
      const Field field = FieldAt(type, step);
      const Json* wanted = FindIn(desired, key);
      if (wanted != nullptr) wanted = &MeaningInMap(type, *wanted);
      const Json filled = Filled(field, wanted, live);
      if (!filled.empty()) wanted = &filled;
      path_.Push(step);
      Value(field, wanted, FindIn(live, key));
      path_.Pop();
    }
  }

  /// The map `desired`, its missing entries taken from the sibling maps that
  /// the server takes them from; empty where it takes none.
  static Json Filled(const Field& field, const Json* desired, const Json& live) {
    Json filled;
    if (field.filled_from.empty() || StringIn(live, "type") != "Container") return filled;
    if (desired != nullptr && desired->is_object()) filled = *desired;
    for (const std::string& sibling : field.filled_from) {
      for (const auto& [key, value] : MapIn(live, sibling).items()) {
        if (!filled.contains(key)) filled[key] = value;
      }
    }
    return filled;
  }

  void List(const Type& type, const Json& desired, const Json& live) {
    if (type.merge == Type::Merge::kByValue) return Set(type, desired, live);
    const auto wanted = NamesOf(type, desired);
    const auto there = NamesOf(type, live);
    if (wanted.size() == desired.size() && there.size() == live.size()) {
      return Named(type, desired, live, wanted, there);
    }
    if (desired.size() != live.size()) {
      const Json filled = WithDefaults(type, desired);
      return Changed(type, &live, &filled);
    }
    const Field element = FieldAt(type, PathStep::Index(0));
    std::size_t index = 0;
    for (auto a = desired.begin(), b = live.begin(); a != desired.end();
         ++a, ++b, ++index) {
      path_.Push(PathStep::Index(index));
      Value(element, &*a, &*b);
      path_.Pop();
    }
  }

  /// Entries that have names are told by them, and then their order.
  void Named(const Type& type, const Json& desired, const Json& live,
             const std::set<PathStep>& wanted, const std::set<PathStep>& there) {
    const Json filled = WithDefaults(type, desired);
    std::set<PathStep> all = wanted;
    all.insert(there.begin(), there.end());
    const Field element = FieldAt(type, PathStep::Index(0));
    for (const PathStep& step : all) {
      path_.Push(step);
      if (!there.contains(step)) {
        Changed(*element.type, nullptr, Descend(type, filled, step));
      } else if (!wanted.contains(step)) {
        Changed(*element.type, Descend(type, live, step), nullptr);
      } else {
        Value(element, Descend(type, desired, step), Descend(type, live, step));
      }
      path_.Pop();
    }
    const Json before = Order(type, live, wanted);
    const Json after = Order(type, desired, there);
    if (before != after) Changed(type, &before, &after);
  }

  /// The names of the entries of `list` that are among `others`, in its order.
  static Json Order(const Type& type, const Json& list,
                    const std::set<PathStep>& others) {
    Json names = Json::array();
    for (const Json& entry : list) {
      const auto step = StepOf(type, entry);
      if (!step || !others.contains(*step)) continue;
      names.push_back(step->value.size() == 1 ? step->value.front() : step->value);
    }
    return names;
  }

  static std::set<PathStep> NamesOf(const Type& type, const Json& list) {
    std::set<PathStep> names;
    for (const Json& entry : list) {
      if (auto step = StepOf(type, entry)) names.insert(*std::move(step));
    }
    return names;
  }

  void Set(const Type& type, const Json& desired, const Json& live) {
    const auto within = [&](const Json& inner, const Json& outer) {
      return std::all_of(inner.begin(), inner.end(), [&](const Json& value) {
        return !AllMatching(type, outer, PathStep::Value(value)).empty();
      });
    };
    for (const Json& value : desired) {
      if (AllMatching(type, desired, PathStep::Value(value)).size() > 1) {
        doubts_.push_back(path_.ToString() + " has an entry twice");
        return;
      }
    }
    if (within(desired, live) && within(live, desired)) {
      // No change by meaning, but a validation may demand an order.
      if (!EqualExactly(type, desired, live)) {
        doubts_.push_back("the entries of " + path_.ToString() +
                          " are in another order than live");
      }
      return;
    }
    for (const Json& value : live) {
      if (!within(Json::array({value}), desired)) Entry(type, value, &value, nullptr);
    }
    for (const Json& value : desired) {
      if (!within(Json::array({value}), live)) Entry(type, value, nullptr, &value);
    }
  }

  void Entry(const Type& type, const Json& value, const Json* before, const Json* after) {
    path_.Push(PathStep::Value(value));
    Changed(type.Element(), before, after);
    path_.Pop();
  }

  void Changed(const Type& type, const Json* before, const Json* after) {
    if (before == nullptr || after == nullptr) {
      const std::size_t known = changes_.size();
      AppendLeaves(path_, Field{&type, std::nullopt, std::nullopt, {}}, before, after,
                   changes_);
      if (changes_.size() > known) return;
    }
    FieldChange change;
    change.path = path_.ToString();
    if (before != nullptr) change.before = *before;
    if (after != nullptr) change.after = *after;
    changes_.push_back(std::move(change));
  }

  FieldPath path_;
  std::vector<FieldChange>& changes_;
  std::vector<std::string>& doubts_;
};

}  // namespace

void CompareWhole(const FieldPath& path, const Field& field, const Json* desired,
                  const Json* live, std::vector<FieldChange>& changes,
                  std::vector<std::string>& doubts) {
  Whole(path, changes, doubts).Value(field, desired, live);
}

}  // namespace holdfast
