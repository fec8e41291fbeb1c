// Normalize: two spellings of one meaning are brought together.

#pragma once

#include "diff/object.h"
#include "diff/schema.h"

namespace holdfast {

/// The object as the API server stores it: a Secret's stringData is moved
/// over data. Apply this form: a key that was applied as stringData and is
/// dropped later stays in the Secret, since the server has lost whose it was.
///
/// The `rules: []` of a ClusterRole that is put together out of others
/// (aggregationRule) is left out: a controller writes them, and would write them again
/// after each apply of ours.
Object Normalize(const Object& object);

/// True if Normalize() gives the object back as it is, so that no copy is needed.
bool IsNormal(const Object& object);

/// True for what the server does not keep apart from "not there", by type:
/// null always; an empty list or map where the type says so.
bool IsEmpty(const Type& type, const Json& value);

/// True if `value` in the member `field` says no more than leaving it out: it is
/// empty, a zero that the server does not keep, or a struct that is always
/// there and of which nothing is said.
bool SaysNothing(const Field& field, const Json& value);

/// True if two scalars (no object, no list) have one meaning under `type`:
/// amounts as numbers, base64 by its bytes, whole numbers by value.
bool EqualScalars(const Type& type, const Json& a, const Json& b);

/// True for a value that the server may take for another one in silence: a number
/// beyond 32 bits that is no amount, where it may keep no more than these; an amount
/// with blanks around it, which built-in kinds take and custom kinds decline.
bool MayBeAltered(const Type& type, const Json& value);

/// True if equal in every part, lists in their order, scalars as above with
/// what `type` knows. Nothing is filled in.
bool EqualExactly(const Type& type, const Json& a, const Json& b);

}  // namespace holdfast
