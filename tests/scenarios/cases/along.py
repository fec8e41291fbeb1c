"""Claims that go along with something else: their namespace, or the pods that leave a StatefulSet.

The StorageClass of this theme destroys: were a claim deleted before its volume is made sure of,
destroyed.log would say so.
"""

import json

from cases.daemon import claim
from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario

SECONDS = 90


@scenario("a namespace with claims: refused while they would be destroyed, or others live there")
def namespace_refused(scene):
    repo = given_a_namespace(scene)
    scene.kubectl("scale", "deployment", "db", "--replicas=0")
    everything_goes(repo)
    stops(scene, repo, "Namespace", "H-A6", "refuse", "would be destroyed", "data")
    volume = scene.get("pvc", "data")["spec"]["volumeName"]
    retain(scene, volume)
    scene.kubectl("create", "configmap", "somebody-elses")
    stops(scene, repo, "Namespace", "H-A6", "refuse", "not of this sync", "somebody-elses")
    scene.kubectl("delete", "configmap", "somebody-elses")
    scene.bed.apply(json.dumps({
        "apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshotContent",
        "metadata": {"name": scene.name},
        "spec": {"driver": "csi.example.com", "deletionPolicy": "Delete",
                 "source": {"snapshotHandle": "none"},
                 "volumeSnapshotRef": {"name": "s", "namespace": scene.namespace}}}))
    stops(scene, repo, "Namespace", "H-A6", "refuse", "takes its copy along")
    scene.bed.kubectl("patch", "volumesnapshotcontent", scene.name, "--type=merge", "-p",
                      '{"spec":{"deletionPolicy":"Retain"}}')
    stops(scene, repo, "Namespace", "H-A6", "approval", "its claims too: data")
    scene.loses_nothing()


@scenario("a namespace whose volumes stay goes by one approval of every claim in it")
def namespace_goes(scene):
    repo = given_a_namespace(scene)
    claim = scene.get("pvc", "data")
    volume = claim["spec"]["volumeName"]
    retain(scene, volume)
    everything_goes(repo)
    text = scene.holdfast("approve", *scene.flags(repo), status=0).out
    expect_words(text, "action: detach", "name: data", volume)
    repo.write("approvals/space.yaml", text).commit()
    scene.mark()
    running = scene.start_sync(repo)
    until(lambda: any(one.verb == "delete" for one in scene.writes_to_objects())
          or not running.runs, 120, "it has deleted something")
    running.kill()
    expect_equal(scene.destroyed(), [], "destroyed volumes")
    scene.sync(repo)
    expect(scene.bed.get("namespace", scene.namespace) is None, "the namespace is gone")
    in_quarantine(scene, volume, claim)
    scene.diff(repo, status=0)


@scenario("whenScaled: Delete and a smaller StatefulSet: refused, then by approval, volumes kept")
def leaving(scene):
    repo = given_a_set(scene, "whenScaled")
    claim = scene.get("pvc", "data-db-1")
    volume = claim["spec"]["volumeName"]
    repo.replace("set.yaml", "replicas: 2", "replicas: 1").commit()
    stops(scene, repo, "StatefulSet", "H-B3", "refuse", "data-db-1")
    text = scene.holdfast("approve", *scene.flags(repo), status=0).out
    expect_words(text, "action: detach", "name: data-db-1", volume)
    repo.write("approvals/db.yaml", text).commit()
    plan = scene.diff_document(repo, status=1)
    expect_equal([one["fate"] for one in plan["volumes"] if one["claim"].endswith("/data-db-1")],
                 ["detached"], "fate of the claim")
    scene.mark()
    running = scene.start_sync(repo)
    until(lambda: any(one.is_of("persistentvolumes", volume) for one in scene.writes())
          or not running.runs, 120, "it has made the volume Retain")
    running.kill()
    expect_equal(scene.destroyed(), [], "destroyed volumes")
    scene.sync(repo)
    order = [one.resource for one in scene.writes_to_objects()]
    expect(order.index("persistentvolumes") < order.index("statefulsets"),
           f"the volume is made sure of first: {order}")
    until(lambda: not scene.has("pvc", "data-db-1"), 60, "the claim has gone with its pod")
    in_quarantine(scene, volume, claim)
    scene.loses_nothing()
    scene.diff(repo, status=0)


@scenario("whenDeleted: Delete and the StatefulSet dropped: refused while it owns its claims")
def dropped(scene):
    repo = given_a_set(scene, "whenDeleted")
    kept = (repo.folder / "set.yaml").read_text()
    owners = lambda: scene.get("pvc", "data-db-0")["metadata"].get("ownerReferences")
    until(owners, 60, "the claims belong to the StatefulSet")
    repo.remove("set.yaml").commit()
    stops(scene, repo, "StatefulSet", "H-B2", "refuse", "data-db-0", "data-db-1")
    stops(scene, repo, "StatefulSet", "H-B1", "refuse", "as its owner")
    retention(scene, "whenDeleted", "Retain")
    until(lambda: not owners(), 60, "the claims belong to nobody")
    repo.write("set.yaml", kept.replace("replicas: 2", "replicas: 0").replace(
        "metadata: {name: db}",
        'metadata: {name: db, annotations: {holdfast.dev/stopped: "true"}}')).commit()
    scene.sync(repo)
    repo.remove("set.yaml").commit()
    scene.sync(repo)
    expect(not scene.has("statefulset", "db"), "the StatefulSet is gone")
    expect(scene.bound("data-db-0", "data-db-1"), "its claims stay")
    scene.loses_nothing()


def given_a_namespace(scene):
    """A namespace that Git has too, with a database in it."""
    repo = scene.repository()
    repo.write("class.yaml", storage_class(scene))
    repo.write("space/namespace.yaml",
               f"{{apiVersion: v1, kind: Namespace, metadata: {{name: {scene.namespace}}}}}")
    repo.write("space/claim.yaml", claim(scene, "data"))
    repo.write("space/app.yaml", """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: db}
        spec:
          strategy: {type: Recreate}
          selector: {matchLabels: {app: db}}
          template:
            metadata: {labels: {app: db}}
            spec:
              containers:
              - name: mysql
                image: mysql:8.4.6
                volumeMounts: [{name: data, mountPath: /var/lib/mysql}]
              volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
        """)
    repo.commit()
    scene.sync(repo)
    until(lambda: scene.bound("data"), 30, "the claim is Bound")
    return repo


def everything_goes(repo):
    repo.remove("space").commit()


def given_a_set(scene, when):
    """A StatefulSet of two, whose claims somebody has told Kubernetes to delete."""
    repo = scene.repository()
    repo.write("class.yaml", storage_class(scene))
    repo.write("service.yaml", """
        apiVersion: v1
        kind: Service
        metadata: {name: db}
        spec: {clusterIP: None, selector: {app: db}, ports: [{port: 3306}]}
        """)
    repo.write("set.yaml", f"""
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {{name: db}}
        spec:
          replicas: 2
          serviceName: db
          selector: {{matchLabels: {{app: db}}}}
          template:
            metadata: {{labels: {{app: db}}}}
            spec:
              containers:
              - name: mysql
                image: mysql:8.4.6
                volumeMounts: [{{name: data, mountPath: /var/lib/mysql}}]
          volumeClaimTemplates:
          - metadata: {{name: data}}
            spec:
              storageClassName: {scene.storage_class}
              accessModes: [ReadWriteOnce]
              resources: {{requests: {{storage: 1Gi}}}}
        """)
    repo.commit()
    scene.sync(repo)
    scene.await_ready("statefulset", "db", 2)
    retention(scene, when, "Delete")
    return repo


def retention(scene, when, policy):
    scene.kubectl("patch", "statefulset", "db", "-p", json.dumps(
        {"spec": {"persistentVolumeClaimRetentionPolicy": {when: policy}}}))
    scene.await_ready("statefulset", "db", 2)


def storage_class(scene):
    return f"""
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {{name: {scene.storage_class}}}
        provisioner: csi.example.com
        reclaimPolicy: Delete
        """


def retain(scene, volume):
    scene.bed.kubectl("patch", "pv", volume, "-p",
                      '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}')


def stops(scene, repo, kind, hazard, ruling, *words):
    scene.mark()
    told = scene.sync_document(repo, status=3)
    findings = [one for change in told["changes"] for one in change["findings"]
                if change["kind"] == kind and one["hazard"] == hazard
                and one["ruling"] == ruling]
    expect(findings, f"{hazard} {ruling} is not in {json.dumps(told['changes'], indent=1)}")
    expect_words(findings[0]["reason"], *words)
    expect(findings[0]["remedy"], "a remedy is given")
    scene.wrote_nothing()
    expect_equal(scene.destroyed(), [], "destroyed volumes")


def in_quarantine(scene, volume, claim):
    until(lambda: scene.bed.get("pv", volume)["status"]["phase"] == "Released", 60, "Released")
    found = scene.bed.get("pv", volume)
    expect_equal(found["spec"]["persistentVolumeReclaimPolicy"], "Retain", "its reclaim policy")
    expect_equal(found["metadata"]["labels"].get("holdfast.dev/quarantine"),
                 claim["metadata"]["uid"], "its label")
    expect_equal(scene.destroyed(), [], "destroyed volumes")
