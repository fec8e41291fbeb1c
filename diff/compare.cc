#include "diff/compare.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "diff/adoption.h"
#include "diff/defaults.h"
#include "diff/leaves.h"
#include "diff/list_index.h"
#include "diff/merged_order.h"
#include "diff/normalize.h"
#include "diff/ownership.h"
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
    // Without predecessors it is what was read already.
    if (books_differ_) ownership_ = AdoptedOwnership(live, manager);
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
      if (key == "status" && (known_kind_ || value.empty())) {
        CheckStatus(value);
        continue;
      }
      Member(type_, key, value, live_.json(), &held);
    }
  }

  /// Status is a subresource of every kind of ours, which an apply does not reach.
  void CheckStatus(const Json& desired) {
    const Json* live = FindIn(live_.json(), "status");
    if (live != nullptr && IsHarmless(desired, *live)) return;
    Doubt("status is set in the manifest, and not as the server writes it");
  }

  void Member(const Type& type, const std::string& key, const Json& desired,
              const Json& live, const FieldSet* ours) {
    const PathStep step = PathStep::Key(key);
    path_.Push(step);
    if (path_.steps().size() == 2 && path_.steps()[0].key == "metadata" &&
        IsServersMetadata(key)) {
      if (key != "managedFields" && !IsHarmlessMetadata(key, desired)) DoubtServersOwn();
    } else if (IsServersOwn(path_)) {
      if (!IsHarmlessMetadata(key, desired)) DoubtServersOwn();
    } else {
      Merge(FieldAt(type, step), MeaningInMap(type, desired), FindIn(live, key),
            ours == nullptr ? nullptr : ours->Child(step));
    }
    path_.Pop();
  }

  /// `desired` merged into `live`: would it change?
  void Merge(const Field& field, const Json& said, const Json* live,
             const FieldSet* ours) {
    if (field.kept) return CheckKept(said);
    const bool there = live != nullptr && !live->is_null();
    const Json& desired = there ? MeaningOf(field, said) : said;
    if (!there) {
      if (SaysNothing(field, desired)) return CheckNull(field, desired);
      if (field.derived) return Doubt(path_.ToString() + " is for the server to derive");
      if (MayBeAltered(*field.type, desired)) return DoubtValue();
      const Json filled = WithDefaults(*field.type, desired);
      Changed(field, nullptr, &filled);
    } else if (field.derived && !field.default_value &&
               (SaysNothing(field, desired) || IsZero(desired)) &&
               !EqualExactly(*field.type, desired, *live)) {
      if (!SaysNothing(field, *live))
        Doubt(path_.ToString() + " is for the server to derive");
    } else if (desired.is_null()) {
      MergeNull(field, *live);
    } else if (desired.is_object() && live->is_object()) {
      MergeMap(field, desired, *live, ours);
    } else if (desired.is_array() && live->is_array()) {
      MergeList(field, desired, *live, ours);
    } else if (EqualScalars(*field.type, desired, *live)) {
      NoteOwner(ours);
    } else if (MayBeAltered(*field.type, desired)) {
      DoubtValue();
    } else {
      Changed(field, live, &desired);
    }
  }

  static bool IsZero(const Json& value) {
    return value == Json("") || value == Json(0) || value == Json(false);
  }

  void DoubtValue() {
    Doubt(path_.ToString() + " is a value that the server may cut or decline");
  }

  void DoubtServersOwn() {
    Doubt(path_.ToString() + " is set in the manifest, and not as the server writes it");
  }

  /// What the server keeps as it is must be of the right sort all the same.
  void CheckKept(const Json& desired) {
    const bool texts = desired.is_array() &&
                       std::all_of(desired.begin(), desired.end(),
                                   [](const Json& entry) { return entry.is_string(); });
    if (!desired.is_null() && !desired.is_string() && !texts) {
      Doubt(path_.ToString() + " is not as the server writes it");
    }
  }

  /// Null in a field of which nothing is known may be a field that is not there.
  void CheckNull(const Field& field, const Json& desired) {
    if (!desired.is_null() || field.type->shape != Type::Shape::kUnknown) return;
    if (path_.steps().back().key == "creationTimestamp") return;
    Doubt(path_.ToString() + " is null, and whether there is such a field is not known");
  }

  /// Null merges nothing into a struct, map or list that is merged by members (what
  /// we had in it is pruned); it replaces anything else, and the default comes back.
  void MergeNull(const Field& field, const Json& live) {
    if (SaysNothing(field, live)) return;
    const Type& type = *field.type;
    if (type.shape == Type::Shape::kUnknown) {
      return Doubt(path_.ToString() +
                   " is null in the manifest and set in the live object");
    }
    if (live.is_structured() && !type.atomic()) {
      // Where both are empty null takes the place of {}, which the server may decline.
      if (live.empty())
        Doubt(path_.ToString() + " is null in the manifest and empty live");
      return;
    }
    if (!field.default_value) return Changed(field, &live, nullptr);
    const Json standard = WithDefaults(type, *field.default_value);
    if (!EqualExactly(type, standard, live)) Changed(field, &live, &standard);
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
    if (type.shape == Type::Shape::kUnknown && desired.empty() && !live.empty()) {
      return Doubt(path_.ToString() + " is empty in the manifest and not live");
    }
    if (!type.is_list() || type.atomic()) return MergeWhole(field, desired, live, ours);
    const bool has_nameless =
        std::any_of(live.begin(), live.end(),
                    [&](const Json& entry) { return !StepOf(type, entry); });
    if (has_nameless) {
      Doubt("an entry of " + path_.ToString() + " has no key in the live object");
    }
    if (desired.empty()) return;  // Merges nothing; what we had in it is pruned.
    CheckGrain(desired, live, ours);
    std::vector<std::ptrdiff_t> places;
    std::vector<PathStep> steps;
    std::set<PathStep> seen;
    const ListIndex index(type, live);
    for (const Json& entry : desired) {
      const auto step = StepOf(type, entry);
      if (!step) {
        Doubt("an entry of " + path_.ToString() + " has no " + type.keys.front());
        unclear_.insert(path_);
        continue;
      }
      path_.Push(*step);
      steps.push_back(*step);
      if (!seen.insert(*step).second) {
        Doubt(path_.ToString() + " stands twice in the manifest");
      } else {
        MergeEntry(type, entry, live, index.Find(*step), *step, ours, places);
      }
      path_.Pop();
    }
    const bool by_key = type.merge == Type::Merge::kByKey;
    if (by_key && !std::is_sorted(places.begin(), places.end())) {
      Reordered(type, live, steps, ours);
    }
  }

  /// Entries that change places are a change: it is told as the list of names.
  void Reordered(const Type& type, const Json& live, const std::vector<PathStep>& desired,
                 const FieldSet* ours) {
    const std::set<PathStep> wanted(desired.begin(), desired.end());
    std::vector<PathStep> stay;
    for (const Json& entry : live) {
      const auto step = StepOf(type, entry);
      if (!step) return Doubt("an entry of " + path_.ToString() + " has no key");
      if (!IsLost(*step, wanted, ours)) stay.push_back(*step);
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
    orders_.push_back(
        {path_.ToString(), std::move(before), std::move(after), ManagerOf(path_)});
  }

  static Json NameOf(const PathStep& step) {
    return step.value.size() == 1 ? step.value.front() : step.value;
  }

  /// True if the entry `step` of the list at path_ is ours alone and not wanted any more.
  bool IsLost(const PathStep& step, const std::set<PathStep>& desired,
              const FieldSet* ours) {
    if (desired.contains(step)) return false;
    const FieldSet* set = ours == nullptr ? nullptr : ours->Child(step);
    if (set == nullptr || !set->member) return false;
    path_.Push(step);
    const bool held = ownership_.HeldByOthers(path_, manager_);
    path_.Pop();
    return !held;
  }

  void MergeEntry(const Type& type, const Json& desired, const Json& live,
                  const std::vector<const Json*>& found, const PathStep& step,
                  const FieldSet* ours, std::vector<std::ptrdiff_t>& places) {
    const Field field = FieldAt(type, step);
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
    // Of a list that is merged and empty nothing is in managedFields.
    const bool unrecorded = desired.empty() && desired.is_array() &&
                            field.type->shape == Type::Shape::kUnknown;
    if (!unrecorded) NoteOwner(ours);
  }

  /// The server's own word on how it merges is in managedFields: what it holds
  /// as one leaf, it replaces as a whole. If our table says otherwise, our
  /// table is wrong for this server.
  void CheckGrain(const Json& desired, const Json& live, const FieldSet* ours) {
    // A leaf may also be what was applied when the manifest had null or {} here.
    if (ours != nullptr && ours->leaf() && !desired.empty() && !live.empty() &&
        !ServerMergesHere()) {
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
    if (field.kept || IsServersOwn(path_) || unclear_.contains(path_)) return;
    if (IsLostAsAWhole(ours, type, desired, live)) return Lost(field, live);
    const ListIndex live_index(type, live);
    static const Json kNone;
    const ListIndex desired_index(type, desired == nullptr ? kNone : *desired);
    for (const auto& [step, set] : ours.children) {
      const Json* live_value = live_index.First(step);
      if (live_value == nullptr) continue;  // Gone already: nothing to lose.
      const Json* wanted = desired == nullptr ? nullptr : desired_index.First(step);
      const Field at = FieldAt(type, step);
      path_.Push(step);
      if (wanted == nullptr && set.member && !ownership_.HeldByOthers(path_, manager_)) {
        if (MayBeWanted(type, desired, step)) {
          Doubt("whether " + path_.ToString() + " is in the manifest is not known");
        } else {
          LoseOurs(at, *live_value);
        }
      } else {
        PruneBelow(set, at, wanted, *live_value);
      }
      path_.Pop();
    }
  }

  /// True if the manifest has an entry that is this one if keys which it leaves out
  /// have a default, which is not known.
  static bool MayBeWanted(const Type& type, const Json* desired, const PathStep& step) {
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

  /// A list that loses its last entry is no more.
  bool IsLostAsAWhole(const FieldSet& ours, const Type& type, const Json* desired,
                      const Json& live) {
    const bool none = desired == nullptr || desired->is_null() || desired->empty();
    if (!none || !type.is_list() || type.atomic() || !live.is_array() || live.empty()) {
      return false;
    }
    return std::all_of(live.begin(), live.end(), [&](const Json& entry) {
      const auto step = StepOf(type, entry);
      return step && IsLost(*step, {}, &ours);
    });
  }

  /// A struct that the manifest no longer mentions goes with our last field in it,
  /// and with it what nobody holds.
  void PruneBelow(const FieldSet& ours, const Field& field, const Json* desired,
                  const Json& live) {
    const bool gone =
        desired == nullptr && !ours.empty() && ownership_.Others(path_, manager_).empty();
    if (gone) return Lost(field, live);
    const std::size_t known = result_.fields.size();
    Prune(ours, field, desired, live);
    const bool emptied = desired != nullptr && live.is_object() &&
                         (desired->is_null() || desired->empty());
    if (emptied && result_.fields.size() > known) {
      Doubt("what is left of " + path_.ToString() + " is not known");
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
    const auto& dropped = result_.dropped;
    if (dropped.empty() || !path_.StartsWith(dropped.back()))
      result_.dropped.push_back(path_);
    if (IsServersOwn(path_)) return;
    if (IsDerived() && !field.default_value && !SaysNothing(field, live)) {
      return Doubt(path_.ToString() +
                   " is no longer in the manifest: the server derives it");
    }
    if (!known_kind_ && path_.steps().front().key != "metadata") {
      return Doubt(
          path_.ToString() +
          " is no longer in the manifest; whether it has a default is not known");
    }
    if (IsOfAnotherVersion()) {
      return Doubt(
          path_.ToString() +
          " is no longer in the manifest, and another manager knows the object at "
          "another version");
    }
    if (field.default_value && field.default_value->is_object() && live.is_object()) {
      return LostMembers(*field.type, live);
    }
    if (field.default_value ? EqualExactly(*field.type, *field.default_value, live)
                            : SaysNothing(field, live)) {
      books_differ_ = true;
      return;
    }
    const std::size_t before = result_.fields.size();
    AppendLeaves(path_, field, &live, nullptr, result_.fields);
    if (result_.fields.size() == before) {
      Doubt(path_.ToString() + " is no longer in the manifest");
    } else if (field.default_value) {
      result_.fields.back().after = *field.default_value;
    }
    KeepWhatOthersHold(before);
  }

  /// True if the server makes up what is at path_, or something that it is a part of.
  bool IsDerived() const {
    Field field{&type_, std::nullopt, std::nullopt, {}};
    return std::any_of(path_.steps().begin(), path_.steps().end(),
                       [&](const PathStep& step) {
                         field = FieldAt(*field.type, step);
                         const auto& standard = field.default_value;
                         return field.derived ||
                                (standard && standard->is_object() && !standard->empty());
                       });
  }

  /// A struct that is always there loses its members and not itself.
  void LostMembers(const Type& type, const Json& live) {
    books_differ_ = true;
    for (const auto& [key, value] : live.items()) {
      const PathStep step = PathStep::Key(key);
      path_.Push(step);
      if (!ownership_.HeldByOthers(path_, manager_)) Lost(FieldAt(type, step), value);
      path_.Pop();
    }
  }

  /// Of what is lost, from the change `first` on, the fields of others stay.
  void KeepWhatOthersHold(std::size_t first) {
    const auto stays = [this](const FieldChange& change) {
      const auto path = FieldPath::Parse(change.path);
      return path.ok() && !ownership_.Others(*path, manager_).empty();
    };
    auto& fields = result_.fields;
    const auto from = fields.begin() + static_cast<std::ptrdiff_t>(first);
    const auto kept = std::remove_if(from, fields.end(), stays);
    if (kept == fields.end()) return;
    fields.erase(kept, fields.end());
    Doubt("others hold a part of " + path_.ToString() +
          ", which is no longer in the manifest");
  }

  /// The server prunes at every version at which a manager knows the object, and what
  /// a conversion fills in stays.
  bool IsOfAnotherVersion() const {
    const std::string wanted = desired_.gvk().ApiVersion();
    return std::any_of(
        ownership_.entries.begin(), ownership_.entries.end(),
        [&](const ManagedEntry& entry) { return entry.api_version != wanted; });
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
    std::move(orders_.begin(), orders_.end(), std::back_inserter(result_.fields));
    std::stable_sort(result_.fields.begin(), result_.fields.end(), by_path);
    if (!result_.fields.empty()) {
      result_.answer = Answer::kDifferent;
      result_.partial = !result_.doubts.empty();
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
  std::vector<FieldChange> orders_;
  std::set<FieldPath> unclear_;  // Lists with entries that cannot be told apart.
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
  // Only a Secret may need a copy.
  if (IsNormal(desired)) return Comparer(desired, live, manager, schema).Run();
  return Comparer(Normalize(desired), live, manager, schema).Run();
}

}  // namespace holdfast
