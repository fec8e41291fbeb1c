"""What is waited for, kind by kind, and that it is said within seconds and in words."""

import json

from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario

SECONDS = 60

OPEN = "applied"


@scenario("each gate by name: what is open, what is waited for and why, all of it from one run, and "
          "nothing holds up what does not need it")
def each_gate(scene):
    scene.bed.apply(QUOTA_SPACE.replace("NAME", scene.name))
    repo = scene.repository()
    for name, manifest, _, _ in ROWS:
        repo.write(f"{name}.yaml", manifest.replace("NAME", scene.name))
    repo.commit()
    running = scene.start("sync", *scene.flags(repo), "--timeout", "12s", "-o", "json")
    until(lambda: scene.list("pods") and pod_of(scene, "no-image"), 40, "the pod is there")
    cannot_be_pulled(scene, pod_of(scene, "no-image"))

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


def clean_up(scene):
    """Cluster-wide objects that others on this bed must not meet."""
    scene.kubectl("delete", "validatingwebhookconfiguration", f"{scene.name}-webhook")


# Pods of this namespace may not be many.
QUOTA_SPACE = """
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


# Name of the gate's object, the manifest, the outcome, and words of the reason.
ROWS = [
    ("class", of_class("class", "csi.example.com", "Immediate"), OPEN, []),
    ("class-wait", of_class("class-wait", "csi.example.com", "WaitForFirstConsumer"), OPEN, []),
    ("class-nobody", of_class("class-nobody", "kubernetes.io/nobody", "Immediate"), OPEN, []),
    ("secret", "{apiVersion: v1, kind: Secret, metadata: {name: secret}}", OPEN, []),
    ("account", "{apiVersion: v1, kind: ServiceAccount, metadata: {name: account}}", OPEN, []),
    ("bound", claim("bound", "NAME-class"), OPEN, []),
    ("first-consumer", claim("first-consumer", "NAME-class-wait"), OPEN, []),
    ("no-provisioner", claim("no-provisioner", "NAME-class-nobody"), "waiting",
     ["waits for a volume of StorageClass"]),
    ("volume", """
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: NAME-volume}
        spec:
          capacity: {storage: 1Gi}
          accessModes: [ReadWriteOnce]
          storageClassName: NAME-by-hand
          hostPath: {path: /srv/one}
        """, OPEN, []),
    ("headless", """
        apiVersion: v1
        kind: Service
        metadata: {name: headless}
        spec: {clusterIP: None, selector: {app: set}, ports: [{port: 1}]}
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
    ("set", """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: set}
        spec:
          serviceName: headless
          replicas: 2
          selector: {matchLabels: {app: set}}
          template:
            metadata: {labels: {app: set}}
            spec: {containers: [{name: c, image: "web:1"}]}
        """, OPEN, []),
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
    ("webhook", """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata: {name: NAME-webhook}
        webhooks:
          - name: one.example.com
            failurePolicy: Fail
            sideEffects: None
            admissionReviewVersions: [v1]
            namespaceSelector: {matchLabels: {nobody: has-this}}
            clientConfig: {service: {name: behind, namespace: NAME}}
            rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [secrets]}]
        """, "waiting", ["one.example.com", "has no caBundle yet"]),
]
