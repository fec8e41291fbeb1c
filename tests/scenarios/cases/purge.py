"""Data die in one way only: a claim was detached, seven days have passed, and an approval
destroys the volume, of which a snapshot holds a copy.

The bed's clock does not run ahead, so a scenario makes a volume older by what it writes into
the volume's record. destroyed.log is the truth.
"""

import datetime
import json

from cases.daemon import claim, config_map
from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario

BED = "own"  # Its provisioner is stopped.
SECONDS = 120


@scenario("a detached volume: too early, then destroyed, it alone, and its approval counts once")
def destroyed(scene):
    repo, volume = given_detached(scene, snapshot=True)
    told = scene.holdfast("approve", "--destroy", volume, *scene.flags(repo), status=3)
    expect_words(told.err, "may go from", "seven days after")
    repo.write("approvals/destroy.yaml", approval(scene, volume)).commit()
    scene.mark()
    early = scene.diff_document(repo, status=0)
    expect_words(reasons(early), "destroys nothing now", "may go from")
    scene.sync(repo)
    expect_equal(scene.writes_to_objects(), [], "writes to objects")

    make_older(scene, volume)
    text = scene.holdfast("approve", "--destroy", volume, *scene.flags(repo), status=0).out
    expect_words(text, "action: destroy", "name: final", volume)
    expect("noCopy" not in text, "a copy is known")
    repo.write("approvals/destroy.yaml", text).commit()
    plan = scene.diff_document(repo, status=1)
    expect_equal([(one["kind"], one["action"]) for one in plan["changes"]],
                 [("PersistentVolume", "delete")], "changes")
    expect_equal([(one["volume"], one["fate"]) for one in plan["volumes"]],
                 [(volume, "destroyed")], "volumes")
    scene.mark()
    scene.sync(repo)
    expect_equal(scene.destroyed(), [volume], "destroyed volumes")
    expect(scene.bed.get("pv", volume) is None, "the object is gone too")
    expect_equal([(one.verb, one.resource, one.name) for one in scene.writes_to_objects()],
                 [("patch", "persistentvolumes", volume)], "writes to objects")
    scene.mark()
    again = scene.sync_document(repo)
    scene.wrote_nothing()
    expect_words(reasons(again), "used already", "counts once")
    scene.loses_nothing(destroyed=[volume])


@scenario("without a copy, or while somebody needs the volume, it stays")
def refused(scene):
    repo, volume = given_detached(scene, snapshot=False)
    make_older(scene, volume)
    printed = scene.holdfast("approve", "--destroy", volume, *scene.flags(repo), status=0)
    expect_words(printed.out, "noCopy: true")
    expect_words(printed.err, "two approvers")
    repo.write("approvals/destroy.yaml", printed.out).commit()
    stops(scene, repo, "no copy of its data is known", "two approvers")
    repo.write("approvals/destroy.yaml",
               printed.out.replace("  noCopy: true\n", "")).commit()
    stops(scene, repo, "no copy of its data is known", "no snapshot of it exists")

    # Its claim is back in Git: it gets the volume, and the volume is not destroyed under it.
    repo.write("claim.yaml", claim(scene, "data")).commit()
    stops(scene, repo, "gets this volume back")
    repo.remove("claim.yaml")
    # Another object stands for the same disk.
    twin = scene.bed.get("pv", volume)
    twin["metadata"] = {"name": volume + "-twin"}
    twin["spec"].pop("claimRef")
    twin.pop("status")
    scene.bed.kubectl("create", "-f", "-", stdin=json.dumps(twin))
    repo.commit()
    stops(scene, repo, "folder or disk", volume + "-twin")
    scene.bed.kubectl("delete", "pv", volume + "-twin")
    # Somebody may still change one's mind.
    repo.remove("approvals").write("claim.yaml", claim(scene, "data")).commit()
    scene.sync(repo)
    expect_equal(scene.get("pvc", "data")["spec"]["volumeName"], volume, "its volume")
    scene.loses_nothing()


@scenario("killed at any moment, the next run ends it; with the provisioner away it waits")
def killed(scene):
    repo, volume = given_detached(scene, snapshot=True)
    make_older(scene, volume)
    text = scene.holdfast("approve", "--destroy", volume, *scene.flags(repo), status=0).out
    repo.write("approvals/destroy.yaml", text).commit()
    scene.bed.stop("storage")
    try:
        scene.mark()
        for resource, name in (("configmaps", "holdfast-approvals-" + scene.name),
                               ("persistentvolumes", volume)):
            running = scene.start_sync(repo)
            until(lambda: any(write.is_of(resource, name) for write in scene.writes())
                  or not running.runs, 120, f"it has written {resource} {name}")
            running.kill()
            expect_equal(scene.destroyed(), [], "destroyed volumes")
        left = scene.bed.get("pv", volume)
        expect_equal(left["spec"]["persistentVolumeReclaimPolicy"], "Delete", "its policy")
        expect(left["metadata"]["annotations"].get("holdfast.dev/destroyed-by"), "by which")
        # Git has moved on meanwhile; what was begun is ended all the same.
        repo.write("other.yaml", config_map("other")).commit()
        waiting = scene.sync(repo, "--timeout", "3s", status=4)
        expect_words(waiting.out + waiting.err, "has not destroyed it yet")
    finally:
        scene.bed.start("storage")
    until(lambda: scene.destroyed() == [volume], 60, "it is destroyed")
    scene.sync(repo)
    scene.diff(repo, status=0)
    scene.loses_nothing(destroyed=[volume])


@scenario("a good snapshot alone deletes nothing: a person is asked, and told of it")
def snapshot_alone(scene):
    repo = given_database(scene)
    text = (repo.folder / "app.yaml").read_text()
    repo.write("app.yaml", text.replace("replicas: 1", "replicas: 0").replace(
        "{name: db}", '{name: db, annotations: {holdfast.dev/stopped: "true"}}', 1)).commit()
    scene.sync(repo)
    until(lambda: not scene.list("pods"), 60, "the database has stopped")
    take_snapshot(scene)
    repo.remove("claim.yaml", "app.yaml").commit()
    scene.mark()
    told = scene.sync_document(repo, status=3)
    scene.wrote_nothing()
    expect_equal(told["verdict"], "approval", "verdict")
    finding = [one for change in told["changes"] if change["name"] == "data"
               for one in change["findings"]][0]
    expect_equal((finding["hazard"], finding["ruling"]), ("H-A1", "approval"), "finding")
    expect_words(finding["reason"], "would be destroyed", "what is left is snapshot final")
    scene.loses_nothing()


def given_detached(scene, snapshot):
    """A claim on a CSI volume that the engine had let go of, detached; other data beside it."""
    repo = given_database(scene)
    if snapshot:
        take_snapshot(scene)
    volume = scene.get("pvc", "data")["spec"]["volumeName"]
    repo.remove("claim.yaml", "app.yaml").commit()
    text = scene.holdfast("approve", *scene.flags(repo), status=0).out
    repo.write("approvals/detach.yaml", text).commit()
    scene.sync(repo)
    until(lambda: scene.bound("stays"), 60, "one claim is left")
    expect_equal(scene.bed.get("pv", volume)["status"]["phase"], "Released", "its phase")
    repo.remove("approvals").commit()
    return repo, volume


def given_database(scene):
    """MySQL on a CSI volume that its class destroys, and a claim beside it."""
    repo = scene.repository()
    repo.write("class.yaml", f"""
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {{name: {scene.storage_class}}}
        provisioner: csi.example.com
        reclaimPolicy: Delete
        """)
    scene.bed.apply(json.dumps({
        "apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshotClass",
        "metadata": {"name": scene.name}, "driver": "csi.example.com",
        "deletionPolicy": "Retain"}))
    repo.write("claim.yaml", claim(scene, "data"))
    repo.write("app.yaml", f"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: db}}
        spec:
          replicas: 1
          strategy: {{type: Recreate}}
          selector: {{matchLabels: {{app: db}}}}
          template:
            metadata: {{labels: {{app: db}}}}
            spec:
              containers:
              - name: mysql
                image: mysql:8.4.6
                volumeMounts: [{{name: data, mountPath: /var/lib/mysql}}]
              volumes: [{{name: data, persistentVolumeClaim: {{claimName: data}}}}]
        """)
    repo.write("stays.yaml", claim(scene, "stays"))
    repo.write("config.yaml", config_map("stays"))
    repo.commit()
    scene.sync(repo)
    until(lambda: scene.bound("data", "stays"), 60, "the claims are Bound")
    return repo


def take_snapshot(scene):
    scene.bed.apply(json.dumps({
        "apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshot",
        "metadata": {"name": "final", "namespace": scene.namespace},
        "spec": {"volumeSnapshotClassName": scene.name,
                 "source": {"persistentVolumeClaimName": "data"}}}))
    until(lambda: (scene.get("volumesnapshot", "final").get("status") or {}).get("readyToUse"),
          60, "the snapshot is ready")


def make_older(scene, volume):
    """Eight days, in the record of the volume."""
    then = time_at(days=-8)
    scene.bed.kubectl("annotate", "pv", volume, "--overwrite", f"holdfast.dev/detached-at={then}")
    scene.bed.kubectl("patch", "pv", volume, "--subresource=status", "-p",
                      json.dumps({"status": {"lastPhaseTransitionTime": then}}))


def time_at(days):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (now + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def approval(scene, volume):
    """One that is written by hand, since it is too early for holdfast to print it."""
    found = scene.bed.get("pv", volume)
    system = scene.bed.get("namespace", "kube-system")
    return json.dumps({
        "apiVersion": "holdfast.dev/v1", "kind": "Approval", "metadata": {"name": "destroy"},
        "spec": {"cluster": system["metadata"]["uid"], "action": "destroy", "reason": "OPS-1",
                 "notBefore": time_at(-1), "expires": time_at(1),
                 "targets": [{"kind": "PersistentVolumeClaim", "namespace": scene.namespace,
                              "name": "data", "uid": found["spec"]["claimRef"]["uid"],
                              "pv": volume, "pvUid": found["metadata"]["uid"]}]}})


def stops(scene, repo, *words, flags=()):
    """The revision is stopped for the volume's sake, and nothing is written."""
    scene.mark()
    told = scene.sync_document(repo, *flags, status=3)
    finding = [one for change in told["changes"] for one in change["findings"]
               if change["kind"] == "PersistentVolume"][0]
    expect_equal((finding["hazard"], finding["ruling"]), ("H-A3", "refuse"), "finding")
    expect_words(finding["reason"], *words)
    scene.wrote_nothing()
    expect_equal(scene.destroyed(), [], "destroyed volumes")


def reasons(told):
    findings = told["findings"] + [one for change in told["changes"] for one in change["findings"]]
    return "\n".join(one["reason"] for one in findings)
