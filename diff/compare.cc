#include "diff/compare.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "diff/adoption.h"
#include "diff/comparing.h"
#include "diff/merge_pass.h"
#include "diff/normalize.h"
#include "diff/prune_pass.h"

namespace holdfast {
namespace {

class Comparer {
 public:
  Comparer(const Object& desired, const Object& live, std::string_view manager,
           const Schema& schema)
      : comparing_{.desired = desired,
                   .live = live,
                   .manager = manager,
                   .known_kind = schema.Find(desired.gvk()) != nullptr,
                   .type = schema.TypeOf(desired.gvk()),
                   .ownership = Ownership::Of(live),
                   .path = {},
                   .unclear = {},
                   .result = {}} {
    comparing_.result.predecessors = PredecessorsOn(comparing_.ownership, manager);
    comparing_.books_differ = !comparing_.result.predecessors.empty();
    // Without predecessors it is what was read already.
    if (comparing_.books_differ) comparing_.ownership = AdoptedOwnership(live, manager);
  }

  Comparison Run() {
    const ManagedEntry* ours = comparing_.ownership.AppliedBy(comparing_.manager);
    comparing_.result.ownership_known = comparing_.ownership.complete;
    CheckIdentity(ours);
    MergePass merge(comparing_);
    if (ours == nullptr) {
      merge.Run(FieldSet());
    } else if (AppliedStringData(*ours)) {
      merge.Run(WithStringData(ours->fields));
    } else {
      merge.Run(ours->fields);
    }
    if (ours != nullptr) {
      const Field root{&comparing_.type, std::nullopt, std::nullopt, {}};
      PrunePass(comparing_)
          .Prune(ours->fields, root, &comparing_.desired.json(), comparing_.live.json());
    }
    return Finish(std::move(merge.orders()));
  }

 private:
  /// Objects whose fields cannot be laid side by side at all.
  void CheckIdentity(const ManagedEntry* ours) {
    const std::string wanted = comparing_.desired.gvk().ApiVersion();
    if (const std::string read = comparing_.live.gvk().ApiVersion(); read != wanted) {
      comparing_.Doubt("the live object was read as " + read + " and not as " + wanted);
    }
    if (!comparing_.ownership.complete) {
      comparing_.Doubt(
          "metadata.managedFields is missing or cannot be read: whether Git dropped a "
          "field that was applied before is not known");
    }
    if (ours != nullptr && ours->api_version != wanted) {
      comparing_.Doubt("it was last applied as " + ours->api_version +
                       ": its managedFields may name "
                       "other fields than " +
                       wanted + " has");
    }
    for (const char* key : {"uid", "resourceVersion"}) {
      const std::string value = StringIn(comparing_.desired.json(), "metadata", key);
      if (!value.empty() && value != StringIn(comparing_.live.json(), "metadata", key)) {
        comparing_.Doubt("metadata." + std::string(key) +
                         " is set in the manifest and is not that of the live object");
      }
    }
    if (!ArrayIn(comparing_.desired.json(), "metadata", "managedFields").empty()) {
      comparing_.Doubt("metadata.managedFields is set in the manifest");
    }
  }

  bool AppliedStringData(const ManagedEntry& ours) const {
    return comparing_.desired.ref().Is("", "Secret") &&
           ours.fields.Child(PathStep::Key("stringData")) != nullptr;
  }

  /// A key that was applied as stringData is ours in data, where it ended up.
  static FieldSet WithStringData(FieldSet fields) {
    const FieldSet copy = *fields.Child(PathStep::Key("stringData"));
    FieldSet& data = fields.children[PathStep::Key("data")];
    data.children.insert(copy.children.begin(), copy.children.end());
    return fields;
  }

  Comparison Finish(std::vector<FieldChange> orders) {
    const auto by_path = [](const FieldChange& a, const FieldChange& b) {
      return a.path < b.path;
    };
    std::stable_sort(comparing_.result.fields.begin(), comparing_.result.fields.end(),
                     by_path);
    DropCovered();
    DoubtWhatAdmissionGives();
    std::move(orders.begin(), orders.end(), std::back_inserter(comparing_.result.fields));
    std::stable_sort(comparing_.result.fields.begin(), comparing_.result.fields.end(),
                     by_path);
    if (!comparing_.result.fields.empty()) {
      comparing_.result.answer = Answer::kDifferent;
      comparing_.result.partial = !comparing_.result.doubts.empty();
      comparing_.result.doubts.clear();
    } else if (!comparing_.result.doubts.empty()) {
      comparing_.result.answer = Answer::kUnsure;
    } else {
      comparing_.result.answer = Answer::kSame;
      comparing_.result.bookkeeping = comparing_.books_differ;
    }
    return std::move(comparing_.result);
  }

  /// What admission gave to a Pod it gives again, whatever is applied.
  void DoubtWhatAdmissionGives() {
    if (!comparing_.desired.ref().Is("", "Pod")) return;
    std::erase_if(comparing_.result.fields, [&](const FieldChange& change) {
      const bool given = change.path.starts_with("spec.tolerations") ||
                         change.path.starts_with("spec.serviceAccount");
      if (given) comparing_.Doubt(change.path + " may be given by the server all the same");
      return given;
    });
  }

  /// Both passes may tell of one place: a list that changes as a whole, and an
  /// entry of it that we lose. The outer one says it all.
  void DropCovered() {
    std::vector<FieldChange> kept;
    for (FieldChange& change : comparing_.result.fields) {
      const bool covered = std::any_of(kept.begin(), kept.end(), [&](const auto& outer) {
        const std::size_t size = outer.path.size();
        return change.path.starts_with(outer.path) &&
               (change.path.size() == size || change.path[size] == '.' ||
                change.path[size] == '[');
      });
      if (!covered) kept.push_back(std::move(change));
    }
    comparing_.result.fields = std::move(kept);
  }

  Comparing comparing_;
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
