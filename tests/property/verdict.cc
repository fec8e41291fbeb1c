#include "tests/property/verdict.h"

#include <algorithm>
#include <set>

#include "apply/managed_fields.h"
#include "diff/field_path.h"
#include "tests/diff/agreement.h"
#include "tests/property/plain_difference.h"

namespace holdfast::property {
namespace {

/// What `Difference` says against what the plain comparison sees.
void CheckDifference(const Object& live, const Object& after, Judgement& judgement) {
  const auto plain = PlainDifference(live.json(), after.json());
  std::set<std::string> told;  // The first two steps of each path.
  const auto head = [](const std::string& pointer) {
    const auto second = pointer.find('/', 1);
    return pointer.substr(
        0, second == std::string::npos ? second : pointer.find('/', second + 1));
  };
  for (const std::string& path : judgement.changed) {
    const auto parsed = FieldPath::Parse(path);
    if (!parsed.ok()) {
      judgement.complaints.push_back("no path: " + path);
      continue;
    }
    // The place may be on one side only: the longer pointer names it.
    const std::string a = parsed->PointerIn(live.json());
    const std::string b = parsed->PointerIn(after.json());
    told.insert(head(a.size() > b.size() ? a : b));
    told.insert(head(a));
  }
  for (const std::string& pointer : plain) {
    const bool seen = std::any_of(told.begin(), told.end(), [&](const std::string& one) {
      return head(pointer).starts_with(one) || one.starts_with(head(pointer));
    });
    if (!seen) judgement.complaints.push_back("Difference() does not tell of " + pointer);
  }
  if (plain.empty() && !judgement.changed.empty()) {
    // A text that reads as an amount and is none ("1" and "1.0" of an env).
    for (const std::string& path : judgement.changed) {
      const auto parsed = FieldPath::Parse(path);
      const Json* a = &live.json()[Json::json_pointer(parsed->PointerIn(live.json()))];
      const Json* b = &after.json()[Json::json_pointer(parsed->PointerIn(after.json()))];
      if (*a == *b) judgement.complaints.push_back("Difference() makes up " + path);
    }
  }
}

}  // namespace

std::string_view ToString(Verdict verdict) {
  constexpr std::string_view kWords[] = {"same",
                                         "different",
                                         "declined",
                                         "unsure, and it changes",
                                         "unsure of an unchanged object",
                                         "no answer",
                                         "FALSELY SAME",
                                         "FALSELY DIFFERENT",
                                         "WRONG FIELDS",
                                         "WRONG DIFFERENCE"};
  return kWords[static_cast<int>(verdict)];
}

Judgement Judge(const Object& desired, const Object& live, const ApplyAnswer& answer,
                const Schema& schema) {
  Judgement judgement;
  judgement.said = Compare(desired, live, kFieldManager, schema);
  const Answer said = judgement.said.answer;
  if (const auto* no = std::get_if<Rejection>(&answer)) {
    judgement.declined = no->message;
    judgement.verdict =
        said == Answer::kSame ? Verdict::kFalselySame : Verdict::kRejected;
    if (said == Answer::kSame) judgement.complaints.push_back("declined: " + no->message);
    return judgement;
  }
  if (const auto* error = std::get_if<Error>(&answer)) {
    judgement.complaints.push_back(error->message);
    if (said == Answer::kSame) judgement.verdict = Verdict::kFalselySame;
    return judgement;
  }
  const Object& after = std::get<Object>(answer);
  Agreement agreement = Agree(judgement.said, live, after, schema);
  const auto& truth = agreement.changed;
  judgement.changed.assign(truth.begin(), truth.end());
  CheckDifference(live, after, judgement);
  if (!judgement.complaints.empty()) {
    judgement.verdict = Verdict::kWrongDifference;
    return judgement;
  }
  if (said == Answer::kUnsure) {
    judgement.verdict =
        truth.empty() ? Verdict::kUnsureUnchanged : Verdict::kUnsureChanged;
    return judgement;
  }
  judgement.complaints = std::move(agreement.complaints);
  if (said == Answer::kSame) {
    judgement.verdict = truth.empty() ? Verdict::kSame : Verdict::kFalselySame;
  } else if (truth.empty()) {
    judgement.verdict = Verdict::kFalselyDifferent;
  } else {
    judgement.verdict =
        judgement.complaints.empty() ? Verdict::kDifferent : Verdict::kWrongFields;
  }
  return judgement;
}

}  // namespace holdfast::property
