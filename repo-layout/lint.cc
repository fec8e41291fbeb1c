#include "repo-layout/lint.h"

#include <algorithm>
#include <exception>

#include "repo-layout/lint_rules.h"
#include "repo-layout/pods.h"

namespace holdfast {

const std::vector<LintRule>& LintRules() {
  static const std::vector<LintRule> kRules = {
      {"RefuseDump", "H-B5", RefuseDump},
      {"RefuseBoundVolume", "H-A5", RefuseBoundVolume},
      {"RefuseCiphertext", "H-H3", RefuseCiphertext},
      {"RefuseUnfilledSecret", "H-F3", RefuseUnfilledSecret},
      {"RefuseUnfilledPassword", "H-F3", RefuseUnfilledPassword},
      {"WarnUnfilledConfig", "H-F3", WarnUnfilledConfig},
      {"JudgeStrategy", "H-E1", JudgeStrategy},
      {"JudgeReplicas", "H-E2", JudgeReplicas},
      {"JudgeWriters", "H-E3", JudgeWriters},
      {"RefuseRetention", "H-B2 H-B3", RefuseRetention},
      {"RefuseNoGrace", "H-E5", RefuseNoGrace},
      {"WarnNoReadiness", "H-F8", WarnNoReadiness},
      {"WarnDefaultGrace", "H-F14", WarnDefaultGrace},
      {"WarnFloatingImage", "H-F10", WarnFloatingImage},
      {"WarnNodeName", "H-G6", WarnNodeName},
      {"WarnMemory", "H-F15", WarnMemory},
      {"JudgeDangers", "H-F12", JudgeDangers},
      {"WarnParallel", "H-F8", WarnParallel},
      {"RefuseManyAtOnce", "H-G4", RefuseManyAtOnce},
  };
  return kRules;
}

void Ask(const LintRule& rule, const LintContext& context, const Manifest& manifest,
         Remarks& remarks) {
  try {
    rule.judge(context, manifest, remarks);
  } catch (const std::exception&) {
    // Not what the exception says: it may quote a value.
    remarks.Add(manifest, std::string(rule.hazards.substr(0, rule.hazards.find(' '))),
                Ruling::kRefuse,
                "could not be judged: the rule " + std::string(rule.name) +
                    " failed inside",
                "report this as an error of Holdfast, with the manifest");
  }
}


LintContext::LintContext(const std::vector<Manifest>& manifests,
                         std::string default_namespace, LintPolicy policy)
    : default_namespace_(std::move(default_namespace)), policy_(policy) {
  for (const Manifest& manifest : manifests) {
    const ObjectRef& ref = manifest.object.ref();
    if (ref.Is("", "PersistentVolumeClaim"))
      claims_.emplace(NameOf(manifest, ref.name), &manifest);
    NoteEnvironment(manifest);
    NoteAutoscaler(manifest);
    NoteWriter(manifest);
  }
}

LintContext::Name LintContext::NameOf(const Manifest& from,
                                      const std::string& name) const {
  const std::string& name_space = from.object.ref().name_space;
  return {name_space.empty() ? default_namespace_ : name_space, name};
}

void LintContext::NoteEnvironment(const Manifest& workload) {
  for (const ContainerView& container : PodView(workload.object).Containers()) {
    for (const Json& variable : ArrayIn(*container.json, "env")) {
      const std::string name = StringIn(variable, "valueFrom", "secretKeyRef", "name");
      const std::string key = StringIn(variable, "valueFrom", "secretKeyRef", "key");
      if (!name.empty()) keys_in_environment_[NameOf(workload, name)].insert(key);
    }
    for (const Json& source : ArrayIn(*container.json, "envFrom")) {
      const std::string name = StringIn(source, "secretRef", "name");
      if (!name.empty()) keys_in_environment_[NameOf(workload, name)].insert("");
    }
  }
}

void LintContext::NoteAutoscaler(const Manifest& autoscaler) {
  if (!autoscaler.object.ref().Is("autoscaling", "HorizontalPodAutoscaler")) return;
  const Json& json = autoscaler.object.json();
  const Json& target = MapIn(json, "spec", "scaleTargetRef");
  Autoscaled& most = autoscaled_[{StringIn(target, "kind"),
                                  NameOf(autoscaler, StringIn(target, "name"))}];
  const long long replicas = IntegerIn(0, json, "spec", "maxReplicas");
  if (replicas > most.replicas)
    most = {replicas, autoscaler.WhereIs("/spec/maxReplicas")};
}

LintContext::Autoscaled LintContext::AutoscaledTo(const Manifest& workload) const {
  const ObjectRef& ref = workload.object.ref();
  const auto found = autoscaled_.find({ref.kind, NameOf(workload, ref.name)});
  return found == autoscaled_.end() ? Autoscaled{} : found->second;
}

void LintContext::NoteWriter(const Manifest& workload) {
  if (workload.object.gvk().group == "batch") return;
  for (const ClaimView& claim : ClaimsOf(PodView(workload.object))) {
    if (!claim.read_only)
      first_writers_.emplace(NameOf(workload, claim.claim), &workload);
  }
}

const Manifest* LintContext::FirstWriter(const Manifest& workload,
                                         const std::string& name) const {
  const auto found = first_writers_.find(NameOf(workload, name));
  return found == first_writers_.end() ? nullptr : found->second;
}

const Manifest* LintContext::Claim(const Manifest& workload,
                                   const std::string& name) const {
  const auto found = claims_.find(NameOf(workload, name));
  return found == claims_.end() ? nullptr : found->second;
}

bool LintContext::IsInEnvironment(const Manifest& secret, const std::string& key) const {
  const auto found = keys_in_environment_.find(NameOf(secret, secret.object.ref().name));
  return found != keys_in_environment_.end() &&
         (found->second.contains(key) || found->second.contains(""));
}

void Remarks::Add(const Manifest& manifest, std::string hazard, Ruling ruling,
                  const std::string& reason, std::string remedy) {
  out_->push_back({manifest.source,
                   0,
                   manifest.object.ref(),
                   {std::move(hazard), ruling,
                    manifest.object.ref().ToString() + " " + reason, std::move(remedy)}});
}

std::string AtLine(const Manifest& manifest, std::string_view pointer) {
  const int line = manifest.lines == nullptr ? 0 : manifest.lines->LineOf(pointer);
  if (line == 0 || line == manifest.source.line) return "";
  return " (line " + std::to_string(line) + ")";
}

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

std::vector<SourceFinding> Lint(const std::vector<Manifest>& manifests,
                                const std::string& default_namespace,
                                LintPolicy policy) {
  const LintContext context(manifests, default_namespace, policy);
  std::vector<SourceFinding> findings;
  Remarks remarks(&findings);
  for (const Manifest& manifest : manifests) {
    for (const LintRule& rule : LintRules()) Ask(rule, context, manifest, remarks);
  }
  std::stable_sort(
      findings.begin(), findings.end(),
      [](const SourceFinding& a, const SourceFinding& b) { return a.source < b.source; });
  return findings;
}

}  // namespace holdfast
