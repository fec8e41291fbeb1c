#include "diff/mask.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "diff/adoption.h"
#include "diff/base64.h"
#include "diff/field_path.h"

namespace holdfast {
namespace {

constexpr std::size_t kShort = 6;

bool IsSecret(const ObjectRef& ref) { return ref.Is("", "Secret"); }

/// What is secret at a path of a Secret.
enum class Place {
  kPublic,
  kValue,      ///< The value itself is.
  kMapOfThem,  ///< Each member is.
  kAbove,      ///< Some member further down is: metadata, annotations, the whole.
};

/// data and stringData, and whatever else somebody meant by it: "stringdata".
bool MayHoldValues(const std::string& key) {
  constexpr std::array<std::string_view, 5> kPublic = {"apiVersion", "immutable", "kind",
                                                       "metadata", "type"};
  return std::find(kPublic.begin(), kPublic.end(), key) == kPublic.end();
}

Place PlaceOf(const FieldPath& path) {
  const auto& steps = path.steps();
  if (steps.empty()) return Place::kAbove;
  if (MayHoldValues(steps[0].key)) {
    return steps.size() == 1 ? Place::kMapOfThem : Place::kValue;
  }
  if (steps[0].key != "metadata") return Place::kPublic;
  if (steps.size() == 1) return Place::kAbove;
  if (steps[1].key != "annotations") return Place::kPublic;
  if (steps.size() == 2) return Place::kAbove;
  return steps[2].key == kLastApplied ? Place::kValue : Place::kPublic;
}

bool IsMasked(const Json& value) {
  const Json* hash = FindIn(value, "hash");
  return hash != nullptr && hash->is_string() && value.size() == 1;
}

/// What a value means: equal for `data` and `stringData` of one secret.
std::string MeaningOf(const FieldPath& path, const Json& value) {
  if (!value.is_string()) return DumpJson(value);
  const auto& text = value.get_ref<const std::string&>();
  if (path.steps()[0].key != "data") return text;
  const auto bytes = DecodeBase64(text);
  return bytes ? *bytes : text;
}

Json Masked(FieldPath& path, const Json& value, const KeyedHash& hash) {
  const Place place = PlaceOf(path);
  if (place == Place::kPublic || value.is_null()) return value;
  const bool descend = place != Place::kValue && value.is_object();
  if (!descend) {
    if (place == Place::kAbove || IsMasked(value)) return value;
    return {{"hash", hash(MeaningOf(path, value))}};
  }
  Json masked = Json::object();
  for (const auto& [key, member] : value.items()) {
    path.Push(PathStep::Key(key));
    masked[key] = Masked(path, member, hash);
    path.Pop();
  }
  return masked;
}

bool IsOf(const SecretField& field, const ObjectRef& ref) {
  return ref.Is(field.group, field.kind);
}

/// Every scalar in `value`, masked.
Json AllMasked(const Json& value, const KeyedHash& hash) {
  if (value.is_null() || IsMasked(value)) return value;
  if (!value.is_structured()) {
    return {
        {"hash", hash(value.is_string() ? value.get<std::string>() : DumpJson(value))}};
  }
  Json masked = value;
  for (Json& member : masked) member = AllMasked(member, hash);
  return masked;
}

using Steps = std::vector<PathStep>;

/// The keys of a path: SecretField goes through the entries of lists.
Steps KeysOf(const FieldPath& path) {
  Steps keys;
  for (const PathStep& step : path.steps()) {
    if (step.kind == PathStep::Kind::kKey) keys.push_back(step);
  }
  return keys;
}

/// `value` with what the steps from `step` on lead to given to `take` and replaced by
/// what it gives back.
void ForEachAt(Json& value, Steps::const_iterator step, Steps::const_iterator end,
               const std::function<Json(const Json&)>& take) {
  if (value.is_array()) {
    for (Json& entry : value) ForEachAt(entry, step, end, take);
  } else if (step == end) {
    value = take(value);
  } else if (value.is_object() && value.contains(step->key)) {
    ForEachAt(value[step->key], step + 1, end, take);
  }
}

/// Masks what `field` says in the value at `keys`.
void MaskAt(const SecretField& field, const Steps& keys, Json& value,
            const KeyedHash& hash) {
  const Steps& secret = field.path.steps();
  const std::size_t common = std::min(keys.size(), secret.size());
  if (!std::equal(secret.begin(), secret.begin() + static_cast<std::ptrdiff_t>(common),
                  keys.begin())) {
    return;
  }
  ForEachAt(value, secret.begin() + static_cast<std::ptrdiff_t>(common), secret.end(),
            [&](const Json& found) { return AllMasked(found, hash); });
}

/// Where kubectl apply has noted down the whole manifest.
const FieldPath& LastApplied() {
  static const FieldPath kPath({PathStep::Key("metadata"), PathStep::Key("annotations"),
                                PathStep::Key(std::string(kLastApplied))});
  return kPath;
}

void MaskCustom(const ObjectRef& ref, std::vector<FieldChange>& fields,
                const KeyedHash& hash, const SecretFields& custom) {
  SecretFields these;
  for (const SecretField& field : custom) {
    if (IsOf(field, ref)) these.push_back(field);
  }
  if (these.empty()) return;
  these.push_back({ref.group, ref.kind, LastApplied()});
  for (FieldChange& change : fields) {
    const auto path = FieldPath::Parse(change.path);
    for (const SecretField& field : these) {
      // A path that cannot be read may be that of a value.
      const Steps keys = path ? KeysOf(*path) : field.path.steps();
      if (change.before) MaskAt(field, keys, *change.before, hash);
      if (change.after) MaskAt(field, keys, *change.after, hash);
    }
  }
}

std::string PercentEncoded(const std::string& text, std::string_view digits) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
                       c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

std::string Replaced(const std::string& text, std::string_view from, std::string_view to) {
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = 0; (at = text.find(from, done)) != std::string::npos;
       done = at + from.size()) {
    out.append(text, done, at - done);
    out += to;
  }
  return out.append(text, done);
}

/// The string's JSON text without the quotes.
std::string JsonEscaped(const std::string& text) {
  const std::string quoted = DumpJson(Json(text));
  return quoted.substr(1, quoted.size() - 2);
}

/// Every text as which a program may print one secret value.
void AddSpellings(const std::string& value, std::vector<std::string>& out) {
  std::string base64 = EncodeBase64(value);
  const std::string percent = PercentEncoded(value, "0123456789ABCDEF");
  const std::string json = JsonEscaped(value);
  // Go's encoding/json also escapes what could end a script element.
  const std::string go =
      Replaced(Replaced(Replaced(json, "<", "\\u003c"), ">", "\\u003e"), "&", "\\u0026");
  out.insert(out.end(), {value, json, go, percent, Replaced(percent, "%20", "+"),
                         PercentEncoded(value, "0123456789abcdef"), base64});
  out.push_back(PercentEncoded(base64, "0123456789ABCDEF"));
  base64.erase(base64.find_last_not_of('=') + 1);
  out.push_back(base64);
  out.push_back(Replaced(Replaced(base64, "+", "-"), "/", "_"));
}

void AddValue(const std::string& value, std::vector<std::string>& out) {
  if (value.empty()) return;
  AddSpellings(value, out);
  if (value.find('\n') == std::string::npos) return;
  std::size_t start = 0;
  while (start < value.size()) {
    const std::size_t end = std::min(value.find('\n', start), value.size());
    std::string line = value.substr(start, end - start);
    line.erase(line.find_last_not_of(" \t\r") + 1);
    line.erase(0, line.find_first_not_of(" \t"));
    if (line.size() >= kShort) AddSpellings(line, out);
    start = end + 1;
  }
}

/// Each text, number and so on in `json`, however deep.
void AddValues(const Json& json, std::vector<std::string>& out) {
  if (json.is_structured()) {
    for (const Json& member : json) AddValues(member, out);
    return;
  }
  const std::string text = json.is_string() ? json.get<std::string>() : DumpJson(json);
  AddValue(text, out);
  if (const auto bytes = DecodeBase64(text)) AddValue(*bytes, out);
}

/// Adds what `custom` names in an object.
void AddCustomValues(const Object& object, const SecretFields& custom,
                     std::vector<std::string>& out) {
  for (const SecretField& field : custom) {
    if (!IsOf(field, object.ref())) continue;
    Json copy = object.json();
    ForEachAt(copy, field.path.steps().begin(), field.path.steps().end(),
              [&](const Json& found) {
                AddValues(found, out);
                return Json();
              });
  }
}

std::vector<std::string> SpellingsOf(const std::vector<Object>& secrets,
                                     const SecretFields& custom) {
  std::vector<std::string> out;
  for (const Object& secret : secrets) {
    if (!IsSecret(secret.ref())) {
      AddCustomValues(secret, custom, out);
      continue;
    }
    // Whatever stands there, of whatever type: a mistake must not show a value.
    for (const auto& [key, values] : secret.json().items()) {
      if (MayHoldValues(key)) AddValues(values, out);
    }
  }
  return out;
}

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

/// True if text[at, at+size) does not stand inside a longer word.
bool IsWord(std::string_view text, std::size_t at, std::size_t size) {
  const bool open =
      at == 0 || !IsWordCharacter(text[at - 1]) || !IsWordCharacter(text[at]);
  const std::size_t end = at + size;
  const bool closed = end == text.size() || !IsWordCharacter(text[end]) ||
                      !IsWordCharacter(text[end - 1]);
  return open && closed;
}

/// Bytes of the longest of the sorted `spellings` that stands at text[at]; 0 if none
/// does. The ones that go on like the text are a range, narrowed byte by byte.
std::size_t LongestSecretAt(std::string_view text, std::size_t at,
                            const std::vector<std::string>& spellings) {
  std::size_t longest = 0;
  auto first = spellings.begin();
  auto last = spellings.end();
  for (std::size_t size = 1; at + size <= text.size(); ++size) {
    // Unsigned, as std::string compares.
    const auto next = static_cast<unsigned char>(text[at + size - 1]);
    const auto byte = [size](const std::string& one) {
      return static_cast<unsigned char>(one[size - 1]);
    };
    // The ones in the range have at least size - 1 bytes, only the first may have no
    // more.
    if (first != last && first->size() < size) ++first;
    first = std::partition_point(
        first, last, [&](const std::string& one) { return byte(one) < next; });
    last = std::partition_point(
        first, last, [&](const std::string& one) { return byte(one) == next; });
    if (first == last) break;
    if (last - first == 1) {
      // Compared at once: a secret of a megabyte that repeats itself begins everywhere.
      const std::size_t whole = first->size();
      const bool stands = whole <= text.size() - at && text.substr(at, whole) == *first;
      return stands && (whole >= kShort || IsWord(text, at, whole)) ? whole : longest;
    }
    const bool ends = first->size() == size;
    if (ends && (size >= kShort || IsWord(text, at, size))) longest = size;
  }
  return longest;
}

}  // namespace

bool MayHoldSecrets(const ObjectRef& ref, const SecretFields& custom) {
  return IsSecret(ref) ||
         std::any_of(custom.begin(), custom.end(),
                     [&](const auto& field) { return IsOf(field, ref); });
}

void MaskChanges(const ObjectRef& ref, std::vector<FieldChange>& fields,
                 const KeyedHash& hash, const SecretFields& custom) {
  if (!IsSecret(ref)) return MaskCustom(ref, fields, hash, custom);
  for (FieldChange& change : fields) {
    auto path = FieldPath::Parse(change.path);
    // A path that cannot be read may be that of a value.
    FieldPath at =
        path ? std::move(path).value() : FieldPath({PathStep::Key("data"), {}});
    if (change.before) change.before = Masked(at, *change.before, hash);
    if (change.after) change.after = Masked(at, *change.after, hash);
  }
}

Json MaskObject(const Object& object, const KeyedHash& hash) {
  if (!IsSecret(object.ref())) return object.json();
  FieldPath root;
  return Masked(root, object.json(), hash);
}

bool IsUnmasked(const ObjectRef& ref, const std::string& path, const Json& value) {
  if (!IsSecret(ref)) return false;
  std::vector<FieldChange> one = {{path, value, std::nullopt, ""}};
  bool asked = false;
  MaskChanges(ref, one, [&asked](std::string_view) {
    asked = true;
    return std::string();
  });
  return asked;
}

std::string MaskText(std::string_view text, const std::vector<Object>& secrets,
                     const SecretFields& custom) {
  return TextMask(secrets, custom).Apply(text);
}

std::string TextMask::Apply(std::string_view text) {
  if (!secrets_.empty()) {
    std::vector<std::string> more = SpellingsOf(secrets_, custom_);
    secrets_.clear();
    spellings_.insert(spellings_.end(), std::make_move_iterator(more.begin()),
                      std::make_move_iterator(more.end()));
    std::sort(spellings_.begin(), spellings_.end());
    spellings_.erase(std::unique(spellings_.begin(), spellings_.end()), spellings_.end());
  }
  std::vector<bool> secret(text.size(), false);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t size = LongestSecretAt(text, at, spellings_);
    const auto first = secret.begin() + static_cast<std::ptrdiff_t>(at);
    std::fill(first, first + static_cast<std::ptrdiff_t>(size), true);
  }
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!secret[i]) {
      out += text[i];
    } else if (i == 0 || !secret[i - 1]) {
      out += "[secret]";
    }
  }
  return out;
}

}  // namespace holdfast
