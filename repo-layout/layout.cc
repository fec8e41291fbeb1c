#include "repo-layout/layout.h"

#include <algorithm>
#include <optional>

#include "repo-layout/glob.h"
#include "repo-layout/tree.h"
#include "repo-layout/yaml.h"

namespace holdfast {
namespace {

constexpr std::string_view kApprovals = "approvals";

bool MatchesAny(const std::vector<std::string>& patterns, std::string_view path) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return MatchesGlob(pattern, path);
  });
}

std::optional<std::vector<std::string>> Patterns(const Json& value) {
  if (!value.is_array()) return std::nullopt;
  std::vector<std::string> patterns;
  for (const Json& one : value) {
    if (!one.is_string()) return std::nullopt;
    patterns.push_back(one.get<std::string>());
  }
  return patterns;
}

/// A label of RFC 1123, as the API server wants a namespace's name.
bool IsNamespace(std::string_view name) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !name.empty() && name.size() <= 63 && name.front() != '-' &&
         name.back() != '-' && name.find_first_not_of(kLetters) == name.npos;
}

bool IsText(const Json& value) {
  return value.is_string() && !value.get_ref<const std::string&>().empty();
}

/// One entry of secretFields; nothing if it is none.
std::optional<SecretFields> SecretFieldsOf(const Json& value) {
  if (!value.is_object() || value.size() != 3 || !value.contains("group") ||
      !value.contains("kind") || !value.contains("paths") || !value["group"].is_string() ||
      !IsText(value["kind"]) || !value["paths"].is_array() || value["paths"].empty()) {
    return std::nullopt;
  }
  SecretFields fields;
  for (const Json& path : value["paths"]) {
    if (!IsText(path)) return std::nullopt;
    auto parsed = FieldPath::Parse(path.get_ref<const std::string&>());
    if (!parsed.ok()) return std::nullopt;
    for (const PathStep& step : parsed->steps()) {
      if (step.kind != PathStep::Kind::kKey) return std::nullopt;
    }
    fields.push_back({value["group"].get<std::string>(), value["kind"].get<std::string>(),
                      std::move(parsed).value()});
  }
  return fields;
}

std::string TakeSecretFields(const Json& value, Layout& layout) {
  constexpr const char* kWrong =
      "secretFields must be a list of kinds and paths, as in "
      "[{group: external-secrets.io, kind: ExternalSecret, paths: [spec.target.template]}]";
  if (!value.is_array()) return kWrong;
  for (const Json& one : value) {
    const auto fields = SecretFieldsOf(one);
    if (!fields) return kWrong;
    layout.secret_fields.insert(layout.secret_fields.end(), fields->begin(), fields->end());
  }
  return "";
}

/// Takes one field into `layout`; what is wrong with it, or "".
std::string TakeField(const std::string& key, const Json& value, Layout& layout) {
  if (key == "apiVersion") {
    return value == "holdfast.dev/v1" ? "" : "apiVersion must be holdfast.dev/v1";
  }
  if (key == "kind") return value == "Layout" ? "" : "kind must be Layout";
  if (key == "include" || key == "exclude") {
    auto patterns = Patterns(value);
    if (!patterns) return key + " must be a list of patterns, as in [\"**/*.yaml\"]";
    (key == "include" ? layout.include : layout.exclude) = std::move(*patterns);
    return "";
  }
  if (key == "namespace") {
    if (!value.is_string() || !IsNamespace(value.get_ref<const std::string&>())) {
      return "namespace must be the name of a namespace";
    }
    layout.name_space = value.get<std::string>();
    return "";
  }
  if (key == "secretFields") return TakeSecretFields(value, layout);
  return "there is no field " + key +
         " in a Layout, only include, exclude, namespace and secretFields";
}

}  // namespace

bool Layout::Takes(std::string_view path) const {
  return path != kLayoutFile && MatchesAny(include, path) && !LeavesOut(path);
}

bool Layout::LeavesOut(std::string_view path) const {
  // "vendor/**" leaves out the folder vendor too, though it holds nothing yet.
  return path == kApprovals || path.starts_with(std::string(kApprovals) + "/") ||
         MatchesAny(exclude, path);
}

ParsedLayout ParseLayout(std::string_view bytes) {
  ParsedLayout parsed;
  YamlFile file = ParseYaml(bytes);
  parsed.errors = std::move(file.errors);
  if (!parsed.errors.empty()) return parsed;
  if (file.documents.size() != 1 || !file.documents.front().json.is_object()) {
    parsed.errors.push_back(
        {1, 1, "must hold one document, a Layout of holdfast.dev/v1"});
    return parsed;
  }
  const YamlDocument& document = file.documents.front();
  const auto complain = [&](const std::string& pointer, std::string message) {
    parsed.errors.push_back({document.lines->LineOf(pointer), 1, std::move(message)});
  };
  Layout layout;
  for (const char* key : {"apiVersion", "kind"}) {
    if (!document.json.contains(key)) complain("", std::string(key) + " is missing");
  }
  for (const auto& [key, value] : document.json.items()) {
    std::string wrong = TakeField(key, value, layout);
    if (!wrong.empty()) complain("/" + key, std::move(wrong));
  }
  if (parsed.errors.empty()) parsed.layout = std::move(layout);
  return parsed;
}

}  // namespace holdfast
