#include "diff/field_path.h"

#include <algorithm>
#include <utility>

namespace holdfast {
namespace {

constexpr std::size_t kMaxIndexDigits = 9;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// A path is printed into messages and JSON, which hold UTF-8 and nothing else.
bool IsUtf8(std::string_view text) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  });
  // What is no UTF-8 is replaced, and does not come back.
  return ascii || ParseJson(DumpJson(Json(std::string(text)))).value() == text;
}

/// A key that is printed bare after a dot.
bool IsIdentifier(std::string_view key) {
  if (key.empty() || !(IsLetter(key[0]) || key[0] == '_' || key[0] == '$')) return false;
  return std::all_of(key.begin(), key.end(), [](char c) {
    return IsLetter(c) || IsDigit(c) || c == '_' || c == '$' || c == '-';
  });
}

/// The same inside brackets before '=', where "metadata.name" is a name too.
bool IsEntryName(std::string_view name) {
  if (name.empty() || !(IsLetter(name[0]) || name[0] == '_' || name[0] == '$'))
    return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return IsLetter(c) || IsDigit(c) || c == '_' || c == '$' || c == '-' || c == '.' ||
           c == '/';
  });
}

std::string Quoted(const std::string& text) { return DumpJson(Json(text)); }

void Print(const PathStep& step, std::string& out) {
  switch (step.kind) {
    case PathStep::Kind::kKey:
      if (IsIdentifier(step.key)) {
        if (!out.empty()) out += '.';
        out += step.key;
      } else {
        out += '[' + Quoted(step.key) + ']';
      }
      return;
    case PathStep::Kind::kEntry: {
      out += '[';
      bool first = true;
      for (const auto& [name, value] : step.value.items()) {
        if (!first) out += ',';
        first = false;
        out += IsEntryName(name) ? name : Quoted(name);
        out += '=' + DumpJson(value);
      }
      out += ']';
      return;
    }
    case PathStep::Kind::kValue:
      out += "[=" + DumpJson(step.value) + ']';
      return;
    case PathStep::Kind::kIndex:
      out += '[' + std::to_string(step.index) + ']';
      return;
  }
}

std::optional<std::size_t> ParseIndex(std::string_view text) {
  if (text.empty() || text.size() > kMaxIndexDigits) return std::nullopt;
  std::size_t index = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    index = index * 10 + static_cast<std::size_t>(c - '0');
  }
  return index;
}

/// Reads a path from left to right; `at_` never goes back, so it ends.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<FieldPath> Run() {
    if (!IsUtf8(text_)) return Invalid("a field path is no UTF-8");
    FieldPath path;
    while (at_ < text_.size()) {
      const bool dot = text_[at_] == '.';
      if (dot) ++at_;
      if (!dot && Peek() == '[') {
        HOLDFAST_TRY_ASSIGN(PathStep step, Bracket());
        path.Push(std::move(step));
      } else if (dot || path.empty()) {
        HOLDFAST_TRY_ASSIGN(PathStep step, Bare());
        path.Push(std::move(step));
      } else {
        return Wrong("'.' or '[' is expected");
      }
    }
    return path;
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  Error Wrong(std::string_view what) const {
    return Invalid("\"" + std::string(text_) + "\" is no field path: " +
                   std::string(what) + " at character " + std::to_string(at_ + 1));
  }

  /// A key after a dot: whatever reaches to the next '.' or '['.
  Result<PathStep> Bare() {
    const std::size_t end = std::min(text_.find_first_of(".[", at_), text_.size());
    if (end == at_) return Wrong("a name is missing");
    PathStep step = PathStep::Key(std::string(text_.substr(at_, end - at_)));
    at_ = end;
    return step;
  }

  Result<PathStep> Bracket() {
    ++at_;  // '['
    if (Peek() == '"') return QuotedBracket();
    if (Peek() == '=') {
      ++at_;
      HOLDFAST_TRY_ASSIGN(Json value, JsonText());
      if (Peek() != ']') return Wrong("']' is expected");
      ++at_;
      return PathStep::Value(std::move(value));
    }
    const std::size_t end = text_.find_first_of("]=", at_);
    if (end == std::string_view::npos) return Wrong("']' is missing");
    const std::string_view word = text_.substr(at_, end - at_);
    if (word.empty()) return Wrong("a key is missing");
    if (text_[end] == '=' && IsEntryName(word)) return Entry(Json::object());
    return RawBracket();
  }

  /// What the API server writes for a key of a map, `labels[app]`, or an index.
  Result<PathStep> RawBracket() {
    const std::size_t end = text_.find(']', at_);
    if (end == std::string_view::npos) return Wrong("']' is missing");
    const std::string_view word = text_.substr(at_, end - at_);
    at_ = end + 1;
    if (const auto index = ParseIndex(word)) return PathStep::Index(*index);
    return PathStep::Key(std::string(word));
  }

  /// `["my.cnf"]`, or an entry whose first name is quoted.
  Result<PathStep> QuotedBracket() {
    const std::size_t start = at_;
    HOLDFAST_TRY_ASSIGN(const Json key, JsonText());
    if (Peek() == ']') {
      ++at_;
      return PathStep::Key(key.get<std::string>());
    }
    at_ = start;
    return Entry(Json::object());
  }

  /// `name="x",port=80]`.
  Result<PathStep> Entry(Json keys) {
    while (true) {
      std::string name;
      if (Peek() == '"') {
        HOLDFAST_TRY_ASSIGN(const Json quoted, JsonText());
        name = quoted.get<std::string>();
      } else {
        const std::size_t end = std::min(text_.find_first_of("=,]", at_), text_.size());
        name = std::string(text_.substr(at_, end - at_));
        at_ = end;
        if (!IsEntryName(name)) return Wrong("the name of a key is expected");
      }
      if (Peek() != '=') return Wrong("'=' is expected");
      ++at_;
      HOLDFAST_TRY_ASSIGN(Json value, JsonText());
      if (!keys.emplace(name, std::move(value)).second)
        return Wrong("a key stands twice");
      const char next = Peek();
      if (next != ',' && next != ']') return Wrong("',' or ']' is expected");
      ++at_;
      if (next == ']') return PathStep::Entry(std::move(keys));
    }
  }

  /// One JSON value: a string to its closing quote, else up to a ',' or ']'
  /// that belongs to the path.
  Result<Json> JsonText() {
    const std::size_t start = at_;
    int depth = 0;
    bool in_string = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (in_string) {
        if (c == '\\' && at_ + 1 < text_.size()) ++at_;
        if (c == '"') in_string = false;
        if (!in_string && depth == 0) {
          ++at_;
          break;
        }
        continue;
      }
      if (depth == 0 && (c == ',' || c == ']')) break;
      if (c == '"') in_string = true;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
    }
    const std::string_view text = text_.substr(start, at_ - start);
    auto value = ParseJson(text);
    if (!value) {
      at_ = start;
      return Wrong("a JSON value is expected");
    }
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string EscapedPointer(const std::string& key) {
  std::string out = "/";
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

PathStep PathStep::Key(std::string key) {
  PathStep step;
  step.key = std::move(key);
  return step;
}

PathStep PathStep::Entry(Json keys) {
  PathStep step;
  step.kind = Kind::kEntry;
  step.value = std::move(keys);
  return step;
}

PathStep PathStep::Value(Json value) {
  PathStep step;
  step.kind = Kind::kValue;
  step.value = std::move(value);
  return step;
}

PathStep PathStep::Index(std::size_t index) {
  PathStep step;
  step.kind = Kind::kIndex;
  step.index = index;
  return step;
}

Result<PathStep> PathStep::ParseFieldsV1(std::string_view text) {
  const auto wrong = [&] {
    return Invalid("\"" + std::string(text) + "\" is no key of managedFields");
  };
  if (text.size() < 2 || text[1] != ':' || !IsUtf8(text)) return wrong();
  const std::string_view rest = text.substr(2);
  if (text[0] == 'f') return Key(std::string(rest));
  if (text[0] == 'i') {
    const auto index = ParseIndex(rest);
    if (!index) return wrong();
    return Index(*index);
  }
  if (text[0] != 'k' && text[0] != 'v') return wrong();
  auto value = ParseJson(rest);
  if (!value) return wrong();
  if (text[0] == 'v') return Value(std::move(value).value());
  if (!value->is_object() || value->empty()) return wrong();
  return Entry(std::move(value).value());
}

std::string PathStep::ToFieldsV1() const {
  switch (kind) {
    case Kind::kKey:
      return "f:" + key;
    case Kind::kEntry:
      return "k:" + DumpJson(value);
    case Kind::kValue:
      return "v:" + DumpJson(value);
    case Kind::kIndex:
      return "i:" + std::to_string(index);
  }
  return {};
}

bool PathStep::operator<(const PathStep& other) const {
  if (kind != other.kind) return kind < other.kind;
  switch (kind) {
    case Kind::kKey:
      return key < other.key;
    case Kind::kIndex:
      return index < other.index;
    case Kind::kEntry:
    case Kind::kValue:
      return value < other.value;
  }
  return false;
}

Result<FieldPath> FieldPath::Parse(std::string_view text) { return Parser(text).Run(); }

std::string FieldPath::ToString() const {
  std::string out;
  for (const PathStep& step : steps_) Print(step, out);
  return out;
}

bool FieldPath::StartsWith(const FieldPath& prefix) const {
  return steps_.size() >= prefix.steps_.size() &&
         std::equal(prefix.steps_.begin(), prefix.steps_.end(), steps_.begin());
}

std::string FieldPath::PointerIn(const Json& object) const {
  std::string pointer;
  const Json* here = &object;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const PathStep& step = steps_[i];
    if (step.kind != PathStep::Kind::kKey) {
      const Json* entry = FindEntry(*here, step);
      if (entry == nullptr) return pointer;
      pointer += "/" + std::to_string(entry - &*here->begin());
      here = entry;
      continue;
    }
    // One key, or several that a dot within one key has torn apart.
    std::string key = step.key;
    const Json* member = FindIn(*here, key);
    for (std::size_t next = i + 1; member == nullptr && next < steps_.size() &&
                                   steps_[next].kind == PathStep::Kind::kKey;
         ++next) {
      key += '.' + steps_[next].key;
      member = FindIn(*here, key);
      if (member != nullptr) i = next;
    }
    if (member == nullptr) return pointer;
    pointer += EscapedPointer(key);
    here = member;
  }
  return pointer;
}

const Json* FindDotted(const Json& object, std::string_view name) {
  if (const Json* whole = FindIn(object, name)) return whole;
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const Json* inner = FindIn(object, name.substr(0, dot));
  return inner == nullptr ? nullptr : FindDotted(*inner, name.substr(dot + 1));
}

const Json* FindEntry(const Json& list, const PathStep& step) {
  if (!list.is_array()) return nullptr;
  if (step.kind == PathStep::Kind::kIndex) {
    return step.index < list.size() ? &*(list.begin() + static_cast<long>(step.index))
                                    : nullptr;
  }
  for (const Json& entry : list) {
    if (step.kind == PathStep::Kind::kValue && entry == step.value) return &entry;
    if (step.kind != PathStep::Kind::kEntry) continue;
    const bool all = std::all_of(step.value.items().begin(), step.value.items().end(),
                                 [&](const auto& wanted) {
                                   const Json* found = FindDotted(entry, wanted.key());
                                   return found != nullptr && *found == wanted.value();
                                 });
    if (all) return &entry;
  }
  return nullptr;
}

}  // namespace holdfast
