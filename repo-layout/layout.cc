#include "repo-layout/layout.h"

#include <algorithm>
#include <optional>

#include "repo-layout/glob.h"
#include "repo-layout/tree.h"
#include "repo-layout/yaml.h"

namespace holdfast {
namespace {

Error At(const YamlDocument& document, const std::string& pointer,
         const std::string& what) {
  int line = document.lines->LineOf(pointer);
  if (line == 0) line = document.line;
  return Invalid(std::string(kLayoutFile) + ":" + std::to_string(line) + ": " + what);
}

std::optional<std::vector<std::string>> Texts(const Json& value) {
  if (!value.is_array()) return std::nullopt;
  std::vector<std::string> texts;
  for (const Json& one : value) {
    if (!one.is_string()) return std::nullopt;
    texts.push_back(one.get<std::string>());
  }
  return texts;
}

}  // namespace

bool Layout::Takes(std::string_view path) const {
  if (path.starts_with("approvals/") || path == kLayoutFile) return false;
  const auto matches = [&](const std::string& pattern) {
    return MatchesGlob(pattern, path);
  };
  return std::any_of(include.begin(), include.end(), matches) &&
         std::none_of(exclude.begin(), exclude.end(), matches);
}

Result<Layout> ParseLayout(std::string_view bytes) {
  const YamlFile file = ParseYaml(bytes);
  const std::string name = kLayoutFile;
  if (!file.errors.empty()) {
    const TextError& error = file.errors.front();
    return Invalid(name + ":" + std::to_string(error.line) + ":" +
                   std::to_string(error.column) + ": " + error.message);
  }
  if (file.documents.size() != 1) return Invalid(name + ": it must hold one document");
  const YamlDocument& document = file.documents.front();
  const Json& json = document.json;
  if (StringIn(json, "apiVersion") != "holdfast.dev/v1" ||
      StringIn(json, "kind") != "Layout") {
    return At(document, "", "it must be a Layout of holdfast.dev/v1");
  }
  Layout layout;
  for (const auto& [key, value] : json.items()) {
    if (key == "apiVersion" || key == "kind") continue;
    if (key == "include" || key == "exclude") {
      auto texts = Texts(value);
      if (!texts) return At(document, "/" + key, key + " is no list of patterns");
      (key == "include" ? layout.include : layout.exclude) = std::move(*texts);
    } else if (key == "namespace" && value.is_string()) {
      layout.name_space = value.get<std::string>();
    } else if (key == "namespace") {
      return At(document, "/namespace", "namespace is no text");
    } else {
      return At(document, "/" + key, "there is no field " + key + " in a Layout");
    }
  }
  return layout;
}

}  // namespace holdfast
