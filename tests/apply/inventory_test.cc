#include "apply/inventory.h"

#include "tests/apply/plan_input.h"

namespace holdfast {
namespace {

ObjectRef Job(const std::string& name) { return {"batch", "Job", "default", name}; }

/// With an entry of a Job that has run to its end.
Inventory Ran(const std::string& name, const std::string& hash) {
  Inventory inventory;
  inventory.Enter(Job(name)).finished = hash;
  return inventory;
}

TEST_CASE("what has run is known in the inventory and after it") {
  Inventory inventory = Ran("j", "h");
  CHECK(inventory.FinishedHash(Job("j")) == "h");
  inventory.Drop(Job("j"));
  inventory.Drop(Job("j"));
  CHECK(inventory.entries.empty());
  CHECK(inventory.finished_jobs == std::vector<FinishedJob>{{Job("j"), "h"}});
  CHECK(inventory.FinishedHash(Job("j")) == "h");
  CHECK(inventory.FinishedHash(Job("k")).empty());
  CHECK(inventory.Enter(Job("j")).finished == "h");
  CHECK(inventory.finished_jobs.empty());
  CHECK(inventory.Enter(Job("k")).finished.empty());
  inventory.Drop(Job("k"));
  CHECK(inventory.finished_jobs.empty());
}

TEST_CASE("of the Jobs that have run the last ones are remembered") {
  Inventory inventory;
  for (std::size_t i = 0; i <= kMostFinishedJobs; ++i) {
    const ObjectRef ref = Job("j" + std::to_string(i));
    inventory.Enter(ref).finished = "h";
    inventory.Drop(ref);
  }
  REQUIRE(inventory.finished_jobs.size() == kMostFinishedJobs);
  CHECK(inventory.FinishedHash(Job("j0")).empty());
  CHECK(inventory.FinishedHash(Job("j1")) == "h");
  CHECK(inventory.finished_jobs.back().ref ==
        Job("j" + std::to_string(kMostFinishedJobs)));
}

TEST_CASE("what has run, as JSON and back") {
  Inventory inventory = Ran("j", "h");
  inventory.Drop(Job("j"));
  const Json json = FinishedJobsToJson(inventory.finished_jobs);
  CHECK(json == J("[['default','j','h']]"));
  const auto back = FinishedJobsFromJson(json);
  REQUIRE(back.ok());
  CHECK(*back == inventory.finished_jobs);
  for (const std::string text :
       {"{}", "['j']", "[['default','j']]", "[['default','j',1]]", "[['default','','h']]",
        "[['default','j','']]", "[['default','j','h','more']]"}) {
    CAPTURE(text);
    CHECK_FALSE(FinishedJobsFromJson(J(text)).ok());
  }
}

}  // namespace
}  // namespace holdfast
