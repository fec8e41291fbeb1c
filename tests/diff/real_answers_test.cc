// Answers of a real API server, and the manifests that it was given by
// server-side apply as manager holdfast. Ordinary objects must be recognised
// without asking, or a diff of 500 of them would cost 500 requests.

#include <doctest/doctest.h>

#include "diff/compare.h"
#include "diff/core_schema.h"
#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

const std::string kFolder = HOLDFAST_FIXTURES;

struct Pair {
  Json desired;
  Json live;
};

Pair Read(const std::string& name) {
  const Json both = J(ReadFile(kFolder + "/" + name));
  return {*FindIn(both, "desired"), *FindIn(both, "live")};
}

Comparison CompareJson(const Json& desired, const Json& live) {
  const auto a = Object::Make(desired);
  const auto b = Object::Make(live);
  REQUIRE(a.ok());
  REQUIRE(b.ok());
  return Compare(*a, *b, "holdfast", CoreSchema());
}

TEST_CASE("an unchanged object is the same") {
  const auto names = FilesIn(kFolder);
  REQUIRE(names.size() >= 25);
  for (const std::string& name : names) {
    CAPTURE(name);
    const Pair pair = Read(name);
    const Comparison comparison = CompareJson(pair.desired, pair.live);
    CHECK(comparison.answer == Answer::kSame);
    CHECK_FALSE(comparison.bookkeeping);
    CHECK(Told(comparison.fields).empty());
    CHECK(comparison.doubts == std::vector<std::string>());
  }
}

TEST_CASE("applied from its own live form it is the same, too") {
  for (const std::string& name : FilesIn(kFolder)) {
    CAPTURE(name);
    const Pair pair = Read(name);
    Json exported = pair.live;
    exported["metadata"].erase("managedFields");
    CHECK(CompareJson(exported, pair.live).answer == Answer::kSame);
  }
}

/// Every leaf of `value`, by pointer.
void Leaves(const Json& value, const std::string& pointer,
            std::vector<std::string>& out) {
  if (!value.is_structured()) {
    out.push_back(pointer);
    return;
  }
  std::size_t index = 0;
  for (const auto& [key, member] : value.items()) {
    if (key.find_first_of("/~") != std::string::npos) continue;
    const std::string step = value.is_array() ? std::to_string(index++) : key;
    Leaves(member, pointer + "/" + step, out);
  }
}

TEST_CASE("no leaf can change unseen") {
  for (const std::string& name : FilesIn(kFolder)) {
    const Pair pair = Read(name);
    std::vector<std::string> leaves;
    for (const auto& [key, value] : pair.desired.items()) {
      if (key != "apiVersion" && key != "kind" && key != "metadata" && key != "status") {
        Leaves(value, "/" + key, leaves);
      }
    }
    for (const std::string& leaf : leaves) {
      CAPTURE(name);
      CAPTURE(leaf);
      Json changed = pair.desired;
      Json& value = changed[Json::json_pointer(leaf)];
      // A template's creationTimestamp is the server's; null says nothing.
      if (value.is_null()) continue;
      value = value.is_string()    ? Json("eHl6" + value.get<std::string>())
              : value.is_boolean() ? Json(!value.get<bool>())
                                   : Json(value.get<double>() + 1);
      CHECK(CompareJson(changed, pair.live).answer != Answer::kSame);
    }
  }
}

TEST_CASE("what Git drops is seen, with the path") {
  struct Row {
    std::string fixture;
    std::string pointer;
    std::vector<std::string> told;
  };
  const Row rows[] = {
      {"statefulset.json", "/spec/replicas", {"spec.replicas: 3 -> 1"}},
      {"statefulset.json",
       "/spec/template/spec/containers/0/ports/0",
       {R"(spec.template.spec.containers[name="cassandra"].ports)"
        R"([containerPort=7000,protocol="TCP"]: )"
        R"({"containerPort":7000,"name":"intra-node","protocol":"TCP"} -> nothing)"}},
      {"deployment.json",
       "/spec/strategy",
       {R"(spec.strategy.type: "Recreate" -> "RollingUpdate")"}},
      {"configmap.json",
       "/data/my.cnf",
       {R"(data["my.cnf"]: "[mysqld]\nmax=1\n" -> nothing)"}},
      {"secret.json", "/data/user", {R"(data.user: "cm9vdA==" -> nothing)"}},
      {"storageclass.json", "/parameters/type", {R"(parameters.type: "ssd" -> nothing)"}},
      {"rolebinding.json",
       "/subjects/1/name",
       {R"(subjects[1].name: "jane" -> nothing)"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.pointer);
    Pair pair = Read(row.fixture);
    const Json::json_pointer pointer(row.pointer);
    Json& parent = pair.desired[pointer.parent_pointer()];
    if (parent.is_array()) {
      parent.erase(static_cast<std::size_t>(std::stoi(pointer.back())));
    } else {
      parent.erase(pointer.back());
    }
    const Comparison comparison = CompareJson(pair.desired, pair.live);
    CHECK(comparison.answer == Answer::kDifferent);
    CHECK(Told(comparison.fields) == row.told);
  }
}

}  // namespace
}  // namespace holdfast
