#include "tests/property/trial.h"

#include <algorithm>
#include <utility>

#include "diff/normalize.h"

namespace holdfast::property {
namespace {

constexpr int kAtOnce = 250;

bool IsConflict(const ApplyAnswer& answer) {
  const auto* no = std::get_if<Rejection>(&answer);
  return no != nullptr && no->kind == Rejection::Kind::kFieldConflict;
}

bool HasNull(const Json& value) {
  return value.is_null() ||
         (value.is_structured() && std::any_of(value.begin(), value.end(), HasNull));
}

/// True if people may have applied it: an owner that is not there takes the object
/// along; a number that the server cuts, a status, nulls and an object without a spec
/// are no history.
bool IsReasonable(const Case& one) {
  const Json& json = one.desired.json();
  // Another schema would be another kind for the objects of it.
  if (one.desired.ref().kind == "CustomResourceDefinition") return false;
  if (!ArrayIn(json, "metadata", "ownerReferences").empty()) return false;
  const auto is_odd = [](const std::string& name) {
    return name == "a huge number" || name == "a status";
  };
  if (std::any_of(one.names.begin(), one.names.end(), is_odd)) return false;
  const Json* spec = FindIn(json, "spec");
  if (HasNull(json)) return false;
  return spec == nullptr || (spec->is_object() && !spec->empty());
}

}  // namespace

Case Trial::Made(std::size_t subject, const std::vector<Draw>& draws) {
  return MadeFrom(subjects_[subject].manifest, subject, draws);
}

Case Trial::MadeFrom(const Object& from, std::size_t subject,
                     const std::vector<Draw>& draws) {
  const Subject& of = subjects_[subject];
  // The mark is put on last, and is nobody's to change.
  Json live = of.live.json();
  if (live["metadata"].contains("labels")) live["metadata"]["labels"].erase(kMark);
  Mutated mutated = Mutate(from.json(), {live, of.others}, draws);
  auto desired = Object::Make(std::move(mutated.manifest));
  const Object manifest = desired.ok() ? *desired : of.manifest;
  return {subject, draws, std::move(mutated.names), manifest, Marked(manifest), of.live,
          Error{}, {}};
}

/// One case in four is left as it is, the others are mutated up to three times.
Case Trial::Draws(Random& random) {
  const std::size_t subject = random.Below(subjects_.size());
  std::vector<Draw> draws;
  const std::size_t count = random.OneIn(4) ? 0 : 1 + random.Below(3) / 2;
  while (draws.size() < count) {
    const Draw draw = DrawOne(random);
    draws.push_back(draw);
    if (Made(subject, draws).names.size() < draws.size()) draws.pop_back();
  }
  return Made(subject, draws);
}

/// A field of another manager is taken over: what it changes is asked, not whose it is.
void Trial::Ask(std::vector<Case>& cases) {
  std::vector<ApplyCall> calls;
  // As Holdfast sends it.
  for (const Case& one : cases) calls.push_back({Normalize(one.desired)});
  auto answers = cluster_.Apply(calls);
  std::vector<std::size_t> conflicts;
  calls.clear();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (IsConflict(answers[i])) {
      conflicts.push_back(i);
      calls.push_back(
          {Normalize(cases[i].desired), WriteMode::kDryRun, OnFieldConflict::kTakeOver});
    }
    cases[i].answer = std::move(answers[i]);
  }
  if (!calls.empty()) {
    auto forced = cluster_.Apply(calls);
    for (std::size_t i = 0; i < forced.size(); ++i) {
      cases[conflicts[i]].answer = std::move(forced[i]);
    }
  }
  for (Case& one : cases) {
    one.judgement = Judge(one.desired, one.live, one.answer, schema_);
    // What it took before it may decline today, and it still is what is there.
    const bool declined = !one.judgement.declined.empty();
    if (declined && one.draws.empty()) one.judgement.verdict = Verdict::kRejected;
  }
}

/// A controller may have written between the read and the dry run: a defect
/// counts if the object has stood still around the question.
void Trial::AskAgain(std::vector<Case>& cases) {
  for (int attempt = 0; attempt < 5; ++attempt) {
    if (!ReadAgain(cluster_, subjects_)) return;
    for (Case& one : cases) one = Made(one.subject, one.draws);
    Ask(cases);
    const auto defect = [](const Case& one) { return IsDefect(one.judgement.verdict); };
    if (std::none_of(cases.begin(), cases.end(), defect)) return;
    auto before = subjects_;
    if (!ReadAgain(cluster_, subjects_)) return;
    const bool still = std::all_of(cases.begin(), cases.end(), [&](const Case& one) {
      return before[one.subject].live.resource_version() ==
             subjects_[one.subject].live.resource_version();
    });
    if (still) return;
  }
}

/// Leaves out one mutation after the other while the defect stays.
Case Trial::Shrunk(Case found) {
  for (std::size_t i = 0; i < found.draws.size();) {
    std::vector<Draw> fewer = found.draws;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    std::vector<Case> one = {Made(found.subject, fewer)};
    Ask(one);
    if (one[0].judgement.verdict == found.judgement.verdict) {
      found = std::move(one[0]);
    } else {
      ++i;
    }
  }
  return found;
}

Status Trial::Run(Random& random, int mutations, Tally& tally) {
  for (int done = 0; done < mutations;) {
    HOLDFAST_TRY(ReadAgain(cluster_, subjects_));
    std::vector<Case> cases;
    for (; done < mutations && cases.size() < kAtOnce; ++done) {
      cases.push_back(Draws(random));
    }
    Ask(cases);
    std::vector<Case> again;
    const auto settled = std::partition(cases.begin(), cases.end(), [](const Case& one) {
      return !IsDefect(one.judgement.verdict);
    });
    again.assign(std::make_move_iterator(settled), std::make_move_iterator(cases.end()));
    cases.erase(settled, cases.end());
    if (!again.empty()) AskAgain(again);
    std::move(again.begin(), again.end(), std::back_inserter(cases));
    for (Case& one : cases) {
      ++tally.verdicts[static_cast<int>(one.judgement.verdict)];
      for (const std::string& name : one.names) ++tally.mutations[name];
      if (one.judgement.verdict == Verdict::kUnsureUnchanged) {
        ++tally.needless_doubts[one.desired.ref().kind + ": " +
                                one.judgement.said.doubts.front()];
      }
      if (IsDefect(one.judgement.verdict))
        tally.defects.push_back(Shrunk(std::move(one)));
    }
  }
  return {};
}

Status Trial::MoveOn(Random& random) {
  std::vector<ApplyCall> calls;
  std::vector<std::pair<std::size_t, Object>> moved;
  for (std::size_t i = 0; i < subjects_.size(); ++i) {
    const Case next =
        MadeFrom(subjects_[i].origin, i, {DrawOne(random), DrawOne(random)});
    if (!IsReasonable(next)) continue;
    calls.push_back({next.desired, WriteMode::kReal, OnFieldConflict::kTakeOver});
    moved.push_back({i, next.manifest});
  }
  const auto answers = cluster_.Apply(calls);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (std::holds_alternative<Object>(answers[i])) {
      subjects_[moved[i].first].manifest = moved[i].second;
    }
  }
  return ReadAgain(cluster_, subjects_);
}

}  // namespace holdfast::property
