// H-E5, H-F8, H-F10, H-F14, H-F15, H-G6: how the pods of a database start and stop.

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>

#include "diff/engine.h"
#include "diff/engine_settings.h"
#include "diff/quantity.h"
#include "repo-layout/lint_rules.h"
#include "repo-layout/pods.h"

namespace holdfast {
namespace {

/// Of how many numbers an exact version consists. PostgreSQL has two since its version 10
/// (postgresql.org/support/versioning).
int NumbersOf(const Engine& engine, std::string_view tag) {
  const bool two = engine.name == "PostgreSQL" && tag.find_first_not_of("0123456789") >= 2;
  return two ? 2 : 3;
}

/// True if the image can never be another one: a digest, or a tag with major,
/// minor and patch ("8.4.6", "v5.0.6-jammy").
bool IsPinned(const Engine& engine, std::string_view image) {
  if (image.find('@') != image.npos) return true;
  image.remove_prefix(image.rfind('/') == image.npos ? 0 : image.rfind('/') + 1);
  const auto colon = image.find(':');
  if (colon == image.npos) return false;
  std::string_view tag = image.substr(colon + 1);
  if (tag.starts_with('v')) tag.remove_prefix(1);
  const int wanted = NumbersOf(engine, tag);
  int numbers = 0;
  while (!tag.empty() && std::isdigit(static_cast<unsigned char>(tag.front())) != 0) {
    ++numbers;
    tag.remove_prefix(std::min(tag.find_first_not_of("0123456789"), tag.size()));
    if (!tag.starts_with('.')) break;
    tag.remove_prefix(1);
  }
  return numbers >= wanted;
}

/// "1024M" and "8g" as Java and MySQL mean it: by 1024.
std::optional<Quantity> AsBytes(std::string text) {
  if (text.empty()) return std::nullopt;
  const char unit = static_cast<char>(std::toupper(static_cast<unsigned char>(text.back())));
  if (unit == 'K' || unit == 'M' || unit == 'G' || unit == 'T') {
    text.back() = unit;
    text.push_back('i');
  }
  return Quantity::Parse(text);
}

}  // namespace

/// Kubernetes' own documentation calls 0 unsafe: the pod's name is free before
/// its processes are known to be gone.
void RefuseNoGrace(const LintContext&, const Manifest& manifest, Remarks& remarks) {
  const PodView pods(manifest.object);
  if (pods.spec == nullptr) return;
  if (IntegerIn(1, *pods.spec, "terminationGracePeriodSeconds") > 0) return;
  remarks.Add(
      manifest, "H-E5", Ruling::kRefuse,
      "kills its pods at once (terminationGracePeriodSeconds: 0" +
          AtLine(manifest, pods.pointer + "/terminationGracePeriodSeconds") +
          "): a database cannot shut down cleanly, and the next pod may start while the "
          "old one still writes",
      "give it the time that a clean shutdown takes, 120 for a small MySQL");
}

void WarnFloatingImage(const LintContext& context, const Manifest& manifest,
                       Remarks& remarks) {
  const bool strict = context.policy() == LintPolicy::kStrict;
  for (const ContainerView& container : PodView(manifest.object).Containers()) {
    const std::string image = StringIn(*container.json, "image");
    const Engine* engine = EngineOfImage(image);
    if (engine == nullptr || IsPinned(*engine, image)) continue;
    remarks.Add(
        manifest, "H-F10", strict ? Ruling::kRefuse : Ruling::kWarn,
        "runs " + image + AtLine(manifest, container.pointer + "/image") +
            ", a tag that moves: any restart may upgrade one node, and a data directory "
            "cannot be downgraded",
        "name the patch version, as in mysql:8.4.6, or a digest");
  }
}

/// OrderedReady without a probe waits for a process, not for a database.
void WarnNoReadiness(const LintContext&, const Manifest& manifest, Remarks& remarks) {
  if (manifest.object.ref().kind != "StatefulSet") return;
  for (const ContainerView& container : PodView(manifest.object).Containers()) {
    const bool is_engine = EngineOfImage(StringIn(*container.json, "image")) != nullptr;
    const Json* probe = FindIn(*container.json, "readinessProbe");
    if (container.is_init || !is_engine || (probe != nullptr && !probe->is_null()))
      continue;
    remarks.Add(
        manifest, "H-F8", Ruling::kWarn,
        "has no readinessProbe in container " + StringIn(*container.json, "name") +
            AtLine(manifest, container.pointer) +
            ": the next member starts, and a rollout goes on, before this one serves",
        "add a readinessProbe that asks the database");
  }
}

/// The grace period is for preStop and the shutdown together.
void WarnDefaultGrace(const LintContext&, const Manifest& manifest, Remarks& remarks) {
  const PodView pods(manifest.object);
  if (!HoldsData(manifest.object, pods)) return;
  if (FindIn(*pods.spec, "terminationGracePeriodSeconds") != nullptr) return;
  for (const ContainerView& container : pods.Containers()) {
    if (FindIn(*container.json, "lifecycle", "preStop") == nullptr) continue;
    remarks.Add(
        manifest, "H-F14", Ruling::kWarn,
        "has a preStop hook in container " + StringIn(*container.json, "name") +
            AtLine(manifest, container.pointer + "/lifecycle") +
            " and only the default of 30 s for it and the shutdown together; then it "
            "is killed",
        "set terminationGracePeriodSeconds to what a drain takes, 1800 for Cassandra");
  }
}

/// A claim that waits for its first pod gets its volume from the scheduler, and nodeName
/// goes past the scheduler.
void WarnNodeName(const LintContext&, const Manifest& manifest, Remarks& remarks) {
  const PodView pods(manifest.object);
  if (pods.spec == nullptr || !HoldsData(manifest.object, pods)) return;
  const std::string node = StringIn(*pods.spec, "nodeName");
  if (node.empty()) return;
  remarks.Add(manifest, "H-G6", Ruling::kWarn,
              "has nodeName: " + node + AtLine(manifest, pods.pointer + "/nodeName") +
                  ": that goes past the scheduler, which gives a claim its volume, so the "
                  "pod would wait for the claim and the claim for the pod",
              "write nodeSelector: {kubernetes.io/hostname: " + node + "}");
}

/// Java and InnoDB take what they are told; at the limit the kernel kills the server.
void WarnMemory(const LintContext&, const Manifest& manifest, Remarks& remarks) {
  for (const ContainerView& container : PodView(manifest.object).Containers()) {
    const Json* limit = FindIn(*container.json, "resources", "limits", "memory");
    if (limit == nullptr || EngineOfImage(StringIn(*container.json, "image")) == nullptr) {
      continue;
    }
    const auto most = Quantity::FromJson(*limit);
    const EngineSettings settings = SettingsOf(*container.json);
    for (const char* name : {"MAX_HEAP_SIZE", "innodb_buffer_pool_size"}) {
      const auto found = settings.find(name);
      if (found == settings.end()) continue;
      const auto asked = AsBytes(found->second);
      if (!most || !asked || *asked < *most) continue;
      remarks.Add(manifest, "H-F15", Ruling::kWarn,
                  "gives container " + StringIn(*container.json, "name") + " " +
                      std::string(name) + " of " + found->second +
                      AtLine(manifest, container.pointer) + " within a memory limit of " +
                      DumpJson(*limit) + ": the server is killed when it fills it",
                  "leave the server more memory than its largest part takes, by a third at "
                  "least");
    }
  }
}

}  // namespace holdfast
