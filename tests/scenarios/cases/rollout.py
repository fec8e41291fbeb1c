"""A new template of a StatefulSet goes in one pod at a time, behind a brake that survives everything."""

import json

from stage.checks import expect, expect_equal, expect_words, until
from stage.program import document
from stage.runner import scenario

SECONDS = 150

CONTROLLER = "kube-controller-manager"
BRAKE = "holdfast-rollout"


PATCHED = ("holdfast", "patch", "statefulsets", "ring")
ONE_BY_ONE = [PATCHED, (CONTROLLER, "delete", "pods", "ring-2"),
              PATCHED, (CONTROLLER, "delete", "pods", "ring-1"),
              PATCHED, (CONTROLLER, "delete", "pods", "ring-0")]


@scenario("one pod after the other, each behind the gate of the one before; what interferes is "
          "frozen for the time, and nothing of it is left")
def one_by_one(scene):
    repo = given_a_ring(scene)
    repo.write("around.yaml", AROUND).commit()
    scene.sync(repo)
    since = scene.bed.audit.now()
    repo.replace("ring.yaml", "store:1", "store:2").commit()
    scene.sync(repo)

    expect_equal(images(scene), {f"ring-{i}": "store:2" for i in range(3)}, "images")
    # Brake, template, and one pod for each step of the brake.
    expect_equal(steps_since(scene, since), [
        PATCHED,
        ("holdfast", "patch", "horizontalpodautoscalers", "ring"),
        ("holdfast", "patch", "cronjobs", "repair"),
        PATCHED,
        *ONE_BY_ONE,
        ("holdfast", "patch", "horizontalpodautoscalers", "ring"),
        ("holdfast", "patch", "cronjobs", "repair"),
        ("holdfast", "patch", "cronjobs", "repair"),
        PATCHED], "writes and deaths in their order")
    nothing_is_left(scene)
    expect_equal(scene.get("cronjob", "repair")["spec"]["suspend"], False, "suspend of the CronJob")
    expect("behavior" not in scene.get("hpa", "ring")["spec"], "the autoscaler scales as before")
    expect_equal(scene.get("cronjob", "report")["metadata"]["generation"], 1,
                 "generation of a CronJob that has nothing to do with it")
    in_sync(scene, repo)


def steps_since(scene, since):
    """What Holdfast has written, and which pods the controller has deleted, in their order."""
    steps = [(one.client, one.verb, one.resource, one.name)
             for one in scene.bed.audit.requests(since)
             if one.writes and 200 <= one.status < 300 and one.namespace == scene.namespace
             and (one.client == "holdfast" and one.resource != "configmaps"
                  or one.client == CONTROLLER and one.resource == "pods"
                  and one.verb == "delete")]
    # A controller that lags behind its own watch deletes a pod that is on its way out again.
    return [step for step, before in zip(steps, [None, *steps])
            if step != before or step[0] == "holdfast"]


@scenario("a template that breaks stops at the first pod and says which and why; the brake stays on "
          "and is no drift; a revert is held until that one pod may be restarted")
def broken_and_reverted(scene):
    repo = given_a_ring(scene)
    before = scene.uids("pods", "persistentvolumeclaims")
    good = repo.git("rev-parse", "HEAD")
    repo.replace("ring.yaml", "store:1", "store:2")
    repo.replace("ring.yaml", "annotations: {}", 'annotations: {bed.holdfast.dev/crash: "true"}')
    repo.commit()
    late = scene.sync(repo, "--timeout", "5s", status=4)
    expect_words(late.said, "ring-2", "crash loop", "exit code 1")
    expect_equal(partition(scene), 2, "partition")
    expect_equal({name: uid for name, uid in before.items() if name != "pods/ring-2"},
                 {name: uid for name, uid in scene.uids("pods", "persistentvolumeclaims").items()
                  if name != "pods/ring-2"}, "what is not ring-2")
    scene.mark()
    scene.diff(repo, status=0)
    scene.wrote_nothing()
    scene.sync(repo, "--timeout", "2s", status=4)
    expect_equal(partition(scene), 2, "partition after another run")

    repo.git("revert", "--no-edit", "HEAD")
    scene.mark()
    held = scene.sync_document(repo, status=3)
    expect_equal(held["verdict"], "hold", "verdict")
    finding = next(one for change in held["changes"] for one in change["findings"]
                   if one["hazard"] == "H-G3")
    expect_words(finding["reason"], "pod ring-2", "never became ready")
    expect_words(finding["remedy"], "holdfast approve > approvals/restart-ring-2.yaml")
    scene.wrote_nothing()

    text = scene.holdfast("approve", *scene.flags(repo), status=0).out
    expect_words(text, "action: restart", "kind: Pod", "name: ring-2")
    repo.write("approvals/restart.yaml", text).commit()
    scene.mark()
    scene.sync(repo)
    deleted = [one for one in scene.writes_to_objects() if one.verb == "delete"]
    expect_equal([(one.resource, one.name) for one in deleted if 200 <= one.status < 300],
                 [("pods", "ring-2")], "what holdfast has deleted")
    options = deleted[0].options
    expect_equal(set(options["preconditions"]), {"uid", "resourceVersion"}, "preconditions")
    expect("gracePeriodSeconds" not in options, "the pod had its own grace period")
    expect_equal(images(scene), {f"ring-{i}": "store:1" for i in range(3)}, "images")
    after = scene.uids("pods", "persistentvolumeclaims")
    expect_equal({name: after[name] for name in before if name != "pods/ring-2"},
                 {name: uid for name, uid in before.items() if name != "pods/ring-2"},
                 "what was not broken")
    nothing_is_left(scene)
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


@scenario("killed in the middle: the brake holds, it is no drift, and the next run goes on from there")
def killed(scene):
    repo = killed_in_the_middle(scene)
    until(lambda: ready_pods(scene) == 3, 30, "all pods are ready")
    expect_equal(partition(scene), 1, "partition after the kill")
    expect_equal(images(scene)["ring-0"], "store:1", "image of the pod below the brake")
    expect_equal(scene.get("cronjob", "repair")["spec"]["suspend"], True, "the CronJob is frozen")
    scene.mark()
    scene.diff(repo, status=0)
    scene.wrote_nothing()

    scene.sync(repo)
    expect_equal(images(scene), {f"ring-{i}": "store:2" for i in range(3)}, "images")
    nothing_is_left(scene)
    expect_equal(scene.get("cronjob", "repair")["spec"]["suspend"], False, "suspend of the CronJob")
    in_sync(scene, repo)


@scenario("killed in the middle, and the set is deleted by hand: what rests for it is a difference, "
          "and the run that makes the set anew lets it go")
def deleted_in_the_middle(scene):
    repo = killed_in_the_middle(scene)
    scene.kubectl("delete", "statefulset", "ring", "--wait=true")
    until(lambda: ready_pods(scene) == 0, 60, "the pods are gone")
    expect_equal(scene.get("cronjob", "repair")["spec"]["suspend"], True, "the CronJob is frozen")
    expect_words(scene.diff(repo, status=1).out, "CronJob", "repair", "suspend")

    scene.sync(repo)
    nothing_is_left(scene)
    expect_equal(scene.get("cronjob", "repair")["spec"]["suspend"], False, "suspend of the CronJob")
    expect("behavior" not in scene.get("hpa", "ring")["spec"], "the autoscaler scales as before")
    in_sync(scene, repo)


@scenario("reverted in the middle, with the first pod new and well: only that one is replaced again")
def reverted(scene):
    repo = given_a_ring(scene)
    before = scene.uids("pods")
    repo.replace("ring.yaml", "store:1", "store:2")
    repo.replace("ring.yaml", "annotations: {}", 'annotations: {bed.holdfast.dev/ready-after: "2s"}')
    repo.commit()
    running = scene.start_sync(repo)
    until(lambda: partition(scene) == 2, 40, "the first pod is given up")
    running.kill()
    until(lambda: images(scene).get("ring-2") == "store:2" and ready_pods(scene) == 3, 30,
          "the first pod is new and ready")
    repo.git("revert", "--no-edit", "HEAD")
    scene.sync(repo)
    expect_equal(images(scene), {f"ring-{i}": "store:1" for i in range(3)}, "images")
    after = scene.uids("pods")
    expect_equal({name: after[name] for name in ("pods/ring-0", "pods/ring-1")},
                 {name: before[name] for name in ("pods/ring-0", "pods/ring-1")},
                 "pods that had nothing of it")
    nothing_is_left(scene)


@scenario("Git's own partition is the floor, and is Git's again afterwards")
def floor(scene):
    repo = given_a_ring(scene)
    repo.replace("ring.yaml", "updateStrategy: {type: RollingUpdate}",
                 "updateStrategy: {rollingUpdate: {partition: 1}}").commit()
    scene.sync(repo)
    repo.replace("ring.yaml", "store:1", "store:2").commit()
    told = scene.sync_document(repo)
    expect_equal(images(scene), {"ring-0": "store:1", "ring-1": "store:2",
                                 "ring-2": "store:2"}, "images")
    reason = next(one["reason"] for one in told["outcomes"] if one["kind"] == "StatefulSet")
    expect_words(reason, "1 of 3 pods old", "ring-0", "paused at partition 1")
    nothing_is_left(scene, partition_of_git=1)
    in_sync(scene, repo)


@scenario("with OnDelete nobody's pod is touched, and the old ones are named")
def on_delete(scene):
    repo = given_a_ring_by_hand(scene)
    before = scene.uids("pods")
    repo.replace("ring.yaml", "store:1", "store:2").commit()
    told = scene.sync_document(repo)
    reason = next(one["reason"] for one in told["outcomes"] if one["kind"] == "StatefulSet")
    expect_words(reason, "3 of 3 pods old", "ring-0, ring-1, ring-2", "OnDelete")
    expect_equal(scene.uids("pods"), before, "pods")


@scenario("from OnDelete to RollingUpdate: the pods that nobody has replaced go one by one, behind the brake")
def on_delete_no_more(scene):
    repo = given_a_ring_by_hand(scene)
    repo.replace("ring.yaml", "store:1", "store:2").commit()
    scene.sync(repo)
    repo.replace("ring.yaml", "updateStrategy: {type: OnDelete}",
                 "updateStrategy: {type: RollingUpdate}").commit()
    since = scene.bed.audit.now()
    scene.sync(repo)
    expect_equal(images(scene), {f"ring-{i}": "store:2" for i in range(3)}, "images")
    # Brake and strategy, the strategy, and one pod for each step of the brake.
    expect_equal(steps_since(scene, since), [PATCHED, PATCHED, *ONE_BY_ONE, PATCHED],
                 "writes and deaths in their order")
    nothing_is_left(scene)
    in_sync(scene, repo)


@scenario("to OnDelete in the middle: told what to write first, nothing is changed, and so it ends")
def on_delete_meanwhile(scene):
    repo = killed_in_the_middle(scene)
    repo.replace("ring.yaml", "updateStrategy: {type: RollingUpdate}",
                 "updateStrategy: {type: OnDelete}").commit()
    scene.mark()
    ended = scene.sync(repo, status=2)
    expect_words(ended.err, "ring.yaml:", "a rollout of it is under way", "write RollingUpdate until")
    scene.wrote_nothing()
    repo.git("revert", "--no-edit", "HEAD")
    scene.sync(repo)
    nothing_is_left(scene)
    repo.git("revert", "--no-edit", "HEAD")
    scene.sync(repo)
    in_sync(scene, repo)


@scenario("two rings of one namespace never roll at the same time, not even of one commit")
def one_at_a_time(scene):
    repo = given_a_ring(scene)
    other = (repo.folder / "ring.yaml").read_text().replace("ring", "loop")
    repo.write("loop.yaml", other).commit()
    scene.sync(repo)
    since = scene.bed.audit.now()
    for name in ("ring", "loop"):
        repo.replace(f"{name}.yaml", "store:1", "store:2")
    repo.commit()
    scene.sync(repo)
    gone = [one.name for one in scene.bed.audit.requests(since, CONTROLLER)
            if one.verb == "delete" and one.resource == "pods" and not one.dry_run
            and one.namespace == scene.namespace and 200 <= one.status < 300]
    expect_equal(gone, [f"loop-{i}" for i in (2, 1, 0)] + [f"ring-{i}" for i in (2, 1, 0)],
                 "pods in the order of their going")


@scenario("the daemon leaves a rollout that waits when Git has something new, and goes on with it")
def superseded(scene):
    repo = given_a_ring(scene)
    config = scene.folder / "syncs.yaml"
    config.write_text(json.dumps({
        "apiVersion": "holdfast.dev/v1", "kind": "Sync", "metadata": {"name": scene.name},
        "spec": {"repo": str(repo.folder), "ref": "main", "interval": "1s",
                 "namespace": scene.namespace}}))
    daemon = scene.start("run", "--config", config)
    daemon.await_words("in sync with", 60)
    never_ready(repo.replace("ring.yaml", "store:1", "store:2")).commit()
    await_first_new_pod(scene)
    repo.write("note.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: note}}")
    commit = repo.commit()
    daemon.await_words("is left where it is", 30)
    until(lambda: scene.has("configmap", "note"), 30, "what is new is applied")
    expect_equal(partition(scene), 2, "partition")
    expect_equal(images(scene)["ring-1"], "store:1", "image of the next pod")
    for name in ("ring-2", "ring-1", "ring-0"):
        until(lambda: images(scene).get(name) == "store:2", 40, f"{name} is new")
        scene.kubectl("annotate", "pod", name, "bed.holdfast.dev/never-ready-")
    daemon.await_words(f"in sync with {commit[:12]}", 60)
    nothing_is_left(scene)
    daemon.terminate()


@scenario("a claim that somebody deletes while its set rolls: its pod is kept, its volume is saved")
def claim_deleted(scene):
    repo = given_a_ring(scene, reclaim_policy="Delete")
    volume = scene.get("pvc", "data-ring-1")["spec"]["volumeName"]
    never_ready(repo.replace("ring.yaml", "store:1", "store:2")).commit()
    running = scene.start_sync(repo)
    await_first_new_pod(scene)
    scene.kubectl("delete", "pvc", "data-ring-1", "--wait=false")
    scene.kubectl("annotate", "pod", "ring-2", "bed.holdfast.dev/never-ready-")
    running.await_words("ring-1 is kept as it is: somebody has deleted its claim data-ring-1", 30)
    expect_equal(partition(scene), 2, "partition")
    running.kill()

    held = scene.sync(repo, status=3)
    expect_words(held.out, "H-A2", "data-ring-1", "Holdfast has made Retain")
    policy = scene.bed.get("pv", volume)["spec"]["persistentVolumeReclaimPolicy"]
    expect_equal(policy, "Retain", "reclaim policy of its volume")
    expect_equal((partition(scene), images(scene)["ring-1"]), (2, "store:1"), "the next pod")
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


@scenario("a commit that is refused does not turn back the one before it, which was under way")
def refused_meanwhile(scene):
    repo = given_a_ring(scene)
    daemon = scene.start_daemon(scene.sync_of(repo))
    daemon.await_words("in sync with", 60)
    repo.write("note.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: note}}")
    never_ready(repo.replace("ring.yaml", "store:1", "store:2")).commit()
    await_first_new_pod(scene)
    commit = repo.remove("ring.yaml", "note.yaml").commit()
    daemon.await_words(f"{commit[:12]} is stopped", 30)
    for name in ("ring-2", "ring-1", "ring-0"):
        until(lambda: images(scene).get(name) == "store:2", 40, f"{name} is new")
        scene.kubectl("annotate", "pod", name, "bed.holdfast.dev/never-ready-")
    until(lambda: partition(scene) == 0, 30, "the brake is off")
    expect(scene.has("configmap", "note"), "what came with it is there")
    nothing_is_left(scene)


def given_a_ring_by_hand(scene):
    repo = given_a_ring(scene)
    repo.replace("ring.yaml", "updateStrategy: {type: RollingUpdate}",
                 "updateStrategy: {type: OnDelete}").commit()
    scene.sync(repo)
    return repo


def killed_in_the_middle(scene):
    """Of a rollout for which a CronJob and an autoscaler rest."""
    repo = given_a_ring(scene)
    repo.write("around.yaml", AROUND).commit()
    scene.sync(repo)
    repo.replace("ring.yaml", "store:1", "store:2")
    repo.replace("ring.yaml", "annotations: {}", 'annotations: {bed.holdfast.dev/ready-after: "2s"}')
    repo.commit()
    running = scene.start_sync(repo)
    until(lambda: partition(scene) == 1, 40, "the second pod is given up")
    running.kill()
    return repo


def await_first_new_pod(scene):
    until(lambda: partition(scene) == 2 and images(scene).get("ring-2") == "store:2", 40,
          "the first pod is new, and not ready")


def never_ready(repo):
    return repo.replace("ring.yaml", "annotations: {}",
                        'annotations: {bed.holdfast.dev/never-ready: "true"}')


def given_a_ring(scene, reclaim_policy="Retain"):
    repo = scene.example("storage")
    repo.replace("storage/storageclass.yaml", "reclaimPolicy: Retain",
                 f"reclaimPolicy: {reclaim_policy}")
    repo.write("ring.yaml", RING.replace("STORAGE", scene.storage_class)).commit()
    scene.sync(repo)
    return repo


def images(scene):
    return {one["metadata"]["name"]: one["spec"]["containers"][0]["image"]
            for one in scene.list("pods") if "deletionTimestamp" not in one["metadata"]}


def ready_pods(scene):
    return sum(condition["type"] == "Ready" and condition["status"] == "True"
               for one in scene.list("pods") if "deletionTimestamp" not in one["metadata"]
               for condition in one["status"].get("conditions", []))


def partition(scene):
    strategy = scene.get("statefulset", "ring")["spec"]["updateStrategy"]
    return strategy.get("rollingUpdate", {}).get("partition", 0)


def nothing_is_left(scene, partition_of_git=0):
    """The brake is off, and no field belongs to it any more."""
    expect_equal(partition(scene), partition_of_git, "partition in the end")
    for kind in ("statefulsets", "cronjobs", "hpa"):
        told = json.loads(scene.kubectl("get", kind, "-o", "json", "--show-managed-fields"))
        for one in told["items"]:
            managers = {entry["manager"] for entry in one["metadata"]["managedFields"]}
            expect(BRAKE not in managers, f"{kind} {one['metadata']['name']} is let go of")
            left = [key for key in one["metadata"].get("annotations", {})
                    if key in ("holdfast.dev/rollout", "holdfast.dev/frozen")]
            expect_equal(left, [], f"annotations of {kind} {one['metadata']['name']}")


def in_sync(scene, repo):
    scene.mark()
    changed = [one for one in document(scene.diff(repo, "-o", "json", status=0))["changes"]
               if one["action"] != "none"]
    expect_equal(changed, [], "changes")
    scene.sync(repo)
    scene.wrote_nothing()


RING = """
apiVersion: v1
kind: Service
metadata: {name: ring}
spec: {clusterIP: None, selector: {app: ring}, ports: [{name: cql, port: 9042}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: ring}
spec:
  serviceName: ring
  replicas: 3
  updateStrategy: {type: RollingUpdate}
  selector: {matchLabels: {app: ring}}
  template:
    metadata:
      labels: {app: ring}
      annotations: {}
    spec:
      containers:
        - name: store
          image: store:1
          volumeMounts: [{name: data, mountPath: /var/lib/store}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        storageClassName: STORAGE
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 1Gi}}
"""

# Suspended in so many words by Git (false), scaled by an autoscaler, and one that does not matter.
AROUND = """
apiVersion: batch/v1
kind: CronJob
metadata: {name: repair}
spec:
  schedule: "0 0 1 1 *"
  suspend: false
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: c, image: "tool:1", args: ["--host=ring:9042"]}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: "0 0 1 1 *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: c, image: "tool:1"}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: ring}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: ring}
  minReplicas: 3
  maxReplicas: 5
"""
