#include "diff/schema_table.h"

#include <utility>

namespace holdfast {
namespace {

std::string_view Trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// The text before `mark` and after it, both trimmed; all of it where there is none.
std::pair<std::string_view, std::string_view> Split(std::string_view text,
                                                    std::string_view mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return {Trimmed(text), {}};
  return {Trimmed(text.substr(0, at)), Trimmed(text.substr(at + mark.size()))};
}

std::vector<std::string> Names(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const auto [name, rest] = Split(text, ",");
    names.emplace_back(name);
    text = rest;
  }
  return names;
}

bool Wrapped(std::string_view text, char open, char close) {
  return text.size() > 2 && text.front() == open && text.back() == close;
}

std::string_view Inside(std::string_view text) { return text.substr(1, text.size() - 2); }

}  // namespace

Status SchemaTable::Add(std::string_view text) {
  int number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    ++number;
    if (auto status = AddLine(Trimmed(text.substr(0, end))); !status) {
      return std::move(status).In("schema table, line " + std::to_string(number));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

Status SchemaTable::AddLine(std::string_view line) {
  if (line.empty() || line[0] == '#') return {};
  if (line.starts_with("kind ")) {
    const auto [api_version, rest] = Split(line.substr(5), " ");
    const auto [kind, type] = Split(rest, " ");
    HOLDFAST_TRY_ASSIGN(const Gvk gvk, Gvk::Parse(api_version, kind));
    kinds_[gvk] = Named(std::string(type));
    return {};
  }
  if (line.back() == ':') {
    line.remove_suffix(1);
    const bool atomic = line.ends_with('!');
    if (atomic) line.remove_suffix(1);
    const std::string name(line);
    if (defined_[name]) return Invalid(name + " stands twice");
    defined_[name] = true;
    current_ = Named(name);
    if (atomic) current_->merge = Type::Merge::kAtomic;
    return {};
  }
  if (current_ == nullptr) return Invalid("a field without a type");
  while (!line.empty()) {
    const auto [field, rest] = Split(line, ";");
    if (!field.empty()) HOLDFAST_TRY(AddField(field));
    line = rest;
  }
  return {};
}

Status SchemaTable::AddField(std::string_view text) {
  Field field;
  auto [described, standard] = Split(text, " = ");
  field.derived = standard.starts_with('?');
  field.kept = standard == "!";
  if (field.derived || field.kept) standard.remove_prefix(1);
  while (standard.starts_with(' ')) standard.remove_prefix(1);
  if (!standard.empty()) {
    HOLDFAST_TRY_ASSIGN(field.default_value, ParseJson(standard));
  }
  const auto [typed, siblings] = Split(described, " ~ ");
  field.filled_from = Names(siblings);
  auto [name, type] = Split(typed, " ");
  if (const auto mark = name.find('?'); mark != std::string_view::npos) {
    const auto zero = name.substr(mark + 1);
    HOLDFAST_TRY_ASSIGN(field.zero, ParseJson(zero.empty() ? "\"\"" : zero));
    name = name.substr(0, mark);
  }
  HOLDFAST_TRY_ASSIGN(field.type, ParseType(type.empty() ? "s" : type));
  const bool is_new =
      current_->fields.emplace(std::string(name), std::move(field)).second;
  if (!is_new) return Invalid("the field " + std::string(name) + " stands twice");
  return {};
}

Result<const Type*> SchemaTable::ParseType(std::string_view text) {
  Type type;
  if (text == "*") return &Type::Unknown();
  if (text == "s" || text == "q" || text == "t" || text == "b") {
    type.shape = text == "s"   ? Type::Shape::kScalar
                 : text == "q" ? Type::Shape::kQuantity
                 : text == "t" ? Type::Shape::kTime
                               : Type::Shape::kBytes;
    return Make(std::move(type));
  }
  if (Wrapped(text, '[', ']')) return ParseList(Inside(text));
  if (Wrapped(text, '<', '>')) {
    type.shape = Type::Shape::kList;
    type.merge = Type::Merge::kByValue;
    HOLDFAST_TRY_ASSIGN(type.element, ParseType(Inside(text)));
    return Make(std::move(type));
  }
  const bool atomic = text.ends_with("}!");
  if (atomic) text.remove_suffix(1);
  if (Wrapped(text, '{', '}')) {
    type.shape = Type::Shape::kMap;
    if (atomic) type.merge = Type::Merge::kAtomic;
    HOLDFAST_TRY_ASSIGN(type.element, ParseType(Inside(text)));
    return Make(std::move(type));
  }
  if (text.find_first_of(" []{}<>!|#") != std::string_view::npos) {
    return Invalid("\"" + std::string(text) + "\" is no type");
  }
  return Named(std::string(text));
}

Result<const Type*> SchemaTable::ParseList(std::string_view inside) {
  Type type;
  type.shape = Type::Shape::kList;
  auto [element, keys] = Split(inside, "|");
  type.merge = keys.empty() ? Type::Merge::kAtomic : Type::Merge::kByKey;
  if (keys.empty()) std::tie(element, keys) = Split(inside, "#");
  type.keys = Names(keys);
  HOLDFAST_TRY_ASSIGN(type.element, ParseType(element));
  return Make(std::move(type));
}

const Type* SchemaTable::Make(Type type) { return &types_.emplace_back(std::move(type)); }

Type* SchemaTable::Named(const std::string& name) {
  Type*& type = named_[name];
  if (type == nullptr) {
    type = &types_.emplace_back();
    type->shape = Type::Shape::kStruct;
  }
  return type;
}

Status SchemaTable::Check() const {
  for (const auto& [name, type] : named_) {
    if (!defined_.contains(name)) return Invalid("schema table: no type " + name);
  }
  return {};
}

const Type* SchemaTable::Find(const Gvk& gvk) const {
  const auto found = kinds_.find(gvk);
  return found == kinds_.end() ? nullptr : found->second;
}

std::vector<Gvk> SchemaTable::Kinds() const {
  std::vector<Gvk> kinds;
  for (const auto& [gvk, type] : kinds_) kinds.push_back(gvk);
  return kinds;
}

}  // namespace holdfast
