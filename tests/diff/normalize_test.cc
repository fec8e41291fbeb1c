#include "diff/normalize.h"

#include <doctest/doctest.h>

#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

TEST_CASE("stringData goes over data, as the server stores it") {
  struct Row {
    std::string what;
    std::string secret;
    std::string stored;
  };
  const std::string head =
      R"("apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"})";
  const Row rows[] = {
      {"alone", R"("stringData": {"a": "root"})", R"("data": {"a": "cm9vdA=="})"},
      {"over data", R"("data": {"a": "eA==", "b": "eQ=="}, "stringData": {"a": "root"})",
       R"("data": {"a": "cm9vdA==", "b": "eQ=="})"},
      {"null", R"("stringData": {"a": null})", R"("data": {"a": ""})"},
      {"a number is left for the server to refuse", R"("stringData": {"a": 1})",
       R"("stringData": {"a": 1})"},
      {"data that is no map is left too", R"("stringData": {"a": "x"}, "data": [])",
       R"("stringData": {"a": "x"}, "data": [])"},
      {"and data that is no base64, though it is written over",
       R"("stringData": {"a": "x"}, "data": {"a": "?"})",
       R"("stringData": {"a": "x"}, "data": {"a": "?"})"},
      {"none", R"("data": {"a": "eA=="})", R"("data": {"a": "eA=="})"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const Object secret = O("{" + head + ", " + row.secret + "}");
    CHECK(Normalize(secret) == O("{" + head + ", " + row.stored + "}"));
  }
  const Object other =
      O(R"({"apiVersion": "x/v1", "kind": "Secret", "metadata": {"name": "s"},
            "stringData": {"a": "b"}})");
  CHECK(Normalize(other) == other);
}

TEST_CASE("the rules of a ClusterRole that is put together out of others are not ours") {
  struct Row {
    std::string what;
    std::string kind;
    std::string fields;
    bool left_out;
  };
  const std::string aggregation = R"("aggregationRule": {"clusterRoleSelectors": []}, )";
  const Row rows[] = {
      {"none", "ClusterRole", aggregation + R"("rules": [])", true},
      {"null", "ClusterRole", aggregation + R"("rules": null)", true},
      {"some, which somebody wants", "ClusterRole", aggregation + R"("rules": [{}])", false},
      {"a role that has none", "ClusterRole", R"("rules": [])", false},
      {"a Role has no such rule", "Role", aggregation + R"("rules": [])", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const Object role = O(R"({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": ")" + row.kind +
                          R"(", "metadata": {"name": "r"}, )" + row.fields + "}");
    CHECK(IsNormal(role) == !row.left_out);
    CHECK((FindIn(Normalize(role).json(), "rules") == nullptr) == row.left_out);
  }
}

TEST_CASE("scalars of one meaning") {
  struct Row {
    std::string what;
    Type::Shape shape;
    std::string a;
    std::string b;
    bool equal;
  };
  using Shape = Type::Shape;
  const Row rows[] = {
      {"amounts", Shape::kQuantity, "\"1Gi\"", "\"1024Mi\"", true},
      {"an amount as a number", Shape::kQuantity, "0.5", "\"500m\"", true},
      {"different amounts", Shape::kQuantity, "\"1Gi\"", "\"1G\"", false},
      {"texts that are no amounts", Shape::kQuantity, "\"x\"", "\"x\"", true},
      {"the same texts where they are no amounts", Shape::kScalar, "\"1Gi\"",
       "\"1024Mi\"", false},
      {"bytes", Shape::kBytes, "\"Zm9v\\n\"", "\"Zm9v\"", true},
      {"other bytes", Shape::kBytes, "\"Zm9v\"", "\"Zm9w\"", false},
      {"a port and its text are two things", Shape::kScalar, "80", "\"80\"", false},
      {"one and one", Shape::kScalar, "1", "1.0", true},
      {"where floats cannot tell", Shape::kScalar, "9007199254740993",
       "9007199254740992.0", false},
      {"a boolean and a number", Shape::kScalar, "true", "1", false},
      {"null and zero", Shape::kScalar, "null", "0", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    Type type;
    type.shape = row.shape;
    CHECK(EqualScalars(type, J(row.a), J(row.b)) == row.equal);
    CHECK(EqualScalars(type, J(row.b), J(row.a)) == row.equal);
  }
}

}  // namespace
}  // namespace holdfast
