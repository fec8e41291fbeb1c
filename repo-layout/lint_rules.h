// LintRules: what lint.cc's table is made of. Only lint_*.cc include this.

#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diff/manifest.h"
#include "repo-layout/lint.h"

namespace holdfast {

/// The revision around a manifest.
class LintContext {
 public:
  LintContext(const std::vector<Manifest>& manifests, std::string default_namespace,
              LintPolicy policy = LintPolicy::kStandard);

  LintPolicy policy() const { return policy_; }

  /// The claim `name` that a workload means, or null if this revision has none.
  const Manifest* Claim(const Manifest& workload, const std::string& name) const;
  /// The first workload of this revision, Jobs left aside, whose pods write to the
  /// claim `name` of the namespace of `workload`; null if there is none.
  const Manifest* FirstWriter(const Manifest& workload, const std::string& name) const;
  /// The most replicas that an autoscaler of this revision may give `workload`, and
  /// where it says so; 0 if there is none.
  struct Autoscaled {
    long long replicas = 0;
    std::string by;
  };
  Autoscaled AutoscaledTo(const Manifest& workload) const;
  /// True if some container of this revision reads this key of the Secret into
  /// its environment, where every byte of it counts.
  bool IsInEnvironment(const Manifest& secret, const std::string& key) const;

 private:
  using Name = std::pair<std::string, std::string>;  // Namespace, name.
  Name NameOf(const Manifest& from, const std::string& name) const;
  void NoteEnvironment(const Manifest& workload);
  void NoteAutoscaler(const Manifest& autoscaler);
  void NoteWriter(const Manifest& workload);

  std::string default_namespace_;
  LintPolicy policy_;
  std::map<Name, const Manifest*> claims_;
  std::map<Name, const Manifest*> first_writers_;
  std::map<Name, std::set<std::string>> keys_in_environment_;      // "" is all of them.
  std::map<std::pair<std::string, Name>, Autoscaled> autoscaled_;  // By kind.
};

/// Collects what the rules say.
class Remarks {
 public:
  explicit Remarks(std::vector<SourceFinding>* out) : out_(out) {}

  /// `reason` follows the object's name: "StatefulSet data/x " + reason.
  void Add(const Manifest& manifest, std::string hazard, Ruling ruling,
           const std::string& reason, std::string remedy);

 private:
  std::vector<SourceFinding>* out_;
};

/// " (line 12)" for a field whose line is known and is not the document's, else "".
std::string AtLine(const Manifest& manifest, std::string_view pointer);

/// "a, b and c".
std::string Listed(const std::vector<std::string>& names);

/// Says what it has to say about `manifest`; nothing for other kinds.
struct LintRule {
  std::string_view name;     ///< The function's; named where it fails inside.
  std::string_view hazards;  ///< "H-B2 H-B3": every id that its findings may carry.
  void (*judge)(const LintContext&, const Manifest& manifest, Remarks&) = nullptr;
};

const std::vector<LintRule>& LintRules();

/// Adds what one rule says of a manifest. One that fails inside refuses and is named.
void Ask(const LintRule& rule, const LintContext& context, const Manifest& manifest,
         Remarks& remarks);

// lint_origin.cc: where the manifest comes from.
void RefuseDump(const LintContext&, const Manifest&, Remarks&);         // H-B5
void RefuseBoundVolume(const LintContext&, const Manifest&, Remarks&);  // H-A5
void RefuseCiphertext(const LintContext&, const Manifest&, Remarks&);   // H-H3

// lint_secret.cc
void RefuseUnfilledSecret(const LintContext&, const Manifest&, Remarks&);    // H-F3
void RefuseUnfilledPassword(const LintContext&, const Manifest&, Remarks&);  // H-F3
void WarnUnfilledConfig(const LintContext&, const Manifest&, Remarks&);      // H-F3

// lint_volumes.cc: who writes to which claim, and how long it lives.
void JudgeStrategy(const LintContext&, const Manifest&, Remarks&);  // H-E1
void JudgeReplicas(const LintContext&, const Manifest&, Remarks&);  // H-E2
void JudgeWriters(const LintContext&, const Manifest&, Remarks&);   // H-E3
void RefuseRetention(const LintContext&, const Manifest&, Remarks&);  // H-B2, H-B3

// lint_pods.cc: how pods start and stop.
void RefuseNoGrace(const LintContext&, const Manifest&, Remarks&);      // H-E5
void WarnFloatingImage(const LintContext&, const Manifest&, Remarks&);  // H-F10
void WarnNoReadiness(const LintContext&, const Manifest&, Remarks&);    // H-F8
void WarnDefaultGrace(const LintContext&, const Manifest&, Remarks&);   // H-F14
void WarnNodeName(const LintContext&, const Manifest&, Remarks&);       // H-G6
void WarnMemory(const LintContext&, const Manifest&, Remarks&);         // H-F15

// lint_engine.cc: what an engine must not be told, and how many of its members go at once.
void JudgeDangers(const LintContext&, const Manifest&, Remarks&);    // H-F12
void WarnParallel(const LintContext&, const Manifest&, Remarks&);    // H-F8
void RefuseManyAtOnce(const LintContext&, const Manifest&, Remarks&);  // H-G4

}  // namespace holdfast
