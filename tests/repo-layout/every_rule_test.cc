// No rule of lint is untested by accident: for each rule and each hazard of it there is a
// manifest of which it speaks, and of which nothing else says the same.

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "repo-layout/lint_rules.h"
#include "repo-layout/loader.h"
#include "tests/repo-layout/memory_tree.h"

namespace holdfast {
namespace {

struct RuleCase {
  std::string rule;
  std::string finding;  ///< "H-E5 refuse", which is not said without the rule.
  std::string yaml;
};

std::string Head(const std::string& kind, const std::string& api_version) {
  return "apiVersion: " + api_version + "\nkind: " + kind + "\nmetadata: {name: a}\n";
}

/// A workload with one container, and `pod` beside it in the pod spec.
std::string Workload(const std::string& kind, const std::string& spec,
                     const std::string& container, const std::string& pod = "") {
  return Head(kind, "apps/v1") + "spec: {" + spec + (spec.empty() ? "" : ", ") +
         "template: {spec: {containers: [{name: c, " + container + "}]" +
         (pod.empty() ? "" : ", " + pod) + "}}}\n";
}

const std::string kOnClaim = "volumes: [{name: d, persistentVolumeClaim: {claimName: d}}]";
const std::string kRecreate = "strategy: {type: Recreate}";
const std::string kMysql = "image: 'mysql:8.4.6'";
const std::string kProbed = "image: 'cassandra:4.1.7', readinessProbe: {tcpSocket: {}}";

std::vector<RuleCase> Cases() {
  return {
      {"RefuseDump", "H-B5 refuse", Head("ConfigMap", "v1") + "status: {x: y}\n"},
      {"RefuseBoundVolume", "H-A5 refuse",
       Head("PersistentVolume", "v1") + "spec: {claimRef: {name: x, uid: y}}\n"},
      {"RefuseCiphertext", "H-H3 hold",
       Head("ConfigMap", "v1") + "sops: {version: '3'}\n"},
      {"RefuseUnfilledSecret", "H-F3 refuse",
       Head("Secret", "v1") + "stringData: {p: changeme}\n"},
      {"RefuseUnfilledPassword", "H-F3 refuse",
       Workload("Deployment", kRecreate,
                kMysql + ", env: [{name: MYSQL_PASSWORD, value: changeme}]")},
      {"WarnUnfilledConfig", "H-F3 warn",
       Head("ConfigMap", "v1") + "data: {p: 'ENC[x]'}\n"},
      {"JudgeStrategy", "H-E1 refuse", Workload("Deployment", "", kMysql, kOnClaim)},
      {"JudgeReplicas", "H-E2 refuse",
       Workload("Deployment", kRecreate + ", replicas: 2", kMysql, kOnClaim)},
      {"JudgeWriters", "H-E3 refuse",
       Workload("Deployment", kRecreate, kMysql, kOnClaim) + "---\n" +
           Workload("StatefulSet", "", kProbed, kOnClaim)},
      {"RefuseRetention", "H-B2 refuse",
       Workload("StatefulSet",
                "persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}", kProbed)},
      {"RefuseRetention", "H-B3 refuse",
       Workload("StatefulSet",
                "persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}", kProbed)},
      {"RefuseNoGrace", "H-E5 refuse",
       Workload("StatefulSet", "", kProbed, "terminationGracePeriodSeconds: 0")},
      {"WarnNoReadiness", "H-F8 warn",
       Workload("StatefulSet", "", "image: 'cassandra:4.1.7'")},
      {"WarnDefaultGrace", "H-F14 warn",
       Workload("StatefulSet", "", kProbed + ", lifecycle: {preStop: {exec: {}}}")},
      {"WarnNodeName", "H-G6 warn", Workload("StatefulSet", "", kProbed, "nodeName: node-1")},
      {"WarnMemory", "H-F15 warn",
       Workload("StatefulSet", "",
                kProbed + ", resources: {limits: {memory: 2Gi}}, "
                          "env: [{name: MAX_HEAP_SIZE, value: 2048M}]")},
      {"JudgeDangers", "H-F12 warn",
       Workload("Deployment", kRecreate, kMysql + ", args: [--skip-grant-tables]")},
      {"WarnParallel", "H-F8 warn",
       Workload("StatefulSet", "podManagementPolicy: Parallel", kProbed)},
      {"RefuseManyAtOnce", "H-G4 refuse",
       Workload("StatefulSet",
                "replicas: 3, updateStrategy: {rollingUpdate: {maxUnavailable: 2}}",
                kProbed)},
      {"WarnFloatingImage", "H-F10 warn",
       Workload("Deployment", kRecreate, "image: 'mysql:8.4'")},
  };
}

std::vector<Manifest> Load(const std::string& yaml) {
  MemoryTree tree;
  tree.files = {{"a.yaml", yaml}};
  auto loaded = LoadTree(tree, "default");
  REQUIRE(loaded.ok());
  CHECK(loaded->findings.empty());
  return loaded->manifests;
}

std::set<std::string> Words(std::string_view text) {
  std::set<std::string> words;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    words.emplace(text.substr(0, blank));
    text = blank == text.npos ? std::string_view() : text.substr(blank + 1);
  }
  return words;
}

/// "H-E5 refuse", ...: what all rules but `off` say.
std::set<std::string> SaidWithout(const std::string& off, const std::string& yaml) {
  const std::vector<Manifest> manifests = Load(yaml);
  const LintContext context(manifests, "default");
  std::set<std::string> said;
  for (const Manifest& manifest : manifests) {
    for (const LintRule& rule : LintRules()) {
      if (rule.name == off) continue;
      std::vector<SourceFinding> findings;
      Remarks remarks(&findings);
      Ask(rule, context, manifest, remarks);
      for (const SourceFinding& found : findings) {
        CAPTURE(std::string(rule.name));
        CHECK(Words(rule.hazards).count(found.finding.hazard) == 1);
        said.insert(found.finding.hazard + " " +
                    std::string(ToString(found.finding.ruling)));
      }
    }
  }
  return said;
}

TEST_CASE("each rule of lint is missed when it is off") {
  std::set<std::string> covered;
  for (const RuleCase& one : Cases()) {
    CAPTURE(one.rule);
    CAPTURE(one.finding);
    CHECK(SaidWithout("", one.yaml).count(one.finding) == 1);
    CHECK(SaidWithout(one.rule, one.yaml).count(one.finding) == 0);
    covered.insert(one.rule + " " + one.finding.substr(0, one.finding.find(' ')));
  }
  for (const LintRule& rule : LintRules()) {
    for (const std::string& hazard : Words(rule.hazards)) {
      const std::string name = std::string(rule.name) + " " + hazard;
      CAPTURE(name);
      CHECK(covered.count(name) == 1);
    }
  }
}

TEST_CASE("a rule that fails inside refuses, and tells no value") {
  const LintRule broken = {"BrokenRule", "H-F3",
                           [](const LintContext&, const Manifest&, Remarks&) {
                             static_cast<void>(Json("hunter2").get<int>());
                           }};
  const std::vector<Manifest> manifests = Load(Head("ConfigMap", "v1"));
  const LintContext context(manifests, "default");
  std::vector<SourceFinding> findings;
  Remarks remarks(&findings);
  Ask(broken, context, manifests[0], remarks);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].finding.ruling == Ruling::kRefuse);
  CHECK(findings[0].finding.reason.find("BrokenRule") != std::string::npos);
  CHECK(findings[0].finding.reason.find("hunter2") == std::string::npos);
}

}  // namespace
}  // namespace holdfast
