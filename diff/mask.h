// Mask: a secret value never leaves this file unmasked.
//
// What stands for it is {"hash": "..."}: equal values have equal hashes, so a
// change can be seen, and the key of the hash is not in the cluster, so a
// value cannot be guessed and tried. Its length is not shown.

#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diff/change.h"
#include "diff/object.h"
#include "diff/secret_field.h"

namespace holdfast {

/// A keyed hash (HMAC) as text. The key is the caller's.
using KeyedHash = std::function<std::string(std::string_view)>;

/// Masks the values of a Secret in `fields`: data, stringData, what may be a misspelling of
/// them, and the last-applied-configuration annotation; of other kinds what `custom` names,
/// and the annotation. All else stays. A value is hashed by what it encodes, so that data
/// and stringData agree. REQUIRED before changes go anywhere.
void MaskChanges(const ObjectRef& ref, std::vector<FieldChange>& fields,
                 const KeyedHash& hash, const SecretFields& custom = {});

/// The same object; a Secret with every value masked.
Json MaskObject(const Object& object, const KeyedHash& hash);

/// True if the change is of a secret value and is not masked; the renderers
/// print {"hash": ""} then.
bool IsUnmasked(const ObjectRef& ref, const std::string& path, const Json& value);

/// `text` (a server's error, a log line) without any value of `secrets`:
/// plain, base64, escaped as in JSON, percent-encoded, and the longer lines of
/// values of several lines. "[secret]" stands instead. A value shorter than 6
/// bytes is taken out only where it stands as a word of its own; an empty one
/// never. Of objects that are no Secret the values of the fields in `custom` are.
std::string MaskText(std::string_view text, const std::vector<Object>& secrets,
                     const SecretFields& custom = {});

/// MaskText for many texts and the same secrets: their spellings are made once, at the
/// first text, since most runs have none to mask. The time for a text does not grow with
/// the number of secrets, but for a logarithm.
class TextMask {
 public:
  TextMask() = default;
  explicit TextMask(std::vector<Object> secrets, SecretFields custom = {})
      : secrets_(std::move(secrets)), custom_(std::move(custom)) {}

  void Add(Object secret) { secrets_.push_back(std::move(secret)); }

  std::string Apply(std::string_view text);

 private:
  std::vector<Object> secrets_;  ///< Those whose spellings are not made yet.
  SecretFields custom_;
  std::vector<std::string> spellings_;  ///< Sorted, each once.
};

}  // namespace holdfast
