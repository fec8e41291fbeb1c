#include "diff/yaml_text.h"

#include <algorithm>

namespace holdfast {
namespace {

/// True for a word that no YAML version reads as anything but a string: begins
/// with a letter, holds only harmless characters, is no boolean and no null.
bool IsPlain(const std::string& text) {
  if (text.empty() || text.size() > 200) return false;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (!letter(text.front())) return false;
  const bool harmless = std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '/' || c == '_';
  });
  if (!harmless) return false;
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  for (const char* word : {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}) {
    if (lower == word) return false;
  }
  return true;
}

std::string Scalar(const Json& value) {
  if (value.is_string() && IsPlain(value.get_ref<const std::string&>())) {
    return value.get<std::string>();
  }
  return DumpJson(value);  // Empty containers too: {} and [].
}

void Write(const Json& value, std::size_t indent, std::string& text) {
  const std::string blanks(indent, ' ');
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      text += blanks + Scalar(Json(key)) + ":";
      if (member.empty() || !member.is_structured()) {
        text += " " + Scalar(member) + "\n";
      } else {
        text += "\n";
        Write(member, indent + 2, text);
      }
    }
    return;
  }
  for (const Json& entry : value) {
    if (entry.empty() || !entry.is_structured()) {
      text += blanks + "- " + Scalar(entry) + "\n";
      continue;
    }
    // Its first line stands behind the dash.
    std::string inner;
    Write(entry, indent + 2, inner);
    inner[indent] = '-';
    text += inner;
  }
}

}  // namespace

std::string ToYaml(const Json& value) {
  if (value.empty() || !value.is_structured()) return Scalar(value) + "\n";
  std::string text;
  Write(value, 0, text);
  return text;
}

}  // namespace holdfast
