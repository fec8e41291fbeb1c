#include "daemon/config.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "daemon/duration.h"
#include "repo-layout/yaml.h"

namespace holdfast {
namespace {

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
    if (!IsSyncName(sync_.name)) {
      return At("/metadata/name",
                "metadata.name is no name of a sync: " + std::string(kSyncNames));
    }
    for (const auto& [key, value] : MapIn(json, "metadata").items()) {
      if (key != "name" && key != "namespace" && key != "labels" && key != "annotations") {
        return At("/metadata/" + key, "there is no field metadata." + key + " in a Sync");
      }
    }
    sync_.of_namespace = StringIn(json, "metadata", "namespace");
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
    if (key == "timeout") return Duration(key, value, sync_.timeout.emplace());
    if (key == "prune") return Flag(key, value, sync_.prune);
    if (key == "suspend") return Flag(key, value, sync_.suspend);
    if (key == "strict") return Flag(key, value, sync_.strict);
    if (key == "onRefusal") return TakeOnRefusal(value);
    if (key == "limits") return TakeLimits(value);
    if (key == "approvals") return TakeApprovals(value);
    if (key == "serviceAccountName") return Text(key, value, sync_.service_account);
    if (key == "dependsOn") return TakeDependsOn(value);
    if (key == "secretRef") {
      return "spec.secretRef is for repositories that want credentials, and this version "
             "reads a path or a file:// URL only; remove it";
    }
    return "there is no field spec." + key + " in a Sync";
  }

  Wrong TakeOnRefusal(const Json& value) {
    if (value == "hold") {
      sync_.on_refusal = OnRefusal::kHold;
    } else if (value == "apply-rest") {
      sync_.on_refusal = OnRefusal::kApplyRest;
    } else {
      return "spec.onRefusal is neither hold nor apply-rest";
    }
    return std::nullopt;
  }

  Wrong TakeLimits(const Json& value) {
    if (!value.is_object()) return "spec.limits is no map";
    for (const auto& [key, limit] : value.items()) {
      Wrong wrong = "there is no field spec.limits." + key + " in a Sync";
      if (key == "maxDeleteObjects") {
        wrong = Number("limits." + key, limit, 1'000'000, sync_.limits.objects);
      } else if (key == "maxDeletePercent") {
        wrong = Number("limits." + key, limit, 100, sync_.limits.percent);
      }
      if (wrong) return wrong;
    }
    return std::nullopt;
  }

  Wrong TakeApprovals(const Json& value) {
    if (!value.is_object()) return "spec.approvals is no map";
    bool required = false;
    SignaturePolicy& signatures = sync_.signatures;
    for (const auto& [key, one] : value.items()) {
      Wrong wrong = "there is no field spec.approvals." + key + " in a Sync";
      if (key == "requireSignature") {
        wrong = Flag("approvals." + key, one, required);
      } else if (key == "allowedSigners") {
        wrong = Path("approvals." + key, one, signatures.allowed_signers);
      } else if (key == "keyring") {
        wrong = Path("approvals." + key, one, signatures.keyring);
      }
      if (wrong) return wrong;
    }
    if (required && !signatures.asked()) {
      return "spec.approvals asks for signatures and says of nobody that theirs count; "
             "give allowedSigners (SSH keys) or keyring (OpenPGP keys)";
    }
    if (!required) signatures = {};
    return std::nullopt;
  }

  Wrong TakeDependsOn(const Json& value) {
    if (!value.is_array()) return "spec.dependsOn is no list";
    for (const Json& one : value) {
      const std::string name = StringIn(one, "name");
      if (!one.is_object() || one.size() != 1 || name.empty()) {
        return "spec.dependsOn: each of it is {name: <sync>}";
      }
      sync_.depends_on.push_back(name);
    }
    return std::nullopt;
  }

  static Wrong Number(const std::string& key, const Json& value, int most, int& to) {
    if (!value.is_number_integer() || value < 0 || value > most) {
      return "spec." + key + " is no whole number from 0 to " + std::to_string(most);
    }
    to = value.get<int>();
    return std::nullopt;
  }

  /// Of a file of this machine: from where the daemon was started must not matter.
  static Wrong Path(const std::string& key, const Json& value, std::string& to) {
    if (auto wrong = Text(key, value, to)) return wrong;
    if (!to.starts_with('/')) return "spec." + key + " does not begin with '/'";
    return std::nullopt;
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

/// The syncs from which a way leads back to themselves.
std::set<std::string> InCircles(const std::vector<SyncSpec>& syncs) {
  std::map<std::string, std::set<std::string>> needs;
  for (const SyncSpec& sync : syncs) {
    needs[sync.name].insert(sync.depends_on.begin(), sync.depends_on.end());
  }
  for (std::size_t i = 0; i < syncs.size(); ++i) {
    for (auto& [name, needed] : needs) {
      std::set<std::string> more;
      for (const std::string& one : needed) {
        if (const auto found = needs.find(one); found != needs.end()) {
          more.insert(found->second.begin(), found->second.end());
        }
      }
      needed.insert(more.begin(), more.end());
    }
  }
  std::set<std::string> circular;
  for (const auto& [name, needed] : needs) {
    if (needed.count(name) != 0) circular.insert(name);
  }
  return circular;
}

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
  const std::set<std::string> circular = InCircles(config.syncs);
  std::erase_if(config.syncs, [&](const SyncSpec& sync) {
    if (circular.count(sync.name) == 0) return false;
    config.errors.push_back(Invalid(path + ": by its spec.dependsOn the Sync " + sync.name +
                                    " waits for itself; none of the circle is run"));
    return true;
  });
  return config;
}

}  // namespace holdfast
