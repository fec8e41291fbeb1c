// One world in which a rule has something to say, for each rule and each hazard of it.
//
// every_rule_test.cc judges each with and without the rule, so that no rule is there
// whose absence nobody would notice. A new rule needs a row here.

#pragma once

#include <string>
#include <vector>

#include "tests/apply/judged.h"

namespace holdfast {

struct RuleCase {
  std::string rule;     ///< Its name in the table of rules.
  std::string finding;  ///< "H-A1 refuse", which is not said without the rule.
  World world;
  ObjectRef about;  ///< Whom the finding is about; the revision where it is empty.
};

std::vector<RuleCase> DeletionCases();
std::vector<RuleCase> ChangeCases();
std::vector<RuleCase> RevisionCases();

/// `object` is removed from Git, and everything that the rules want was listed.
inline World Removing(const Object& object) {
  World world;
  world.ListsAll().Unchanged(Make("v1 ConfigMap default/stays")).Removed(object);
  return world;
}

/// `before` becomes `after`, with `around` beside it.
inline World Changing(const Object& before, const Object& after,
                      const std::vector<Object>& around = {}) {
  World world;
  world.Changed(before, after);
  for (const Object& object : around) world.Live(object);
  return world;
}

/// `object` is new, with `around` beside it.
inline World Adding(const Object& object, const std::vector<Object>& around = {}) {
  World world;
  world.Added(object);
  for (const Object& one : around) world.Live(one);
  return world;
}

/// `object` with what `pointer` (RFC 6901) leads to set to `value`; "" removes it.
inline Object With(const Object& object, const std::string& pointer,
                   const std::string& value) {
  Json json = object.json();
  const Json::json_pointer where(pointer);
  if (!value.empty()) {
    json[where] = J(value);
  } else if (json.contains(where)) {
    Json& parent = json[where.parent_pointer()];
    parent.is_array() ? parent.erase(std::stoul(where.back()))
                      : static_cast<void>(parent.erase(where.back()));
  }
  auto changed = Object::Make(json);
  REQUIRE(changed.ok());
  return *changed;
}

}  // namespace holdfast
