#include "diff/patched.h"

#include <doctest/doctest.h>

#include "diff/compare.h"
#include "diff/core_schema.h"
#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

TEST_CASE("an object with changes carried out") {
  struct Row {
    std::string what;
    std::string before;
    std::string path;
    std::string after;  ///< Empty: the field goes.
    std::string result;
  };
  const Row rows[] = {
      {"a member", R"({"a": 1})", "a", "2", R"({"a": 2})"},
      {"a member that comes", "{}", "a.b", "2", R"({"a": {"b": 2}})"},
      {"a member that goes", R"({"a": 1, "b": 2})", "a", "", R"({"b": 2})"},
      {"one that is not there", R"({"b": 2})", "a.c", "", R"({"b": 2})"},
      {"an entry by its key", R"({"l": [{"name": "a", "v": 1}, {"name": "b", "v": 1}]})",
       R"(l[name="b"].v)", "2",
       R"({"l": [{"name": "a", "v": 1}, {"name": "b", "v": 2}]})"},
      {"an entry that comes", R"({"l": [{"name": "a"}]})", R"(l[name="b"])",
       R"({"name": "b", "v": 1})", R"({"l": [{"name": "a"}, {"name": "b", "v": 1}]})"},
      {"a field of an entry that comes", "{}", R"(l[name="b"].v)", "1",
       R"({"l": [{"name": "b", "v": 1}]})"},
      {"an entry that goes", R"({"l": [{"name": "a"}, {"name": "b"}]})", R"(l[name="a"])",
       "", R"({"l": [{"name": "b"}]})"},
      {"an entry by its number", R"({"l": [1, 2]})", "l[1]", "3", R"({"l": [1, 3]})"},
      {"a quoted key", R"({"data": {"my.cnf": "a"}})", R"(data["my.cnf"])", "\"b\"",
       R"({"data": {"my.cnf": "b"}})"},
      {"a path through a text", R"({"a": "x"})", "a.b", "1", R"({"a": "x"})"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    FieldChange change{row.path, std::nullopt, std::nullopt, ""};
    if (!row.after.empty()) change.after = J(row.after);
    Json result = Patched(J(row.before), {change});
    Json wanted = J(row.result);
    CHECK(DumpJson(result) == DumpJson(wanted));
  }
}

TEST_CASE("the changes from one object to another lead from the one to the other") {
  const CoreSchema schema;
  const Object before = O(R"({"apiVersion": "apps/v1", "kind": "StatefulSet",
      "metadata": {"name": "x", "labels": {"a": "1"}},
      "spec": {"replicas": 3, "template": {"spec": {"containers": [
        {"name": "c", "image": "1", "env": [{"name": "A", "value": "1"}], "args": ["a", "b"]},
        {"name": "d", "image": "1"}]}}}})");
  const Object after = O(R"({"apiVersion": "apps/v1", "kind": "StatefulSet",
      "metadata": {"name": "x", "labels": {"b": "1"}},
      "spec": {"replicas": 2, "template": {"spec": {"containers": [
        {"name": "c", "image": "2", "env": [{"name": "A", "value": "2"}], "args": ["b"]},
        {"name": "e", "image": "1"}]}}}})");
  const auto changes = Difference(before, after, schema);
  const Object result = Object::Make(Patched(before.json(), changes)).value();
  CHECK(Told(Difference(result, after, schema)).empty());
}

}  // namespace
}  // namespace holdfast
