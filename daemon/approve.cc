#include "daemon/approve.h"

#include "apply/approval_draft.h"
#include "daemon/yaml_text.h"

namespace holdfast {

ExitCode PrintApprovals(const PlanInput& input, const Plan& plan,
                        const Environment& environment) {
  const ApprovalDrafts drafts = DraftApprovals(input, plan);
  bool first = true;
  for (const Json& document : drafts.documents) {
    environment.out << (first ? "" : "---\n") << ToYaml(document);
    first = false;
    if (document["spec"]["action"] == "scale-down") {
      environment.err << "set spec.decommissioned to true in "
                      << document["metadata"]["name"].get<std::string>()
                      << " once the engine has let go of the members that leave\n";
    }
  }
  for (const std::string& sentence : drafts.beyond) {
    environment.err << "no approval can lift this: " << sentence << "\n";
  }
  if (!drafts.beyond.empty()) return ExitCode::kStopped;
  if (drafts.documents.empty()) environment.err << "nothing waits for an approval\n";
  return ExitCode::kOk;
}

}  // namespace holdfast
