#include "tests/diff/fixture.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace holdfast {

Json J(std::string_view text) {
  auto value = ParseJson(text);
  REQUIRE_MESSAGE(value.ok(), std::string(text));
  return *value;
}

Object O(std::string_view text) {
  auto object = Object::Make(J(text));
  REQUIRE_MESSAGE(object.ok(), std::string(text));
  return *object;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> FilesIn(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> Told(const std::vector<FieldChange>& changes) {
  std::vector<std::string> told;
  for (const FieldChange& change : changes) {
    const auto text = [](const std::optional<Json>& value) {
      return value ? DumpJson(*value) : std::string("nothing");
    };
    told.push_back(change.path + ": " + text(change.before) + " -> " +
                   text(change.after) +
                   (change.manager.empty() ? "" : " by " + change.manager));
  }
  return told;
}

}  // namespace holdfast
