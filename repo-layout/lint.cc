#include "repo-layout/lint.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace holdfast {
namespace {

using Findings = std::vector<Finding>;

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// H-B5. A dump of a live object names owners by uids of another life: applied,
/// it is garbage-collected, and its claims may go along.
void RefuseDump(const Object& object, Findings& findings) {
  constexpr std::array<const char*, 7> kServers = {"ownerReferences", "uid",
                                                   "resourceVersion", "deletionTimestamp",
                                                   "managedFields",   "creationTimestamp",
                                                   "generation"};
  std::vector<std::string> fields;
  for (const char* name : kServers) {
    const Json* value = FindIn(object.json(), "metadata", name);
    if (value != nullptr && !value->is_null())
      fields.push_back("metadata." + std::string(name));
  }
  const Json* status = FindIn(object.json(), "status");
  if (status != nullptr && !status->empty()) fields.emplace_back("status");
  if (fields.empty()) return;
  findings.push_back({"H-B5", Ruling::kRefuse,
                      object.ref().ToString() + " is a copy of a live object (" +
                          Joined(fields) +
                          "): an owner that does not exist here makes Kubernetes delete "
                          "it, and what belongs "
                          "to it, as garbage",
                      "remove these fields and keep what you want to be so"});
}

/// H-A5. A claimRef with a uid binds the volume to a claim that may not exist any
/// more; Kubernetes then releases it, and with policy Delete destroys it.
void RefuseBoundVolume(const Object& object, Findings& findings) {
  if (!object.ref().Is("", "PersistentVolume")) return;
  for (const char* name : {"uid", "resourceVersion"}) {
    if (StringIn(object.json(), "spec", "claimRef", name).empty()) continue;
    findings.push_back({"H-A5", Ruling::kRefuse,
                        object.ref().ToString() + " names one particular claim by " +
                            name +
                            ": if that claim is gone, its data is released or destroyed",
                        "name the claim by namespace and name only"});
    return;
  }
}

bool LooksUnfilled(std::string_view value) {
  return value.find("${") != std::string_view::npos || value.starts_with("ENC[") ||
         value == "CHANGEME" || value == "changeme" || value == "TODO" ||
         value.find("{{") != std::string_view::npos;
}

/// H-F3.
void RefusePlaceholders(const Object& object, Findings& findings) {
  if (!object.ref().Is("", "Secret")) return;
  std::vector<std::string> keys;
  for (const char* where : {"data", "stringData"}) {
    for (const auto& [key, value] : MapIn(object.json(), where).items()) {
      if (value.is_string() && LooksUnfilled(value.get_ref<const std::string&>())) {
        keys.push_back(key);
      }
    }
  }
  if (keys.empty()) return;
  findings.push_back(
      {"H-F3", Ruling::kRefuse,
       object.ref().ToString() + " holds a placeholder or ciphertext in " + Joined(keys) +
           "; the database would be given that as its secret",
       "put the real value in, or let your secret operator make the Secret"});
}

const Json* PodSpec(const Object& object) {
  return FindIn(object.json(), "spec", "template", "spec");
}

/// H-E5.
void RefuseNoGrace(const Object& object, Findings& findings) {
  const Json* spec = PodSpec(object);
  if (spec == nullptr || IntegerIn(1, *spec, "terminationGracePeriodSeconds") != 0)
    return;
  findings.push_back({"H-E5", Ruling::kRefuse,
                      object.ref().ToString() +
                          " kills its pods at once (terminationGracePeriodSeconds: 0): a "
                          "database cannot shut down, and two may run on one volume",
                      "give it the time that a clean shutdown takes"});
}

constexpr std::array<std::string_view, 4> kEngines = {"mysql", "mariadb", "cassandra",
                                                      "percona"};

/// The name and the tag of an image reference.
std::pair<std::string, std::string> NameAndTag(const std::string& image) {
  const std::string name = image.substr(image.rfind('/') + 1);
  if (name.find('@') != std::string::npos)
    return {name.substr(0, name.find('@')), "digest"};
  const auto colon = name.find(':');
  if (colon == std::string::npos) return {name, ""};
  return {name.substr(0, colon), name.substr(colon + 1)};
}

bool IsPinned(const std::string& tag) {
  return tag == "digest" || std::count(tag.begin(), tag.end(), '.') >= 2;
}

/// H-F10.
void WarnFloatingImage(const Object& object, Findings& findings) {
  const Json* spec = PodSpec(object);
  if (spec == nullptr) return;
  for (const Json& container : ArrayIn(*spec, "containers")) {
    const std::string image = StringIn(container, "image");
    const auto [name, tag] = NameAndTag(image);
    const bool engine =
        std::any_of(kEngines.begin(), kEngines.end(),
                    [&](std::string_view one) { return name.starts_with(one); });
    if (!engine || IsPinned(tag)) continue;
    findings.push_back(
        {"H-F10", Ruling::kWarn,
         object.ref().ToString() + " runs " + image +
             ", a tag that moves: any restart may upgrade one node, and a data "
             "directory cannot be downgraded",
         "name the patch version, as in " + name + ":x.y.z"});
  }
}

/// H-F8, H-F14.
void WarnStatefulHabits(const Object& object, Findings& findings) {
  const Json* spec = PodSpec(object);
  if (spec == nullptr || !object.ref().Is("apps", "StatefulSet")) return;
  for (const Json& container : ArrayIn(*spec, "containers")) {
    if (FindIn(container, "readinessProbe") == nullptr) {
      findings.push_back({"H-F8", Ruling::kWarn,
                          object.ref().ToString() +
                              " has no readinessProbe in container " +
                              StringIn(container, "name") +
                              ": the next node starts before this one serves",
                          "add a readinessProbe that asks the database"});
    }
    const bool drains = FindIn(container, "lifecycle", "preStop") != nullptr;
    if (drains && FindIn(*spec, "terminationGracePeriodSeconds") == nullptr) {
      findings.push_back(
          {"H-F14", Ruling::kWarn,
           object.ref().ToString() +
               " has a preStop hook, and 30 s (the default) for it and the "
               "shutdown together; then it is killed",
           "set terminationGracePeriodSeconds to what a drain takes"});
    }
  }
}

using Rule = void (*)(const Object&, Findings&);
constexpr std::array<Rule, 6> kRules = {RefuseDump,         RefuseBoundVolume,
                                        RefusePlaceholders, RefuseNoGrace,
                                        WarnFloatingImage,  WarnStatefulHabits};

}  // namespace

std::vector<SourceFinding> Lint(const std::vector<Manifest>& manifests) {
  std::vector<SourceFinding> found;
  for (const Manifest& manifest : manifests) {
    Findings findings;
    for (const Rule rule : kRules) rule(manifest.object, findings);
    for (Finding& finding : findings) {
      found.push_back({manifest.source, 0, manifest.object.ref(), std::move(finding)});
    }
  }
  return found;
}

}  // namespace holdfast
