// Schema: what the API server knows of a kind's fields beyond their JSON:
// how lists merge, which texts are amounts, what is filled in.
//
// A Type says only what matters to a comparison; a field it does not mention
// is of unknown type, about which the comparison claims nothing it cannot see
// in the object and its managedFields.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diff/field_path.h"
#include "diff/json.h"
#include "diff/object_ref.h"

namespace holdfast {

struct Type;

/// A declared member of a struct.
struct Field {
  const Type* type = nullptr;  ///< Never null in a finished schema.
  /// What the server puts where nothing is said; {} for a struct that is always there.
  std::optional<Json> default_value;
  /// The zero (false, 0 or "") that the server does not keep apart from "not there".
  std::optional<Json> zero;
  /// Sibling maps from which the server fills missing entries of this map, the
  /// first that has one (LimitRange, of type Container).
  std::vector<std::string> filled_from;
  /// Where nothing is said, the server makes it up from other fields, or leaves it out.
  bool derived = false;
  /// The server's own: an update of the object does not change it.
  bool kept = false;
};

struct Type {
  enum class Shape {
    kUnknown,   ///< Anything; compared exactly.
    kScalar,    ///< A string, a number or a boolean; compared exactly.
    kQuantity,  ///< Compared as a Quantity.
    kTime,      ///< Compared as a moment.
    kBytes,     ///< Base64; compared by what it encodes.
    kStruct,    ///< `fields`, and others of unknown type.
    kMap,       ///< Free keys, each value an `element`.
    kList,      ///< Entries of type `element`.
  };
  enum class Merge {
    kByKey,    ///< A struct, map or list that is merged member by member.
    kByValue,  ///< A list that is a set.
    kAtomic,   ///< Replaced as a whole.
  };

  Shape shape = Shape::kUnknown;
  Merge merge = Merge::kByKey;
  /// Of a list: the members that tell its entries apart. A list that is merged
  /// has them always; one that is replaced has them where its entries have a
  /// name by which people know them ("metadata.name").
  std::vector<std::string> keys;
  const Type* element = nullptr;
  std::map<std::string, Field, std::less<>> fields;
  /// The server does not keep an empty list or map apart from none at all.
  bool empty_is_absent = true;
  /// A number that is written with a fraction is declined (x-kubernetes-int-or-string).
  bool no_fractions = false;

  bool is_list() const { return shape == Shape::kList; }
  bool atomic() const { return merge == Merge::kAtomic; }
  /// The member `name` of a struct or map; unknown type where not declared.
  const Field& Member(std::string_view name) const;
  /// The type of entries or values; unknown where there is none.
  const Type& Element() const;

  static const Type& Unknown();
  /// A value that the schema leaves free (x-kubernetes-preserve-unknown-fields):
  /// its maps are merged key by key, its lists replaced, and nothing is filled in.
  static const Type& Free();
  /// A kind of which only metadata is known, which is the same for all.
  static const Type& UnknownKind();
};

class Schema {
 public:
  virtual ~Schema() = default;
  /// Null for a kind that this schema does not know. Valid as long as the schema.
  virtual const Type* Find(const Gvk& gvk) const = 0;

  /// Why Find() answers null, as a sentence for people.
  virtual std::string WhyUnknown(const Gvk& gvk) const;

  /// The same as Find(), UnknownKind() instead of null.
  const Type& TypeOf(const Gvk& gvk) const;
};

/// The key `name` of `entry` of a list of type `list`, its default where nothing
/// is said; null if there is none, or one that the server merges as another than it stores.
const Json* KeyOf(const Type& list, const Json& entry, std::string_view name);

/// How `entry` of a list of type `list` is named: by its keys, defaults of
/// keys filled in; by its value in a set. Nothing if a key is missing.
std::optional<PathStep> StepOf(const Type& list, const Json& entry);

/// Nothing is known of any kind.
class EmptySchema final : public Schema {
 public:
  const Type* Find(const Gvk&) const override { return nullptr; }
};

}  // namespace holdfast
