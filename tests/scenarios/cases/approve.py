"""What a person may approve: a claim is taken off its volume, and the data stay.

The StorageClass of this theme destroys: were a claim deleted before its volume is made
sure of, destroyed.log would say so.
"""

import re

from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario

@scenario("a database that goes with its claim: refused, approved, detached, and brought back")
def detach(scene):
    repo = given_mysql(scene)
    claim = scene.get("pvc", "mysql-data")
    volume = claim["spec"]["volumeName"]
    began = repo.git("rev-parse", "HEAD")
    repo.remove("mysql/claim.yaml", "mysql/deployment.yaml").commit()
    scene.mark()
    told = scene.sync_document(repo, status=3)
    scene.wrote_nothing()
    expect_words(str(told), "holdfast approve > approvals/mysql-data.yaml")

    approved = approve(scene, repo, "approvals/mysql-data.yaml")
    scene.wrote_nothing()
    expect_words(approved, "action: detach", claim["metadata"]["uid"], volume)
    plan = scene.diff_document(repo, status=1)
    expect_equal(fate_of(plan, "mysql-data"), "detached", "fate of the claim's volume")
    scene.mark()
    scene.sync(repo)

    expect(not scene.has("pvc", "mysql-data"), "the claim is gone")
    expect(not scene.has("deployment", "mysql"), "the Deployment is gone")
    expect(scene.has("deployment", "wordpress"), "what Git has is there")
    in_quarantine(scene, volume, claim)
    safe_before_gone(scene, claim)
    scene.mark()
    scene.diff(repo, status=0)
    scene.sync(repo)
    scene.wrote_nothing()

    # Back in Git: the same volume, not an empty one.
    repo.git("checkout", "-q", began, "--", "mysql")
    repo.remove("approvals").commit()
    told = scene.diff_document(repo, status=1)
    expect_equal(fate_of(told, "mysql-data"), "kept", "fate of the claim's volume")
    scene.sync(repo)
    again = scene.get("pvc", "mysql-data")
    expect_equal(again["spec"]["volumeName"], volume, "volume of the claim that is back")
    until(lambda: scene.get("pvc", "mysql-data")["status"]["phase"] == "Bound", 30, "it is Bound")
    expect(again["metadata"]["uid"] != claim["metadata"]["uid"], "the claim is a new one")
    scene.await_ready("deployment", "mysql", 1)
    scene.diff(repo, status=0)
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")

    # The same approval again approves nothing: the claim is another one.
    repo.remove("mysql/claim.yaml", "mysql/deployment.yaml")
    repo.write("approvals/again.yaml", approved).commit()
    scene.mark()
    told = scene.sync_document(repo, status=3)
    expect_words(reasons(told), "approvals/again.yaml:1 is not an approval of this", "used already")
    scene.wrote_nothing()


@scenario("an approval that has expired, is for another cluster, a claim made anew, "
          "or says too much")
def no_approval(scene):
    repo = given_mysql(scene)
    repo.remove("mysql/claim.yaml", "mysql/deployment.yaml").commit()
    good = approve(scene, repo, "approvals/a.yaml")
    uid = re.search(r"uid: (\S+)\n", good).group(1)
    for old, new, why in (
            (r"expires: .*", 'expires: "2026-01-03T00:00:00Z"', "is not after spec.notBefore"),
            (r"notBefore: .*", 'notBefore: "2001-01-01T00:00:00Z"', "more than 7 days"),
            (r"cluster: .*", "cluster: 11111111-1111-1111-1111-111111111111", "another cluster"),
            (r"pvUid: .*", "pvUid: 11111111-1111-1111-1111-111111111111", "its pvUid is"),
            (f"uid: {uid}", "uid: 11111111-1111-1111-1111-111111111111", "made anew"),
            (r"name: mysql-data", 'name: "*"', "wildcard"),
            (r"  reason:", "  force: true\n  reason:", "unknown field spec.force")):
        text = re.sub(old, new, good)
        expect(text != good, f"the edit {old} does something")
        repo.write("approvals/a.yaml", text).commit()
        scene.mark()
        told = scene.sync_document(repo, status=3)
        expect_words(reasons(told), "approvals/a.yaml", why)
        scene.wrote_nothing()
    times = ('notBefore: "2026-01-01T00:00:00Z"', 'expires: "2026-01-02T00:00:00Z"')
    text = re.sub(r"notBefore: .*", times[0], re.sub(r"expires: .*", times[1], good))
    repo.write("approvals/a.yaml", text).commit()
    scene.mark()
    told = scene.sync_document(repo, status=3)
    expect_words(reasons(told), "it expired at 2026-01-02T00:00:00Z")
    scene.wrote_nothing()
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")
    expect(scene.bound("mysql-data", "wordpress-data"), "the claims are Bound")


@scenario("a claim that never had a volume goes without asking")
def never_bound(scene):
    repo = given_mysql(scene)
    repo.write("tmp.yaml", f"""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {{name: tmp}}
        spec:
          storageClassName: {scene.storage_class}
          accessModes: [ReadWriteOnce]
          resources: {{requests: {{storage: 1Gi}}}}
        """).commit()
    scene.sync(repo)
    expect_equal(scene.get("pvc", "tmp")["status"]["phase"], "Pending", "its phase")
    repo.remove("tmp.yaml").commit()
    scene.sync(repo)
    expect(not scene.has("pvc", "tmp"), "it is gone")
    expect(scene.bound("mysql-data", "wordpress-data"), "the others are Bound")


@scenario("a claim whose volume would stay anyway waits for an approval too")
def retained(scene):
    repo = given_mysql(scene)
    volume = scene.get("pvc", "wordpress-data")["spec"]["volumeName"]
    scene.bed.kubectl("patch", "pv", volume, "-p",
                      '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}')
    repo.remove("mysql/wordpress.yaml").commit()
    scene.mark()
    told = scene.sync_document(repo, status=3)
    expect_equal(told["verdict"], "approval", "verdict")
    finding = [one for change in told["changes"] if change["name"] == "wordpress-data"
               for one in change["findings"]][0]
    expect_equal((finding["hazard"], finding["ruling"]), ("H-A1", "approval"), "finding")
    expect_equal(finding["approval"], {"action": "detach", "given": None}, "what would lift it")
    scene.wrote_nothing()


@scenario("two claims at once: one approval names both, or none goes")
def batch(scene):
    repo = given_mysql(scene)
    volumes = {name: scene.get("pvc", name) for name in ("mysql-data", "wordpress-data")}
    repo.remove("mysql/claim.yaml", "mysql/deployment.yaml", "mysql/wordpress.yaml").commit()
    text = approve(scene, repo, "approvals/both.yaml")
    expect_words(text, "batch: 2", "name: mysql-data", "name: wordpress-data")
    scene.sync(repo)
    for name, claim in volumes.items():
        expect(not scene.has("pvc", name), f"{name} is gone")
        in_quarantine(scene, claim["spec"]["volumeName"], claim)


@scenario("killed at any moment of a detach, the next run ends it, and nothing is lost")
def killed(scene):
    repo = given_mysql(scene)
    claim = scene.get("pvc", "mysql-data")
    volume = claim["spec"]["volumeName"]
    repo.remove("mysql/claim.yaml", "mysql/deployment.yaml").commit()
    approve(scene, repo, "approvals/a.yaml")
    scene.mark()
    for verb, resource, name in (("update", "persistentvolumes", volume),
                                 ("patch", "deployments", "mysql"),
                                 ("delete", "deployments", "mysql"),
                                 ("delete", "persistentvolumeclaims", "mysql-data")):
        running = scene.start_sync(repo)
        until(lambda: any(write.verb == verb and write.is_of(resource, name)
                          for write in scene.writes()) or not running.runs, 60,
              f"it has sent {verb} {resource} {name}")
        running.kill()
        expect_equal(scene.bed.destroyed(), [], f"destroyed volumes after {verb} {resource}")
    scene.sync(repo)
    expect(not scene.has("pvc", "mysql-data"), "the claim is gone")
    in_quarantine(scene, volume, claim)
    scene.diff(repo, status=0)


@scenario("broken off when the database has stopped, and taken back in Git: it runs again on its volume")
def taken_back(scene):
    repo, good = given_slow_mysql(scene, "6s")
    scene.sync(repo)
    before = scene.uids("deployments", "persistentvolumeclaims")
    drop_mysql(scene, repo)
    running = scene.start_sync(repo)
    until(lambda: scene.get("deployment", "mysql")["spec"]["replicas"] == 0, 60, "it is told to stop")
    running.kill()
    take_back(repo, good)
    scene.sync(repo)
    scene.await_ready("deployment", "mysql", 1)
    expect_equal(scene.uids("deployments", "persistentvolumeclaims"), before, "objects")
    scene.diff(repo, status=0)
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


@scenario("taken back while the daemon waits for the database to stop: it waits no longer, nothing is deleted")
def taken_back_meanwhile(scene):
    repo, good = given_slow_mysql(scene, "40s")
    daemon = scene.start_daemon(scene.sync_of(repo))
    daemon.await_words("in sync with", 60)
    before = scene.uids("deployments", "persistentvolumeclaims")
    drop_mysql(scene, repo)
    until(lambda: scene.get("deployment", "mysql")["spec"]["replicas"] == 0, 60, "it is told to stop")
    take_back(repo, good)
    daemon.await_words("is left where it is", 20)
    until(lambda: scene.get("deployment", "mysql")["spec"]["replicas"] == 1, 20, "it may run again")
    daemon.terminate()
    expect_equal(scene.uids("deployments", "persistentvolumeclaims"), before, "objects")
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


@scenario("history that is rewound is held, and followed once a person approves it")
def rewind(scene):
    repo = scene.repository()
    repo.write("a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: '1'}}")
    first = repo.commit()
    scene.sync(repo)
    repo.write("a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: '2'}}")
    repo.commit()
    scene.sync(repo)
    repo.back_to(first)
    scene.mark()
    told = scene.sync_document(repo, status=3)
    expect_equal([(one["hazard"], one["ruling"]) for one in told["findings"]],
                 [("H-H2", "hold")], "findings")
    scene.wrote_nothing()
    approve(scene, repo, "approvals/rewind.yaml")
    scene.sync(repo)
    expect_equal(scene.get("configmap", "a")["data"], {"k": "1"}, "its data")


DROPPED = ("mysql/deployment.yaml", "mysql/claim.yaml")


def given_slow_mysql(scene, time):
    """Its pod takes that time to stop, so its deletion is not sent before; and the commit."""
    repo = scene.example("storage", "mysql")
    repo.replace("mysql/deployment.yaml", "    metadata:\n      labels:", "    metadata:\n      "
                 f"annotations: {{bed.holdfast.dev/delete-after: {time}}}\n      labels:")
    return repo, repo.commit()


def drop_mysql(scene, repo):
    repo.remove(*DROPPED).commit()
    approve(scene, repo, "approvals/a.yaml")


def take_back(repo, good):
    repo.git("checkout", good, "--", *DROPPED)
    repo.remove("approvals/a.yaml").commit()


def given_mysql(scene):
    """MySQL and WordPress, healthy, on a StorageClass that destroys."""
    repo = scene.example("storage", "mysql")
    repo.replace("storage/storageclass.yaml", "reclaimPolicy: Retain", "reclaimPolicy: Delete")
    repo.commit()
    scene.sync(repo)
    expect(scene.bound("mysql-data", "wordpress-data"), "the claims are Bound")
    return repo


def approve(scene, repo, path):
    """What holdfast approve prints, committed."""
    text = scene.holdfast("approve", *scene.flags(repo), status=0).out
    repo.write(path, text).commit()
    return text


def in_quarantine(scene, volume, claim):
    found = scene.bed.get("pv", volume)
    expect(found is not None, f"volume {volume} is there")
    expect_equal(found["status"]["phase"], "Released", "its phase")
    expect_equal(found["spec"]["persistentVolumeReclaimPolicy"], "Retain", "its reclaim policy")
    expect_equal(found["metadata"]["labels"].get("holdfast.dev/quarantine"),
                 claim["metadata"]["uid"], "its label")
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")
    evidence = scene.bed.get("configmap", "holdfast-evidence-" + claim["metadata"]["uid"],
                             "holdfast-system")
    expect(evidence is not None, "evidence is kept")
    expect_words(evidence["data"]["claim.yaml"], claim["metadata"]["name"])
    expect_words(evidence["data"]["volume.yaml"], volume)


def safe_before_gone(scene, claim):
    """The volume was made Retain before anything was stopped or deleted, and the deletion of
    the claim asked for just that claim."""
    order = [(write.verb, write.resource) for write in scene.writes_to_objects()]
    expect_equal(order, [("update", "persistentvolumes"), ("patch", "deployments"),
                         ("delete", "deployments"), ("delete", "persistentvolumeclaims")],
                 "writes, in order")
    asked = scene.writes_to_objects()[-1].options.get("preconditions", {})
    expect_equal(asked.get("uid"), claim["metadata"]["uid"], "uid that the deletion asks for")
    expect(asked.get("resourceVersion"), "it asks for a resourceVersion too")


def fate_of(told, claim):
    return next(one["fate"] for one in told["volumes"] if one["claim"].endswith("/" + claim))


def reasons(told):
    findings = told["findings"] + [one for change in told["changes"] for one in change["findings"]]
    return "\n".join(one["reason"] for one in findings)



@scenario("a claim that somebody deletes is saved: Retain at once, no rollout, and back on its volume")
def rescue(scene):
    repo = given_mysql(scene)
    claim = scene.get("pvc", "mysql-data")
    volume = claim["spec"]["volumeName"]
    scene.kubectl("delete", "pvc", "mysql-data", "--wait=false")
    repo.replace("mysql/deployment.yaml", "mysql:8.4.6", "mysql:8.4.7").commit()
    scene.mark()
    before = scene.diff_document(repo, status=3)
    expect_words(reasons(before), "its data with it")
    scene.wrote_nothing()
    told = scene.sync_document(repo, status=3)
    expect_equal(told["verdict"], "hold", "verdict")
    expect_words(reasons(told), "its data stay on volume " + volume)
    expect_equal([(write.verb, write.resource) for write in scene.writes_to_objects()],
                 [("update", "persistentvolumes")], "writes")
    scene.sync(repo, status=3)
    expect_equal(len(scene.writes_to_objects()), 1, "writes after a second run")

    scene.kubectl("delete", "pods", "-l", "app.kubernetes.io/name=mysql")
    until(lambda: not scene.has("pvc", "mysql-data"), 30, "the claim is gone")
    until(lambda: scene.bed.get("pv", volume)["status"]["phase"] == "Released", 30, "released")
    in_quarantine(scene, volume, claim)
    scene.sync(repo)
    expect_equal(scene.get("pvc", "mysql-data")["spec"]["volumeName"], volume, "its volume")
    scene.await_ready("deployment", "mysql", 1)
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


@scenario("an upgrade of MySQL waits for an approval, and a revert of it is refused")
def upgrade(scene):
    repo = given_mysql(scene)
    repo.replace("mysql/deployment.yaml", "mysql:8.4.6", "mysql:9.7.0").commit()
    scene.mark()
    told = scene.sync_document(repo, status=3)
    expect_equal(told["verdict"], "approval", "verdict")
    expect_words(reasons(told), "MySQL goes from 8.4.6 to 9.7.0")
    scene.wrote_nothing()
    approve(scene, repo, "approvals/upgrade.yaml")
    scene.sync(repo)
    scene.await_ready("deployment", "mysql", 1)
    scene.diff(repo, status=0)

    repo.replace("mysql/deployment.yaml", "mysql:9.7.0", "mysql:8.4.6").commit()
    scene.mark()
    told = scene.sync_document(repo, status=3)
    expect_equal(told["verdict"], "refuse", "verdict of the revert")
    expect_words(reasons(told), "only a dump or replication goes back")
    scene.holdfast("approve", *scene.flags(repo), status=3)
    scene.wrote_nothing()


@scenario("a root password that changes in Git alone waits; said to be changed in the database, it goes")
def password(scene):
    repo = given_mysql(scene)
    text = (repo.folder / "mysql/secret.yaml").read_text()
    changed = re.sub(r"(root-password: ).*", r"\1another-one", text)
    expect(changed != text, "the edit does something")
    repo.write("mysql/secret.yaml", changed).commit()
    scene.mark()
    told = scene.sync_document(repo, status=3)
    expect_equal(told["verdict"], "approval", "verdict")
    expect("another-one" not in str(told), "no value is shown")
    scene.wrote_nothing()
    repo.replace("mysql/secret.yaml", "metadata:\n",
                 "metadata:\n  annotations: {holdfast.dev/rotated-out-of-band: done}\n").commit()
    scene.sync(repo)
