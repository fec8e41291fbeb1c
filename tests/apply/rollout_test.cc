#include "apply/rollout.h"

#include "apply/guard.h"
#include "tests/apply/health_rows.h"

namespace holdfast {
namespace {

/// A set of three in generation 2, its newest template "b", the brake at `partition`.
Object Ring(long long partition, const std::string& spec = "", const std::string& status = "",
            const std::string& metadata = "") {
  const std::string counts =
      status.empty() ? "'replicas':3,'readyReplicas':3,'availableReplicas':3,"
                       "'updatedReplicas':0,'currentRevision':'a','updateRevision':'b'"
                     : status;
  return Make("apps/v1 StatefulSet default/ring",
              "'spec':{'replicas':3,'serviceName':'ring','updateStrategy':{'type':'"
              "RollingUpdate','rollingUpdate':{'partition':" +
                  std::to_string(partition) + "}}" + (spec.empty() ? "" : "," + spec) +
                  "}," + Reported(counts),
              std::string(kSeen) + ",'uid':'u'" + (metadata.empty() ? "" : "," + metadata));
}

const char* const kBroken =
    "'phase':'Running','startTime':'2026-01-01T00:00:00Z','conditions':[{'type':'Ready','"
    "status':'False','lastTransitionTime':'2026-01-01T00:00:00Z'}]";
const char* const kOnceReady =
    "'phase':'Running','startTime':'2026-01-01T00:00:00Z','conditions':[{'type':'Ready','"
    "status':'False','lastTransitionTime':'2026-01-01T00:05:00Z'}]";

Object Member(int ordinal, const std::string& revision, const std::string& status = kReady,
              const std::string& more = "") {
  return OwnedPod("StatefulSet", "ring", "ring-" + std::to_string(ordinal), status,
                  "'controller-revision-hash':'" + revision + "'", more);
}

std::string Step(const Object& set, const std::vector<Object>& pods, long long floor) {
  Snapshot around;
  for (const Object& pod : pods) around.Put(pod);
  const RolloutStep step = NextStep(set, around, floor);
  switch (step.kind) {
    case RolloutStep::Kind::kWait:
      CHECK_FALSE(OpensGate(step.health));
      return "wait";
    case RolloutStep::Kind::kLower:
      return "to " + std::to_string(step.partition);
    case RolloutStep::Kind::kDone:
      return "done";
  }
  return "";
}

TEST_CASE("the next step of a rollout") {
  const std::vector<Object> old = {Member(0, "a"), Member(1, "a"), Member(2, "a")};
  const std::vector<Object> first = {Member(0, "a"), Member(1, "a"), Member(2, "b")};
  const std::vector<Object> all = {Member(0, "b"), Member(1, "b"), Member(2, "b")};
  struct Row {
    std::string sentence;
    Object set;
    std::vector<Object> pods;
    long long floor;
    std::string step;
  };
  const Row rows[] = {
      {"the highest goes first", Ring(3), old, 0, "to 2"},
      {"its gate holds the next", Ring(2), old, 0, "wait"},
      {"one is new and ready", Ring(2), first, 0, "to 1"},
      {"one is new and not ready", Ring(2),
       {Member(0, "a"), Member(1, "a"), Member(2, "b", kBroken)}, 0, "wait"},
      {"the new one is going again", Ring(2),
       {Member(0, "a"), Member(1, "a"), Member(2, "b", kReady, ",'deletionTimestamp':'t'")},
       0, "wait"},
      {"the pod is between two lives", Ring(2), {Member(0, "a"), Member(1, "a")}, 0, "wait"},
      {"another member is down: no second one is taken away", Ring(3),
       {Member(0, "a", kOnceReady), Member(1, "a"), Member(2, "a")}, 0, "wait"},
      {"the member that is down is the next to be replaced", Ring(3),
       {Member(0, "a"), Member(1, "a"), Member(2, "a", kOnceReady)}, 0, "to 2"},
      {"Git's own partition is the floor", Ring(2), first, 2, "done"},
      {"and is not undercut", Ring(3), old, 1, "to 2"},
      {"all are new", Ring(0), all, 0, "done"},
      {"all are new already: a revert before anything had been replaced", Ring(3), all, 0,
       "done"},
      {"taken up where it was: what is new is passed over", Ring(3), first, 0, "to 1"},
      {"a pod of a larger set is still there", Ring(3),
       {Member(0, "a"), Member(1, "a"), Member(2, "a"), Member(3, "a")}, 0, "wait"},
      {"ready, but not for long enough to count",
       Ring(2, "'minReadySeconds':30",
            "'replicas':3,'readyReplicas':3,'availableReplicas':2,'updatedReplicas':1,"
            "'currentRevision':'a','updateRevision':'b'"),
       first, 0, "wait"},
      {"ready, and not counted yet",
       Ring(2, "'minReadySeconds':30",
            "'replicas':3,'readyReplicas':2,'availableReplicas':2,'updatedReplicas':1,"
            "'currentRevision':'a','updateRevision':'b'"),
       first, 0, "wait"},
      {"its controller has not seen the template yet",
       Make("apps/v1 StatefulSet default/ring",
            "'spec':{'replicas':3},'status':{'observedGeneration':1}", kSeen),
       all, 0, "wait"},
      {"counted from the first ordinal", Ring(2, "'ordinals':{'start':5}"),
       {Member(5, "a"), Member(6, "a"), Member(7, "b")}, 0, "to 1"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    CHECK(Step(row.set, row.pods, row.floor) == row.step);
  }
}

TEST_CASE("a pod is given up only with claims that stay") {
  const auto with_claim = [](int ordinal) {
    const std::string name = "data-ring-" + std::to_string(ordinal);
    Json json = Member(ordinal, ordinal == 2 ? "b" : "a").json();
    json["spec"] = J("{'volumes':[{'name':'data','persistentVolumeClaim':{'claimName':'" +
                     name + "'}}]}");
    return Object::Make(json).value();
  };
  const auto claim = [](const std::string& name, const std::string& metadata = "'uid':'c'") {
    return Make("v1 PersistentVolumeClaim default/" + name, "'spec':{}", metadata);
  };
  const char* const kGoing = "'deletionTimestamp':'2026-01-01T00:00:00Z'";
  Snapshot around;
  for (int i = 0; i < 3; ++i) around.Put(with_claim(i));
  const auto step = [&] { return NextStep(Ring(2), around, 0); };

  CHECK(step().kind == RolloutStep::Kind::kWait);
  CHECK(step().health.sentence.find("nothing is known at present of its claim data-ring-1") !=
        std::string::npos);
  around.Put(claim("data-ring-1"));
  CHECK(step().kind == RolloutStep::Kind::kLower);
  // What another member has does not hold this one up.
  around.Put(claim("data-ring-0", kGoing));
  CHECK(step().kind == RolloutStep::Kind::kLower);
  around.Put(claim("data-ring-1", kGoing));
  CHECK(step().kind == RolloutStep::Kind::kWait);
  CHECK_FALSE(OpensGate(step().health));
  CHECK(step().health.sentence.find("ring-1 is kept as it is: somebody has deleted its claim "
                                    "data-ring-1") != std::string::npos);
}

std::string Running(const std::string& image) {
  return "'template':{'spec':{'containers':[{'name':'c','image':'" + image + "'}]}}";
}

TEST_CASE("when the brake is needed, and where it is set first") {
  const Object live = Ring(0, Running("x:1"));
  const Object other = Ring(0, Running("x:2"));
  CHECK(NeedsBrake(live, other));
  CHECK(FirstPartition(live, other) == 3);
  CHECK_FALSE(NeedsBrake(live, live));
  // Git's partition keeps all pods as they are.
  CHECK_FALSE(NeedsBrake(live, Ring(3, Running("x:2"))));
  // A partition that is lowered lets pods go without a new template.
  CHECK(NeedsBrake(Ring(2, Running("x:1")), live));
  CHECK(FirstPartition(Ring(2, Running("x:1")), live) == 2);
  // Somebody else's brake is theirs; a 0 that came with the set brakes nothing.
  const auto held_at = [](long long partition) {
    return Ring(partition, Running("x:1"), "",
                "'managedFields':[{'manager':'kubectl','operation':'Update','apiVersion':'apps/"
                "v1','fieldsType':'FieldsV1','fieldsV1':{'f:spec':{'f:updateStrategy':{'f:"
                "rollingUpdate':{'f:partition':{}}}}}}]");
  };
  CHECK_FALSE(NeedsBrake(held_at(2), Ring(2, Running("x:2"))));
  CHECK(NeedsBrake(held_at(0), other));
  // By hand so far: what nobody has replaced goes when it is rolled.
  const auto manual = [](const std::string& image, const std::string& newest) {
    return Make("apps/v1 StatefulSet default/ring",
                "'spec':{'replicas':3,'updateStrategy':{'type':'OnDelete'}," + Running(image) +
                    "},'status':{'currentRevision':'1','updateRevision':'" + newest + "'}");
  };
  CHECK(NeedsBrake(manual("x:1", "1"), other));
  CHECK(NeedsBrake(manual("x:1", "2"), live));
  CHECK(FirstPartition(manual("x:1", "2"), live) == 3);
  CHECK_FALSE(NeedsBrake(manual("x:1", "1"), live));
  CHECK_FALSE(NeedsBrake(live, manual("x:2", "1")));
  CHECK(StringIn(Brake(manual("x:1", "2"), 3, {}).json(), "spec", "updateStrategy", "type") ==
        "RollingUpdate");
}

constexpr const char* kOurs =
    "'annotations':{'holdfast.dev/rollout':'CronJob/backup,HorizontalPodAutoscaler/"
    "ring'},'managedFields':[{'manager':'holdfast-rollout','operation':'Apply','apiVersion':'"
    "apps/v1','fieldsType':'FieldsV1','fieldsV1':{}}]";

TEST_CASE("the brake is its own journal, and no drift") {
  const Object braked = Ring(2, "", "", kOurs);
  CHECK(IsOverridden(braked));
  CHECK_FALSE(IsOverridden(Ring(2)));
  const auto frozen = FrozenFor(braked);
  REQUIRE(frozen.size() == 2);
  CHECK(frozen[0] == ObjectRef{"batch", "CronJob", "default", "backup"});
  CHECK(frozen[1] ==
        ObjectRef{"autoscaling", "HorizontalPodAutoscaler", "default", "ring"});
  CHECK(FrozenFor(Brake(braked, 1, frozen)) == frozen);

  const Object in_git = Make("apps/v1 StatefulSet default/ring",
                             "'spec':{'updateStrategy':{'rollingUpdate':{'partition':1}}}");
  const auto sent = WithoutOverridden(in_git, braked);
  REQUIRE(sent);
  CHECK(FindIn(sent->json(), "spec", "updateStrategy", "rollingUpdate", "partition") ==
        nullptr);
  CHECK_FALSE(WithoutOverridden(in_git, Ring(2)));
}

/// Resting for `set`, by a record of the server unless `manager` is another.
Object Resting(const std::string& set, const std::string& manager = kRolloutManager) {
  return Make("batch/v1 CronJob default/backup",
              "'spec':{'schedule':'@daily','suspend':true}",
              "'annotations':{'holdfast.dev/frozen':'" + set +
                  "'},'managedFields':[{'manager':'" + manager +
                  "','operation':'Apply','apiVersion':'batch/v1','fieldsType':'FieldsV1',"
                  "'fieldsV1':{}}]");
}

TEST_CASE("a freeze is left where its set is gone or does not roll") {
  const Object resting = Resting("StatefulSet/ring");
  CHECK(FrozenBy(resting) == ObjectRef{"apps", "StatefulSet", "default", "ring"});
  CHECK_FALSE(FrozenBy(Resting("StatefulSet/ring", "somebody")));
  CHECK_FALSE(FrozenBy(Ring(2, "", "", kOurs)));
  struct Row {
    std::string sentence;
    Object live;
    std::vector<Object> around;
    bool gap;
    bool left;
  };
  const Row rows[] = {
      {"its set rolls", resting, {Ring(2, "", "", kOurs)}, false, false},
      {"its set is there and does not roll", resting, {Ring(2)}, false, true},
      {"its set is gone", resting, {}, false, true},
      {"whether its set is there could not be read", resting, {}, true, false},
      {"another set rolls", Resting("StatefulSet/other"), {Ring(2, "", "", kOurs)}, false,
       true},
      {"somebody has taken it over", Resting("StatefulSet/ring", "somebody"), {}, false, false},
      {"what it says is not understood", Resting("ring"), {}, false, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    Snapshot around;
    for (const Object& object : row.around) around.Put(object);
    if (row.gap) {
      around.gaps.push_back({*FrozenBy(resting), {ErrorCode::kDenied, "forbidden"}});
    }
    CHECK(IsLeftFrozen(row.live, around) == row.left);
  }
}

TEST_CASE("what is thawed is as Git says, or as if nobody said") {
  const auto suspended = [](const Object& object) {
    const Json* field = FindIn(object.json(), "spec", "suspend");
    return field == nullptr ? std::string("unsaid") : DumpJson(*field);
  };
  const auto in_git = [](const std::string& spec) {
    return Make("batch/v1 CronJob default/backup", "'spec':{" + spec + "}");
  };
  const Object resting = Resting("StatefulSet/ring");
  CHECK(suspended(Thawed(resting, in_git("'schedule':'@daily'"))) == "unsaid");
  CHECK(suspended(Thawed(resting, in_git("'suspend':false"))) == "false");
  CHECK(suspended(Thawed(resting, in_git("'suspend':true"))) == "true");
}

TEST_CASE("what interferes with a rollout") {
  const Object set = Make(
      "apps/v1 StatefulSet default/ring",
      "'spec':{'serviceName':'ring','volumeClaimTemplates':[{'metadata':{'name':'data'}}],"
      "'template':{'metadata':{'labels':{'app':'ring'}},'spec':{'containers':[]}}}");
  const Object service =
      Make("v1 Service default/ring", "'spec':{'selector':{'app':'ring'}}");
  const auto job = [](const std::string& name, const std::string& pod,
                      const std::string& spec = "") {
    return Make("batch/v1 CronJob default/" + name,
                "'spec':{" + spec + "'jobTemplate':{'spec':{'template':{'spec':{" + pod +
                    "}}}}}");
  };
  const std::string by_name =
      "'containers':[{'name':'c','args':['--host=ring:9042']}]";
  const auto scaler = [](const std::string& kind) {
    return Make("autoscaling/v2 HorizontalPodAutoscaler default/scaler",
                "'spec':{'scaleTargetRef':{'kind':'" + kind + "','name':'ring'}}");
  };
  const auto names = [&](const Object& one) {
    std::string text;
    for (const Object* found : Interfering(set, {&set, &service, &one})) {
      text += found->ref().name;
    }
    return text;
  };
  CHECK(names(scaler("StatefulSet")) == "scaler");
  CHECK(names(scaler("Deployment")) == "");
  CHECK(names(job("backup", by_name)) == "backup");
  CHECK(names(job("backup", by_name, "'suspend':true,")) == "");
  CHECK(names(job("copy", "'containers':[],'volumes':[{'name':'v','persistentVolumeClaim':{'"
                          "claimName':'data-ring-1'}}]")) == "copy");
  CHECK(names(job("report", "'containers':[{'name':'c','args':['--host=other']}]")) == "");
}

TEST_CASE("a pod that holds up a rollout for ever") {
  Snapshot around;
  around.Put(Member(2, "b", kBroken));
  const auto count = [&](const Object& set, Template what) {
    return StuckPods(set, around, what).size();
  };
  const std::string reverted =
      "'replicas':3,'readyReplicas':2,'currentRevision':'a','updateRevision':'a'";
  // Of the newest template it may still get ready; of an earlier one it cannot.
  CHECK(count(Ring(2), Template::kStays) == 0);
  CHECK(count(Ring(2), Template::kChanges) == 1);
  CHECK(count(Ring(2, "", reverted), Template::kStays) == 1);
  // Without an order Kubernetes replaces it by itself.
  CHECK(count(Ring(2, "'podManagementPolicy':'Parallel'", reverted),
              Template::kStays) == 0);
  // One that has worked may have written with the new template.
  around.Put(Member(2, "b", kOnceReady));
  CHECK(count(Ring(2, "", reverted), Template::kStays) == 0);
  around.Put(Member(2, "b", kBroken, ",'deletionTimestamp':'t'"));
  CHECK(count(Ring(2, "", reverted), Template::kStays) == 0);
}


/// The set reverted to an earlier template while ring-2 never became ready.
World Reverted(const std::string& approval_uid = "") {
  const std::string counts =
      "'replicas':3,'readyReplicas':2,'currentRevision':'a','updateRevision':'b'";
  const std::string vct = "'volumeClaimTemplates':[{'metadata':{'name':'data'}}]";
  World world;
  world.Changed(Ring(2, Running("cassandra:2") + "," + vct, counts, kOurs),
                Ring(2, Running("cassandra:1") + "," + vct, counts, kOurs));
  const Object pod = Member(
      2, "b", kBroken, ",'uid':'pod-uid'");
  world.Live(pod).Lists("", "Pod", "default");
  for (int i = 0; i < 3; ++i) {
    world.Live(Make("v1 PersistentVolumeClaim default/data-ring-" + std::to_string(i)));
  }
  world.input.live.server_time = 1'790'000'000;
  if (!approval_uid.empty()) {
    world.input.approvals.push_back(InGit(
        Make("holdfast.dev/v1 Approval restart",
             "'spec':{'cluster':'cluster-1','action':'restart','reason':'r','notBefore':'2026-"
             "09-20T00:00:00Z','expires':'2026-09-23T00:00:00Z','targets':[{'kind':'Pod','"
             "namespace':'default','name':'ring-2','uid':'" +
                 approval_uid + "'}]}"),
        "approvals/r.yaml"));
  }
  return world;
}

const Finding* BrokenRollout(const Plan& plan) {
  const Change* change = ChangeOf(plan, "StatefulSet default/ring");
  REQUIRE(change != nullptr);
  for (const Finding& finding : change->findings) {
    if (finding.hazard == "H-G3") return &finding;
  }
  return nullptr;
}

TEST_CASE("a revert of a broken rollout is held until the pod may be restarted") {
  {
    const Plan plan = MakePlan(Reverted().input);
    const Finding* finding = BrokenRollout(plan);
    REQUIRE(finding != nullptr);
    CHECK(finding->ruling == Ruling::kHold);
    CHECK(finding->reason.find("pod ring-2") != std::string::npos);
    CHECK(finding->remedy.find("holdfast approve") != std::string::npos);
    CHECK(finding->approval.action == "restart");
  }
  {
    const Plan plan = MakePlan(Reverted("pod-uid").input);
    const Finding* finding = BrokenRollout(plan);
    REQUIRE(finding != nullptr);
    CHECK(finding->ruling == Ruling::kNote);
    CHECK(plan.approvals.size() == 1);
  }
  {
    const Plan plan = MakePlan(Reverted("uid-of-an-earlier-pod").input);
    const Finding* finding = BrokenRollout(plan);
    REQUIRE(finding != nullptr);
    CHECK(finding->ruling == Ruling::kHold);
    CHECK(finding->reason.find("restarted already") != std::string::npos);
  }
  {
    World world = Reverted();
    world.Gap("", "Pod");
    const Finding* finding = BrokenRollout(MakePlan(world.input));
    CHECK(finding != nullptr);
  }
}

TEST_CASE("the right to restart a pod is judged on what is there then") {
  const ObjectRef pod{"", "Pod", "default", "ring-2"};
  const ObjectRef set{"apps", "StatefulSet", "default", "ring"};
  const auto allowed = [&](World& world) {
    return std::holds_alternative<Permit>(Guard::RequestRestart(pod, set, world.input));
  };
  // As it is once the template has been written: the newest is the one before.
  const auto written = [](const std::string& approval) {
    World world = Reverted(approval);
    world.input.live.Put(Ring(
        3, "'volumeClaimTemplates':[{'metadata':{'name':'data'}}]",
        "'replicas':3,'readyReplicas':2,'currentRevision':'a','updateRevision':'a'", kOurs));
    return world;
  };
  World approved = written("pod-uid");
  CHECK(allowed(approved));
  World unapproved = written("");
  CHECK_FALSE(allowed(unapproved));
  World of_the_newest = Reverted("pod-uid");
  CHECK_FALSE(allowed(of_the_newest));
  World worked_once = written("pod-uid");
  worked_once.Live(Member(2, "b", kOnceReady, ",'uid':'pod-uid'"));
  CHECK_FALSE(allowed(worked_once));
  World owns_its_data = written("pod-uid");
  Json json = owns_its_data.input.live.Find(pod)->json();
  json["spec"] = J("{'containers':[{'name':'c','image':'cassandra:1','volumeMounts':[{'name':"
                   "'d','mountPath':'/var/lib/cassandra'}]}],'volumes':[{'name':'d','"
                   "ephemeral':{}}]}");
  owns_its_data.input.live.Put(*Object::Make(json));
  CHECK_FALSE(allowed(owns_its_data));
}

}  // namespace
}  // namespace holdfast
