#include "diff/engine_settings.h"

#include <algorithm>
#include <string_view>

namespace holdfast {
namespace {

constexpr std::string_view kBlanks = " \t\r\"'";

std::string Trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(kBlanks) - first + 1));
}

std::string OptionName(std::string_view text) {
  while (text.starts_with('-')) text.remove_prefix(1);
  std::string name(text);
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c == '-' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name;
}

/// Adds "name=value", "name: value" or a bare name; gives the name.
std::string AddOption(std::string_view text, EngineSettings& settings) {
  const auto end = std::min(text.find('='), text.find(": "));
  const auto colon = text.ends_with(':') ? text.size() - 1 : text.npos;
  const auto split = std::min(end, colon);
  const std::string name = OptionName(Trimmed(text.substr(0, split)));
  if (name.empty()) return "";
  settings[name] = split == text.npos ? "" : Trimmed(text.substr(split + 1));
  return name;
}

/// The system properties among the words of a text.
void AddProperties(std::string_view text, EngineSettings& settings) {
  while (!text.empty()) {
    const auto blank = text.find_first_of(" \t\n");
    const std::string_view word = text.substr(0, blank);
    if (word.starts_with("-D")) AddOption(word.substr(2), settings);
    text = blank == text.npos ? std::string_view() : text.substr(blank + 1);
  }
}

void AddLines(std::string_view text, EngineSettings& settings) {
  std::string last;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    const std::string trimmed = Trimmed(line);
    if (trimmed.empty() || trimmed.front() == '#' || trimmed.front() == '[') continue;
    if (line.starts_with("-D")) {
      AddProperties(line, settings);
    } else if (line.front() == ' ' || line.starts_with("- ")) {
      // Of the entry above: an item of a list, or an option that is set in.
      if (trimmed.starts_with("- ") && !last.empty()) {
        settings[last] += (settings[last].empty() ? "" : " ") + Trimmed(trimmed.substr(2));
      } else {
        AddOption(trimmed, settings);
      }
    } else {
      last = AddOption(trimmed, settings);
    }
  }
}

}  // namespace

EngineSettings SettingsOf(const Json& container) {
  EngineSettings settings;
  for (const Json& one : ArrayIn(container, "env")) {
    const Json* from = FindIn(one, "valueFrom");
    const std::string value = from != nullptr ? DumpJson(*from) : StringIn(one, "value");
    settings[StringIn(one, "name")] = value;
    AddProperties(value, settings);
  }
  for (const char* field : {"command", "args"}) {
    for (const Json& word : ArrayIn(container, field)) {
      if (!word.is_string()) continue;
      const std::string& text = word.get_ref<const std::string&>();
      if (text.starts_with("--")) AddOption(text, settings);
      AddProperties(text, settings);
    }
  }
  return settings;
}

EngineSettings SettingsInFiles(const Json& data) {
  EngineSettings settings;
  if (!data.is_object()) return settings;
  for (const auto& [key, text] : data.items()) {
    if (text.is_string()) AddLines(text.get_ref<const std::string&>(), settings);
  }
  return settings;
}

}  // namespace holdfast
