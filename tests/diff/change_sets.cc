#include "tests/diff/change_sets.h"

namespace holdfast {
namespace {

Change Of(Action action, ObjectRef ref, const std::string& api_version) {
  Change change;
  change.action = action;
  change.ref = std::move(ref);
  change.api_version = api_version;
  return change;
}

}  // namespace

ChangeSet InSyncSet() {
  ChangeSet set;
  set.sync = "databases";
  set.revision = "9f2c1d8aa0c3b5e7f1d2c3b4a5968778695a4b3c";
  set.ref = "main";
  set.cluster = "b6f8";
  for (const char* name : {"a", "b"}) {
    set.changes.push_back(Of(Action::kNone, {"", "ConfigMap", "default", name}, "v1"));
    set.changes.back().source = Source{std::string(name) + ".yaml", 1, 1};
  }
  return set;
}

ChangeSet RefusedSet() {
  ChangeSet set = InSyncSet();
  set.changes.clear();
  Change image =
      Of(Action::kUpdate, {"apps", "StatefulSet", "default", "cassandra"}, "apps/v1");
  image.source = Source{"cassandra/statefulset.yaml", 1, 1};
  image.wave = 7;
  image.fields = {{R"(spec.template.spec.containers[name="cassandra"].image)",
                   Json("cassandra:4.1.10"), Json("cassandra:4.1.11"), ""}};
  image.effects = {"rolls 3 pods, highest ordinal first"};
  set.changes.push_back(image);

  Change claim =
      Of(Action::kDelete, {"", "PersistentVolumeClaim", "default", "wp-pv-claim"}, "v1");
  claim.findings = {
      {"H-A1", Ruling::kRefuse,
       "the claim is Bound to pvc-5b1e (20Gi, reclaim policy Delete, no snapshot): "
       "its data would be destroyed",
       "keep the manifest, or approve a detach: "
       "holdfast approve > approvals/wp-pv-claim.yaml"}};
  set.changes.push_back(claim);
  for (int i = 0; i < 11; ++i) {
    set.changes.push_back(
        Of(Action::kNone, {"", "ConfigMap", "default", "c" + std::to_string(i)}, "v1"));
  }
  for (int i = 0; i < 4; ++i) {
    set.volumes.push_back({"default/data-" + std::to_string(i), "u",
                           "pvc-" + std::to_string(i), "Retain", "10Gi",
                           VolumeFate::kKept, ""});
  }
  set.volumes.push_back({"default/wp-pv-claim", "u5", "pvc-5b1e", "Delete", "20Gi",
                         VolumeFate::kRefused, "removed from Git"});
  return set;
}

ChangeSet MixedSet() {
  ChangeSet set;
  set.sync = "default";
  const auto add = [&](Action action, const std::string& name) -> Change& {
    set.changes.push_back(Of(action, {"", "Secret", "db", name}, "v1"));
    set.changes.back().source = Source{name + ".yaml", 2, 8};
    return set.changes.back();
  };
  add(Action::kCreate, "create");
  Change& update = add(Action::kUpdate, "update");
  update.fields = {{"data.a", Json{{"hash", "12ab"}}, Json{{"hash", "34cd"}}, "kubectl"},
                   {"data.b", std::nullopt, Json("c2VjcmV0"), ""},
                   {"type", Json("Opaque"), std::nullopt, ""}};
  update.findings = {{"H-F1", Ruling::kWarn, "clients read it at their start", ""}};
  add(Action::kRecreate, "recreate");
  Change& gone = add(Action::kDelete, "delete");
  gone.source.reset();
  gone.findings = {{"H-F2", Ruling::kApproval, "a pod reads it", "holdfast approve"}};
  add(Action::kDetach, "detach").source.reset();
  add(Action::kAdopt, "adopt");
  add(Action::kKeep, "keep").source.reset();
  add(Action::kNone, "none");
  set.findings = {
      {"H-I4", Ruling::kHold, "the list of claims is incomplete", "run it again"}};
  return set;
}

}  // namespace holdfast
