// H-C2, H-C3: the place where an engine keeps its data is another one after the change.
// The engine finds it empty, makes a new database there, and looks healthy.

#include "apply/hazard.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"

namespace holdfast {
namespace {

struct DataPlace {
  std::string container;
  std::string directory;
  const Engine* engine = nullptr;  ///< Null for a claim of a program that is not known.
};

/// Where the live pods keep data on a claim: the engine's own directory, and every path
/// at which a claim is mounted.
std::vector<DataPlace> DataPlaces(const Object& live) {
  std::vector<DataPlace> places;
  const auto mounts = MountsOf(live);
  for (const ContainerAt& container : PodTemplate(live).Containers()) {
    if (container.init) continue;
    const std::string name = StringIn(*container.json, "name");
    const Engine* engine = EngineOfImage(StringIn(*container.json, "image"));
    bool known = false;
    if (engine != nullptr && !engine->data_dir.empty()) {
      const DataMount* over = MountOver(mounts, name, engine->data_dir);
      known = over != nullptr && over->is_claim;
      if (known) places.push_back({name, std::string(engine->data_dir), engine});
    }
    if (known) continue;
    for (const DataMount& mount : mounts) {
      if (mount.container == name && mount.is_claim) {
        places.push_back({name, mount.mount_path, engine});
      }
    }
  }
  return places;
}

std::string Text(const DataMount& mount) {
  return mount.source + (mount.sub_path.empty() ? "" : ", subPath " + mount.sub_path);
}

bool HasContainer(const Object& object, const std::string& name) {
  for (const ContainerAt& container : PodTemplate(object).Containers()) {
    if (!container.init && StringIn(*container.json, "name") == name) return true;
  }
  return false;
}

/// The container in `after` that goes on with the data of `place`: the one of its name,
/// or one of the same engine.
std::string Successor(const DataPlace& place, const Object& after) {
  if (HasContainer(after, place.container)) return place.container;
  for (const ContainerAt& container : PodTemplate(after).Containers()) {
    const Engine* engine = EngineOfImage(StringIn(*container.json, "image"));
    if (engine != nullptr && engine == place.engine)
      return StringIn(*container.json, "name");
  }
  return "";
}

void JudgePlace(const ChangeCase& change, const DataPlace& place,
                std::vector<Finding>& findings) {
  const Object& after = change.After();
  const auto mounts_before = MountsOf(*change.live);
  const auto mounts_after = MountsOf(after);
  const DataMount* before = MountOver(mounts_before, place.container, place.directory);
  const DataMount* now =
      MountOver(mounts_after, Successor(place, after), place.directory);
  if (before == nullptr) return;
  const bool same = now != nullptr && now->source == before->source &&
                    now->sub_path == before->sub_path &&
                    now->mount_path == before->mount_path;
  if (same) return;
  const bool switched = now != nullptr && now->source != before->source;
  const std::string who = place.engine != nullptr ? std::string(place.engine->name)
                                                  : "container " + place.container;
  const std::string where = change.manifest.WhereIs(
      now != nullptr ? now->pointer : PodTemplate(after).pointer());
  const std::string result =
      now == nullptr ? "nothing would be mounted there, so the data would be written "
                       "into the container and lost at its next restart"
                     : "it would be " + Text(*now) + " at " + now->mount_path;
  const bool refuse = place.engine != nullptr || switched;
  findings.push_back(
      {switched ? "H-C2" : "H-C3", refuse ? Ruling::kRefuse : Ruling::kWarn,
       where + ": " + who + " keeps its data in " + place.directory + ", which is " +
           Text(*before) + " now; " + result,
       "keep volume, mountPath and subPath of " + place.directory +
           " as they are; to move data, copy them and switch over by hand"});
}

}  // namespace

void GuardDataPath(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live == nullptr || !PodTemplate(*change.live).exists()) return;
  if (change.After() == *change.live) return;
  for (const DataPlace& place : DataPlaces(*change.live))
    JudgePlace(change, place, findings);
}

}  // namespace holdfast
