// H-D10: a Job that has run to its end and is gone since. For Kubernetes a Job that is
// applied again is a new one: the migration would run a second time.

#include "apply/finished_job.h"
#include "apply/hazard.h"

namespace holdfast {

void GuardJobRerun(const ChangeCase& change, std::vector<Finding>& findings) {
  const JobRerun rerun = RerunOf(change.manifest, change.outlook.input());
  if (rerun == JobRerun::kNo) return;
  const std::string head =
      change.manifest.source.ToString() + ": Job " + change.ref().name +
      " has run to its end and is gone since";
  if (rerun == JobRerun::kSame) {
    findings.push_back({"H-D10", Ruling::kNote,
                        head + ": it is not run again; under another name it would be", ""});
    return;
  }
  const bool may = change.manifest.object.annotation(kRerunnable) == "true";
  findings.push_back(
      {"H-D10", may ? Ruling::kNote : Ruling::kRefuse,
       head + (may ? "; it is run again, since annotation " + std::string(kRerunnable) +
                         " says that it may be"
                   : ", and its spec is another one now: applied again, it would run a "
                     "second time on data that it has changed already"),
       may ? ""
           : "give the new Job another name, for example with a version in it; or, if it "
             "does no harm twice, the annotation " +
                 std::string(kRerunnable) + ": \"true\""});
}

}  // namespace holdfast
