"""A Cassandra ring grows, loses its StatefulSet by accident, and gets a new version."""

from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario

SECONDS = 35

CONTROLLER = "kube-controller-manager"


@scenario("from 3 nodes to 5: two more claims, one after the other; the old ones as they were")
def grows(scene):
    repo = given_a_ring(scene)
    before = scene.uids("persistentvolumeclaims", "pods")
    scene.mark()
    since = scene.bed.audit.now()

    repo.replace("cassandra/statefulset.yaml", "replicas: 3", "replicas: 5").commit()
    changed = scene.diff_document(repo, status=1)["changes"]
    expect_equal([(one["kind"], one["action"], [field["path"] for field in one["fields"]])
                  for one in changed], [("StatefulSet", "update", ["spec.replicas"])], "changes")
    scene.sync(repo)

    expect(scene.ready("statefulset", "cassandra", 5), "five nodes are ready")
    expect(scene.bound(*(f"data-cassandra-{i}" for i in range(5))), "five claims are bound")
    after = scene.uids("persistentvolumeclaims", "pods")
    expect_equal({name: after.get(name) for name in before}, before, "what was there")
    expect_equal(names_in_order(scene, since, "create", "persistentvolumeclaims"),
                 ["data-cassandra-3", "data-cassandra-4"], "claims in their order")
    expect_equal([(one.resource, one.name) for one in scene.writes_to_objects()],
                 [("statefulsets", "cassandra")], "objects written")


@scenario("a ring gets smaller by no commit alone: one node less, no number at all, none left")
def shrinks(scene):
    repo = given_a_ring(scene)
    three = repo.git("rev-parse", "HEAD")
    for new, hazard, words in (("  replicas: 2", "H-F6", "its data need 3 members"),
                               ("", "H-F7", "replicas"),
                               ("  replicas: 0", "H-F6", "holdfast.dev/stopped")):
        repo.back_to(three)
        repo.replace("cassandra/statefulset.yaml", "  replicas: 3", new).commit()
        scene.mark()
        told = scene.sync_document(repo, status=3)
        scene.wrote_nothing()
        expect_equal(told["verdict"], "refuse", f"verdict of {new!r}")
        finding = [one for one in told["changes"][0]["findings"] if one["ruling"] == "refuse"][0]
        expect_equal(finding["hazard"], hazard, f"hazard of {new!r}")
        expect_words(finding["reason"] + finding["remedy"], words)
    scene.loses_nothing()


@scenario("a ring that is stopped on purpose keeps its claims, and comes back with them")
def stopped(scene):
    repo = given_a_ring(scene)
    claims = scene.uids("persistentvolumeclaims")
    repo.replace("cassandra/statefulset.yaml", "  replicas: 3", "  replicas: 0")
    repo.replace("cassandra/statefulset.yaml", "metadata:\n  name: cassandra",
                 "metadata:\n  annotations: {holdfast.dev/stopped: \"true\"}\n  name: cassandra")
    repo.commit()
    scene.sync(repo)
    until(lambda: not scene.list("pods"), 60, "its pods are gone")
    expect_equal(scene.uids("persistentvolumeclaims"), claims, "claims")
    # Who was away for long may not come back, so a person is asked.
    repo.git("revert", "--no-edit", "HEAD")
    told = scene.sync_document(repo, status=3)
    expect_equal(told["verdict"], "approval", "verdict")
    text = scene.holdfast("approve", *scene.flags(repo)).out
    repo.write("approvals/back.yaml", text).commit()
    scene.sync(repo)
    expect(scene.ready("statefulset", "cassandra", 3), "three nodes are ready")
    expect_equal(scene.uids("persistentvolumeclaims"), claims, "claims")
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


@scenario("a StatefulSet deleted by hand comes back and binds its old claims again")
def deleted_by_hand(scene):
    repo = given_a_ring(scene)
    claims = scene.uids("persistentvolumeclaims")
    volumes = volumes_of(scene)
    scene.kubectl("delete", "statefulset", "cassandra", "--wait=true")
    until(lambda: not scene.list("pods"), 60, "its pods are gone")

    scene.sync(repo)

    expect(scene.ready("statefulset", "cassandra", 3), "three nodes are ready")
    expect_equal(scene.uids("persistentvolumeclaims"), claims, "claims")
    expect_equal(volumes_of(scene), volumes, "volumes behind them")
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


@scenario("a ring whose claims somebody has deleted is stopped by hand, and comes back on its volumes")
def comes_back_on_its_volumes(scene):
    repo = given_a_ring(scene)
    names = [f"data-cassandra-{i}" for i in range(3)]
    volumes = {name: scene.get("pvc", name)["spec"]["volumeName"] for name in names}
    scene.kubectl("delete", "pvc", *names, "--wait=false")
    scene.sync(repo)  # It makes the volumes Retain and puts them into quarantine.
    expect_words(scene.diff(repo, status=0).out, "H-A2", "--replicas=0")
    scene.kubectl("scale", "statefulset", "cassandra", "--replicas=0")
    until(lambda: not any(scene.has("pvc", name) for name in names), 60, "the claims are gone")
    # That a ring finds old data is for somebody to approve, as after any stop.
    expect_words(scene.diff(repo, status=3).out, "are bound to these volumes again", "H-B4",
                 *volumes.values())
    approval = scene.holdfast("approve", *scene.flags(repo)).out
    repo.write("approvals/cassandra.yaml", approval).commit()
    scene.sync(repo)
    expect(scene.ready("statefulset", "cassandra", 3), "three nodes are ready")
    expect_equal({name: scene.get("pvc", name)["spec"]["volumeName"] for name in names}, volumes,
                 "the volumes of its claims")
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


@scenario("a StatefulSet deleted without its pods comes back and takes them over, unrestarted")
def orphaned_by_hand(scene):
    repo = given_a_ring(scene)
    before = scene.uids("persistentvolumeclaims", "pods")
    scene.kubectl("delete", "statefulset", "cassandra", "--cascade=orphan")

    scene.sync(repo)

    expect(scene.ready("statefulset", "cassandra", 3), "three nodes are ready")
    expect_equal(scene.uids("persistentvolumeclaims", "pods"), before, "claims and pods")


@scenario("a new image is rolled out highest ordinal first, and sync waits until all have it")
def new_image(scene):
    repo = given_a_ring(scene)
    claims = scene.uids("persistentvolumeclaims")
    since = scene.bed.audit.now()
    repo.replace("cassandra/statefulset.yaml", "cassandra:4.1.10", "cassandra:4.1.11").commit()

    diff = scene.diff_document(repo, status=1)
    expect_equal(diff["changes"][0]["fields"][0]["path"],
                 'spec.template.spec.containers[name="cassandra"].image', "field that changes")
    expect(any("highest ordinal first" in effect for effect in diff["changes"][0]["effects"]),
           f"the effect is told: {diff['changes'][0]['effects']}")
    scene.sync(repo)

    images = {one["metadata"]["name"]: one["spec"]["containers"][0]["image"]
              for one in scene.list("pods")}
    expect_equal(images, {f"cassandra-{i}": "cassandra:4.1.11" for i in range(3)}, "images")
    expect(scene.ready("statefulset", "cassandra", 3), "three nodes are ready")
    expect_equal(names_in_order(scene, since, "delete", "pods"),
                 ["cassandra-2", "cassandra-1", "cassandra-0"], "pods in the order of their going")
    expect_equal(scene.uids("persistentvolumeclaims"), claims, "claims")


@scenario("an image whose pod never gets ready: status 4, and one node out of three is touched")
def bad_image(scene):
    repo = given_a_ring(scene)
    repo.replace("cassandra/statefulset.yaml", "cassandra:4.1.10", "cassandra:4.1.11")
    repo.replace("cassandra/statefulset.yaml", "    metadata:\n      labels:",
                 '    metadata:\n      annotations: {bed.holdfast.dev/never-ready: "true"}\n'
                 "      labels:").commit()
    since = scene.bed.audit.now()
    late = scene.sync(repo, "--timeout", "6s", status=4)
    expect("cassandra" in late.said and "waiting" in late.said, f"it is told:\n{late.said}")
    expect_equal(names_in_order(scene, since, "delete", "pods"), ["cassandra-2"], "pods that went")


def given_a_ring(scene):
    repo = scene.example("storage", "cassandra")
    repo.commit()
    scene.sync(repo)
    return repo


def names_in_order(scene, since, verb, resource):
    """What the controllers did with success in the scenario's namespace."""
    return [one.name or one.entry.get("responseObject", {}).get("metadata", {}).get("name", "")
            for one in scene.bed.audit.requests(since, CONTROLLER)
            if one.verb == verb and one.resource == resource and not one.dry_run
            and one.namespace == scene.namespace and 200 <= one.status < 300]


def volumes_of(scene):
    return {one["metadata"]["name"]: one["spec"].get("volumeName")
            for one in scene.list("persistentvolumeclaims")}
