"""Commits that would cost a database its data are refused, and cost it nothing.

The databases of this theme are on a StorageClass that destroys: were one of their
claims deleted, destroyed.log would say so.
"""

import json

from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario

SECONDS = 60

CLAIMS = ("mysql-data", "wordpress-data", "data-cassandra-0")


@scenario("a ConfigMap that Git drops is deleted, by uid and resourceVersion, and nothing else is")
def config_map(scene):
    repo = scene.repository()
    for name in ("one", "two"):
        repo.write(f"{name}.yaml", f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}}}")
    repo.commit()
    scene.sync(repo)
    uid = scene.get("configmap", "two")["metadata"]["uid"]
    scene.mark()

    repo.remove("two.yaml").commit()
    scene.sync(repo)

    expect(scene.has("configmap", "one"), "the one that Git has is there")
    expect(not scene.has("configmap", "two"), "the one that Git dropped is gone")
    writes = scene.writes_to_objects()
    expect_equal([(write.verb, write.name) for write in writes], [("delete", "two")], "writes")
    asked = writes[0].options.get("preconditions", {})
    expect_equal(asked.get("uid"), uid, "uid that the deletion asks for")
    expect(asked.get("resourceVersion"), "the deletion asks for a resourceVersion")


@scenario("a claim alone, still mounted")
def claim(scene):
    refused(scene, "PersistentVolumeClaim", "mysql-data", "H-A1",
            lambda repo: repo.remove("mysql/claim.yaml"))


@scenario("a claim together with the Deployment that mounts it")
def claim_with_deployment(scene):
    refused(scene, "PersistentVolumeClaim", "mysql-data", "H-A1",
            lambda repo: repo.remove("mysql/claim.yaml", "mysql/deployment.yaml"))


@scenario("a claim under another name: the old one with its data would go")
def claim_renamed(scene):
    def rename(repo):
        repo.replace("mysql/claim.yaml", "name: mysql-data", "name: mysql-data-2")
        repo.replace("mysql/deployment.yaml", "claimName: mysql-data", "claimName: mysql-data-2")
    refused(scene, "PersistentVolumeClaim", "mysql-data", "H-A1", rename)


@scenario("a claim that shrinks")
def claim_shrinks(scene):
    refused(scene, "PersistentVolumeClaim", "mysql-data", "H-D4",
            lambda repo: repo.replace("mysql/claim.yaml", "storage: 10Gi", "storage: 9Gi"))


@scenario("a namespace, with the claims in it")
def namespace(scene):
    refused(scene, "Namespace", None, "H-A6", lambda repo: repo.remove("namespace.yaml"))


@scenario("the StorageClass that a StatefulSet names")
def storage_class(scene):
    refused(scene, "StorageClass", None, "H-G8",
            lambda repo: repo.remove("storage/storageclass.yaml"))


@scenario("another storage class in a StatefulSet's volumeClaimTemplates: none")
def template_without_class(scene):
    def unset(repo):
        text = (repo.folder / "cassandra/statefulset.yaml").read_text()
        lines = [line for line in text.splitlines() if "storageClassName" not in line]
        repo.write("cassandra/statefulset.yaml", "\n".join(lines) + "\n")
    refused(scene, "StatefulSet", "cassandra", None, unset)


@scenario("a StatefulSet under another name: its claims would be left behind")
def stateful_set_renamed(scene):
    refused(scene, "StatefulSet", None, "H-C1", lambda repo: repo.replace(
        "cassandra/statefulset.yaml", "metadata:\n  name: cassandra",
        "metadata:\n  name: cassandra-new"))


@scenario("a StatefulSet that Git drops")
def stateful_set(scene):
    refused(scene, "StatefulSet", "cassandra", "H-B8",
            lambda repo: repo.remove("cassandra/statefulset.yaml"))


@scenario("a StatefulSet whose claims are to go with it")
def retention_policy(scene):
    refused(scene, "StatefulSet", "cassandra", "H-B2", lambda repo: repo.replace(
        "cassandra/statefulset.yaml", "whenDeleted: Retain", "whenDeleted: Delete"))


@scenario("a repository with nothing in it any more")
def emptied_repository(scene):
    refused(scene, None, None, "H-H1", lambda repo: repo.remove(
        "mysql", "cassandra", "storage", "namespace.yaml"))


@scenario("most of the repository gone, without any claim")
def most_of_it(scene):
    repo = scene.repository()
    for i in range(20):
        repo.write(f"{i}.yaml", f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: c{i}}}}}")
    repo.commit()
    scene.sync(repo)
    scene.mark()
    repo.remove(*(f"{i}.yaml" for i in range(12))).commit()
    told = scene.sync_document(repo, status=3)
    expect_equal([one["hazard"] for one in told["findings"]], ["H-H1"], "findings")
    scene.wrote_nothing()


_databases = {}  # For each bed: the repository, the scene that it was made in, its first commit.


def given_databases(scene):
    """MySQL and Cassandra, healthy, in a namespace that Git has too. What is refused changes
    nothing, so the scenarios of this theme may share them."""
    if scene.bed not in _databases:
        repo = scene.example("storage", "mysql", "cassandra")
        repo.replace("storage/storageclass.yaml", "reclaimPolicy: Retain", "reclaimPolicy: Delete")
        repo.replace("cassandra/statefulset.yaml", "replicas: 3", "replicas: 1")
        repo.replace("cassandra/statefulset.yaml", "cassandra-0.cassandra,cassandra-1.cassandra",
                     "cassandra-0.cassandra")
        repo.write("namespace.yaml",
                   f"{{apiVersion: v1, kind: Namespace, metadata: {{name: {scene.namespace}}}}}")
        commit = repo.commit()
        scene.sync(repo)
        expect(scene.bound(*CLAIMS), "the claims are bound")
        _databases[scene.bed] = repo, scene, commit
    return _databases[scene.bed]


def refused(scene, kind, name, hazard, edit):
    """The commit is refused as a whole, by name and with a way out; the data outlive it, also
    when every pod is restarted."""
    repo, owner, commit = given_databases(scene)
    owner.history = scene.history
    claims = owner.uids("persistentvolumeclaims")
    repo.back_to(commit)
    edit(repo)
    repo.commit("A commit that costs data")
    owner.mark()

    told = owner.sync_document(repo, status=3)
    text = owner.sync(repo, status=3)
    owner.diff(repo, status=3)
    owner.plan(repo, status=3)

    owner.wrote_nothing()
    finding = the_finding(told, kind, name, hazard)
    expect(finding["reason"] and finding["remedy"], f"reason and remedy are given: {finding}")
    expect(told["verdict"] in ("approval", "refuse", "hold"), f"verdict is {told['verdict']}")
    expect_words(text.out, finding["hazard"], finding["reason"], finding["remedy"], "nothing of")
    nothing_was_lost(owner, claims)
    repo.back_to(commit)
    owner.diff(repo, status=0)


def the_finding(told, kind, name, hazard):
    """The finding that stops, of the revision if `kind` is None, else of this object."""
    findings = told["findings"] if kind is None else [
        finding for change in told["changes"] for finding in change["findings"]
        if change["kind"] == kind and name in (None, change["name"])]
    stopping = [one for one in findings if one["ruling"] in ("approval", "refuse", "hold")
                and hazard in (None, one["hazard"])]
    expect(stopping, f"no finding {hazard} about {kind} {name} stops it:\n"
                     + json.dumps({"findings": told["findings"], "changes": told["changes"]},
                                  indent=1))
    return stopping[0]


def nothing_was_lost(scene, claims):
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")
    # A claim that is being deleted goes when its pod does: every pod is restarted once.
    scene.kubectl("delete", "pods", "--all", "--wait=true")
    scene.await_ready("deployment", "mysql", 1)
    scene.await_ready("deployment", "wordpress", 1)
    scene.await_ready("statefulset", "cassandra", 1)
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes after every pod was restarted")
    expect_equal(scene.uids("persistentvolumeclaims"), claims, "claims")
    until(lambda: scene.bound(*CLAIMS), 30, "the claims are bound")
