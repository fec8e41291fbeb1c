// Two JSON texts, split at the first line break, as an object of each of some
// kinds: once wanted and live, once as two answers of the server.
//
// Properties: nothing throws and everything ends; an object does not differ
// from itself; a difference seen from the other side is in the same fields;
// what is the same for Compare does not differ in what the manifest says; a
// rendered Secret shows no value.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "diff/compare.h"
#include "diff/core_schema.h"
#include "diff/effects.h"
#include "diff/mask.h"
#include "diff/render_json.h"
#include "diff/render_text.h"

namespace {

using namespace holdfast;

void Require(bool holds) {
  if (!holds) std::abort();
}

std::optional<Object> Dressed(const Json& members, const std::string& api_version,
                              const std::string& kind) {
  Json json = members;
  json["apiVersion"] = api_version;
  json["kind"] = kind;
  if (!json.contains("metadata") || !json["metadata"].is_object()) {
    json["metadata"] = Json::object();
  }
  json["metadata"]["name"] = "x";
  auto object = Object::Make(std::move(json));
  if (!object) return std::nullopt;
  return std::move(object).value();
}

std::set<std::string> PathsOf(const std::vector<FieldChange>& changes) {
  std::set<std::string> paths;
  for (const FieldChange& change : changes) {
    Require(FieldPath::Parse(change.path).ok());
    Require(change.before.has_value() || change.after.has_value());
    paths.insert(change.path);
  }
  return paths;
}

void CheckComparison(const Comparison& c) {
  Require((c.answer == Answer::kDifferent) == !c.fields.empty());
  Require((c.answer == Answer::kUnsure) == !c.doubts.empty());
  Require(!c.bookkeeping || c.answer == Answer::kSame);
  PathsOf(c.fields);
}

void CheckRendering(const Object& object, std::vector<FieldChange> fields) {
  if (object.ref().kind == "Secret") {
    MaskChanges(object.ref(), fields, [](std::string_view) { return "h"; });
    for (const FieldChange& field : fields) {
      Require(!field.before || !IsUnmasked(object.ref(), field.path, *field.before));
      Require(!field.after || !IsUnmasked(object.ref(), field.path, *field.after));
    }
  }
  ChangeSet set;
  set.changes.resize(1);
  set.changes[0].action = Action::kUpdate;
  set.changes[0].ref = object.ref();
  set.changes[0].fields = std::move(fields);
  DumpJson(RenderJson(set));
  const std::string text = RenderText(set);
  Require(text.find('\033') == std::string::npos);
}

void CheckPair(const Object& a, const Object& b, const Schema& schema) {
  CheckComparison(Compare(a, b, "holdfast", schema));
  Require(Difference(a, a, schema).empty());
  const auto there = Difference(a, b, schema);
  const auto back = Difference(b, a, schema);
  Require(PathsOf(there) == PathsOf(back));
  Effects(a, b, there);
  CheckRendering(a, there);
  MaskText(DumpJson(b.json()), {a});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const CoreSchema kSchema;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t split = input.find('\n');
  if (split == std::string_view::npos) return 0;
  const auto first = ParseJson(input.substr(0, split));
  const auto second = ParseJson(input.substr(split + 1));
  if (!first || !second || !first->is_object() || !second->is_object()) return 0;
  const std::pair<const char*, const char*> kinds[] = {{"apps/v1", "StatefulSet"},
                                                       {"v1", "Secret"},
                                                       {"v1", "LimitRange"},
                                                       {"v1", "Service"},
                                                       {"example.com/v1", "Widget"}};
  for (const auto& [api_version, kind] : kinds) {
    const auto a = Dressed(*first, api_version, kind);
    const auto b = Dressed(*second, api_version, kind);
    if (a && b) CheckPair(*a, *b, kSchema);
  }
  return 0;
}
