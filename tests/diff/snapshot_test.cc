#include "diff/snapshot.h"

#include <doctest/doctest.h>

#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

Object Claim(const std::string& name_space, const std::string& name,
             const std::string& kind = "PersistentVolumeClaim") {
  return O(R"({"apiVersion": "v1", "kind": ")" + kind + R"(", "metadata": {"name": ")" +
           name + R"(", "namespace": ")" + name_space + R"("}})");
}

std::string Names(const std::vector<const Object*>& objects) {
  std::string names;
  for (const Object* object : objects) names += object->ref().name + " ";
  return names;
}

TEST_CASE("objects by the beginning of their names") {
  Snapshot live;
  for (const char* name : {"data-a-0", "data-a-1", "data-b-0", "data", "log-a-0"}) {
    live.Put(Claim("db", name));
  }
  live.Put(Claim("other", "data-a-7"));
  live.Put(Claim("db", "data-a-8", "Secret"));
  const auto named = [&](const char* kind, const char* name_space, const char* prefix) {
    return Names(live.AllNamed("", kind, name_space, prefix));
  };
  CHECK(named("PersistentVolumeClaim", "db", "data-a-") == "data-a-0 data-a-1 ");
  CHECK(named("PersistentVolumeClaim", "db", "data") ==
        "data data-a-0 data-a-1 data-b-0 ");
  CHECK(named("PersistentVolumeClaim", "db", "") ==
        "data data-a-0 data-a-1 data-b-0 log-a-0 ");
  CHECK(named("PersistentVolumeClaim", "db", "z") == "");
  CHECK(named("PersistentVolumeClaim", "", "data") == "");
  CHECK(named("Pod", "db", "") == "");
}

}  // namespace
}  // namespace holdfast
