// Rows of health: an object, what is around it, and its state.

#pragma once

#include <string>
#include <vector>

#include "apply/health.h"
#include "tests/apply/example_objects.h"

namespace holdfast {

struct HealthRow {
  std::string sentence;
  Object object;
  std::vector<Object> around;
  std::string state;
  std::string part;  ///< Of the sentence.
};

inline void CheckRows(const std::vector<HealthRow>& rows) {
  for (const HealthRow& row : rows) {
    CAPTURE(row.sentence);
    Snapshot around;
    for (const Object& object : row.around) around.Put(object);
    const Health health = HealthOf(row.object, around);
    CHECK(std::string(ToString(health.state)) == row.state);
    CAPTURE(health.sentence);
    CHECK_FALSE(health.sentence.empty());
    CHECK(health.sentence.find(row.part) != std::string::npos);
    CHECK(OpensGate(health) == (row.state == "Current" || row.state == "PendingManual"));
  }
}

inline const char* const kSeen = "'generation':2";

inline std::string Reported(const std::string& fields) {
  return "'status':{'observedGeneration':2" + std::string(fields.empty() ? "" : ",") +
         fields + "}";
}

inline std::string Conditions(const std::string& type, const std::string& value,
                              const std::string& reason = "",
                              const std::string& message = "") {
  return "'conditions':[{'type':'" + type + "','status':'" + value + "','reason':'" +
         reason + "','message':'" + message + "'}]";
}

inline Object OwnedPod(const std::string& owner_kind, const std::string& owner,
                       const std::string& name, const std::string& status,
                       const std::string& labels = "", const std::string& more = "") {
  return Make(
      "v1 Pod default/" + name, "'status':{" + status + "}",
      "'labels':{" + labels +
          "},'ownerReferences':[{'controller':true,'apiVersion':'apps/v1','kind':'" +
          owner_kind + "','name':'" + owner + "','uid':'u'}]" + more);
}

inline const char* const kReady =
    "'phase':'Running','conditions':[{'type':'Ready','status':'True'}]";

inline std::string WaitingFor(const std::string& reason,
                              const std::string& message = "") {
  return "'phase':'Pending','containerStatuses':[{'name':'c','image':'cassandra:9','"
         "state':{'waiting':{'reason':'" +
         reason + "','message':'" + message + "'}}}]";
}

}  // namespace holdfast
