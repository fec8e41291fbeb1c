// PrunePass: what applying the manifest would take away, because it says it no longer.

#pragma once

#include <cstddef>

#include "diff/comparing.h"

namespace holdfast {

class PrunePass {
 public:
  explicit PrunePass(Comparing& comparing) : comparing_(comparing) {}

  /// Walks what we applied: `ours` is the set at the path of the comparison, `desired`
  /// and `live` the values there, `desired` null where the manifest has none.
  void Prune(const FieldSet& ours, const Field& field, const Json* desired,
             const Json& live);

 private:
  /// True if the manifest has an entry that is this one if keys which it leaves out
  /// have a default, which is not known.
  static bool MayBeWanted(const Type& type, const Json* desired, const PathStep& step);
  /// A list that loses its last entry is no more.
  bool IsLostAsAWhole(const FieldSet& ours, const Type& type, const Json* desired,
                      const Json& live);
  /// A struct that the manifest no longer mentions goes with our last field in it,
  /// and with it what nobody holds.
  void PruneBelow(const FieldSet& ours, const Field& field, const Json* desired,
                  const Json& live);
  /// A field of ours is no longer in the manifest: it goes with all in it that nobody
  /// else holds.
  void LoseOurs(const Field& field, const Json& live);
  /// metadata, its labels and its annotations: what is ours in them, or was kubectl's, is
  /// told apart from what people wrote.
  bool MayHoldBooks() const;
  /// A field that only we hold is no longer in the manifest: the server takes
  /// it away and puts its default back.
  void Lost(const Field& field, const Json& live);
  /// True if the server makes up what is at the path, or something that it is a part of.
  bool IsDerived() const;
  /// A struct that is always there loses its members and not itself.
  void LostMembers(const Type& type, const Json& live);
  /// Of what is lost, from the change `first` on, the fields of others stay.
  void KeepWhatOthersHold(std::size_t first);
  /// The server prunes at every version at which a manager knows the object, and what
  /// a conversion fills in stays.
  bool IsOfAnotherVersion() const;

  Comparing& comparing_;
};

}  // namespace holdfast
