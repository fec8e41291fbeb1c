"""Objects that were there before the first sync: made by kubectl, Helm, Argo CD or Flux."""

import json

from stage.checks import expect, expect_equal, until
from stage.runner import scenario

SECONDS = 30

WORKLOADS = ("deployments", "statefulsets", "services", "persistentvolumeclaims", "secrets",
             "configmaps", "poddisruptionbudgets", "pods")


@scenario("what kubectl apply made is adopted without a change of any field or a restart")
def adopted_from_kubectl(scene):
    adopted(scene, "mysql", "apply")


@scenario("what kubectl apply --server-side made is adopted in the same way")
def adopted_from_server_side_apply(scene):
    adopted(scene, "mysql", "apply", "--server-side")


@scenario("what kubectl create made is adopted in the same way")
def adopted_from_create(scene):
    adopted(scene, "mysql", "create")


@scenario("a StatefulSet that kubectl apply made is adopted in the same way")
def stateful_set_from_kubectl(scene):
    adopted(scene, "cassandra", "apply")


@scenario("a StatefulSet that kubectl apply --server-side made is adopted in the same way")
def stateful_set_from_server_side_apply(scene):
    adopted(scene, "cassandra", "apply", "--server-side")


@scenario("a claim and a volume that kubectl tied together keep the tie, though Git does not have it")
def tied_by_hand(scene):
    repo = scene.repository()
    volume = f"""
        apiVersion: v1
        kind: PersistentVolume
        metadata: {{name: {scene.name}}}
        spec:
          capacity: {{storage: 1Gi}}
          accessModes: [ReadWriteOnce]
          storageClassName: {scene.name}
          persistentVolumeReclaimPolicy: Retain
          hostPath: {{path: /srv/{scene.name}}}
        """
    claim = f"""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {{name: data}}
        spec:
          storageClassName: {scene.name}
          accessModes: [ReadWriteOnce]
          resources: {{requests: {{storage: 1Gi}}}}
        """
    tied = {"claim.yaml": claim + f"  volumeName: {scene.name}\n"}
    repo.write("claim.yaml", tied["claim.yaml"]).commit()
    scene.kubectl("apply", "-f", str(repo.folder / "claim.yaml"))
    uid = scene.get("pvc", "data")["metadata"]["uid"]
    repo.write("volume.yaml", volume + f"  claimRef: {{namespace: {scene.namespace}, name: data, "
                                       f"uid: {uid}}}\n").commit()
    scene.kubectl("apply", "-f", str(repo.folder / "volume.yaml"))
    until(lambda: scene.get("pvc", "data")["status"]["phase"] == "Bound", 30, "it is bound")

    repo.write("volume.yaml", volume).write("claim.yaml", claim).commit()
    told = scene.diff_document(repo, status=1)
    expect_equal([(one["action"], one["fields"]) for one in told["changes"]], [("adopt", [])] * 2,
                 "changes")
    scene.sync(repo)
    expect_equal(scene.get("pvc", "data")["spec"]["volumeName"], scene.name, "the claim's volume")
    expect_equal(scene.bed.get("pv", scene.name)["spec"]["claimRef"]["uid"], uid, "the volume's claim")
    scene.diff(repo, status=0)


def adopted(scene, part, *command):
    repo = scene.example("storage", part)
    repo.commit()
    scene.kubectl(*command, "-f", str(repo.folder), "--recursive")
    for kind in ("deployments", "statefulsets"):
        for one in scene.list(kind):
            scene.await_ready(kind, one["metadata"]["name"], one["spec"]["replicas"])
    before, generations = scene.uids(*WORKLOADS), generations_of(scene)

    diff = scene.diff_document(repo, status=1)
    changes = [(one["kind"], one["name"], one["action"], one["fields"]) for one in diff["changes"]]
    expect_equal([one for one in changes if one[2:] != ("adopt", [])], [],
                 "changes that are more than an adoption")
    expect(all(one["action"] == "adopt" for one in diff["changes"]) and len(changes) >= 4,
           f"everything is adopted: {changes}")
    scene.sync(repo)

    expect_equal(scene.uids(*WORKLOADS), before, "objects and pods")
    expect_equal(generations_of(scene), generations, "generations: no spec was changed")
    scene.mark()
    scene.sync(repo)
    scene.wrote_nothing()

    # Adopted means ours: what Git drops goes.
    repo.remove(f"{part}/poddisruptionbudget.yaml").commit()
    scene.sync(repo)
    expect(not scene.has("poddisruptionbudget", part), "what Git drops is pruned")


def generations_of(scene):
    return {f"{kind}/{one['metadata']['name']}": one["metadata"]["generation"]
            for kind in ("deployments", "statefulsets", "poddisruptionbudgets")
            for one in scene.list(kind)}


DROPPED = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, annotations: {team: data, to-go: "yes"}}
spec:
  replicas: 1
  serviceName: db
  revisionHistoryLimit: 3
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
        - name: db
          image: example.org/db:1
          env: [{name: KEPT, value: "1"}, {name: TO_GO, value: "2"}]
---
apiVersion: v1
kind: Service
metadata: {name: db}
spec:
  clusterIP: None
  selector: {app: db}
  ports: [{name: sql, port: 3306}, {name: to-go, port: 33060}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: db}
data: {kept: a, to-go: b}
---
apiVersion: v1
kind: Secret
metadata: {name: db}
stringData: {kept: planted-a, to-go: planted-b}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: db, annotations: {team: data, to-go: "yes"}}
spec: {storageClassName: local-path, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: db}
spec:
  schedule: "0 3 * * *"
  suspend: true
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: backup, image: "example.org/db:1"}]
"""

# What Git does not have any more, and what is to be shown for it.
WITHOUT = (
    (', to-go: "yes"', "StatefulSet", "metadata.annotations.to-go"),
    ("  revisionHistoryLimit: 3\n", "StatefulSet", "spec.revisionHistoryLimit"),
    (', {name: TO_GO, value: "2"}', "StatefulSet",
     'spec.template.spec.containers[name="db"].env[name="TO_GO"]'),
    (', to-go: "yes"', "PersistentVolumeClaim", "metadata.annotations.to-go"),
    (", {name: to-go, port: 33060}", "Service", 'spec.ports[port=33060,protocol="TCP"]'),
    (", to-go: b", "ConfigMap", "data.to-go"),
    (", to-go: planted-b", "Secret", "data.to-go"),
    ("  suspend: true\n", "CronJob", "spec.suspend"),
)


def made_by(scene, *command):
    """A repository whose objects kubectl has made."""
    repo = scene.example("storage")
    repo.write("db.yaml", DROPPED.replace("local-path", scene.storage_class)).commit()
    scene.kubectl(*command, "-f", str(repo.folder), "--recursive")
    scene.await_ready("statefulset", "db", 1)
    return repo


def removals(scene, *command):
    repo = made_by(scene, *command)
    text = (repo.folder / "db.yaml").read_text()
    for part, _, _ in WITHOUT:
        expect(part in DROPPED, f"{part} is in the manifest")
        text = text.replace(part, "")
    # The server does not let go of a claim's class: that it has one is no difference.
    text = text.replace(f"storageClassName: {scene.storage_class}, ", "")
    repo.write("db.yaml", text).commit()

    def shown(status):
        ended = scene.diff(repo, "-o", "json", status=status)
        expect("planted" not in ended.out, "no secret value is shown")
        return {(one["kind"], field["path"]): field.get("after")
                for one in json.loads(ended.out)["changes"] for field in one["fields"]}
    fields = shown(1)
    expect_equal(set(fields), {(kind, path) for _, kind, path in WITHOUT}, "removals")
    expect_equal(fields["StatefulSet", "spec.revisionHistoryLimit"], 10, "the default comes back")
    scene.sync(repo)
    expect_equal(shown(0), {}, "after the sync")
    expect_equal(scene.get("configmap", "db")["data"], {"kept": "a"}, "data")
    environment = scene.get("statefulset", "db")["spec"]["template"]["spec"]["containers"][0]["env"]
    expect_equal([one["name"] for one in environment], ["KEPT"], "environment variables")
    scene.mark()
    scene.sync(repo)
    scene.wrote_nothing()


@scenario("what Git drops of objects that kubectl apply made is shown and goes")
def removals_after_apply(scene):
    removals(scene, "apply")


@scenario("what Git drops of objects that kubectl apply --server-side made is shown and goes")
def removals_after_server_side_apply(scene):
    removals(scene, "apply", "--server-side")


@scenario("what Git drops of objects that kubectl create made is shown and goes")
def removals_after_create(scene):
    removals(scene, "create")


@scenario("what Git drops of objects that Flux or Argo CD applied is shown and goes")
def removals_after_flux(scene):
    removals(scene, "apply", "--server-side", "--field-manager", "kustomize-controller")


@scenario("a StatefulSet that kubectl apply made is changed by a commit without overruling anybody")
def changed_after_apply(scene):
    repo = made_by(scene, "apply")
    repo.replace("db.yaml", "image: example.org/db:1\n", "image: example.org/db:2\n").commit()
    fields = [(field["path"], field.get("after"))
              for one in scene.diff_document(repo, status=1)["changes"] for field in one["fields"]]
    expect_equal(fields, [('spec.template.spec.containers[name="db"].image', "example.org/db:2")],
                 "what changes")
    scene.sync(repo)
    managers = {entry["manager"] for entry in json.loads(scene.kubectl(
        "get", "statefulset", "db", "-o", "json", "--show-managed-fields"))["metadata"]["managedFields"]}
    expect_equal(managers, {"holdfast", "kube-controller-manager"}, "managers of its fields")


@scenario("kubectl edit after the adoption is somebody else's change again: a conflict is refused")
def edited_after_adoption(scene):
    repo = made_by(scene, "apply")
    scene.sync(repo)
    scene.kubectl("patch", "statefulset", "db", "--field-manager", "kubectl-edit", "-p",
                  '{"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 77}}}}')
    repo.replace("db.yaml", "      containers:\n        - name: db\n",
                 "      terminationGracePeriodSeconds: 60\n      containers:\n"
                 "        - name: db\n").commit()
    scene.mark()
    refused = scene.diff_document(repo, status=3)
    reasons = [one["reason"] for change in refused["changes"] for one in change["findings"]]
    expect(any("kubectl-edit" in reason and "terminationGracePeriodSeconds" in reason
               for reason in reasons), f"the manager and the field are named: {reasons}")
    scene.sync(repo, status=3)
    scene.wrote_nothing()
