"""What is waited for, kind by kind, and that it is said within seconds and in words."""

import json

from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario

BED = "own"  # Its controllers and its provisioner are stopped.
SECONDS = 70

OPEN = "applied"


@scenario("each gate by name: what is open, what is waited for and why, all of it from one run, and "
          "nothing holds up what does not need it")
def each_gate(scene):
    scene.bed.apply(BEFORE.replace("NAME", scene.name))
    scene.bed.kubectl("wait", "--for=condition=Established", "--timeout=60s",
                      f"crd/rings.{scene.name}.example.com")
    scene.bed.kubectl("wait", "--for=jsonpath={.status.phase}=Released", "--timeout=60s",
                      f"pv/{scene.name}-volume-released")
    for name, status in RINGS.items():
        scene.kubectl("create", "-f", "-", stdin=ring(name).replace("NAME", scene.name))
        set_status(scene, "ring", name, status)
    repo = scene.repository()
    for name, manifest, _, _ in ROWS:
        repo.write(f"{name}.yaml", manifest.replace("NAME", scene.name))
    repo.commit()
    running = scene.start("sync", *scene.flags(repo), "--timeout", "12s", "-o", "json")
    until(lambda: scene.list("pods") and pod_of(scene, "no-image"), 40, "the pod is there")
    cannot_be_pulled(scene, pod_of(scene, "no-image"))
    cannot_be_made(scene, "fails")
    for name, status in SNAPSHOTS.items():
        until(lambda: scene.has("volumesnapshot", name), 40, f"snapshot {name} is there")
        set_status(scene, "volumesnapshot", name, status)

    # Said while it waits, not in the end: each closed gate within seconds.
    until(lambda: not running.runs or all(
        word.lower() in running.said().lower() for _, _, state, words in ROWS if state != OPEN
        for word in words), 11, "every reason is said while it waits")
    ended = running.ended()
    expect_equal(ended.status, 4, f"exit status\n{ended}\n")
    told = json.loads(ended.out)
    outcomes = {f"{one['kind']}/{one['name']}": one for one in told["outcomes"]}
    wrong = []
    for name, _, state, words in ROWS:
        one = next((outcome for key, outcome in outcomes.items()
                    if key.split("/")[1].removeprefix(scene.name + "-") == name), None)
        if one is None or one["outcome"] != state:
            wrong.append(f"{name}: expected {state}, got {one}")
            continue
        wrong += [f"{name}: {word!r} is not in {one['reason']!r}" for word in words
                  if word.lower() not in one.get("reason", "").lower()]
    expect(not wrong, "\n".join(wrong))
    clean_up(scene)


@scenario("a dependant of what is broken is not reached, and names nobody else's fault")
def only_dependants_wait(scene):
    repo = scene.repository()
    repo.write("a.yaml", web("broken", 'annotations: {bed.holdfast.dev/never-ready: "true"}'))
    repo.write("b.yaml", web("client", "", "holdfast.dev/depends-on: Deployment/NAME/broken"
                             .replace("NAME", scene.namespace)))
    repo.write("c.yaml", web("other", ""))
    repo.write("d.yaml", web("second", "", "holdfast.dev/depends-on: Deployment/NAME/other"
                             .replace("NAME", scene.namespace)))
    repo.commit()
    told = scene.sync_document(repo, "--timeout", "4s", status=4)
    got = {one["name"]: one["outcome"] for one in told["outcomes"]}
    expect_equal(got, {"broken": "waiting", "client": "not reached", "other": "applied",
                       "second": "applied"}, "outcomes")


@scenario("a definition whose names are taken: told at once, and what comes after it is not written")
def names_taken(scene):
    scene.bed.apply(DEFINITION.replace("NAME", scene.name))
    repo = scene.repository()
    repo.write("a.yaml", DEFINITION.replace("NAME", scene.name).replace("rings", "circles"))
    repo.write("b.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: after}}").commit()
    told = scene.sync_document(repo, status=4)
    got = {one["kind"]: one["outcome"] for one in told["outcomes"]}
    expect_equal(got, {"CustomResourceDefinition": "failed", "ConfigMap": "not reached"}, "outcomes")
    reason = next(one["reason"] for one in told["outcomes"] if one["outcome"] == "failed")
    expect_words(reason, "its names are taken", "is already in use")


@scenario("a pod that no controller makes is written once its namespace has its ServiceAccount")
def bare_pod(scene):
    repo = scene.repository()
    repo.write("space.yaml", f"{{apiVersion: v1, kind: Namespace, metadata: {{name: {scene.name}-new}}}}")
    repo.write("pod.yaml", f"""
        apiVersion: v1
        kind: Pod
        metadata: {{name: bare, namespace: {scene.name}-new}}
        spec: {{containers: [{{name: c, image: "web:1"}}]}}
        """).commit()
    scene.bed.stop("controller-manager")
    try:
        running = scene.start_sync(repo)
        running.await_words("its ServiceAccount default is not made yet")
        expect(scene.bed.get("pod", "bare", f"{scene.name}-new") is None, "the pod is not tried before")
    finally:
        scene.bed.start("controller-manager")
    ended = running.ended()
    expect_equal(ended.status, 0, f"exit status\n{ended}\n")


@scenario("a claim that its storage cannot grow: told at once, and a later run goes on")
def cannot_grow(scene):
    repo = scene.repository()
    repo.write("class.yaml", of_class("class", "csi.example.com", "Immediate").replace(
        "NAME", scene.name) + "allowVolumeExpansion: true\n")
    repo.write("claim.yaml", claim("data", f"{scene.name}-class")).commit()
    scene.sync(repo)
    repo.replace("claim.yaml", "1Gi", "2Gi").commit()
    scene.bed.stop("storage")
    try:
        running = scene.start_sync(repo)
        running.await_words("growing from 1Gi to 2Gi")
        set_status(scene, "pvc", "data", {"conditions": [
            {"type": "ControllerResizeError", "status": "True", "message": "the pool is full"}]})
        ended = running.ended(20)
        expect_equal(ended.status, 4, f"exit status\n{ended}\n")
        expect_words(ended.said, "cannot grow to 2Gi", "the pool is full")
        set_status(scene, "pvc", "data", {"conditions": []})
    finally:
        scene.bed.start("storage")
    scene.sync(repo)
    expect_equal(scene.get("pvc", "data")["status"]["capacity"]["storage"], "2Gi", "capacity")


@scenario("a claim whose volume somebody has removed: what needs it is not reached, and nothing is made anew")
def lost(scene):
    repo = scene.repository()
    repo.write("class.yaml", of_class("class", "csi.example.com", "Immediate").replace(
        "NAME", scene.name))
    repo.write("claim.yaml", claim("data", f"{scene.name}-class")).commit()
    scene.sync(repo)
    before = scene.get("pvc", "data")
    scene.bed.stop("storage")
    try:
        volume = before["spec"]["volumeName"]
        scene.bed.kubectl("delete", "pv", volume, "--wait=false")
        scene.bed.kubectl("patch", "pv", volume, "--type=merge", "-p", '{"metadata":{"finalizers":null}}')
        until(lambda: scene.get("pvc", "data")["status"]["phase"] == "Lost", 60, "the claim is Lost")
    finally:
        scene.bed.start("storage")
    repo.write("user.yaml", deployment("user", ", volumes: [{name: v, persistentVolumeClaim: {claimName: "
                                       "data}}]")).commit()
    told = scene.sync_document(repo, status=4)
    outcomes = {one["name"]: one for one in told["outcomes"]}
    expect_equal((outcomes["data"]["outcome"], outcomes["user"]["outcome"]), ("failed", "not reached"),
                 "outcomes")
    expect_words(outcomes["data"]["reason"], "its volume is gone")
    expect_equal(scene.get("pvc", "data")["metadata"]["uid"], before["metadata"]["uid"], "the claim")


@scenario("a volume that its reclaimer has failed on, a budget that protects nothing: told with their own words")
def reported(scene):
    repo = scene.repository()
    repo.write("volume.yaml", volume("volume").replace("NAME", scene.name))
    repo.write("budget.yaml", "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: budget}, "
                              "spec: {maxUnavailable: 1, selector: {matchLabels: {app: db}}}}").commit()
    scene.sync(repo)
    scene.bed.stop("controller-manager")
    try:
        scene.bed.kubectl("patch", "pv", f"{scene.name}-volume", "--subresource=status", "--type=merge",
                          "-p", json.dumps({"status": {"phase": "Failed", "message": "the array is away"}}))
        set_status(scene, "pdb", "budget", {"conditions": [
            {"type": "DisruptionAllowed", "status": "False", "reason": "SyncFailed", "message":
             "no controller found", "lastTransitionTime": "2026-01-01T00:00:00Z"}]})
        repo.write("more.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: more}}").commit()
        told = scene.sync_document(repo, "--timeout", "5s", status=4)
    finally:
        scene.bed.start("controller-manager")
    outcomes = {one["kind"]: one for one in told["outcomes"]}
    for kind, word in (("PersistentVolume", "the array is away"),
                       ("PodDisruptionBudget", "no controller found")):
        expect_equal(outcomes[kind]["outcome"], "failed", kind)
        expect_words(outcomes[kind]["reason"], word)
    expect_equal(outcomes["ConfigMap"]["outcome"], "applied", "what does not need them")


def web(name, of_pods, of_it=""):
    return f"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: {name}, annotations: {{{of_it}}}}}
        spec:
          selector: {{matchLabels: {{app: {name}}}}}
          template:
            metadata: {{labels: {{app: {name}}}, {of_pods}}}
            spec: {{containers: [{{name: c, image: "web:1"}}]}}
        """


def pod_of(scene, app):
    found = [one["metadata"]["name"] for one in scene.list("pods")
             if one["metadata"].get("labels", {}).get("app") == app]
    return found[0] if found else None


def cannot_be_pulled(scene, pod):
    """What a kubelet would say of an image that does not exist."""
    status = {"status": {
        "phase": "Pending",
        "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady"}],
        "containerStatuses": [{
            "name": "c", "image": "web:no-such", "imageID": "", "ready": False, "restartCount": 0,
            "state": {"waiting": {"reason": "ImagePullBackOff", "message": "back-off"}}}]}}
    scene.kubectl("patch", "pod", pod, "--subresource=status", "--type=merge", "-p",
                  json.dumps(status))


def set_status(scene, kind, name, status):
    scene.kubectl("patch", kind, name, "--subresource=status", "--type=merge", "-p",
                  json.dumps({"status": status}))


def cannot_be_made(scene, claim):
    """What a provisioner says that has tried four times."""
    until(lambda: scene.has("pvc", claim), 40, "the claim is there")
    scene.kubectl("create", "-f", "-", stdin=json.dumps({
        "apiVersion": "v1", "kind": "Event", "metadata": {"name": f"{claim}.1"},
        "involvedObject": {"kind": "PersistentVolumeClaim", "name": claim,
                           "namespace": scene.namespace,
                           "uid": scene.get("pvc", claim)["metadata"]["uid"]},
        "type": "Warning", "reason": "ProvisioningFailed", "message": "the pool is full", "count": 4,
        "source": {"component": "csi.example.com"}}))


def clean_up(scene):
    """Cluster-wide objects that others on this bed must not meet."""
    for name in ("webhook", "hook-served", "hook-unserved"):
        scene.kubectl("delete", "validatingwebhookconfiguration", f"{scene.name}-{name}")


# And a snapshot driver of its snapshots.
SNAPSHOTS = {
    "not-taken": {"error": {"message": "no such disk"}},
    "one-way": {"readyToUse": True, "boundVolumeSnapshotContentName": "of-another"},
}

DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: rings.NAME.example.com}
spec:
  group: NAME.example.com
  scope: Namespaced
  names: {kind: Ring, plural: rings, singular: ring}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""

# What an operator has said of its resources.
RINGS = {
    "healthy-ring": {"observedGeneration": 1, "conditions": [{"type": "Ready", "status": "True"}]},
    "stalled": {"observedGeneration": 1, "conditions": [
        {"type": "Stalled", "status": "True", "message": "no quorum"}]},
    "busy": {"observedGeneration": 1, "conditions": [
        {"type": "Reconciling", "status": "True", "message": "two members join"}]},
    "unseen": {"observedGeneration": 0, "conditions": [{"type": "Ready", "status": "True"}]},
}

# Also a namespace that may not have pods, and a volume whose claim has gone.
BEFORE = DEFINITION + """
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: NAME-volume-released}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: NAME-by-hand
  persistentVolumeReclaimPolicy: Retain
  hostPath: {path: /srv/volume-released}
  claimRef: {namespace: NAME, name: long-gone, uid: 00000000-0000-0000-0000-000000000001}
---
apiVersion: v1
kind: Namespace
metadata: {name: NAME-full}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: few, namespace: NAME-full}
spec: {hard: {pods: "0"}}
"""


def deployment(name, pod, replicas=1, namespace=None, annotations="{}"):
    where = f", namespace: {namespace}" if namespace else ""
    return f"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: {name}{where}}}
        spec:
          replicas: {replicas}
          selector: {{matchLabels: {{app: {name}}}}}
          template:
            metadata: {{labels: {{app: {name}}}, annotations: {annotations}}}
            spec: {{containers: [{{name: c, image: "web:1"}}]{pod}}}
        """


def claim(name, storage_class, more=""):
    return f"""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {{name: {name}}}
        spec:
          storageClassName: "{storage_class}"
          accessModes: [ReadWriteOnce]
          resources: {{requests: {{storage: 1Gi}}}}{more}
        """


def of_class(name, provisioner, mode):
    return f"""
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {{name: NAME-{name}}}
        provisioner: {provisioner}
        volumeBindingMode: {mode}
        """


def webhook(name, service, bundle="LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg=="):
    return f"""
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata: {{name: NAME-{name}}}
        webhooks:
          - name: one.example.com
            failurePolicy: Fail
            sideEffects: None
            admissionReviewVersions: [v1]
            namespaceSelector: {{matchLabels: {{nobody: has-this}}}}
            clientConfig:
              caBundle: "{bundle}"
              service: {{name: {service}, namespace: NAME}}
            rules: [{{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [secrets]}}]
        """


def ring(name):
    return f"{{apiVersion: NAME.example.com/v1, kind: Ring, metadata: {{name: {name}}}, spec: {{size: 1}}}}"


def snapshot(name, of_class):
    return f"""
        apiVersion: snapshot.storage.k8s.io/v1
        kind: VolumeSnapshot
        metadata: {{name: {name}}}
        spec: {{volumeSnapshotClassName: NAME-{of_class}, source: {{persistentVolumeClaimName: bound}}}}
        """


def snapshot_class(name, driver):
    return f"""
        apiVersion: snapshot.storage.k8s.io/v1
        kind: VolumeSnapshotClass
        metadata: {{name: NAME-{name}}}
        driver: {driver}
        deletionPolicy: Retain
        """


def volume(name, more=""):
    return f"""
        apiVersion: v1
        kind: PersistentVolume
        metadata: {{name: NAME-{name}}}
        spec:
          capacity: {{storage: 1Gi}}
          accessModes: [ReadWriteOnce]
          storageClassName: NAME-by-hand
          hostPath: {{path: /srv/{name}}}{more}
        """


def stateful_set(name, strategy):
    return f"""
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {{name: {name}}}
        spec:
          serviceName: headless
          replicas: 2
          updateStrategy: {{type: {strategy}}}
          selector: {{matchLabels: {{app: {name}}}}}
          template:
            metadata: {{labels: {{app: {name}, role: member}}}}
            spec: {{containers: [{{name: c, image: "web:1"}}]}}
        """


# Name of the gate's object, the manifest, the outcome, and words of the reason.
ROWS = [
    ("space", "{apiVersion: v1, kind: Namespace, metadata: {name: NAME-space}}", OPEN, []),
    ("first", """
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: NAME-first}
        value: 7
        """, OPEN, []),
    ("limit", "{apiVersion: v1, kind: ResourceQuota, metadata: {name: limit}, spec: {hard: {secrets: "
              "'99'}}}", OPEN, []),
    ("range", "{apiVersion: v1, kind: LimitRange, metadata: {name: range}, spec: {limits: []}}", OPEN, []),
    ("may", "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: may}, rules: []}",
     OPEN, []),
    ("binds", "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: binds}, "
              "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: may}, subjects: [{kind: "
              "ServiceAccount, name: account}]}", OPEN, []),
    ("allow", "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: allow}, spec: "
              "{podSelector: {matchLabels: {app: nobody}}, ingress: [{}]}}", OPEN, []),
    ("config", "{apiVersion: v1, kind: ConfigMap, metadata: {name: config}}", OPEN, []),
    ("snapshots", snapshot_class("snapshots", "csi.example.com"), OPEN, []),
    ("foreign", snapshot_class("foreign", "csi.elsewhere.com"), OPEN, []),
    ("taken", snapshot("taken", "snapshots"), OPEN, []),
    ("not-taken", snapshot("not-taken", "foreign"), "waiting", ["no such disk"]),
    ("one-way", snapshot("one-way", "foreign"), "waiting", ["of-another is not bound to it"]),
    ("fails", claim("fails", "NAME-class-nobody"), "failed", ["its volume cannot be made"]),
    ("healthy-ring", ring("healthy-ring"), OPEN, []),
    ("stalled", ring("stalled"), "failed", ["no quorum"]),
    ("busy", ring("busy"), "waiting", ["two members join"]),
    ("unseen", ring("unseen"), "waiting", ["not seen this version"]),
    ("pod", """
        apiVersion: v1
        kind: Pod
        metadata: {name: pod}
        spec: {containers: [{name: c, image: "web:1"}]}
        """, OPEN, []),
    ("stopped", deployment("stopped", "", replicas=0), OPEN, []),
    ("by-hand", stateful_set("by-hand", "OnDelete"), OPEN, []),
    ("no-volume", stateful_set("no-volume", "RollingUpdate").replace(
        "serviceName:", "volumeClaimTemplates: [{metadata: {name: d}, spec: {storageClassName: NAME-class-"
        "nobody, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]\n          serviceName:"),
     "waiting", ["claim d-no-volume-0 is not bound"]),
    ("late", deployment("late", "", annotations='{bed.holdfast.dev/never-ready: "true"}').replace(
        "replicas: 1", "replicas: 1\n          progressDeadlineSeconds: 3"), "failed",
     ["no progress within its deadline"]),
    ("resting-job", """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: resting-job}
        spec:
          suspend: true
          template: {spec: {restartPolicy: Never, containers: [{name: c, image: "web:1"}]}}
        """, OPEN, ["suspended"]),
    ("late-job", """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: late-job}
        spec:
          activeDeadlineSeconds: 3
          template:
            metadata: {annotations: {bed.holdfast.dev/never-ready: "true"}}
            spec: {restartPolicy: Never, containers: [{name: c, image: "web:1"}]}
        """, "failed", ["longer than specified deadline"]),
    ("resting-cron", """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: resting-cron}
        spec:
          suspend: true
          schedule: "* * * * *"
          jobTemplate:
            spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "web:1"}]}}}
        """, OPEN, []),
    ("some-daemons", """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: some-daemons}
        spec:
          selector: {matchLabels: {app: some-daemons}}
          template:
            metadata: {labels: {app: some-daemons}, annotations: {bed.holdfast.dev/never-ready: "true"}}
            spec: {containers: [{name: c, image: "web:1"}]}
        """, "waiting", ["0 of 3 pods ready"]),
    ("served", "{apiVersion: v1, kind: Service, metadata: {name: served}, spec: {selector: {app: healthy}, "
               "ports: [{port: 443}]}}", OPEN, []),
    ("hook-served", webhook("hook-served", "served"), OPEN, []),
    ("hook-unserved", webhook("hook-unserved", "behind"), "waiting", ["no pod behind Service", "is ready"]),
    ("class", of_class("class", "csi.example.com", "Immediate"), OPEN, []),
    ("class-wait", of_class("class-wait", "csi.example.com", "WaitForFirstConsumer"), OPEN, []),
    ("class-nobody", of_class("class-nobody", "kubernetes.io/nobody", "Immediate"), OPEN, []),
    ("secret", "{apiVersion: v1, kind: Secret, metadata: {name: secret}}", OPEN, []),
    ("account", "{apiVersion: v1, kind: ServiceAccount, metadata: {name: account}}", OPEN, []),
    ("bound", claim("bound", "NAME-class"), OPEN, []),
    ("first-consumer", claim("first-consumer", "NAME-class-wait"), OPEN, []),
    ("no-provisioner", claim("no-provisioner", "NAME-class-nobody"), "waiting",
     ["waits for a volume of StorageClass"]),
    ("volume", volume("volume"), OPEN, []),
    ("volume-released", volume("volume-released", """
          persistentVolumeReclaimPolicy: Retain
          claimRef: {namespace: NAME, name: long-gone}"""), "failed", ["Released"]),
    ("headless", """
        apiVersion: v1
        kind: Service
        metadata: {name: headless}
        spec: {clusterIP: None, selector: {role: member}, ports: [{port: 1}]}
        """, OPEN, []),
    ("balancer", """
        apiVersion: v1
        kind: Service
        metadata: {name: balancer}
        spec: {type: LoadBalancer, selector: {app: healthy}, ports: [{port: 80}]}
        """, OPEN, []),
    ("budget", """
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: budget}
        spec: {maxUnavailable: 1, selector: {matchLabels: {app: set}}}
        """, OPEN, []),
    ("set", stateful_set("set", "RollingUpdate"), OPEN, []),
    ("healthy", deployment("healthy", ""), OPEN, []),
    ("paused", deployment("paused", "").replace("replicas: 1", "replicas: 1\n          paused: true"),
     OPEN, ["paused"]),
    ("no-image", deployment("no-image", "", annotations='{bed.holdfast.dev/never-ready: "true"}'),
     "waiting", ["image pull back-off (web:no-such)"]),
    ("crashes", deployment("crashes", "", annotations='{bed.holdfast.dev/crash: "true"}'),
     "waiting", ["crash loop", "exit code 1"]),
    ("no-node", deployment("no-node", ", nodeSelector: {disk: none}"), "waiting",
     ["no node takes it", "node affinity/selector"]),
    ("quota", deployment("quota", "", namespace="NAME-full"), "waiting", ["exceeded quota"]),
    ("unbound", deployment("unbound", ", volumes: [{name: v, persistentVolumeClaim: {claimName: "
                                      "no-provisioner}}]"), "not reached", []),
    ("daemons", """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: daemons}
        spec:
          selector: {matchLabels: {app: daemons}}
          template:
            metadata: {labels: {app: daemons}}
            spec: {containers: [{name: c, image: "web:1"}]}
        """, OPEN, []),
    ("job", """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: job}
        spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "web:1"}]}}}
        """, OPEN, []),
    ("job-fails", """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: job-fails}
        spec:
          backoffLimit: 0
          template:
            metadata: {annotations: {bed.holdfast.dev/exit-code: "1"}}
            spec: {restartPolicy: Never, containers: [{name: c, image: "web:1"}]}
        """, "failed", ["failed", "backoff limit"]),
    ("cron", """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: cron}
        spec:
          schedule: "0 0 1 1 *"
          jobTemplate:
            spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "web:1"}]}}}
        """, OPEN, []),
    ("scaler", """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: scaler}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: healthy}
          maxReplicas: 2
        """, OPEN, []),
    ("ingress", """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: ingress}
        spec: {defaultBackend: {service: {name: balancer, port: {number: 80}}}}
        """, OPEN, []),
    ("behind", """
        apiVersion: v1
        kind: Service
        metadata: {name: behind}
        spec: {selector: {app: nobody}, ports: [{port: 443}]}
        """, OPEN, []),
    ("webhook", webhook("webhook", "behind", bundle=""), "waiting", ["one.example.com", "has no caBundle yet"]),
]
