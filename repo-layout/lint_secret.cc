// H-F3: a Secret whose value is not one. A database reads it at its first start
// and keeps it; by then the placeholder is the password.
//
// The values pass through here and never leave: a finding names keys only.

#include <algorithm>
#include <array>
#include <cctype>

#include "diff/base64.h"
#include "diff/engine.h"
#include "repo-layout/lint_rules.h"
#include "repo-layout/pods.h"

namespace holdfast {
namespace {

std::string Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(kBlanks) - first + 1));
}

/// "change-me", "CHANGE_ME" and "ChangeMe" are one word.
std::string Folded(std::string_view text) {
  std::string folded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) folded.push_back(static_cast<char>(std::tolower(byte)));
  }
  return folded;
}

bool IsPlaceholder(const std::string& value) {
  constexpr std::array<std::string_view, 12> kWords = {"changeme",
                                                       "changethis",
                                                       "replaceme",
                                                       "replacethis",
                                                       "todo",
                                                       "tbd",
                                                       "fixme",
                                                       "placeholder",
                                                       "redacted",
                                                       "yourpassword",
                                                       "yourpasswordhere",
                                                       "xxx"};
  const std::string word = Folded(value);
  if (std::find(kWords.begin(), kWords.end(), word) != kWords.end()) return true;
  if (value.starts_with('<') && value.ends_with('>')) return true;
  return value.find("${") != value.npos || value.find("{{") != value.npos;
}

/// What is wrong with a value, for a database administrator; "" if nothing.
std::string WhyNoSecret(const std::string& value, bool in_environment) {
  const std::string trimmed = Trimmed(value);
  const bool is_one_line = trimmed.find('\n') == trimmed.npos;
  if (trimmed.empty()) return "is empty";
  if (trimmed.starts_with("ENC[")) return "is still encrypted (ENC[...])";
  if (trimmed.starts_with("vault:") || trimmed.starts_with("ref+")) {
    return "is a reference to another store that nobody has followed";
  }
  // A file of several lines may hold such signs for a purpose of its own.
  if (is_one_line && IsPlaceholder(trimmed))
    return "is a placeholder that nobody has filled in";
  if (is_one_line && in_environment && value.ends_with('\n')) {
    return "ends with a line break, which becomes part of the password";
  }
  return "";
}

void Judge(const LintContext& context, const Manifest& manifest, const std::string& field,
           const std::string& key, const Json& value, Remarks& remarks) {
  const std::string name =
      field + "[\"" + key + "\"]" + AtLine(manifest, "/" + field + "/" + key);
  if (!value.is_string() && !value.is_null()) {
    return remarks.Add(manifest, "H-F3", Ruling::kRefuse,
                       "has a " + name + " that is no text", "put the value into quotes");
  }
  // The API server takes null for an empty value.
  std::string text = value.is_null() ? "" : value.get<std::string>();
  if (field == "data") {
    auto bytes = DecodeBase64(text);
    if (!bytes) {
      return remarks.Add(manifest, "H-F3", Ruling::kRefuse,
                         "has a " + name + " that is not base64",
                         "encode the value, or move it to stringData as it is");
    }
    text = *std::move(bytes);
  }
  const std::string why = WhyNoSecret(text, context.IsInEnvironment(manifest, key));
  if (why.empty()) return;
  remarks.Add(manifest, "H-F3", Ruling::kRefuse,
              "has a " + name + " that " + why +
                  "; a database would take it for its password and keep it",
              "put the real value in, or let a secret operator make the Secret");
}

}  // namespace

void RefuseUnfilledSecret(const LintContext& context, const Manifest& manifest,
                          Remarks& remarks) {
  if (!manifest.object.ref().Is("", "Secret")) return;
  for (const std::string field : {"data", "stringData"}) {
    const Json* values = FindIn(manifest.object.json(), field);
    if (values != nullptr && !values->is_object() && !values->is_null()) {
      remarks.Add(manifest, "H-F3", Ruling::kRefuse,
                  "has a " + field + AtLine(manifest, "/" + field) + " that is no map",
                  "write each value as KEY: VALUE below it");
    }
    for (const auto& [key, value] : MapIn(manifest.object.json(), field).items()) {
      Judge(context, manifest, field, key, value, remarks);
    }
  }
}

/// The same, written into the container itself.
void RefuseUnfilledPassword(const LintContext&, const Manifest& manifest,
                            Remarks& remarks) {
  for (const ContainerView& container : PodView(manifest.object).Containers()) {
    if (EngineOfImage(StringIn(*container.json, "image")) == nullptr) continue;
    for (const Json& one : ArrayIn(*container.json, "env")) {
      const std::string name = StringIn(one, "name");
      const Json* value = FindIn(one, "value");
      if (name.find("PASSWORD") == name.npos || value == nullptr || !value->is_string())
        continue;
      const std::string why = WhyNoSecret(value->get<std::string>(), true);
      // Some images take an empty one for "there is none", which is said on purpose.
      if (why.empty() || Trimmed(value->get<std::string>()).empty()) continue;
      remarks.Add(manifest, "H-F3", Ruling::kRefuse,
                  "has an env " + name + AtLine(manifest, container.pointer) + " that " +
                      why + "; a database would take it for its password and keep it",
                  "take it from a Secret: valueFrom.secretKeyRef");
    }
  }
}

/// A ConfigMap may hold signs like these for a purpose of its own, so only what is
/// nothing else counts.
void WarnUnfilledConfig(const LintContext&, const Manifest& manifest, Remarks& remarks) {
  if (!manifest.object.ref().Is("", "ConfigMap")) return;
  for (const auto& [key, value] : MapIn(manifest.object.json(), "data").items()) {
    if (!value.is_string()) continue;
    const std::string text = Trimmed(value.get<std::string>());
    const bool encrypted = text.starts_with("ENC[");
    if (!encrypted && (text.find("${") != text.npos || !IsPlaceholder(text))) continue;
    remarks.Add(manifest, "H-F3", Ruling::kWarn,
                "has a data[\"" + key + "\"]" + AtLine(manifest, "/data/" + key) + " that " +
                    (encrypted ? "is still encrypted (ENC[...])"
                               : "looks like a placeholder that nobody has filled in"),
                "put the real value in");
  }
}

}  // namespace holdfast
