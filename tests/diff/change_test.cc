#include "diff/change.h"

#include <doctest/doctest.h>

namespace holdfast {
namespace {

TEST_CASE("the worst ruling of all is the verdict") {
  ChangeSet set;
  CHECK(set.verdict() == Ruling::kOk);
  set.findings.push_back({"H-X1", Ruling::kNote, "", ""});
  set.changes.resize(2);
  CHECK(set.verdict() == Ruling::kNote);
  set.changes[1].findings.push_back({"H-X2", Ruling::kApproval, "", ""});
  set.changes[1].findings.push_back({"H-X3", Ruling::kWarn, "", ""});
  CHECK(set.changes[1].worst() == Ruling::kApproval);
  CHECK(set.verdict() == Ruling::kApproval);
  set.findings.push_back({"H-X4", Ruling::kHold, "", ""});
  CHECK(set.verdict() == Ruling::kHold);
}

TEST_CASE("a finding that nobody filled in refuses") {
  CHECK(Stops(Finding{}.ruling));
  CHECK_FALSE(Stops(Ruling::kWarn));
  CHECK(Stops(Ruling::kApproval));
  CHECK(Stops(Ruling::kHold));
}

TEST_CASE("what writes is a change") {
  struct Row {
    Action action;
    std::string word;
    bool changes;
  };
  const Row rows[] = {
      {Action::kNone, "none", false},    {Action::kCreate, "create", true},
      {Action::kUpdate, "update", true}, {Action::kRecreate, "recreate", true},
      {Action::kDelete, "delete", true}, {Action::kDetach, "detach", true},
      {Action::kAdopt, "adopt", true},   {Action::kKeep, "keep", false}};
  for (const Row& row : rows) {
    CAPTURE(row.word);
    CHECK(ToString(row.action) == row.word);
    ChangeSet set;
    set.changes.resize(1);
    set.changes[0].action = row.action;
    CHECK(set.changes_anything() == row.changes);
  }
}

TEST_CASE("an error gets its context outermost first") {
  const Error error = Invalid("unknown field x").In("StatefulSet a").In("a.yaml:3");
  CHECK(error.message == "a.yaml:3: StatefulSet a: unknown field x");
  CHECK(error.code == ErrorCode::kInvalid);
  CHECK(ToString(ErrorCode::kNotFound) == "not_found");
}

}  // namespace
}  // namespace holdfast
