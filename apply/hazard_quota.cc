// H-G9: a quota below what is used already. Nothing stops by it, but a pod that goes is
// not made again.

#include <map>
#include <optional>
#include <string>

#include "apply/hazard.h"
#include "diff/quantity.h"

namespace holdfast {
namespace {

constexpr const char* kTightens[] = {"max", "maxLimitRequestRatio"};

std::optional<Quantity> AmountAt(const Json& map, const std::string& key) {
  const Json* value = FindIn(map, key);
  return value == nullptr ? std::nullopt : Quantity::FromJson(*value);
}

void JudgeQuota(const ChangeCase& change, std::vector<Finding>& findings) {
  const Json& used = MapIn(change.live->json(), "status", "used");
  const Json& before = MapIn(change.live->json(), "spec", "hard");
  for (const auto& [key, limit] : MapIn(change.After().json(), "spec", "hard").items()) {
    const auto now = AmountAt(used, key);
    const auto is = Quantity::FromJson(limit);
    const auto was = AmountAt(before, key);
    if (!now || !is || *is >= *now || (was && *was <= *is)) continue;
    findings.push_back(
        {"H-G9", Ruling::kWarn,
         change.manifest.WhereIs("/spec/hard") + ": ResourceQuota " + change.ref().name +
             " allows " + key + " of " + DumpJson(limit) + ", and " +
             StringIn(used, key) +
             " are in use: what restarts then is not made again, a database too",
         "allow at least what is in use"});
    return;
  }
}

/// The limits by type and resource: "Container memory".
std::map<std::string, Quantity> LimitsOf(const Object& range) {
  std::map<std::string, Quantity> limits;
  for (const Json& one : ArrayIn(range.json(), "spec", "limits")) {
    for (const char* field : kTightens) {
      for (const auto& [key, value] : MapIn(one, field).items()) {
        if (const auto amount = Quantity::FromJson(value)) {
          limits[StringIn(one, "type") + " " + field + " " + key] = *amount;
        }
      }
    }
  }
  return limits;
}

void JudgeRange(const ChangeCase& change, std::vector<Finding>& findings) {
  const auto before = LimitsOf(*change.live);
  for (const auto& [what, is] : LimitsOf(change.After())) {
    const auto was = before.find(what);
    if (was != before.end() && was->second <= is) continue;
    findings.push_back(
        {"H-G9", Ruling::kWarn,
         change.manifest.WhereIs("/spec/limits") + ": LimitRange " + change.ref().name +
             " allows less than before (" + what +
             "): a pod or claim that asks for more is not made again when it restarts",
         "compare it with what the workloads of the namespace ask for"});
    return;
  }
}

}  // namespace

void WarnQuota(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live == nullptr) return;
  if (change.ref().Is("", "ResourceQuota")) JudgeQuota(change, findings);
  if (change.ref().Is("", "LimitRange")) JudgeRange(change, findings);
}

}  // namespace holdfast
