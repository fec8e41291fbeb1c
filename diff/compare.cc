#include "diff/compare.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "diff/adoption.h"
#include "diff/leaves.h"
#include "diff/normalize.h"
#include "diff/ownership.h"
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

/// One comparison. Two passes: Merge walks the manifest and compares what is
/// in it; Prune walks what we applied before and finds what is no longer in it.
class Comparer {
 public:
  Comparer(const Object& desired, const Object& live, std::string_view manager,
           const Schema& schema)
      : desired_(desired),
        live_(live),
        manager_(manager),
        known_kind_(schema.Find(desired.gvk()) != nullptr),
        type_(schema.TypeOf(desired.gvk())),
        ownership_(Ownership::Of(live)) {
    result_.predecessors = PredecessorsOn(ownership_, manager);
    books_differ_ = !result_.predecessors.empty();
    ownership_ = AdoptedOwnership(live, manager);
  }

  Comparison Run() {
    const ManagedEntry* ours = ownership_.AppliedBy(manager_);
    result_.ownership_known = ownership_.complete;
    CheckIdentity(ours);
    if (ours == nullptr) {
      MergeRoot(FieldSet());
    } else if (AppliedStringData(*ours)) {
      MergeRoot(WithStringData(ours->fields));
    } else {
      MergeRoot(ours->fields);
    }
    if (ours != nullptr) {
      const Field root{&type_, std::nullopt, std::nullopt, {}};
      Prune(ours->fields, root, &desired_.json(), live_.json());
    }
    return Finish();
  }

 private:
  /// Objects whose fields cannot be laid side by side at all.
  void CheckIdentity(const ManagedEntry* ours) {
    const std::string wanted = desired_.gvk().ApiVersion();
    if (const std::string read = live_.gvk().ApiVersion(); read != wanted) {
      Doubt("the live object was read as " + read + " and not as " + wanted);
    }
    if (!ownership_.complete) {
      Doubt(
          "metadata.managedFields is missing or cannot be read: whether Git dropped a "
          "field that was applied before is not known");
    }
    if (ours != nullptr && ours->api_version != wanted) {
      Doubt("it was last applied as " + ours->api_version +
            ": its managedFields may name "
            "other fields than " +
            wanted + " has");
    }
    for (const char* key : {"uid", "resourceVersion"}) {
      const std::string value = StringIn(desired_.json(), "metadata", key);
      if (!value.empty() && value != StringIn(live_.json(), "metadata", key)) {
        Doubt("metadata." + std::string(key) +
              " is set in the manifest and is not that of the live object");
      }
    }
    if (!ArrayIn(desired_.json(), "metadata", "managedFields").empty()) {
      Doubt("metadata.managedFields is set in the manifest");
    }
  }

  bool AppliedStringData(const ManagedEntry& ours) const {
    return desired_.ref().Is("", "Secret") &&
           ours.fields.Child(PathStep::Key("stringData")) != nullptr;
  }

  /// A key that was applied as stringData is ours in data, where it ended up.
  static FieldSet WithStringData(FieldSet fields) {
    const FieldSet copy = *fields.Child(PathStep::Key("stringData"));
    FieldSet& data = fields.children[PathStep::Key("data")];
    data.children.insert(copy.children.begin(), copy.children.end());
    return fields;
  }

  void MergeRoot(const FieldSet& held) {
    for (const auto& [key, value] : desired_.json().items()) {
      if (key == "apiVersion" || key == "kind") continue;
      // Status is a subresource of every kind of ours; an apply does not reach it.
      if (key == "status" && (known_kind_ || value.empty())) continue;
      Member(type_, key, value, live_.json(), &held);
    }
  }

  void Member(const Type& type, const std::string& key, const Json& desired,
              const Json& live, const FieldSet* ours) {
    if (path_.steps().size() == 1 && path_.steps()[0].key == "metadata" &&
        IsServersMetadata(key)) {
      return;
    }
    const PathStep step = PathStep::Key(key);
    path_.Push(step);
    Merge(FieldAt(type, step), desired, FindIn(live, key),
          ours == nullptr ? nullptr : ours->Child(step));
    path_.Pop();
  }

  /// `desired` merged into `live`: would it change?
  void Merge(const Field& field, const Json& desired, const Json* live,
             const FieldSet* ours) {
    if (live == nullptr || live->is_null()) {
      if (!SaysNothing(field, desired)) Changed(field, nullptr, &desired);
    } else if (desired.is_null()) {
      MergeNull(field, *live);
    } else if (desired.is_object() && live->is_object()) {
      MergeMap(field, desired, *live, ours);
    } else if (desired.is_array() && live->is_array()) {
      MergeList(field, desired, *live, ours);
    } else if (EqualScalars(*field.type, desired, *live)) {
      NoteOwner(ours);
    } else {
      Changed(field, live, &desired);
    }
  }

  void MergeNull(const Field& field, const Json& live) {
    if (SaysNothing(field, live)) return;
    if (field.default_value && EqualExactly(*field.type, *field.default_value, live))
      return;
    Doubt(path_.ToString() + " is null in the manifest and set in the live object");
  }

  void MergeMap(const Field& field, const Json& desired, const Json& live,
                const FieldSet* ours) {
    const Type& type = *field.type;
    if (type.atomic()) return MergeWhole(field, desired, live, ours);
    if (type.shape == Type::Shape::kUnknown) {
      if (!ServerMergesHere() && HasMore(live, desired)) {
        Doubt("whether " + path_.ToString() +
              " is merged or replaced is not known, and the live object has more in it");
      }
    } else {
      CheckGrain(desired, live, ours);
    }
    if (desired.empty() && !SaysNothing(field, desired)) NoteOwner(ours);
    for (const auto& [key, value] : desired.items()) Member(type, key, value, live, ours);
  }

  void MergeList(const Field& field, const Json& desired, const Json& live,
                 const FieldSet* ours) {
    const Type& type = *field.type;
    if (!type.is_list() || type.atomic()) return MergeWhole(field, desired, live, ours);
    if (desired.empty()) {
      if (!live.empty())
        Doubt(path_.ToString() + " is empty in the manifest and not live");
      return;
    }
    CheckGrain(desired, live, ours);
    std::vector<std::ptrdiff_t> places;
    std::set<PathStep> seen;
    for (const Json& entry : desired) {
      const auto step = StepOf(type, entry);
      if (!step) {
        Doubt("an entry of " + path_.ToString() + " has no " + type.keys.front());
        continue;
      }
      path_.Push(*step);
      if (!seen.insert(*step).second) {
        Doubt(path_.ToString() + " stands twice in the manifest");
      } else {
        MergeEntry(type, entry, live, *step, ours, places);
      }
      path_.Pop();
    }
    const bool by_key = type.merge == Type::Merge::kByKey;
    if (by_key && !std::is_sorted(places.begin(), places.end())) {
      Doubt("the entries of " + path_.ToString() + " are in another order than live");
    }
  }

  void MergeEntry(const Type& type, const Json& desired, const Json& live,
                  const PathStep& step, const FieldSet* ours,
                  std::vector<std::ptrdiff_t>& places) {
    const Field field = FieldAt(type, step);
    const auto found = AllMatching(type, live, step);
    if (found.empty()) return Changed(field, nullptr, &desired);
    if (found.size() > 1)
      return Doubt(path_.ToString() + " stands twice in the live object");
    places.push_back(found.front() - &*live.begin());
    const FieldSet* set = ours == nullptr ? nullptr : ours->Child(step);
    if (desired.is_object()) {
      Merge(field, desired, found.front(), set);
    } else {
      NoteOwner(set);
    }
  }

  /// A value that is replaced as a whole: it must be all there is in live, but
  /// for what the server fills in.
  void MergeWhole(const Field& field, const Json& desired, const Json& live,
                  const FieldSet* ours) {
    const std::size_t before = result_.fields.size();
    CompareWhole(path_, field, &desired, &live, result_.fields, result_.doubts);
    for (std::size_t i = before; i < result_.fields.size(); ++i) {
      result_.fields[i].manager = ManagerOf(path_);
    }
    NoteOwner(ours);
  }

  /// The server's own word on how it merges is in managedFields: what it holds
  /// as one leaf, it replaces as a whole. If our table says otherwise, our
  /// table is wrong for this server.
  void CheckGrain(const Json& desired, const Json& live, const FieldSet* ours) {
    if (ours != nullptr && ours->leaf() && !desired.empty() && !live.empty()) {
      Doubt("managedFields holds " + path_.ToString() + " as a whole");
    }
  }

  bool ServerMergesHere() const {
    return std::any_of(
        ownership_.entries.begin(), ownership_.entries.end(),
        [&](const ManagedEntry& entry) { return entry.fields.HasBelow(path_); });
  }

  static bool HasMore(const Json& live, const Json& desired) {
    for (const auto& [key, value] : live.items()) {
      if (!desired.contains(key)) return true;
    }
    return false;
  }

  /// Walks what we applied: `ours` is the set at `path_`, `desired` and `live`
  /// the values there, `desired` null where the manifest has none.
  void Prune(const FieldSet& ours, const Field& field, const Json* desired,
             const Json& live) {
    const Type& type = *field.type;
    for (const auto& [step, set] : ours.children) {
      const Json* live_value = Descend(type, live, step);
      if (live_value == nullptr) continue;  // Gone already: nothing to lose.
      const Json* wanted = desired == nullptr ? nullptr : Descend(type, *desired, step);
      const Field at = FieldAt(type, step);
      path_.Push(step);
      if (wanted == nullptr && set.member && !ownership_.HeldByOthers(path_, manager_)) {
        LoseOurs(at, *live_value);
      } else {
        PruneBelow(set, at, wanted, *live_value);
      }
      path_.Pop();
    }
  }

  /// A struct that the manifest no longer mentions goes with our last field in
  /// it, and with it what nobody holds: only the server knows what comes back.
  void PruneBelow(const FieldSet& ours, const Field& field, const Json* desired,
                  const Json& live) {
    const std::size_t known = result_.fields.size() + result_.doubts.size();
    Prune(ours, field, desired, live);
    const bool told = result_.fields.size() + result_.doubts.size() > known;
    if (desired != nullptr || ours.member || told) return;
    if (ownership_.Others(path_, manager_).empty()) {
      Doubt(path_.ToString() + " is no longer in the manifest");
    }
  }

  /// A field of ours is no longer in the manifest: it goes with all in it that nobody
  /// else holds.
  void LoseOurs(const Field& field, const Json& live) {
    const bool others = !ownership_.Others(path_, manager_).empty();
    if (!others && !MayHoldBooks()) return Lost(field, live);
    const auto member = [&](PathStep step, const Json& value) {
      const Field at = FieldAt(*field.type, step);
      path_.Push(std::move(step));
      if (!ownership_.HeldByOthers(path_, manager_)) LoseOurs(at, value);
      path_.Pop();
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

  /// metadata, its labels and its annotations: what is ours in them, or was kubectl's, is
  /// told apart from what people wrote.
  bool MayHoldBooks() const {
    const auto& steps = path_.steps();
    if (steps.empty() || steps.size() > 2 || steps[0].key != "metadata") return false;
    return steps.size() == 1 || steps[1].key == "labels" || steps[1].key == "annotations";
  }

  /// A field that only we hold is no longer in the manifest: the server takes
  /// it away and puts its default back.
  void Lost(const Field& field, const Json& live) {
    // What kubectl apply noted down was never in Git.
    if (IsBookkeeping(path_) || path_.steps().back().key == kLastApplied) {
      books_differ_ = true;
      return;
    }
    result_.dropped.push_back(path_);
    const bool has_default = field.default_value && !field.default_value->is_object();
    const bool stays = has_default
                           ? EqualExactly(*field.type, *field.default_value, live)
                           : SaysNothing(field, live) &&
                                 (!field.default_value || field.default_value->empty());
    if (stays) {
      books_differ_ = true;
      return;
    }
    const std::size_t before = result_.fields.size();
    AppendLeaves(path_, field, &live, nullptr, result_.fields);
    if (result_.fields.size() == before) {
      Doubt(path_.ToString() + " is no longer in the manifest");
    } else if (has_default) {
      result_.fields.back().after = *field.default_value;
    }
  }

  void Changed(const Field& field, const Json* before, const Json* after) {
    if (IsBookkeeping(path_)) {
      books_differ_ = true;
      return;
    }
    if (before == nullptr || after == nullptr) {
      if (!AddLeaves(field, before, after)) {
        Doubt(path_.ToString() + " is in the manifest and not in the live object");
      }
      return;
    }
    result_.fields.push_back({path_.ToString(), *before, *after, ManagerOf(path_)});
  }

  /// False if there is nothing to tell. metadata.labels may be missing live as
  /// a whole, with ours among those to come.
  bool AddLeaves(const Field& field, const Json* before, const Json* after) {
    std::vector<FieldChange> leaves;
    AppendLeaves(path_, field, before, after, leaves);
    for (FieldChange& leaf : leaves) {
      const auto path = FieldPath::Parse(leaf.path);
      if (path && IsBookkeeping(*path)) {
        books_differ_ = true;
      } else {
        result_.fields.push_back(std::move(leaf));
      }
    }
    return !leaves.empty();
  }

  std::string ManagerOf(const FieldPath& path) const {
    std::string names;
    for (const std::string& name : ownership_.Others(path, manager_)) {
      names += (names.empty() ? "" : ", ") + name;
    }
    return names;
  }

  /// Called for each value that is equal: is it ours yet?
  void NoteOwner(const FieldSet* ours) {
    if (ours == nullptr || ours->empty()) books_differ_ = true;
  }

  void Doubt(std::string sentence) { result_.doubts.push_back(std::move(sentence)); }

  Comparison Finish() {
    const auto by_path = [](const FieldChange& a, const FieldChange& b) {
      return a.path < b.path;
    };
    std::stable_sort(result_.fields.begin(), result_.fields.end(), by_path);
    DropCovered();
    if (!result_.fields.empty()) {
      result_.answer = Answer::kDifferent;
      result_.doubts.clear();
    } else if (!result_.doubts.empty()) {
      result_.answer = Answer::kUnsure;
    } else {
      result_.answer = Answer::kSame;
      result_.bookkeeping = books_differ_;
    }
    return std::move(result_);
  }

  /// Both passes may tell of one place: a list that changes as a whole, and an
  /// entry of it that we lose. The outer one says it all.
  void DropCovered() {
    std::vector<FieldChange> kept;
    for (FieldChange& change : result_.fields) {
      const bool covered = std::any_of(kept.begin(), kept.end(), [&](const auto& outer) {
        const std::size_t size = outer.path.size();
        return change.path.starts_with(outer.path) &&
               (change.path.size() == size || change.path[size] == '.' ||
                change.path[size] == '[');
      });
      if (!covered) kept.push_back(std::move(change));
    }
    result_.fields = std::move(kept);
  }

  const Object& desired_;  ///< Normal.
  const Object& live_;
  std::string_view manager_;
  bool known_kind_;
  const Type& type_;
  Ownership ownership_;
  FieldPath path_;
  bool books_differ_ = false;
  Comparison result_;
};

}  // namespace

std::string_view ToString(Answer answer) {
  switch (answer) {
    case Answer::kSame:
      return "same";
    case Answer::kDifferent:
      return "different";
    case Answer::kUnsure:
      return "unsure";
  }
  return "unsure";
}

Comparison Compare(const Object& desired, const Object& live, std::string_view manager,
                   const Schema& schema) {
  // A copy takes as long as half a comparison; only Secrets may need one.
  if (IsNormal(desired)) return Comparer(desired, live, manager, schema).Run();
  return Comparer(Normalize(desired), live, manager, schema).Run();
}

}  // namespace holdfast
