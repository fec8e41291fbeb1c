// H-D4, H-D5: a claim's size changes. It can only grow, only while it is bound, and only
// where its class allows it; a Git revert of a growth looks like a shrink.

#include "apply/claim_growth.h"
#include "apply/hazard.h"
#include "apply/kinds.h"
#include "diff/quantity.h"

namespace holdfast {
namespace {

constexpr const char* kPointer = "/spec/resources/requests/storage";

Finding CannotGrow(const ChangeCase& change, const std::string& why) {
  return {"H-D5", Ruling::kRefuse,
          change.manifest.WhereIs(kPointer) + ": the claim cannot grow from " +
              RequestOf(*change.live) + " to " + RequestOf(change.manifest.object) +
              ": " + why,
          "keep " + RequestOf(*change.live) +
              "; to get more room make a larger claim of another name and copy the data "
              "into it"};
}

void JudgeGrowth(const ChangeCase& change, std::vector<Finding>& findings) {
  if (const auto no = WhyNoGrowth(*change.live, change.outlook)) {
    findings.push_back(
        no->unknown
            ? Finding{"H-D5", Ruling::kHold,
                      change.manifest.WhereIs(kPointer) + ": the claim is to grow, and " +
                          no->why,
                      "let Holdfast read StorageClass objects, then run again"}
            : CannotGrow(change, no->why));
    return;
  }
  findings.push_back({"H-D5", Ruling::kWarn,
                      change.manifest.WhereIs(kPointer) + ": the claim grows from " +
                          RequestOf(*change.live) + " to " +
                          RequestOf(change.manifest.object) +
                          ", which cannot be taken back",
                      ""});
}

}  // namespace

void GuardClaimSize(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!IsClaim(change.ref()) || change.live == nullptr) return;
  const auto wanted = Quantity::Parse(RequestOf(change.manifest.object));
  const auto present = Quantity::Parse(RequestOf(*change.live));
  if (!wanted || !present || *wanted == *present) return;
  if (*wanted > *present) {
    JudgeGrowth(change, findings);
    return;
  }
  const std::string capacity_text =
      StringIn(change.live->json(), "status", "capacity", "storage");
  const auto capacity = Quantity::Parse(capacity_text);
  const std::string step = change.manifest.WhereIs(kPointer) +
                           ": the claim is asked to go from " + RequestOf(*change.live) +
                           " to " + RequestOf(change.manifest.object);
  if (capacity && *wanted > *capacity) {
    // KEP-1790: how a growth that failed is taken back to a size that works.
    findings.push_back({"H-D4", Ruling::kWarn,
                        step + ", which is more than the " + capacity_text +
                            " that it has: a smaller growth than asked for before",
                        ""});
    return;
  }
  findings.push_back(
      {"H-D4", Ruling::kRefuse,
       step + ": a volume cannot shrink; it has " +
           (capacity_text.empty() ? RequestOf(*change.live) : capacity_text),
       "keep " + RequestOf(*change.live) + " in Git, also when reverting a commit"});
}

}  // namespace holdfast
