// Snapshots as evidence, and the end of a quarantined volume (safety.md 2.1, rows 14, 16
// and 17).

#include "apply/guard.h"
#include "apply/volume_copy.h"
#include "tests/apply/approval_rows.h"
#include "tests/apply/example_objects.h"

namespace holdfast {
namespace {

const char* kDisk = "'csi':{'driver':'csi.example.com','volumeHandle':'disk-1'}";

Json VolumeJson() {
  Json json = VolumeFor("mysql", "Retain", kDisk).json();
  json.merge_patch(
      J("{'metadata':{'uid':'uid-pv-mysql','resourceVersion':'7',"
        "'labels':{'holdfast.dev/quarantine':'uid-mysql'},"
        "'annotations':{'pv.kubernetes.io/provisioned-by':'csi.example.com',"
        "'holdfast.dev/detached-claim':'default/mysql',"
        "'holdfast.dev/detached-at':'2026-11-10T12:00:00Z',"
        "'holdfast.dev/detached-engine':'MySQL'}},"
        "'status':{'phase':'Released',"
        "'lastPhaseTransitionTime':'2026-11-10T12:01:00Z'}}"));
  return json;
}

/// A snapshot of claim default/mysql as the server makes one, and its content.
void AddSnapshot(World& world, const std::string& taken,
                 const std::string& of_snapshot = "{}",
                 const std::string& of_content = "{}") {
  Json snapshot = Make("snapshot.storage.k8s.io/v1 VolumeSnapshot default/final",
                       "'spec':{'source':{'persistentVolumeClaimName':'mysql'}},"
                       "'status':{'readyToUse':true,'restoreSize':'20Gi',"
                       "'boundVolumeSnapshotContentName':'content','creationTime':'" +
                           taken + "'}")
                      .json();
  snapshot.merge_patch(J(of_snapshot));
  Json content =
      Make(
          "snapshot.storage.k8s.io/v1 VolumeSnapshotContent content",
          "'spec':{'driver':'csi.example.com','deletionPolicy':'Retain',"
          "'source':{'volumeHandle':'disk-1'},'volumeSnapshotRef':{'namespace':'default',"
          "'name':'final','uid':'uid-final'}}")
          .json();
  content.merge_patch(J(of_content));
  world.Live(*Object::Make(snapshot)).Live(*Object::Make(content));
}

Json DestroySpec(const std::string& changes = "{}") {
  Json spec = DetachSpec("{'action':'destroy'}");
  spec.merge_patch(J(changes));
  return spec;
}

/// The volume in quarantine for a fortnight, and an Approval that destroys it.
World Destroying(const std::string& of_volume = "{}", const std::string& of_spec = "{}") {
  World world;
  world.ListsAll().Unchanged(Make("v1 ConfigMap default/stays"));
  Json json = VolumeJson();
  json.merge_patch(J(of_volume));
  world.Live(*Object::Make(json));
  world.input.live.server_time = kNoon;
  world.input.approvals.push_back(InApprovals(DestroySpec(of_spec)));
  return world;
}

World WithCopy(World world) {
  AddSnapshot(world, "2026-11-10T11:00:00Z");
  return world;
}

TEST_CASE("a quarantined volume is destroyed by an approval, or it is said why not") {
  struct Row {
    std::string sentence;
    World world;
    std::string findings;  ///< Of the volume; "none": it is not in the plan.
    std::string word;      ///< In a reason.
  };
  World others_snapshot = Destroying();
  AddSnapshot(others_snapshot, "2026-11-10T11:00:00Z", "{}",
              "{'spec':{'source':{'volumeHandle':'disk-0'}}}");
  World too_old = Destroying();
  AddSnapshot(too_old, "2026-11-09T11:59:59Z");
  World written_later = Destroying(
      "{'metadata':{'annotations':{'holdfast.dev/unused-since':"
      "'2026-11-10T11:30:00Z'}}}");
  AddSnapshot(written_later, "2026-11-10T11:29:59Z");
  World unknown_engine =
      Destroying("{'metadata':{'annotations':{'holdfast.dev/detached-engine':null}}}");
  AddSnapshot(unknown_engine, "2026-11-10T11:00:00Z");
  World quiet = Destroying(
      "{'metadata':{'annotations':{'holdfast.dev/detached-engine':null,"
      "'holdfast.dev/unused-since':'2026-11-10T10:00:00Z'}}}");
  AddSnapshot(quiet, "2026-11-10T11:00:00Z");
  World unlisted = WithCopy(Destroying());
  unlisted.Gap("snapshot.storage.k8s.io", "VolumeSnapshot");
  World volumes_unknown = WithCopy(Destroying());
  volumes_unknown.Gap("", "PersistentVolume");
  World wanted = WithCopy(Destroying());
  wanted.Added(Claim("mysql"));
  World has_another = WithCopy(Destroying());
  has_another.Unchanged(Make("v1 PersistentVolumeClaim default/mysql",
                             "'spec':{'volumeName':'pv-new'},'status':{'phase':'Bound'}",
                             "'uid':'uid-new'"));
  World by_template = WithCopy(Destroying(
      "{'spec':{'claimRef':{'name':'data-cassandra-0','uid':'uid-mysql'}}}",
      "{'targets':[{'kind':'PersistentVolumeClaim','namespace':'default','name':"
      "'data-cassandra-0','uid':'uid-mysql','pv':'pv-mysql','pvUid':'uid-pv-mysql'}]}"));
  by_template.Unchanged(Cassandra()).Live(CassandraService()).Live(LocalPath());
  World shared = WithCopy(Destroying());
  shared.Live(VolumeFor("x", "Retain", kDisk));
  const auto also = [](const std::string& source, const std::string& other,
                       const std::string& metadata = "{}", const char* claim = "x") {
    const std::string no_disk = source.starts_with("'csi'") ? "" : "'csi':null,";
    World world = WithCopy(Destroying("{'spec':{" + no_disk + source + "}}"));
    Json volume = VolumeFor(claim, "Delete", other).json();
    volume["metadata"]["name"] = "pv-other";
    volume.merge_patch(J("{'metadata':" + metadata + "}"));
    world.Live(*Object::Make(volume));
    return world;
  };
  const auto nfs = [](const std::string& path, const std::string& server = "files") {
    return "'nfs':{'server':'" + server + "','path':'" + path + "'}";
  };
  const auto csi = [](const std::string& handle, const std::string& attributes) {
    return "'csi':{'driver':'files.csi.k8s.io','volumeHandle':'" + handle +
           "','volumeAttributes':{" + attributes + "}}";
  };
  const std::string made = "{'annotations':{'pv.kubernetes.io/provisioned-by':'p'}}";
  const std::string share = "'server':'files','share':'/exports'";
  const std::string smb = "'source':'//files/exports','subDir':'";
  // Each signs a file of their own.
  World two_people = Destroying("{}", "{'noCopy':true}");
  two_people.input.approvals.push_back(
      InApprovals(DestroySpec("{'noCopy':true,'reason':'I too'}"), "too"));
  two_people.input.approval_signers = ApprovalSigners{
      {"approvals/drop.yaml", {"anna", ""}}, {"approvals/too.yaml", {"ben", ""}}};
  World one_person = two_people;
  one_person.input.approval_signers->at("approvals/too.yaml").who = "anna";
  World other_volume = two_people;
  other_volume.input.approvals.back() = InApprovals(
      DestroySpec("{'noCopy':true,'targets':[{'kind':'PersistentVolumeClaim','namespace':"
                  "'default','name':'mysql','uid':'uid-mysql','pv':'pv-mysql','pvUid':"
                  "'another'}]}"),
      "too");
  World other_named =
      WithCopy(Destroying("{}", "{'snapshots':[{'name':'final','uid':'another'}]}"));
  World named =
      WithCopy(Destroying("{}", "{'snapshots':[{'name':'final','uid':'uid-final'}]}"));
  World guarded = WithCopy(Destroying());
  guarded.Live(
      Make("v1 Namespace default", "", "'annotations':{'holdfast.dev/protect':'true'}"));
  World expired = WithCopy(Destroying());
  expired.input.live.server_time = kNoon + 3 * 86400;
  World used = WithCopy(Destroying());
  const std::string id = DumpJson(DestroySpec());
  used.input.used_approvals[id] = {id, "drop", "c1", kNoon, true};
  World begun = WithCopy(
      Destroying("{'spec':{'persistentVolumeReclaimPolicy':'Delete'},'metadata':{"
                 "'annotations':{'holdfast.dev/destroyed-by':'drop'}}}"));
  begun.input.used_approvals[id] = {id, "drop", "c1", kNoon, false};
  World gone = Destroying();
  gone.input.live.objects.erase({"", "PersistentVolume", "", "pv-mysql"});

  const Row rows[] = {
      {"row 16: a snapshot holds a copy", WithCopy(Destroying()), "", "snapshot final"},
      {"row 16: no snapshot", Destroying(), "H-A3 refuse", "no snapshot of it exists"},
      {"row 16: a snapshot of another volume of that name", others_snapshot,
       "H-A3 refuse", "another volume"},
      {"row 16: a snapshot of the day before", too_old, "H-A3 refuse", "more than a day"},
      {"row 16: written to after it", written_later, "H-A3 refuse", "written to until"},
      {"row 16: taken in use, of an engine that is not known", unknown_engine,
       "H-A3 refuse", "may have been in use"},
      {"row 16: taken while nobody used it", quiet, "", "snapshot final"},
      {"row 16: the snapshot that is named", named, "", "snapshot final"},
      {"row 16: another snapshot is named", other_named, "H-A3 refuse", "does not name"},
      {"row 17: no copy, two people", two_people, "", "no copy of them is known"},
      {"row 17: no copy, one person", one_person, "H-A3 refuse", "two approvers"},
      {"row 17: the other one is about another volume", other_volume, "H-A3 refuse",
       "two approvers"},
      {"row 17: no copy, nobody who was checked", Destroying("{}", "{'noCopy':true}"),
       "H-A3 refuse", "two approvers"},
      {"row 0: snapshots cannot be read", unlisted, "H-A3 hold", "could not be read"},
      {"row 0: volumes cannot be read", volumes_unknown, "none", "could not be read"},
      {"row 1: the namespace is protected", guarded, "H-A3 refuse", "protect"},
      {"row 1: the volume is protected",
       WithCopy(
           Destroying("{'metadata':{'annotations':{'holdfast.dev/protect':'true'}}}")),
       "H-A1 refuse", "protect"},
      {"row 3: Git has the claim again", wanted, "H-A3 refuse", "gets this volume back"},
      {"row 3: the claim of that name has another volume by now", has_another, "",
       "snapshot final"},
      {"row 3: a StatefulSet makes the claim again", by_template, "H-A3 refuse",
       "ordinal 0"},
      {"row 18: another object stands for the same disk", shared, "H-A3 refuse", "pv-x"},
      {"row 18: the same NFS folder", also(nfs("/e/a"), nfs("//e/./a/")), "H-A3 refuse",
       "pv-other"},
      {"row 18: an NFS folder within", also(nfs("/e/a"), nfs("/e/a/b")), "H-A3 refuse",
       "pv-other"},
      {"row 18: an NFS folder around", also(nfs("/e/a"), nfs("/")), "H-A3 refuse",
       "pv-other"},
      {"row 18: an NFS folder beside it", also(nfs("/e/a"), nfs("/e/ab")), "H-A3 refuse",
       "no copy of its data"},
      {"row 18: that path on another server", also(nfs("/e/a"), nfs("/e/a", "b")),
       "H-A3 refuse", "no copy of its data"},
      {"row 18: a folder of a node of that path",
       also(nfs("/e/a"), "'hostPath':{'path':'/e/a'}"), "H-A3 refuse", "no copy of its data"},
      {"row 18: one folder, two handles",
       also(csi("1", share + ",'subDir':'a'"), csi("2", share + ",'subdir':'a/'")),
       "H-A3 refuse", "pv-other"},
      {"row 18: one folder, by CSI and not",
       also(csi("1", share + ",'subDir':'a'"), nfs("/exports/a")), "H-A3 refuse",
       "pv-other"},
      {"row 18: one folder of SMB", also(csi("1", smb + "a'"), csi("2", smb + "a/b'")),
       "H-A3 refuse", "pv-other"},
      {"row 18: another folder of SMB", also(csi("1", smb + "a'"), csi("2", smb + "b'")),
       "H-A3 refuse", "no copy of its data"},
      {"row 18: another folder of the share",
       also(csi("1", share + ",'subDir':'a'"), csi("2", share + ",'subDir':'b'")),
       "H-A3 refuse", "no copy of its data"},
      {"row 18: one share, in which each has a folder",
       also(csi("1", share), csi("2", share), made), "H-A3 refuse", "no copy of its data"},
      {"row 18: somebody has the whole share by hand",
       also(csi("1", share + ",'subDir':'a'"), csi("2", share)), "H-A3 refuse",
       "pv-other"},
      {"row 18: what the folder is called is told at the mount",
       also(csi("1", share + ",'subDir':'${x}'"), csi("2", share + ",'subDir':'${x}'")),
       "H-A3 refuse", "no copy of its data"},
      {"row 18: the claim again, and its folder by another name of the server",
       also(nfs("/e/mysql"), nfs("/e/mysql", "10.0.0.1"), "{}", "mysql"), "H-A3 refuse",
       "may be one folder"},
      {"row 18: the claim again, and the folder is not told",
       also(csi("1", share), csi("2", share), made, "mysql"), "H-A3 refuse",
       "may be one folder"},
      {"row 18: the claim again, and a folder that is called otherwise",
       also(nfs("/e/mysql-pv-1"), nfs("/e/mysql-pv-2"), "{}", "mysql"), "H-A3 refuse",
       "no copy of its data"},
      {"row 18: the claim again, by another provisioner",
       also(csi("1", share), nfs("/e/mysql"), made, "mysql"), "H-A3 refuse",
       "no copy of its data"},
      {"row 18: the claim again, on a disk of its own",
       also("'csi':{'driver':'csi.example.com','volumeHandle':'disk-1'}",
            "'csi':{'driver':'csi.example.com','volumeHandle':'disk-2'}",
            "{'annotations':{'pv.kubernetes.io/provisioned-by':'csi.example.com'}}",
            "mysql"),
       "", "snapshot final"},
      {"row 18: the claim again, in a folder of a node",
       also("'hostPath':{'path':'/a'}", "'hostPath':{'path':'/b'}", "{}", "mysql"),
       "H-A3 refuse", "no copy of its data"},
      {"made by hand",
       WithCopy(Destroying(
           "{'metadata':{'annotations':{'pv.kubernetes.io/provisioned-by':null}}}")),
       "H-A3 refuse", "by hand"},
      {"a day too early",
       WithCopy(Destroying("{'metadata':{'annotations':{'holdfast.dev/detached-at':"
                           "'2026-11-17T12:00:01Z'}}}")),
       "none", "may go from 2026-11-24T12:00:01Z on"},
      {"Released later than it was detached",
       WithCopy(
           Destroying("{'status':{'lastPhaseTransitionTime':'2026-11-17T12:00:01Z'}}")),
       "none", "may go from 2026-11-24T12:00:01Z on"},
      {"when it was detached is not recorded",
       WithCopy(Destroying("{'metadata':{'annotations':{'holdfast.dev/detached-at':"
                           "null}}}")),
       "none", "does not say when"},
      {"not in quarantine",
       WithCopy(Destroying("{'metadata':{'labels':{'holdfast.dev/quarantine':null}}}")),
       "none", "not in quarantine"},
      {"in quarantine for another claim",
       WithCopy(Destroying("{'metadata':{'labels':{'holdfast.dev/quarantine':'x'}}}")),
       "none", "not in quarantine"},
      {"bound again", WithCopy(Destroying("{'status':{'phase':'Bound'}}")), "none",
       "is Bound"},
      {"a volume made anew", WithCopy(Destroying("{'metadata':{'uid':'new'}}")), "none",
       "is another one"},
      {"expired", expired, "none", "expired"},
      {"used up", used, "none", "used already"},
      {"a killed run is finished", begun, "", "snapshot final"},
      {"nothing is left of it", gone, "none", "are gone"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    const Plan plan = MakePlan(row.world.input);
    const Change* change = ChangeOf(plan, "PersistentVolume pv-mysql");
    CHECK((change != nullptr) == (row.findings != "none"));
    std::string reasons;
    for (const Finding& one : plan.set.findings) reasons += one.reason + "\n";
    if (change != nullptr) {
      CheckWords(change->findings);
      CHECK(Joined(Brief(change->findings)) == row.findings);
      for (const Finding& one : change->findings) reasons += one.reason + "\n";
      CHECK(change->action == Action::kDelete);
    }
    CAPTURE(reasons);
    CHECK(reasons.find(row.word) != std::string::npos);
    // A Permit is given only where the plan destroys.
    const Object volume = *Object::Make(VolumeJson());
    const Object* live = row.world.input.live.Find(volume.ref());
    if (live == nullptr) continue;
    const auto judged = Guard::RequestPermit(*live, live->uid(), row.world.input);
    CHECK(std::holds_alternative<Permit>(judged) == row.findings.empty());
  }
}

TEST_CASE("what is destroyed is reported as such, and rests on its approval") {
  const World world = WithCopy(Destroying());
  const Plan plan = MakePlan(world.input);
  CHECK_FALSE(Stops(plan.set.verdict()));
  REQUIRE(plan.approvals.size() == 1);
  REQUIRE(plan.set.volumes.size() == 1);
  CHECK(plan.set.volumes.front().fate == VolumeFate::kDestroyed);
  CHECK(plan.set.volumes.front().claim == "default/mysql");
  REQUIRE(plan.steps.size() == 2);
  CHECK(plan.steps.back().ref.kind == "PersistentVolume");
}

TEST_CASE("one approval destroys all its volumes or none") {
  World world = WithCopy(Destroying(
      "{}",
      "{'batch':2,'targets':[{'kind':'PersistentVolumeClaim','namespace':'default',"
      "'name':'mysql','uid':'uid-mysql','pv':'pv-mysql','pvUid':'uid-pv-mysql'},"
      "{'kind':'PersistentVolumeClaim','namespace':'default','name':'wordpress','uid':"
      "'uid-wordpress','pv':'pv-wordpress','pvUid':'uid-pv-wordpress'}]}"));
  world.Live(VolumeFor("wordpress"));
  const Plan plan = MakePlan(world.input);
  CHECK(ChangeOf(plan, "PersistentVolume pv-mysql") == nullptr);
  REQUIRE_FALSE(plan.set.findings.empty());
  CHECK(plan.set.findings.front().reason.find("pv-wordpress") != std::string::npos);
}

TEST_CASE(
    "row 14: a claim with a snapshot waits for an approval, and does not go by it") {
  struct Row {
    std::string sentence;
    std::string taken;
    std::string of_snapshot;
    std::string of_content;
    std::string findings;
  };
  const Row rows[] = {
      {"a snapshot of this morning", "2026-11-24T08:00:00Z", "{}", "{}", "H-A1 approval"},
      {"a snapshot of last week", "2026-11-17T08:00:00Z", "{}", "{}", "H-A1 refuse"},
      {"not ready", "2026-11-24T08:00:00Z", "{'status':{'readyToUse':false}}", "{}",
       "H-A1 refuse"},
      {"failed", "2026-11-24T08:00:00Z", "{'status':{'error':{'message':'x'}}}", "{}",
       "H-A1 refuse"},
      {"of another claim", "2026-11-24T08:00:00Z",
       "{'spec':{'source':{'persistentVolumeClaimName':'x'}}}", "{}", "H-A1 refuse"},
      {"being deleted", "2026-11-24T08:00:00Z",
       "{'metadata':{'deletionTimestamp':'2026-11-24T08:00:00Z'}}", "{}", "H-A1 refuse"},
      {"its content points elsewhere", "2026-11-24T08:00:00Z", "{}",
       "{'spec':{'volumeSnapshotRef':{'uid':'other'}}}", "H-A1 refuse"},
      {"its content is of another driver", "2026-11-24T08:00:00Z", "{}",
       "{'spec':{'driver':'other.example.com'}}", "H-A1 refuse"},
      {"its content is of an older volume", "2026-11-24T08:00:00Z", "{}",
       "{'spec':{'source':{'volumeHandle':'disk-0'}}}", "H-A1 refuse"},
      {"of unknown size", "2026-11-24T08:00:00Z", "{'status':{'restoreSize':null}}", "{}",
       "H-A1 refuse"},
  };
  const auto base = [] {
    World world;
    world.ListsAll().Unchanged(Make("v1 ConfigMap default/stays"));
    world.Removed(Make("v1 PersistentVolumeClaim default/mysql",
                       "'spec':{'volumeName':'pv-mysql'},'status':{'phase':'Bound',"
                       "'conditions':[{'type':'Unused','status':'True',"
                       "'lastTransitionTime':'2026-11-17T07:00:00Z'}]}"));
    world.Live(VolumeFor("mysql", "Delete", kDisk));
    world.input.live.server_time = kNoon;
    return world;
  };
  const auto judged = [](const World& world) {
    const Plan plan = MakePlan(world.input);
    const Change* change = ChangeOf(plan, "PersistentVolumeClaim default/mysql");
    REQUIRE(change != nullptr);
    return Joined(Brief(change->findings));
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    World world = base();
    AddSnapshot(world, row.taken, row.of_snapshot, row.of_content);
    CHECK(judged(world) == row.findings);
  }
  World unreadable = base();
  AddSnapshot(unreadable, "2026-11-24T08:00:00Z");
  unreadable.Gap("snapshot.storage.k8s.io", "VolumeSnapshotContent");
  CHECK(judged(unreadable) == "H-A1 hold");
  // A volume in a folder has no snapshots, whatever is said to be one.
  World folder = base();
  AddSnapshot(folder, "2026-11-24T08:00:00Z");
  folder.Live(VolumeFor("mysql", "Delete", "'hostPath':{'path':'/a'}"));
  CHECK(judged(folder) == "H-A1 refuse");
}

TEST_CASE("a snapshot taken in use counts for Cassandra with those of all members") {
  World world;
  world.ListsAll().Live(Cassandra("'replicas':2"));
  world.input.live.server_time = kNoon;
  const Object claim = AsLive(Claim("data-cassandra-0", kBound));
  const Object volume = AsLive(VolumeFor("data-cassandra-0", "Delete", kDisk));
  world.Live(claim).Live(volume);
  AddSnapshot(world, "2026-11-24T08:00:00Z",
              "{'spec':{'source':{'persistentVolumeClaimName':'data-cassandra-0'}}}");
  const auto copy = [&] {
    const Outlook outlook(world.input);
    return FindCopy(CopyOf(claim, volume, outlook), outlook).snapshot != nullptr;
  };
  CHECK(copy());
  world.Live(Claim("data-cassandra-1", kBound));
  CHECK_FALSE(copy());
  Json other =
      world.input.live
          .Find({"snapshot.storage.k8s.io", "VolumeSnapshot", "default", "final"})
          ->json();
  other.merge_patch(
      J("{'metadata':{'name':'other','uid':'o'},'status':{'creationTime':"
        "'2026-11-24T08:10:00Z'},'spec':{'source':{'persistentVolumeClaimName':"
        "'data-cassandra-1'}}}"));
  world.Live(*Object::Make(other));
  CHECK(copy());
  other["status"]["creationTime"] = "2026-11-24T08:10:01Z";
  world.Live(*Object::Make(other));
  CHECK_FALSE(copy());
}

TEST_CASE("a snapshot that an approval rests on stays") {
  const auto judged = [](const std::string& uid, const Object& removed) {
    World world =
        Destroying("{}", "{'snapshots':[{'name':'final','uid':'" + uid + "'}]}");
    AddSnapshot(world, "2026-11-10T11:00:00Z");
    world.Ours(removed);
    const Plan plan = MakePlan(world.input);
    const Change* change = ChangeOf(plan, removed.ref().ToString());
    REQUIRE(change != nullptr);
    CheckWords(change->findings);
    return Joined(Brief(change->findings));
  };
  const Object snapshot = Make("snapshot.storage.k8s.io/v1 VolumeSnapshot default/final");
  const Object content = Make("snapshot.storage.k8s.io/v1 VolumeSnapshotContent content");
  CHECK(judged("uid-final", snapshot) == "H-A7 refuse");
  CHECK(judged("uid-final", content) == "H-A7 refuse");
  CHECK(judged("another", snapshot) == "H-A7 approval");
  CHECK(judged("another", content) == "H-A7 approval");
}

TEST_CASE("a content comes to delete the copy in the storage") {
  const auto content = [](const std::string& policy) {
    return Make("snapshot.storage.k8s.io/v1 VolumeSnapshotContent content",
                "'spec':{'deletionPolicy':'" + policy +
                    "','volumeSnapshotRef':{'namespace':'default','name':'final','uid':"
                    "'uid-final'}}");
  };
  World world;
  world.Changed(content("Retain"), content("Delete"));
  world.input.live.server_time = kNoon;
  const auto judged = [&] {
    const Plan plan = MakePlan(world.input);
    return Joined(Brief(ChangeOf(plan, content("x").ref().ToString())->findings));
  };
  CHECK(judged() == "H-A7 approval");
  world.input.approvals.push_back(
      InApprovals(DetachSpec("{'snapshots':[{'name':'final','uid':'uid-final'}]}")));
  CHECK(judged() == "H-A7 refuse");
  World back;
  back.Changed(content("Delete"), content("Retain"));
  CHECK_FALSE(Stops(MakePlan(back.input).set.verdict()));
}

}  // namespace
}  // namespace holdfast
