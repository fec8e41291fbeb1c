// MergePass: what applying the manifest would change in what it says.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "diff/comparing.h"

namespace holdfast {

class MergePass {
 public:
  explicit MergePass(Comparing& comparing) : comparing_(comparing) {}

  /// Compares the whole manifest; `ours` is what we applied before.
  void Run(const FieldSet& ours);

  /// Lists whose entries change places, once Run() is through: they are told beside what
  /// changes in the entries.
  std::vector<FieldChange>& orders() { return orders_; }

 private:
  /// Status is a subresource of every kind of ours, which an apply does not reach.
  void CheckStatus(const Json& desired);
  void Member(const Type& type, const std::string& key, const Json& desired,
              const Json& live, const FieldSet* ours);
  /// `desired` merged into `live`: would it change?
  void Merge(const Field& field, const Json& said, const Json* live,
             const FieldSet* ours);
  static bool IsZero(const Json& value);
  void DoubtValue();
  void DoubtServersOwn();
  /// What the server keeps as it is must be of the right sort all the same.
  void CheckKept(const Json& desired);
  /// Null in a field of which nothing is known may be a field that is not there. In a
  /// custom kind it is a value, which the server keeps or declines (`nullable`).
  void CheckNull(const Field& field, const Json& desired, bool is_null_live);
  /// Where everything is free null is a value like others: the server keeps it.
  void MergeFreeNull(const Json* live, const FieldSet* ours);
  /// Null merges nothing into a struct, map or list that is merged by members (what
  /// we had in it is pruned); it replaces anything else, and the default comes back.
  void MergeNull(const Field& field, const Json& live);
  void MergeMap(const Field& field, const Json& desired, const Json& live,
                const FieldSet* ours);
  void MergeList(const Field& field, const Json& desired, const Json& live,
                 const FieldSet* ours);
  /// Entries that change places are a change: it is told as the list of names.
  void CheckNames(const Type& type, const Json& live);
  void Reordered(const Type& type, const Json& live, const std::vector<PathStep>& desired,
                 const FieldSet* ours);
  static Json NameOf(const PathStep& step);
  void MergeEntry(const Type& type, const Json& desired, const Json& live,
                  const std::vector<const Json*>& found, const PathStep& step,
                  const FieldSet* ours, std::vector<std::ptrdiff_t>& places);
  /// A value that is replaced as a whole: it must be all there is in live, but
  /// for what the server fills in.
  void MergeWhole(const Field& field, const Json& desired, const Json& live,
                  const FieldSet* ours);
  /// The server's own word on how it merges is in managedFields: what it holds
  /// as one leaf, it replaces as a whole. If our table says otherwise, our
  /// table is wrong for this server.
  void CheckGrain(const Json& desired, const Json& live, const FieldSet* ours);
  bool ServerMergesHere() const;
  static bool HasMore(const Json& live, const Json& desired);

  Comparing& comparing_;
  std::vector<FieldChange> orders_;
};

}  // namespace holdfast
