// What the plan says of one object, in brief.

#pragma once

#include <string>
#include <vector>

#include "tests/apply/example_objects.h"

namespace holdfast {

/// "H-A1 refuse, ..." of the object's change; checks its words too.
inline std::string Judged(const World& world, const ObjectRef& ref) {
  const Plan plan = MakePlan(world.input);
  const Change* change = ChangeOf(plan, ref.ToString());
  REQUIRE(change != nullptr);
  CheckWords(change->findings);
  CheckWords(plan.set.findings);
  return Joined(Brief(change->findings));
}

/// The world in which `before` becomes `after`, with what the example needs around it;
/// all that the rules want was listed.
inline std::string WhenChanged(const Object& before, const Object& after,
                               const std::vector<Object>& around = {}) {
  World world;
  world.ListsAll().Changed(before, after);
  for (const Object& object : around) world.Live(object);
  return Judged(world, after.ref());
}

inline std::vector<Object> MysqlAround() {
  return {MysqlSecret(), Claim("mysql", kBound)};
}
inline std::vector<Object> CassandraAround() { return {CassandraService(), LocalPath()}; }

}  // namespace holdfast
