"""Growing volumes: a claim in place; a StatefulSet by being made anew around its pods.

The truth is what pods, claims and destroyed.log say: no pod restarted, no claim replaced,
nothing destroyed. The StorageClass destroys, and grows.
"""

import json

from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario

BED = "own"
SECONDS = 150

RING = "cassandra/statefulset.yaml"
SIZE = "storage: 20Gi"
LARGER = "storage: 30Gi"


@scenario("larger volumes for a StatefulSet: approved, grown one by one, no pod touched")
def grows(scene):
    repo = given_a_ring(scene)
    scene.kubectl("annotate", "statefulset", "cassandra", "team=databases")
    before = scene.get("statefulset", "cassandra")
    claims, pods = scene.uids("pvc"), running(scene)
    repo.replace(RING, SIZE, LARGER).commit()
    scene.mark()
    told = scene.sync_document(repo, status=3)
    expect_equal(told["verdict"], "approval", "verdict")
    expect_words(reasons(told), "data from 20Gi to 30Gi", "its 3 pods and their claims go on")
    scene.wrote_nothing()

    text = approve(scene, repo)
    expect_words(text, "action: resize-recreate", before["metadata"]["uid"])
    plan = scene.diff_document(repo, status=1)
    expect_equal([(one["kind"], one["action"]) for one in plan["changes"]],
                 [("StatefulSet", "recreate")], "changes")
    expect_equal([one["fate"] for one in plan["volumes"]], ["grown"] * 3, "fates")
    scene.mark()
    scene.sync(repo)

    grown(scene, claims, pods, before)
    writes = scene.writes_to_objects()
    expect_equal([(one.verb, one.resource, one.name) for one in writes],
                 [("patch", "persistentvolumeclaims", f"data-cassandra-{i}") for i in (2, 1, 0)] +
                 [("delete", "statefulsets", "cassandra"),
                  ("create", "statefulsets", "cassandra"),
                  ("patch", "statefulsets", "cassandra")], "writes, in order")
    deletion = writes[3].options
    expect_equal(deletion["propagationPolicy"], "Orphan", "what becomes of the pods")
    expect_equal(deletion["preconditions"]["uid"], before["metadata"]["uid"],
                 "uid that the deletion asks for")
    expect_equal(scene.get("statefulset", "cassandra")["metadata"]["annotations"]["team"],
                 "databases", "what somebody else wrote")
    in_sync(scene, repo)

    # Back in Git: a volume cannot shrink, and nothing is replaced for it.
    repo.replace(RING, LARGER, SIZE).commit()
    scene.mark()
    told = scene.sync_document(repo, status=3)
    expect_equal(told["verdict"], "refuse", "verdict")
    expect_words(reasons(told), "cannot shrink (data from 30Gi to 20Gi)")
    scene.wrote_nothing()
    repo.replace(RING, SIZE, LARGER).commit()

    # One more member gets the new size, and an update goes its ordinary way.
    repo.remove("approvals")
    repo.replace(RING, "replicas: 3", "replicas: 4").commit()
    scene.sync(repo)
    expect_equal(size_of(scene.get("pvc", "data-cassandra-3")), "30Gi", "size of the new member")
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


@scenario("a class that cannot grow: refused, and nothing is written")
def cannot_grow(scene):
    repo = given_a_ring(scene, grows=False)
    repo.replace(RING, SIZE, LARGER).commit()
    scene.mark()
    told = scene.sync_document(repo, status=3)
    expect_equal(told["verdict"], "refuse", "verdict")
    expect_words(reasons(told), "does not say allowVolumeExpansion: true")
    scene.wrote_nothing()


@scenario("the image in the same commit, a rollout under way, a policy that deletes: not now")
def not_now(scene):
    repo = given_a_ring(scene, members=2)
    began = repo.replace(RING, SIZE, LARGER).commit()
    repo.replace(RING, "cassandra:4.1.10", "cassandra:4.1.11").commit()
    scene.mark()
    expect_words(str(scene.sync_document(repo, status=3)), "changes too", "alone")

    repo.back_to(began)
    approve(scene, repo)
    scene.kubectl("annotate", "pod", "cassandra-0", "bed.holdfast.dev/never-ready=true")
    until(lambda: not scene.ready("statefulset", "cassandra", 2), 30, "a pod is not ready")
    expect_words(reasons(scene.sync_document(repo, status=3)), "not at rest", "1 of 2 pods ready")
    scene.kubectl("annotate", "pod", "cassandra-0", "bed.holdfast.dev/never-ready-")
    scene.await_ready("statefulset", "cassandra", 2)

    scene.kubectl("patch", "statefulset", "cassandra", "--type=merge", "-p", json.dumps(
        {"spec": {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"}}}))
    told = scene.sync_document(repo, status=3)
    expect_equal(told["verdict"], "refuse", "verdict")
    scene.wrote_nothing()


@scenario("killed between the deletion and the making: the next run makes it, no pod touched")
def killed_in_between(scene):
    repo = given_a_ring(scene, members=2)
    before, claims, pods = given_half_done(scene, repo)
    told = scene.diff_document(repo, status=3)
    expect_equal(told["verdict"], "hold", "verdict")
    expect_words(reasons(told), "is being made anew around its pods")
    ended = scene.sync(repo)
    expect_words(ended.err, "this is finished first")
    grown(scene, claims, pods, before)
    in_sync(scene, repo)


@scenario("Git is reverted while it is half done: it is finished, and the shrink refused")
def reverted_in_between(scene):
    repo = given_a_ring(scene, members=2)
    before, claims, pods = given_half_done(scene, repo)
    repo.remove("approvals")
    repo.replace(RING, LARGER, SIZE).commit()
    told = scene.sync_document(repo, status=3)
    expect_words(reasons(told), "cannot shrink")
    grown(scene, claims, pods, before)


@scenario("Git drops it while it is half done: it is finished before its removal is judged")
def dropped_in_between(scene):
    repo = given_a_ring(scene, members=2)
    before, claims, pods = given_half_done(scene, repo)
    repo.remove(RING).commit()
    scene.sync(repo, status=3)
    grown(scene, claims, pods, before)


@scenario("killed after each of its writes: the next run ends in the same state")
def killed_anywhere(scene):
    name = scene.name
    for point in range(1, 12):
        scene.begin_anew(f"{name}-{point}")
        repo = given_a_ring(scene, members=2)
        before = scene.get("statefulset", "cassandra")
        claims, pods = scene.uids("pvc"), running(scene)
        repo.replace(RING, SIZE, LARGER).commit()
        approve(scene, repo)
        scene.mark()
        run = scene.start_sync(repo)
        until(lambda: len(scene.writes()) >= point or not run.runs, 60, f"write {point} is made")
        if run.runs:
            run.kill()
        scene.sync(repo)
        grown(scene, claims, pods, before)
        in_sync(scene, repo)


@scenario("storage that does not grow: told why, from the claim's own conditions; then it goes on")
def slow_storage(scene):
    repo = given_a_ring(scene, members=1)
    claims, pods = scene.uids("pvc"), running(scene)
    before = scene.get("statefulset", "cassandra")
    repo.replace(RING, SIZE, LARGER).commit()
    approve(scene, repo)
    scene.bed.stop("storage")
    run = scene.start_sync(repo, "--timeout", "60s")
    run.await_words("growing from 20Gi to 30Gi")
    scene.kubectl("patch", "pvc", "data-cassandra-0", "--subresource=status", "--type=merge", "-p",
                  json.dumps({"status": {"conditions": [
                      {"type": "ControllerResizeError", "status": "True",
                       "message": "the pool is full"}]}}))
    run.await_words("ControllerResizeError: the pool is full")
    expect_equal(scene.get("statefulset", "cassandra")["metadata"]["uid"],
                 before["metadata"]["uid"], "the StatefulSet is the old one")
    ended = run.interrupt()
    expect_equal(ended.status, 2, "exit status")
    scene.bed.start("storage")
    scene.sync(repo)
    grown(scene, claims, pods, before)


@scenario("a claim of Git grows in place, and is ready when it has its capacity")
def claim_grows(scene):
    repo = scene.example("storage", "mysql")
    make_class(repo, grows=True)
    repo.commit()
    scene.sync(repo)
    pods = running(scene)
    repo.replace("mysql/claim.yaml", "storage: 10Gi", "storage: 15Gi").commit()
    scene.sync(repo)
    expect_equal(scene.get("pvc", "mysql-data")["status"]["capacity"]["storage"], "15Gi", "capacity")
    expect_equal(running(scene), pods, "pods")


def given_a_ring(scene, members=3, grows=True):
    repo = scene.example("storage", "cassandra")
    make_class(repo, grows)
    repo.replace(RING, "replicas: 3", f"replicas: {members}").commit()
    scene.sync(repo)
    return repo


def make_class(repo, grows):
    repo.replace("storage/storageclass.yaml", "reclaimPolicy: Retain",
                 "reclaimPolicy: Delete" + ("\nallowVolumeExpansion: true" if grows else ""))


def given_half_done(scene, repo):
    """Approved; its run was killed when the old StatefulSet was gone and no new one made."""
    before = scene.get("statefulset", "cassandra")
    claims, pods = scene.uids("pvc"), running(scene)
    repo.replace(RING, SIZE, LARGER).commit()
    approve(scene, repo)
    scene.mark()
    # Nobody lets the pods go as long as this is away.
    scene.bed.stop("controller-manager")
    run = scene.start_sync(repo)
    run.await_words("waits until its pods are let go")
    run.kill()
    scene.bed.start("controller-manager")
    until(lambda: not scene.has("statefulset", "cassandra"), 60, "the StatefulSet is gone")
    expect_equal(running(scene), pods, "pods without a StatefulSet")
    return before, claims, pods


def approve(scene, repo):
    text = scene.holdfast("approve", *scene.flags(repo), status=0).out
    repo.write("approvals/resize.yaml", text).commit()
    return text


def grown(scene, claims, pods, before):
    """The StatefulSet is a new one of the new size, and all around it is as it was."""
    after = scene.get("statefulset", "cassandra")
    expect(after is not None, "the StatefulSet is there")
    expect(after["metadata"]["uid"] != before["metadata"]["uid"], "it is a new one")
    expect_equal(size_of(after["spec"]["volumeClaimTemplates"][0]), "30Gi", "size of its template")
    expect_equal(after["spec"]["template"], before["spec"]["template"], "its pods' template")
    scene.await_ready("statefulset", "cassandra", before["spec"]["replicas"])
    after = scene.get("statefulset", "cassandra")
    for field in ("currentRevision", "updateRevision"):
        expect_equal(after["status"][field], before["status"]["updateRevision"], field)
    expect_equal(running(scene), pods, "pods, and how often they were restarted")
    owners = {one["metadata"]["ownerReferences"][0]["uid"] for one in scene.list("pods")}
    expect_equal(owners, {after["metadata"]["uid"]}, "owner of the pods")
    expect_equal(scene.uids("pvc"), claims, "claims")
    for claim in scene.list("pvc"):
        expect_equal(claim["status"]["capacity"]["storage"], "30Gi", "capacity")
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")
    managers = {(one["manager"], one["operation"]) for one in managed_fields(scene)}
    expect(("holdfast", "Apply") in managers and ("holdfast", "Update") not in managers,
           f"who holds its fields: {managers}")


def in_sync(scene, repo):
    scene.diff(repo, status=0)
    scene.mark()
    scene.sync(repo)
    expect_equal(scene.writes_to_objects(), [], "writes of a run that finds all done")
    journal = scene.bed.get("configmap", f"holdfast-journal-{scene.name}", "holdfast-system")
    expect_equal((journal or {}).get("data", {}), {}, "what the journal holds in the end")


def running(scene):
    """Name, uid and restarts of every pod."""
    return {one["metadata"]["name"]: (
        one["metadata"]["uid"],
        [each["restartCount"] for each in one["status"].get("containerStatuses", [])])
        for one in scene.list("pods")}


def managed_fields(scene):
    text = scene.kubectl("get", "statefulset", "cassandra", "-o", "json", "--show-managed-fields")
    return json.loads(text)["metadata"]["managedFields"]


def size_of(claim):
    return claim["spec"]["resources"]["requests"]["storage"]


def reasons(told):
    findings = told["findings"] + [one for change in told["changes"] for one in change["findings"]]
    return "\n".join(one["reason"] for one in findings)
