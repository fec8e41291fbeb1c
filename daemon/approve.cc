#include "daemon/approve.h"

#include "apply/approval_draft.h"
#include "diff/yaml_text.h"

namespace holdfast {

namespace {

ExitCode Print(const ApprovalDrafts& drafts, const Environment& environment) {
  bool first = true;
  for (const Json& document : drafts.documents) {
    environment.out << (first ? "" : "---\n") << ToYaml(document);
    first = false;
    if (document["spec"]["action"] == "scale-down") {
      environment.err << "set spec.decommissioned to true in "
                      << document["metadata"]["name"].get<std::string>()
                      << " once the engine has let go of the members that leave\n";
    }
    if (document["spec"].contains("noCopy")) {
      environment.err << "no snapshot holds a copy of all these data: "
                      << document["metadata"]["name"].get<std::string>()
                      << " takes two approvers whose signatures are checked\n";
    }
  }
  for (const std::string& sentence : drafts.beyond) {
    environment.err << "no approval can lift this: " << sentence << "\n";
  }
  if (!drafts.beyond.empty()) return ExitCode::kStopped;
  if (drafts.documents.empty()) environment.err << "nothing waits for an approval\n";
  return ExitCode::kOk;
}

}  // namespace

ExitCode PrintApprovals(const PlanInput& input, const Plan& plan,
                        const Environment& environment) {
  return Print(DraftApprovals(input, plan), environment);
}

ExitCode PrintDestroy(const PlanInput& input, const std::vector<std::string>& volumes,
                      const Environment& environment) {
  return Print(DraftDestroy(input, volumes), environment);
}

}  // namespace holdfast
