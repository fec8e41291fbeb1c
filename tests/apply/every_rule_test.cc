// No rule of the guard is untested by accident: for each rule and each hazard of it there
// is a world in which it speaks, and in which nothing else says the same.

#include <algorithm>
#include <set>

#include "apply/hazard.h"
#include "tests/apply/rule_cases.h"

namespace holdfast {
namespace {

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    if (blank != 0) words.emplace_back(text.substr(0, blank));
    text = blank == text.npos ? std::string_view() : text.substr(blank + 1);
  }
  return words;
}

/// Adds to `said`, unless it is another rule's hazard: no finding may carry an id that
/// its rule does not name.
template <typename Rule>
void Add(const Rule& rule, const std::vector<Finding>& findings,
         std::vector<Finding>& said) {
  CheckWords(findings);
  const auto hazards = Words(rule.hazards);
  for (const Finding& finding : findings) {
    CAPTURE(std::string(rule.name));
    CAPTURE(finding.hazard);
    const bool named =
        std::find(hazards.begin(), hazards.end(), finding.hazard) != hazards.end();
    CHECK((named || hazards.empty()));
    said.push_back(finding);
  }
}

/// "H-A1 refuse", ...: what all rules but `off` say of the object, notes too.
std::set<std::string> SaidWithout(const std::string& off, const RuleCase& one) {
  const PlanInput& input = one.world.input;
  const Outlook outlook(input);
  std::vector<Finding> said;
  const auto found = outlook.deleted().find(one.about);
  for (const DeletionRule& rule : DeletionRules()) {
    if (rule.name == off || found == outlook.deleted().end()) continue;
    Add(rule, Ask(rule, {*found->second, outlook}), said);
  }
  const Manifest* manifest = outlook.Desired(one.about);
  for (const ChangeRule& rule : ChangeRules()) {
    if (rule.name == off || manifest == nullptr) continue;
    Add(rule,
        Ask(rule, {*manifest, input.live.Find(one.about), input.predictions.at(one.about),
                   outlook}),
        said);
  }
  for (const RevisionRule& rule : RevisionRules()) {
    if (rule.name == off) continue;
    const RevisionFindings findings = Ask(rule, outlook);
    if (one.about.name.empty()) Add(rule, findings.revision, said);
    const auto [first, last] = findings.objects.equal_range(one.about);
    for (auto it = first; it != last; ++it) Add(rule, {it->second}, said);
  }
  std::set<std::string> brief;
  for (const Finding& finding : said) {
    brief.insert(finding.hazard + " " + std::string(ToString(finding.ruling)));
  }
  return brief;
}

template <typename Rule>
void Check(const std::vector<Rule>& rules, const std::vector<RuleCase>& cases) {
  std::set<std::string> covered;
  for (const RuleCase& one : cases) {
    CAPTURE(one.rule);
    CAPTURE(one.finding);
    CHECK(SaidWithout("", one).count(one.finding) == 1);
    CHECK(SaidWithout(one.rule, one).count(one.finding) == 0);
    covered.insert(one.rule + " " + one.finding.substr(0, one.finding.find(' ')));
  }
  for (const Rule& rule : rules) {
    for (const std::string& hazard : Words(rule.hazards)) {
      const std::string name = std::string(rule.name) + " " + hazard;
      // Else it has no row in rule_cases_*.cc.
      CAPTURE(name);
      CHECK(covered.count(name) == 1);
    }
  }
}

TEST_CASE("each rule about a deletion is missed when it is off") {
  Check(DeletionRules(), DeletionCases());
}

TEST_CASE("each rule about a change is missed when it is off") {
  Check(ChangeRules(), ChangeCases());
}

TEST_CASE("each rule about the revision is missed when it is off") {
  Check(RevisionRules(), RevisionCases());
}

TEST_CASE("a rule that fails inside refuses, and tells no value") {
  const ChangeRule broken = {"BrokenRule", "H-F1 H-F2",
                             [](const ChangeCase&, std::vector<Finding>&) {
                               static_cast<void>(Json("hunter2").get<int>());
                             }};
  const RuleCase any = ChangeCases().front();
  const Outlook outlook(any.world.input);
  const Manifest* manifest = outlook.Desired(any.about);
  REQUIRE(manifest != nullptr);
  const auto findings = Ask(
      broken, {*manifest, nullptr, any.world.input.predictions.at(any.about), outlook});
  REQUIRE(Joined(Brief(findings)) == "H-F1 refuse");
  CheckWords(findings);
  CHECK(findings[0].reason.find("BrokenRule") != std::string::npos);
  CHECK(findings[0].reason.find("hunter2") == std::string::npos);
}

}  // namespace
}  // namespace holdfast
