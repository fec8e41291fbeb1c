#include "apply/survey_file.h"

#include <algorithm>
#include <set>
#include <utility>

#include "apply/enumerated.h"
#include "apply/facts.h"
#include "apply/intent.h"
#include "apply/predict_unasked.h"
#include "apply/served_kinds.h"
#include "diff/ownership.h"

namespace holdfast {
namespace {

constexpr const char* kUnknown = "H-I4";  // unknown is never none

Finding Note(std::string reason) {
  return {kUnknown, Ruling::kNote, std::move(reason), ""};
}

Finding Warn(std::string reason, std::string remedy) {
  return {kUnknown, Ruling::kWarn, std::move(reason), std::move(remedy)};
}

std::string Listed(const std::vector<std::string>& names) { return Enumerated(names, 6); }

/// The live objects of a file as the snapshot of a cluster, its gaps included.
class FileSurveyor {
 public:
  FileSurveyor(LiveObjects live, const Schema& schema, SurveyCall call)
      : file_(live.file), schema_(schema), call_(std::move(call)) {
    served_ = FindServedKinds(call_.manifests, live.objects);
    for (Object& object : live.objects) snapshot_.Put(std::move(object));
    if (const Object* system = snapshot_.Find({"", "Namespace", "", "kube-system"})) {
      snapshot_.cluster_uid = system->uid();
    }
  }

  Survey Run() {
    const KeyedHash hash = call_.hash;
    const InventoryPlace place = call_.place;
    auto stored =
        ReadInventory(place, [this](const std::string& name) { return Get(name); });
    if (!stored.ok()) {
      Survey failed;
      failed.errors.push_back(stored.error().In(file_));
      return failed;
    }
    SurveyStart start =
        StartSurvey(std::move(call_), served_.discovery, std::move(stored->inventory));
    PlanInput& input = start.survey.input;
    input.desired = std::move(start.resolved.manifests);
    input.live = std::move(snapshot_);
    input.live_file = file_;
    if (!input.inventory.exists) AdoptByLabel(input);
    ConfirmIntents(input);
    if (!start.survey.errors.empty()) return std::move(start.survey);
    input.predictions =
        PredictUnasked(input.desired, input.live, schema_, hash, input.secret_fields);
    NoteGaps(input);
    SayWhatIsUnknown(input, place);
    return std::move(start.survey);
  }

 private:
  Result<Object> Get(const std::string& config_map) const {
    const Object* found =
        snapshot_.Find({"", "ConfigMap", call_.place.name_space, config_map});
    if (found == nullptr)
      return NotFound("ConfigMap " + config_map + " is not in " + file_);
    return *found;
  }

  static void AdoptByLabel(PlanInput& input) {
    for (const Manifest& manifest : input.desired) {
      const ObjectRef& ref = manifest.object.ref();
      const Object* live = input.live.Find(ref);
      if (live == nullptr || live->label(kPartOfLabel) != input.apply_set) continue;
      input.inventory.entries[ref] = {ref, manifest.object.gvk().version, live->uid(),
                                      ""};
    }
  }

  /// Whatever the guard asks for and the file lacks is unknown.
  void NoteGaps(PlanInput& input) {
    Facts asked;
    for (Facts needed = FactsNeeded(input); !needed.empty();
         needed = FactsNeeded(input, asked)) {
      for (const ObjectRef& ref : needed.objects) Gap(ref, ref.ToString(), input.live);
      for (const Snapshot::Listed& list : needed.lists) {
        const std::string where =
            list.name_space.empty() ? "" : " of namespace " + list.name_space;
        Gap({list.group, list.kind, list.name_space, ""}, "every " + list.kind + where,
            input.live);
      }
      for (const std::string& name : needed.namespaces) {
        Gap({kEverything, kEverything, name, ""}, "everything in namespace " + name,
            input.live);
      }
      asked.namespaces.insert(asked.namespaces.end(), needed.namespaces.begin(),
                              needed.namespaces.end());
      asked.objects.insert(asked.objects.end(), needed.objects.begin(),
                           needed.objects.end());
      asked.lists.insert(asked.lists.end(), needed.lists.begin(), needed.lists.end());
      std::sort(asked.objects.begin(), asked.objects.end());
      std::sort(asked.lists.begin(), asked.lists.end());
    }
  }

  void Gap(ObjectRef what, const std::string& name, Snapshot& live) {
    const bool list = what.name.empty();
    live.gaps.push_back(
        {std::move(what), Error{ErrorCode::kUnavailable,
                                list ? file_ + " cannot tell whether it holds all of them"
                                     : file_ + " does not hold it"}});
    missing_.push_back(name);
  }

  void SayWhatIsUnknown(PlanInput& input, const InventoryPlace& place) const {
    std::vector<Finding>& findings = input.revision_findings;
    findings.push_back(
        Note("compared with the " + std::to_string(input.live.objects.size()) +
             " objects of " + file_ +
             " and no server: what validation and admission control say is not known, "
             "and what " +
             file_ + " lacks counts as not there"));
    if (!input.inventory.exists) {
      findings.push_back(Warn(file_ + " has no inventory of sync " + place.sync +
                                  ": whether Git dropped an object that was applied "
                                  "before is not known, and no "
                                  "deletion is shown",
                              "add it to the file: kubectl get -n " + place.name_space +
                                  " configmaps " + place.ParentName() + " -o yaml"));
    }
    std::vector<std::string> bare;
    for (const Manifest& manifest : input.desired) {
      const Object* live = input.live.Find(manifest.object.ref());
      if (live != nullptr && !Ownership::Of(*live).complete)
        bare.push_back(live->ref().ToString());
    }
    if (!bare.empty()) {
      findings.push_back(
          Warn("metadata.managedFields is missing: whether Git dropped a field that was "
               "applied "
               "before is not known of " +
                   Listed(bare),
               "write the file with kubectl get --show-managed-fields -o yaml"));
    }
    if (!missing_.empty()) {
      findings.push_back(
          Warn("for its findings the guard would read in a cluster: " + Listed(missing_) +
                   ". " + file_ + " does not tell, so a finding may be missing here",
               "run it against the cluster before it is applied"));
    }
    for (const Gvk& gvk : served_.assumed) {
      findings.push_back(
          Warn("whether " + gvk.kind + " in " + gvk.ApiVersion() +
                   " exists and is namespaced is not known; it is taken as it "
                   "is written",
               "add its CustomResourceDefinition to " + file_));
    }
  }

  const std::string file_;
  const Schema& schema_;
  SurveyCall call_;
  ServedKinds served_;
  Snapshot snapshot_;
  std::vector<std::string> missing_;
};

}  // namespace

Survey SurveyFile(LiveObjects live, const Schema& schema, SurveyCall call) {
  return FileSurveyor(std::move(live), schema, std::move(call)).Run();
}

}  // namespace holdfast
