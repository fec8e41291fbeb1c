// SchemaTable: a Schema written as text, one struct a paragraph.
//
//   Container:
//     image?; resources Resources = {}; env [EnvVar|name]; args [s]
//
// A head is a type's name, `!` after it if it is replaced as a whole. Fields
// follow, separated by `;`: a name, a type, a default.
//
//   name?         the server does not keep "" apart from "not there"; likewise
//                 name?0 and name?false
//   s q t b *     scalar (also where nothing is said), quantity, time, base64, unknown
//   [T] [T#key]   a list that is replaced as a whole; `key` is for people
//   [T|key,key]   a list that is merged by keys
//   <T>           a set
//   {T} {T}!      a map; a map that is replaced as a whole
//   T             a struct that has a paragraph of its own, anywhere
//   = JSON        the default
//   = ? JSON      derived from other fields where nothing is said, usually to
//                 this; without JSON: to what, is not known
//   = !           the server's own: an update does not change it
//   ~ a,b         filled from these sibling maps
//
// `kind apps/v1 StatefulSet Name` makes a type a kind.

#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "diff/result.h"
#include "diff/schema.h"

namespace holdfast {

class SchemaTable {
 public:
  /// Adds what `text` says. kInvalid, with the line, if it says it wrongly; the
  /// table is of no use then.
  Status Add(std::string_view text);

  /// REQUIRED after the last Add: kInvalid, with the name, if a type is
  /// mentioned and has no paragraph.
  Status Check() const;

  /// Null for a kind that was not mentioned.
  const Type* Find(const Gvk& gvk) const;

  /// The kinds, sorted.
  std::vector<Gvk> Kinds() const;

 private:
  Status AddLine(std::string_view line);
  Status AddField(std::string_view text);
  Result<const Type*> ParseType(std::string_view text);
  Result<const Type*> ParseList(std::string_view inside);
  const Type* Make(Type type);
  Type* Named(const std::string& name);

  std::deque<Type> types_;  // A deque: types refer to one another.
  std::map<std::string, Type*, std::less<>> named_;
  std::map<std::string, bool, std::less<>> defined_;
  std::map<Gvk, const Type*> kinds_;
  Type* current_ = nullptr;
};

}  // namespace holdfast
