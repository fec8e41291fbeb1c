"""A database that an operator runs: its resource takes the claims along, unless it is told not to.

No operator runs on the bed. The scenario plays it where it matters: it holds the resource by a
finalizer, looks whether the resource says to keep the claims, and acts accordingly.
"""

import itertools
import json

from cases.daemon import claim
from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario

SECONDS = 90

DELETE_PVC = "cassandra.datastax.com/delete-pvc"
FINALIZER = "finalizer.cassandra.datastax.com"
CLAIMS = ("server-data-dc1-0", "server-data-dc1-1")


@scenario("a data centre that Git drops: refused, every claim named; a rack, members, a size too")
def refused(scene):
    repo = given_data_centre(scene)
    began = repo.git("rev-parse", "HEAD")
    repo.remove("dc1.yaml").commit()
    stops(scene, repo, "H-A9", "refuse", "its operator deletes its claims", *CLAIMS)
    for old, new, hazard, ruling, word in (
            ("name: rack2", "name: rack3", "H-F5", "refuse", "rack2"),
            ("size: 2", "size: 1", "H-A9", "approval", "from 2 to 1"),
            ("storage: 1Gi", "storage: 500Mi", "H-D4", "refuse", "no volume can shrink"),
            ("serverVersion: 4.1.7", "serverVersion: 3.11.7", "H-F10", "refuse", "3.11.7")):
        repo.back_to(began)
        repo.replace("dc1.yaml", old, new).commit()
        stops(scene, repo, hazard, ruling, word)
    repo.back_to(began)
    scene.loses_nothing()


@scenario("approved: told to keep the claims first, and deleted then; killed at any moment")
def approved(scene):
    repo = given_data_centre(scene)
    claims = scene.uids("persistentvolumeclaims")
    repo.remove("dc1.yaml").commit()
    text = scene.holdfast("approve", *scene.flags(repo), status=0).out
    expect_words(text, "action: detach", "batch: 2", *CLAIMS)
    repo.write("approvals/dc1.yaml", text).commit()
    scene.mark()
    for resource, name in (("persistentvolumes", volume_of(scene, CLAIMS[1])),
                           ("cassandradatacenters", "dc1")):
        running = scene.start_sync(repo)
        until(lambda: any(write.is_of(resource, name) for write in scene.writes())
              or not running.runs, 120, f"it has written {resource} {name}")
        running.kill()
        expect_equal(scene.destroyed(), [], "destroyed volumes")
        expect_equal(scene.uids("persistentvolumeclaims"), claims, "claims")
    running = scene.start_sync(repo)
    until(lambda: (scene.get("cassandradatacenter", "dc1") or {}).get("metadata", {}).get(
        "deletionTimestamp"), 120, "it is being deleted")
    play_operator(scene)
    ended = running.ended()
    expect_equal(ended.status, 0, f"exit status\n{ended}")

    order = [(one.verb, one.resource, one.name) for one in scene.writes_to_objects()]
    # What a killed run sent last may reach the server after the next has read.
    order = [each for each, _ in itertools.groupby(order)]
    data_centre = ("cassandradatacenters", "dc1")
    expect_equal(order, [("update", "persistentvolumes", volume_of(scene, name)) for name in CLAIMS] +
                 [("patch", *data_centre), ("delete", *data_centre)], "writes, in order")
    until(lambda: not scene.list("pods"), 60, "its pods are gone")
    expect_equal(scene.uids("persistentvolumeclaims"), claims, "claims")
    for name in CLAIMS:
        found = scene.bed.get("pv", volume_of(scene, name))
        expect_equal(found["spec"]["persistentVolumeReclaimPolicy"], "Retain", "its policy")
    scene.diff(repo, status=0)
    scene.loses_nothing()


@scenario("a resource of an operator that nobody knows: refused where there are claims")
def unknown(scene):
    define(scene, "dbs", "Db", f"{scene.name}.example.com")
    repo = scene.repository()
    repo.write("db.yaml", f"""
        apiVersion: {scene.name}.example.com/v1
        kind: Db
        metadata: {{name: main}}
        spec: {{}}
        """)
    repo.write("class.yaml", storage_class(scene))
    commit = repo.commit()
    scene.sync(repo)
    repo.remove("db.yaml").commit()
    stops(scene, repo, "H-A9", "approval", "not known here")
    repo.back_to(commit)
    repo.write("claim.yaml", claim(scene, "data")).commit()
    scene.sync(repo)
    repo.remove("db.yaml").commit()
    stops(scene, repo, "H-A9", "refuse", "may delete claims")
    scene.loses_nothing()


@scenario("a finalizer that deletes claims is armed only by an approval")
def armed(scene):
    define(scene, "perconaservermysqls", "PerconaServerMySQL", "ps.percona.com")
    repo = scene.repository()
    repo.write("ps.yaml", """
        apiVersion: ps.percona.com/v1
        kind: PerconaServerMySQL
        metadata: {name: ps}
        spec: {mysql: {size: 3, image: "percona/percona-server:8.4.6"}}
        """).commit()
    scene.sync(repo)
    repo.replace("ps.yaml", "{name: ps}",
                 "{name: ps, finalizers: [percona.com/delete-mysql-pvc]}").commit()
    stops(scene, repo, "H-A9", "approval", "from now on the operator would delete the claims")
    text = scene.holdfast("approve", *scene.flags(repo), status=0).out
    repo.write("approvals/ps.yaml", text).commit()
    scene.sync(repo)
    expect_equal(scene.get("perconaservermysql", "ps")["metadata"]["finalizers"],
                 ["percona.com/delete-mysql-pvc"], "its finalizers")
    scene.kubectl("patch", "perconaservermysql", "ps", "--type=merge", "-p",
                  '{"metadata":{"finalizers":[]}}')


@scenario("a definition goes once there is no object of it, and by an approval")
def definition(scene):
    group = f"{scene.name}.example.com"
    repo = scene.repository()
    repo.write("crd.yaml", json.dumps(crd("dbs", "Db", group)))
    repo.write("config.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: stays}}")
    repo.commit()
    scene.sync(repo)
    scene.bed.apply(json.dumps({"apiVersion": group + "/v1", "kind": "Db",
                                "metadata": {"name": "main", "namespace": scene.namespace}}))
    repo.remove("crd.yaml").commit()
    stops(scene, repo, "H-A8", "refuse", scene.namespace + "/main")
    scene.bed.kubectl("delete", "dbs." + group, "main", "-n", scene.namespace)
    stops(scene, repo, "H-A8", "approval", "there is no object of it")
    text = scene.holdfast("approve", *scene.flags(repo), status=0).out
    repo.write("approvals/crd.yaml", text).commit()
    scene.sync(repo)
    expect(scene.bed.get("crd", "dbs." + group) is None, "the definition is gone")


def given_data_centre(scene):
    """CassandraDatacenter dc1 as its operator leaves it: a StatefulSet that it owns, and claims
    that it does not own, of a StorageClass that destroys."""
    define(scene, "cassandradatacenters", "CassandraDatacenter", "cassandra.datastax.com")
    repo = scene.repository()
    repo.write("class.yaml", storage_class(scene))
    repo.write("dc1.yaml", f"""
        apiVersion: cassandra.datastax.com/v1
        kind: CassandraDatacenter
        metadata: {{name: dc1}}
        spec:
          size: 2
          serverVersion: 4.1.7
          racks: [{{name: rack1}}, {{name: rack2}}]
          storageConfig:
            cassandraDataVolumeClaimSpec: {{resources: {{requests: {{storage: 1Gi}}}}}}
        """)
    repo.write("config.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: stays}}")
    repo.commit()
    scene.sync(repo)
    scene.kubectl("patch", "cassandradatacenter", "dc1", "--type=merge", "-p",
                  json.dumps({"metadata": {"finalizers": [FINALIZER]}}))
    owner = scene.get("cassandradatacenter", "dc1")
    scene.bed.apply(json.dumps({
        "apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": {"name": "dc1", "namespace": scene.namespace, "ownerReferences": [{
            "apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": "dc1",
            "uid": owner["metadata"]["uid"], "controller": True, "blockOwnerDeletion": True}]},
        "spec": {"replicas": 2, "serviceName": "dc1", "selector": {"matchLabels": {"app": "dc1"}},
                 "template": {"metadata": {"labels": {"app": "dc1"}}, "spec": {"containers": [{
                     "name": "cassandra", "image": "cassandra:4.1.7", "volumeMounts": [{
                         "name": "server-data", "mountPath": "/var/lib/cassandra"}]}]}},
                 "volumeClaimTemplates": [{
                     "metadata": {"name": "server-data",
                                  "labels": {"cassandra.datastax.com/datacenter": "dc1"}},
                     "spec": {"storageClassName": scene.storage_class,
                              "accessModes": ["ReadWriteOnce"],
                              "resources": {"requests": {"storage": "1Gi"}}}}]}}))
    scene.await_ready("statefulset", "dc1", 2)
    until(lambda: scene.bound(*CLAIMS), 30, "the claims are Bound")
    return repo


def play_operator(scene):
    """What cass-operator does when its resource is being deleted."""
    resource = scene.get("cassandradatacenter", "dc1")
    if resource["metadata"].get("annotations", {}).get(DELETE_PVC) != "false":
        scene.kubectl("delete", "pvc", *CLAIMS, "--wait=false")
    scene.kubectl("patch", "cassandradatacenter", "dc1", "--type=merge", "-p",
                  '{"metadata":{"finalizers":[]}}')


def volume_of(scene, name):
    return scene.get("pvc", name)["spec"]["volumeName"]


def stops(scene, repo, hazard, ruling, *words):
    scene.mark()
    told = scene.sync_document(repo, status=3)
    findings = [one for change in told["changes"] for one in change["findings"]
                if one["hazard"] == hazard and one["ruling"] == ruling]
    expect(findings, f"{hazard} {ruling} is not in {json.dumps(told['changes'], indent=1)}")
    expect_words(findings[0]["reason"], *words)
    expect(findings[0]["remedy"], "a remedy is given")
    scene.wrote_nothing()
    expect_equal(scene.destroyed(), [], "destroyed volumes")


def storage_class(scene):
    return f"""
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {{name: {scene.storage_class}}}
        provisioner: csi.example.com
        reclaimPolicy: Delete
        """


def crd(plural, kind, group):
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {"group": group, "scope": "Namespaced",
                 "names": {"plural": plural, "kind": kind, "singular": kind.lower()},
                 "versions": [{"name": "v1", "served": True, "storage": True,
                               "schema": {"openAPIV3Schema": anything}}]}}


def define(scene, plural, kind, group):
    """A definition that is there, whoever made it; the scenarios of this theme share it."""
    scene.bed.apply(json.dumps(crd(plural, kind, group)))
    scene.bed.kubectl("wait", "--for=condition=Established", f"crd/{plural}.{group}",
                      "--timeout=60s")
