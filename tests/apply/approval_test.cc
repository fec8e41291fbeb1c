#include "apply/approval.h"

#include <variant>

#include "apply/timestamp.h"
#include "tests/apply/approval_rows.h"

namespace holdfast {
namespace {

std::string WhyNone(const Json& spec) {
  const auto parsed = ParseApproval(InApprovals(spec));
  const auto* why = std::get_if<std::string>(&parsed);
  return why == nullptr ? "" : *why;
}

TEST_CASE("times are RFC 3339 in UTC") {
  CHECK(ParseTimestamp("2026-11-24T12:00:00Z") == kNoon);
  CHECK(ParseTimestamp("1970-01-01T00:00:00Z") == 0);
  CHECK(ParseTimestamp("2000-02-29T23:59:59Z") == 951868799);
  CHECK(ParseTimestamp("2100-03-01T00:00:00Z") == 4107542400);
  for (long long day = 0; day < 60000; ++day) {
    if (ParseTimestamp(FormatTimestamp(day * 86400 + 3)) != day * 86400 + 3) FAIL(day);
  }
  CHECK(FormatTimestamp(kNoon + 61) == "2026-11-24T12:01:01Z");
  for (const char* wrong :
       {"", "2026-11-24", "2026-11-24T12:00:00", "2026-02-29T00:00:00Z",
        "2026-11-24T24:00:00Z", "2026-11-24T12:00:00+01:00", "2026-11-24t12:00:00z",
        "2026-11-24T12:00:00.5Z"}) {
    CAPTURE(std::string(wrong));
    CHECK_FALSE(ParseTimestamp(wrong));
  }
}

TEST_CASE("what each action says") {
  for (const char* changes :
       {"{}", "{'snapshots':[{'name':'wp-final','uid':'u'}],'batch':1}",
        "{'action':'destroy','noCopy':true}",
        "{'action':'scale-down','decommissioned':true}",
        "{'action':'resize-recreate','targets':[{'kind':'StatefulSet','namespace':'d','"
        "name':"
        "'c','uid':'u'}]}",
        "{'action':'restart','targets':[{'kind':'Pod','namespace':'d','name':'c','uid':'"
        "u'}]}",
        "{'action':'rewind','targets':null,'to':'"
        "0123456789012345678901234567890123456789'}",
        "{'action':'accept','hazard':'H-B2','targets':[{'kind':'StatefulSet','namespace':"
        "'d','name':'c','uid':''}]}",
        "{'action':'accept','hazard':'H-H1','deletions':12,'targets':null}"}) {
    CAPTURE(std::string(changes));
    CHECK(WhyNone(DetachSpec(changes)) == "");
  }
}

TEST_CASE("what makes a file no approval, by name") {
  struct Row {
    const char* changes;
    const char* why;
  };
  const Row rows[] = {
      {"{'extra':1}", "unknown field spec.extra"},
      {"{'hazard':'H-B2'}", "unknown field spec.hazard"},
      {"{'action':null}", "no spec.action"},
      {"{'action':'delete'}", "\"delete\" is none of"},
      {"{'cluster':null}", "no spec.cluster"},
      {"{'cluster':'*'}", "wildcard"},
      {"{'reason':''}", "spec.reason is empty"},
      {"{'notBefore':null}", "no spec.notBefore"},
      {"{'expires':'soon'}", "\"soon\" is no time"},
      {"{'expires':1}", "spec.expires must be a text"},
      {"{'expires':'2026-11-24T10:00:00Z'}", "not after spec.notBefore"},
      {"{'expires':'2026-12-01T10:00:01Z'}", "more than 7 days"},
      {"{'targets':null}", "no spec.targets"},
      {"{'targets':[]}", "no spec.targets"},
      {"{'targets':'all'}", "spec.targets must be a list"},
      {"{'targets':[{'kind':'PersistentVolumeClaim','name':'*','uid':'u'}]}", "wildcard"},
      {"{'targets':[{'kind':'PersistentVolumeClaim','name':'a','uid':'*'}]}", "wildcard"},
      {"{'targets':[{'kind':'PersistentVolumeClaim','name':'a','uid':''}]}",
       "uid is empty"},
      {"{'targets':[{'kind':'PersistentVolumeClaim','name':'a'}]}",
       "no spec.targets[0].uid"},
      {"{'targets':[{'kind':'PersistentVolume','name':'a','uid':'u'}]}",
       "detach is about a PersistentVolumeClaim"},
      {"{'targets':[{'kind':'PersistentVolumeClaim','name':'a','uid':'u','labels':'x'}]}",
       "unknown field spec.targets[0].labels"},
      {"{'targets':[{'kind':'PersistentVolumeClaim','name':'a','uid':'u'},{'kind':"
       "'PersistentVolumeClaim','name':'b','uid':'v'}]}",
       "no spec.batch: 2"},
      {"{'targets':[{'kind':'PersistentVolumeClaim','name':'a','uid':'u'},{'kind':"
       "'PersistentVolumeClaim','name':'a','uid':'v'}],'batch':2}",
       "stands there twice"},
      {"{'batch':2}", "not the number of its targets"},
      {"{'action':'scale-down'}", "spec.decommissioned is not true"},
      {"{'action':'scale-down','decommissioned':'true'}", "must be true or false"},
      {"{'action':'restart','targets':[{'kind':'Job','name':'a','uid':'u'}]}",
       "restart is about a Pod"},
      {"{'action':'rewind','targets':null,'to':'main'}", "a commit in full"},
      {"{'action':'accept','hazard':'H-B2','targets':null}", "must name one object"},
      {"{'action':'accept','hazard':'all','targets':null}", "is no hazard"},
      {"{'action':'accept','hazard':'H-H1','targets':null}", "no spec.deletions"},
      {"{'action':'accept','hazard':'H-B2','deletions':3,'targets':null}",
       "belongs to hazard H-H1"},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.changes));
    CHECK(WhyNone(DetachSpec(row.changes)).find(row.why) != std::string::npos);
  }
}

TEST_CASE("another kind, or more than a name, is no approval") {
  Manifest manifest = InApprovals(DetachSpec());
  Json json = manifest.object.json();
  json["kind"] = "Approvals";
  CHECK(std::holds_alternative<std::string>(
      ParseApproval({Object::Make(json).value(), manifest.source, nullptr})));
  json["kind"] = "Approval";
  json["metadata"]["namespace"] = "default";
  CHECK(std::holds_alternative<std::string>(
      ParseApproval({Object::Make(json).value(), manifest.source, nullptr})));
}

}  // namespace
}  // namespace holdfast
