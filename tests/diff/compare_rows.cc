#include "tests/diff/compare_rows.h"

#include <utility>

#include "diff/core_schema.h"
#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

Object Make(const std::string& identity, const std::string& members,
            const std::string& managed) {
  Json json = J("{" + identity + (members.empty() ? "" : ", " + members) + "}");
  json["metadata"]["name"] = "x";
  if (!managed.empty()) json["metadata"]["managedFields"] = J(managed);
  auto object = Object::Make(std::move(json));
  REQUIRE(object.ok());
  return *object;
}

std::string Managed(const std::string& api_version, const CompareRow& row) {
  const auto entry = [&](const std::string& manager, const std::string& operation,
                         const std::string& fields) {
    return R"({"manager": ")" + manager + R"(", "operation": ")" + operation +
           R"(", "apiVersion": ")" + api_version +
           R"(", "fieldsType": "FieldsV1", "fieldsV1": )" + fields + "}";
  };
  std::string list = entry("someone", "Update", row.theirs.empty() ? "{}" : row.theirs);
  if (!row.ours.empty()) list += ", " + entry("holdfast", "Apply", row.ours);
  return "[" + list + "]";
}

}  // namespace

doctest::String toString(Answer answer) { return std::string(ToString(answer)).c_str(); }

void CheckRows(const std::string& api_version, const std::string& kind,
               const std::vector<CompareRow>& rows) {
  CheckRows(CoreSchema(), api_version, kind, rows);
}

void CheckRows(const Schema& schema, const std::string& api_version,
               const std::string& kind, const std::vector<CompareRow>& rows) {
  const std::string identity =
      R"("apiVersion": ")" + api_version + R"(", "kind": ")" + kind + "\"";
  for (const CompareRow& row : rows) {
    CAPTURE(row.what);
    const Object desired = Make(identity, row.desired, "");
    const Object live = Make(identity, row.live, Managed(api_version, row));
    const Comparison comparison = Compare(desired, live, "holdfast", schema);
    CHECK(comparison.answer == row.answer);
    CHECK(Told(comparison.fields) == row.fields);
    CHECK(comparison.doubts.empty() == (row.answer != Answer::kUnsure));
  }
}

}  // namespace holdfast
