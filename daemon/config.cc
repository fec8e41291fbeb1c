#include "daemon/config.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "daemon/duration.h"
#include "repo-layout/yaml.h"

namespace holdfast {
namespace {

/// Settings of cli.md's Sync that this version reads but does not carry out.
constexpr std::array<std::string_view, 6> kNotYet = {
    "secretRef", "serviceAccountName", "onRefusal", "approvals", "limits", "dependsOn"};

/// One document; collects what is wrong with it.
class SyncReader {
 public:
  SyncReader(const YamlDocument& document, const std::string& path)
      : document_(document), path_(path) {}

  Result<SyncSpec> Read() {
    const Json& json = document_.json;
    if (StringIn(json, "apiVersion") != "holdfast.dev/v1" || StringIn(json, "kind") != "Sync") {
      return At("", "the document is a " + StringIn(json, "kind") + " of \"" +
                        StringIn(json, "apiVersion") +
                        "\"; a configuration holds Sync documents of holdfast.dev/v1");
    }
    for (const auto& [key, value] : json.items()) {
      if (key != "apiVersion" && key != "kind" && key != "metadata" && key != "spec" &&
          key != "status") {
        return At("/" + key, "there is no field " + key + " in a Sync");
      }
    }
    sync_.name = StringIn(json, "metadata", "name");
    if (sync_.name.empty()) return At("/metadata", "the Sync has no metadata.name");
    for (const auto& [key, value] : MapIn(json, "spec").items()) {
      if (const auto wrong = Take(key, value)) return At("/spec/" + key, *wrong);
    }
    if (sync_.repo.empty()) return At("/spec", "the Sync has no spec.repo");
    return sync_;
  }

 private:
  using Wrong = std::optional<std::string>;

  Error At(const std::string& pointer, const std::string& what) const {
    int line = document_.lines == nullptr ? 0 : document_.lines->LineOf(pointer);
    if (line == 0) line = document_.line;
    return Invalid(path_ + ":" + std::to_string(line) + ": " + what);
  }

  Wrong Take(const std::string& key, const Json& value) {
    if (key == "repo") return Text(key, value, sync_.repo);
    if (key == "ref") return Text(key, value, sync_.ref);
    if (key == "path") return Text(key, value, sync_.path);
    if (key == "namespace") return Text(key, value, sync_.name_space);
    if (key == "interval") return Duration(key, value, sync_.interval);
    if (key == "timeout") return Duration(key, value, sync_.timeout);
    if (key == "prune") return Flag(key, value, sync_.prune);
    if (key == "suspend") return Flag(key, value, sync_.suspend);
    if (key == "strict") return Flag(key, value, sync_.strict);
    if (std::find(kNotYet.begin(), kNotYet.end(), key) != kNotYet.end()) {
      return "spec." + key + " is not carried out by this version; remove it";
    }
    return "there is no field spec." + key + " in a Sync";
  }

  static Wrong Text(const std::string& key, const Json& value, std::string& to) {
    if (!value.is_string()) return "spec." + key + " is no text";
    to = value.get<std::string>();
    return std::nullopt;
  }

  static Wrong Flag(const std::string& key, const Json& value, bool& to) {
    if (!value.is_boolean()) return "spec." + key + " is neither true nor false";
    to = value.get<bool>();
    return std::nullopt;
  }

  static Wrong Duration(const std::string& key, const Json& value,
                        std::chrono::milliseconds& to) {
    const auto parsed =
        ParseDuration(value.is_string() ? value.get<std::string>() : DumpJson(value));
    if (!parsed.ok()) return "spec." + key + ": " + parsed.error().message;
    to = *parsed;
    return std::nullopt;
  }

  const YamlDocument& document_;
  const std::string& path_;
  SyncSpec sync_;
};

}  // namespace

Config ParseConfig(std::string_view text, const std::string& path) {
  Config config;
  const YamlFile file = ParseYaml(text);
  for (const TextError& error : file.errors) {
    config.errors.push_back(Invalid(path + ":" + std::to_string(error.line) + ":" +
                                    std::to_string(error.column) + ": " + error.message));
  }
  // Two Syncs of one name would prune each other's objects: neither of them is run.
  std::multiset<std::string> names;
  for (const YamlDocument& document : file.documents) {
    names.insert(StringIn(document.json, "metadata", "name"));
  }
  for (const YamlDocument& document : file.documents) {
    auto sync = SyncReader(document, path).Read();
    if (!sync.ok()) {
      config.errors.push_back(sync.error());
    } else if (names.count(sync->name) > 1) {
      config.errors.push_back(Invalid(path + ":" + std::to_string(document.line) +
                                      ": the name " + sync->name + " stands twice"));
    } else {
      config.syncs.push_back(std::move(sync).value());
    }
  }
  return config;
}

}  // namespace holdfast
