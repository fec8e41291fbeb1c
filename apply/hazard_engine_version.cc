// H-F10: another version of a database on data that the present one has written.

#include <map>
#include <set>

#include "apply/engine_version.h"
#include "apply/facts.h"
#include "apply/hazard.h"
#include "apply/health_reason.h"
#include "apply/pod_template.h"
#include "apply/rollout.h"
#include "apply/stateful.h"
#include "apply/volumes.h"

namespace holdfast {
namespace {

constexpr const char* kVersion = "holdfast.dev/engine-version";

/// The version that a container of `object` runs: its tag, or what the annotation states
/// where the tag states none.
std::optional<EngineVersion> VersionOf(const Object& object, const std::string& image) {
  const auto by_tag = ParseEngineVersion(TagOf(image));
  return by_tag ? by_tag : ParseEngineVersion(object.annotation(kVersion));
}

/// Who built the image, where that is somebody whose builds run and keep data otherwise
/// than the engine's own; empty for all others. A mirror of a registry is nobody.
std::string_view BuilderOf(std::string_view image) {
  for (const std::string_view builder : {"bitnami", "google-samples", "google_containers",
                                         "k8ssandra", "sclorg", "ubuntu"}) {
    if (image.find(builder) != std::string_view::npos) return builder;
  }
  return "";
}

std::string Shown(const std::optional<EngineVersion>& version, const std::string& image) {
  return version ? version->ToString() : "an unknown version (" + image + ")";
}

class Judge {
 public:
  Judge(const ChangeCase& change, std::vector<Finding>& findings)
      : change_(change), findings_(findings) {}

  /// `mildest`: what is less is not told.
  void Compare(const std::string& before, const ContainerAt& container,
               Ruling mildest = Ruling::kWarn) {
    mildest_ = mildest;
    const std::string after = StringIn(*container.json, "image");
    const Engine* from = EngineOfImage(before);
    if (from == nullptr || before == after) return;
    where_ = change_.manifest.WhereIs(container.pointer() + "/image");
    const Engine* to = EngineOfImage(after);
    if (to == nullptr || to->name != from->name ||
        ImageName(before) != ImageName(after) || BuilderOf(before) != BuilderOf(after)) {
      Add(Ruling::kRefuse,
          "the image changes from " + before + " to " + after +
              ": another build may run as another user, or look for its data elsewhere, "
              "and begin with an empty database",
          "keep the image; to move to another one, add it with a claim of its own beside "
          "this one and copy the data");
      return;
    }
    CompareVersions(*from, before, after);
  }

 private:
  void CompareVersions(const Engine& engine, const std::string& before,
                       const std::string& after) {
    const auto from = VersionOf(*change_.live, before);
    const auto to = VersionOf(change_.manifest.object, after);
    const std::string step = std::string(engine.name) + " goes from " +
                             Shown(from, before) + " to " + Shown(to, after);
    if (!from || !to) {
      Add(Ruling::kRefuse, step + ": whether it can open the data cannot be told",
          std::string("name the version in the tag, or in the annotation ") + kVersion +
              ", in a commit of its own before the image changes");
      return;
    }
    const VersionStep judged = JudgeVersionStep(engine, *from, *to);
    if (judged.ruling == Ruling::kOk) return;
    const std::string keep = "keep the image at " + before;
    Add(judged.ruling, step + ": " + judged.reason,
        judged.ruling == Ruling::kApproval
            ? keep +
                  ", or take a backup that you have tried and approve the upgrade: "
                  "holdfast approve > approvals/" +
                  change_.ref().name + ".yaml, and commit it"
            : keep);
  }

  void Add(Ruling ruling, const std::string& reason, std::string remedy) {
    if (ruling < mildest_) return;
    findings_.push_back({"H-F10", ruling, where_ + ": " + reason, std::move(remedy)});
  }

  const ChangeCase& change_;
  std::vector<Finding>& findings_;
  std::string where_;
  Ruling mildest_ = Ruling::kWarn;
};

/// What its pods run in this container, where that is not `image`: with OnDelete, a
/// partition or a rollout under way they are behind the template, or before it.
std::set<std::string> OtherImages(const std::vector<const Object*>& pods,
                                  const std::string& container, const std::string& image) {
  std::set<std::string> images;
  for (const Object* pod : pods) {
    const std::string& phase = StringIn(pod->json(), "status", "phase");
    if (phase == "Succeeded" || phase == "Failed") continue;
    for (const ContainerAt& one : PodTemplate(*pod).Containers()) {
      if (StringIn(*one.json, "name") != container) continue;
      images.insert(StringIn(*one.json, "image"));
    }
  }
  images.erase(image);
  return images;
}

bool HasClaims(const Object& workload, const Snapshot& live) {
  return !ClaimTemplateNames(workload).empty() ||
         !MountedClaims(PodTemplate(workload)).empty() ||
         !ClaimsOfWorkload(workload, live).empty();
}

/// True if the data may be of another version than the template's, and nobody can tell.
bool CannotTell(const ChangeCase& change, std::vector<Finding>& findings) {
  const bool is_asked = MayChange(change.prediction) && !AllOfTemplate(*change.live) &&
                        EngineOf(*change.live) != nullptr;
  if (!is_asked) return false;
  const Outlook& outlook = change.outlook;
  const std::string& space = change.ref().name_space;
  const std::string unlisted = outlook.Unlisted("", "Pod", space);
  // A file is no place to act from, and need not hold pods.
  if (unlisted.empty() || !outlook.input().live_file.empty()) return false;
  findings.push_back({"H-F10", Ruling::kHold,
                      change.ref().ToString() +
                          ": not all of its pods are of its template, and which version "
                          "they run is not known: " +
                          unlisted,
                      "let Holdfast list the pods of namespace " + space + ", then run again"});
  return true;
}

}  // namespace

void GuardEngineVersion(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live == nullptr || !HasClaims(*change.live, change.outlook.live())) return;
  if (CannotTell(change, findings)) return;
  std::map<std::string, std::string> before;
  std::string any;  // For a container that was given another name.
  const PodTemplate live(*change.live);
  for (const ContainerAt& container : live.Containers()) {
    const std::string image = StringIn(*container.json, "image");
    before[StringIn(*container.json, "name")] = image;
    if (!container.init && EngineOfImage(image) != nullptr) any = image;
  }
  Judge judge(change, findings);
  // Where nothing is written, what a controller does meanwhile was judged before.
  std::vector<const Object*> pods;
  if (MayChange(change.prediction)) pods = PodsOf(change.ref(), change.outlook.live());
  const PodTemplate wanted(change.manifest.object);
  for (const ContainerAt& container : wanted.Containers()) {
    const std::string& image = StringIn(*container.json, "image");
    const auto known = before.find(StringIn(*container.json, "name"));
    const bool engine = EngineOfImage(image) != nullptr;
    if (known != before.end()) {
      judge.Compare(known->second, container);
      // What an earlier commit brought was approved then. What cannot be is still none.
      const Ruling mildest = known->second == image ? Ruling::kRefuse : Ruling::kWarn;
      for (const std::string& running : OtherImages(pods, known->first, known->second)) {
        judge.Compare(running, container, mildest);
      }
    } else if (engine && !container.init) {
      judge.Compare(any, container);
    }
  }
}

}  // namespace holdfast
