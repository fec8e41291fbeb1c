// Compare: would applying this manifest change the live object, and where?
//
// Server-side apply changes nothing exactly if every field of the manifest has
// the same meaning in the live object, and no field that we applied before is
// missing from the manifest, except where somebody else holds it too or the
// server's default is what is there. That is decided here without a request.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diff/change.h"
#include "diff/object.h"
#include "diff/schema.h"

namespace holdfast {

enum class Answer {
  kSame,       ///< Applying changes no field by value. Never wrong.
  kDifferent,  ///< Applying changes `fields`, admission aside.
  kUnsure,     ///< Only the server can say; `doubts` tells why.
};

/// "same", "different", "unsure".
std::string_view ToString(Answer answer);

struct Comparison {
  Answer answer = Answer::kUnsure;
  /// Sorted by path; empty unless kDifferent. What is surely different is
  /// here; where there is doubt beside it, only the server knows the rest. Values of
  /// a Secret are NOT masked: see diff/mask.h.
  std::vector<FieldChange> fields;
  /// With kDifferent: there was doubt beside `fields`, so more may change. What the
  /// server derives from other fields (Field::derived) may change even if false.
  bool partial = false;
  /// Sentences, each naming a field. Empty unless kUnsure.
  std::vector<std::string> doubts;
  /// With kSame: applying would still write, but nothing that a person wrote
  /// changes: our own labels and annotations, or whose the fields are.
  bool bookkeeping = false;
  /// Fields that are ours alone and that Git does not have any more, whatever comes in
  /// their place; the outermost of each.
  std::vector<FieldPath> dropped;
  /// Whose fields become ours with the next apply (diff/adoption.h). With any, kSame
  /// is bookkeeping at least.
  std::vector<std::string> predecessors;
  /// False if the live object came without managedFields. Nothing can be said
  /// of fields that Git dropped then, and kSame becomes kUnsure.
  bool ownership_known = false;
};

/// REQUIRES that both are the same object. `live` should be read at the
/// version of `desired`; if it was not, the answer is kUnsure.
///
/// The manager of a change is the one that holds the field today: the server
/// answers such a change with a conflict.
Comparison Compare(const Object& desired, const Object& live, std::string_view manager,
                   const Schema& schema);

/// What differs by meaning from `before` to `after`, two answers of the server:
/// the live object and its dry run. The server's own fields (status, uid,
/// resourceVersion, generation, creationTimestamp, managedFields) and our own
/// labels and annotations are left out. Sorted by path.
///
/// The manager of a change is one that held the field before, does not
/// afterwards, and is not `manager`. Values of a Secret are NOT masked.
std::vector<FieldChange> Difference(const Object& before, const Object& after,
                                    const Schema& schema, std::string_view manager = {});

/// True for labels and annotations under `holdfast.dev/` and
/// `applyset.kubernetes.io/`: how we keep our books, nobody's wish.
bool IsBookkeeping(const FieldPath& path);

}  // namespace holdfast
