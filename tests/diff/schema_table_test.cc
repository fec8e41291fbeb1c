#include "diff/schema_table.h"

#include <doctest/doctest.h>

#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

TEST_CASE("a table makes types") {
  SchemaTable table;
  REQUIRE(
      table
          .Add("Thing:\n"
               "  a? = \"x\"; n?0; list [Part|name,port]; whole [Part#name]\n"
               "  set <s>; map {q}; fixed {s}!; part Part = {}; copy {q} ~ map,other\n"
               "# a remark\n"
               "Part!:\n"
               "  port = 80; blob b\n"
               "kind example.com/v1 Thing Thing\n")
          .ok());
  REQUIRE(table.Check().ok());
  const Type* thing = table.Find({"example.com", "v1", "Thing"});
  REQUIRE(thing != nullptr);
  CHECK(table.Find({"example.org", "v1", "Thing"}) == nullptr);
  CHECK(table.Find({"example.com", "v2", "Thing"}) == nullptr);

  CHECK(thing->Member("a").default_value == Json("x"));
  CHECK(thing->Member("a").zero == Json(""));
  CHECK(thing->Member("n").zero == Json(0));
  CHECK(thing->Member("unheard").type->shape == Type::Shape::kUnknown);

  const Type& list = *thing->Member("list").type;
  CHECK(list.merge == Type::Merge::kByKey);
  CHECK(list.keys == std::vector<std::string>{"name", "port"});
  CHECK(list.Element().atomic());
  CHECK(thing->Member("whole").type->atomic());
  CHECK(thing->Member("whole").type->keys == std::vector<std::string>{"name"});
  CHECK(thing->Member("set").type->merge == Type::Merge::kByValue);
  CHECK(thing->Member("map").type->Element().shape == Type::Shape::kQuantity);
  CHECK(thing->Member("fixed").type->atomic());
  CHECK(thing->Member("copy").filled_from == std::vector<std::string>{"map", "other"});
}

TEST_CASE("a key with a default names an entry that leaves it out") {
  SchemaTable table;
  REQUIRE(table
              .Add("Part:\n protocol = \"TCP\"\nThing:\n p [Part|port,protocol]\n"
                   "kind v1 Thing Thing")
              .ok());
  const Type& list = *table.Find({"", "v1", "Thing"})->Member("p").type;
  CHECK(*StepOf(list, J(R"({"port": 80})")) ==
        PathStep::Entry(J(R"({"port": 80, "protocol": "TCP"})")));
  CHECK_FALSE(StepOf(list, J(R"({"protocol": "UDP"})")).has_value());
  CHECK_FALSE(StepOf(list, J(R"({"port": {}})")).has_value());
  CHECK_FALSE(StepOf(list, J("7")).has_value());
}

TEST_CASE("a table that says it wrongly is refused with its line") {
  const std::string rows[] = {
      "  a",        "T:\n a; a", "T:\nT:",          "T:\n a [b c]",
      "T:\n a = {", "T:\n a [s", "kind v1/x/y K T", "T:\n a?x"};
  for (const std::string& text : rows) {
    CAPTURE(text);
    SchemaTable table;
    const Status status = table.Add(text);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().message.find("line ") != std::string::npos);
  }
  SchemaTable table;
  REQUIRE(table.Add("T:\n a Missing").ok());
  CHECK_FALSE(table.Check().ok());
}

}  // namespace
}  // namespace holdfast
