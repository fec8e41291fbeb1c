"""Each way in which one object needs another: it is written after it, and held where it is missing."""

import json

from stage.checks import expect, expect_equal, expect_words
from stage.odd_server import OddServer
from stage.runner import scenario

BED = "own"  # It has a default class, and an API that is away.
SECONDS = 50


@scenario("each edge by name: what is needed is written first, whatever the order of the files; and the "
          "plan and the graph say so")
def needed_first(scene):
    know_autoscalers(scene)
    repo = scene.repository()
    for number, row in enumerate(ROWS):
        # The dependant sorts before what it needs.
        if not any(row.by in (other.by, other.needs) for other in ROWS[:number]):
            repo.write(f"{number:02}-a.yaml", text(scene, row.by))
        if not any(row.needs in (other.by, other.needs) for other in ROWS[:number]) and row.needs not in AROUND:
            repo.write(f"{number:02}-b.yaml", text(scene, row.needs))
    for number, more in enumerate(AROUND):
        repo.write(f"around-{number}.yaml", text(scene, more))
    repo.commit()
    graph = scene.holdfast("graph", "--repo", repo.folder, "--ref", "main", "-o", "dot",
                           "--namespace", scene.namespace).out
    names = {}
    for line in graph.splitlines():
        if "[label=" in line:
            names[line.split('"')[1]] = line.split()[0]
    wrong = [f"{row.name}: no arrow in the graph" for row in ROWS
             if f"{names[ref_of(scene, row.needs)]} -> {names[ref_of(scene, row.by)]}" not in graph]
    expect(not wrong, "\n".join(wrong) + "\n" + graph)

    scene.sync(repo)
    for row in ROWS:
        first = scene.request_that_wrote(*written(scene, row.needs))
        then = scene.request_that_wrote(*written(scene, row.by))
        if first.answered > then.received:
            wrong.append(f"{row.name}:\n  {then}\nbefore\n  {first}")
    expect(not wrong, "\n".join(wrong))
    clean_up(scene)


@scenario("what is needed and not there: each dependant is held by a sentence that names both")
def not_there(scene):
    know_autoscalers(scene)
    repo = scene.repository()
    for number, row in enumerate(ROWS):
        if row.hard:
            repo.write(f"{number:02}.yaml", text(scene, row.by))
    repo.write("typo.yaml", f"""
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: typo
          annotations: {{holdfast.dev/depends-on: "StatefulSett/{scene.namespace}/x"}}
        """)
    repo.commit()
    scene.mark()
    told = scene.diff_document(repo, status=3)
    scene.wrote_nothing()
    reasons = {}
    for change in told["changes"]:
        for finding in change["findings"]:
            reasons.setdefault((change["kind"], change["name"]), "")
            reasons[change["kind"], change["name"]] += finding["reason"] + "\n"
    wrong = []
    for row in ROWS:
        if not row.hard:
            continue
        by, needs = parsed(scene, row.by), parsed(scene, row.needs)
        said = reasons.get((by[0], by[1]), "")
        if f"{needs[0]} " not in said or needs[1] not in said or by[1] not in said:
            wrong.append(f"{row.name}: {said!r}")
    expect(not wrong, "\n".join(wrong))
    expect_words(reasons["ConfigMap", "typo"], "StatefulSett", "no kind that is known")


@scenario("what is optional, or leads through a Service that does not lead there, is told and holds nothing up; "
          "a name that nobody has is no edge")
def told_only(scene):
    scene.kubectl("create", "secret", "generic", "by-hand", "--from-literal=k=")
    repo = scene.repository()
    for number, (_, manifest, *_) in enumerate(TOLD):
        repo.write(f"{number:02}.yaml", text(scene, manifest))
    repo.commit()
    told = scene.sync_document(repo, status=0)
    findings = {(change["kind"], change["name"]): change["findings"] for change in told["changes"]}
    wrong = []
    for name, manifest, hazard, word in TOLD:
        kind, its_name, _ = parsed(scene, manifest)
        got = [(one["hazard"], one["ruling"]) for one in findings[kind, its_name]]
        wanted = [(hazard, "warn")] if hazard else []
        said = " ".join(one["reason"] for one in findings[kind, its_name])
        if got != wanted or word not in said:
            wrong.append(f"{name}: {findings[kind, its_name]}")
    expect(not wrong, "\n".join(wrong))


@scenario("a circle is printed with the place of each of its edges, and nothing is written")
def circle(scene):
    repo = scene.repository()
    for one, other in (("a", "b"), ("b", "c"), ("c", "a")):
        repo.write(f"{one}.yaml", f"""
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: {one}
              annotations: {{holdfast.dev/depends-on: ConfigMap/{scene.namespace}/{other}}}
            """)
    repo.commit()
    scene.mark()
    told = scene.sync_document(repo, status=3)
    scene.wrote_nothing()
    expect_words(told["findings"][0]["reason"], "in a circle", "a.yaml:", "b.yaml:", "c.yaml:")
    drawn = scene.holdfast("graph", "--repo", repo.folder, "--ref", "main", "--namespace",
                           scene.namespace, status=3)
    expect_words(drawn.err, "in a circle")


@scenario("an API that a server of the cluster answers: written after its Service, held without it, and "
          "ready when it answers")
def served_api(scene):
    group = f"{scene.name}.example.org"
    serves = json.dumps({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": f"{group}/v1",
                         "resources": []}).encode()
    with OddServer(scene.folder / "away", 503, b"{}") as away, OddServer(
            scene.folder / "there", 200, serves, {"Content-Type": "application/json"}) as there:
        repo = scene.repository()
        repo.write("a.yaml", api_service(scene, group, away)).commit()
        told = scene.diff_document(repo, status=3)
        reason = told["changes"][0]["findings"][0]["reason"]
        expect_words(reason, f"APIService v1.{group} needs Service {scene.namespace}/server", "a.yaml:")

        for name in ("c", "d"):
            repo.write(f"{name}.yaml", core("ConfigMap", name))
        repo.write("b.yaml", """
            apiVersion: v1
            kind: Service
            metadata: {name: server}
            spec: {type: ExternalName, externalName: localhost}
            """).commit()
        try:
            told = scene.sync_document(repo, "--timeout", "3s", status=4)
            outcome = next(one for one in told["outcomes"] if one["kind"] == "APIService")
            expect_equal(outcome["outcome"], "waiting", "outcome")
            expect_words(outcome["reason"], "not available", "503")
            first = scene.request_that_wrote("services", "server")
            then = scene.request_that_wrote("apiservices", f"v1.{group}")
            expect(first.answered <= then.received, f"{first}\nafter\n{then}")

            repo.write("a.yaml", api_service(scene, group, there)).commit()
            scene.sync(repo)
            scene.mark()
            repo.remove("a.yaml", "b.yaml").commit()
            scene.sync(repo)
            gone = [(one.verb, one.resource) for one in scene.writes() if one.verb == "delete"]
            expect_equal(gone, [("delete", "apiservices"), ("delete", "services")], "deletions")
        finally:
            scene.kubectl("delete", "apiservice", f"v1.{group}", "--ignore-not-found")


def api_service(scene, group, server):
    return f"""
        apiVersion: apiregistration.k8s.io/v1
        kind: APIService
        metadata: {{name: v1.{group}}}
        spec:
          group: {group}
          version: v1
          groupPriorityMinimum: 100
          versionPriority: 10
          insecureSkipTLSVerify: true
          service: {{namespace: {scene.namespace}, name: server, port: {server.port}}}
        """


def know_autoscalers(scene):
    """The kind of VerticalPodAutoscaler is none of Kubernetes' own."""
    scene.bed.apply(json.dumps({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "verticalpodautoscalers.autoscaling.k8s.io", "annotations": {
            "api-approved.kubernetes.io": "https://github.com/kubernetes/kubernetes/pull/63797"}},
        "spec": {"group": "autoscaling.k8s.io", "scope": "Namespaced",
                 "names": {"kind": "VerticalPodAutoscaler", "plural": "verticalpodautoscalers"},
                 "versions": [{"name": "v1", "served": True, "storage": True, "schema": {
                     "openAPIV3Schema": {"type": "object",
                                         "x-kubernetes-preserve-unknown-fields": True}}}]}}))
    scene.bed.kubectl("wait", "--for=condition=Established", "--timeout=60s",
                      "crd/verticalpodautoscalers.autoscaling.k8s.io")


class Row:
    def __init__(self, name, by, needs, hard=True):
        self.name = name
        self.by = by
        self.needs = needs
        self.hard = hard


def text(scene, manifest):
    return manifest.replace("NAME", scene.name)


def parsed(scene, manifest):
    """Kind, name and namespace ("" where it says none) of a manifest in flow style."""
    head = text(scene, manifest)
    kind = head.split("kind: ")[1].split(",")[0].split("\n")[0].strip()
    metadata = head.split("metadata: {")[1].split("}")[0]
    fields = dict(part.split(": ", 1) for part in metadata.split(", ") if ": " in part)
    return kind, fields["name"], fields.get("namespace", "")


CLUSTER_WIDE = {"StorageClass": "storageclasses", "PersistentVolume": "persistentvolumes",
                "PriorityClass": "priorityclasses", "RuntimeClass": "runtimeclasses",
                "IngressClass": "ingressclasses", "Namespace": "namespaces",
                "VolumeSnapshotClass": "volumesnapshotclasses",
                "VolumeAttributesClass": "volumeattributesclasses",
                "CustomResourceDefinition": "customresourcedefinitions",
                "ClusterRole": "clusterroles", "ClusterRoleBinding": "clusterrolebindings",
                "MutatingWebhookConfiguration": "mutatingwebhookconfigurations",
                "ValidatingWebhookConfiguration": "validatingwebhookconfigurations"}


def ref_of(scene, manifest):
    kind, name, namespace = parsed(scene, manifest)
    if kind == "Ring":
        kind += f".{scene.name}.example.com"  # As a kind of no group of Kubernetes is named.
    return f"{kind} {name}" if kind in CLUSTER_WIDE else f"{kind} {namespace or scene.namespace}/{name}"


def written(scene, manifest):
    kind, name, _ = parsed(scene, manifest)
    plural = {"NetworkPolicy": "networkpolicies", "Ingress": "ingresses"}
    return CLUSTER_WIDE.get(kind) or plural.get(kind) or kind.lower() + "s", name


def clean_up(scene):
    scene.kubectl("delete", "validatingwebhookconfiguration", f"{scene.name}-hook")
    scene.kubectl("delete", "mutatingwebhookconfiguration", f"{scene.name}-mutates")
    scene.kubectl("delete", "storageclass", f"{scene.name}-default")


def core(kind, name, more=""):
    return f"{{apiVersion: v1, kind: {kind}, metadata: {{name: {name}}}{more}}}"


def apps(kind, name, pod="", spec="", labels=""):
    return (f"{{apiVersion: apps/v1, kind: {kind}, metadata: {{name: {name}}}, spec: {{{spec}"
            f"selector: {{matchLabels: {{app: {name}}}}}, template: {{metadata: {{labels: {{app: "
            f"{name}{labels}}}}}, spec: {{{pod}containers: [{{name: c, image: 'web:1'}}]}}}}}}}}")


def with_container(name, container):
    return apps("Deployment", name).replace("image: 'web:1'", f"image: 'web:1', {container}")


def with_volume(name, source):
    return apps("Deployment", name, f"volumes: [{{name: v, {source}}}], ")


CLAIM_SPEC = "{accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, "


def claim(name, more):
    return core("PersistentVolumeClaim", name, f", spec: {CLAIM_SPEC}{more}}}")


def of_class(name, more=""):
    return (f"{{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {{name: NAME-{name}}}, "
            f"provisioner: csi.example.com{more}}}")


HOOK = (
    "{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: "
    "NAME-hook}, webhooks: [{name: a.example.com, failurePolicy: Ignore, sideEffects: None, "
    "admissionReviewVersions: [v1], namespaceSelector: {matchLabels: {nobody: here}}, clientConfig: {caBundle: "
    "'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==', service: {name: hooked, namespace: NAME}}, rules: [{"
    "apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [secrets]}]}]}")
HOOKED = core("Service", "hooked", ", spec: {selector: {app: server}, ports: [{port: 443}]}")
ORIGINAL = claim("original", "storageClassName: NAME-class")
DEFAULT_CLASS = of_class("default").replace(
    "NAME-default}", "NAME-default, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}")
DATABASE = apps("StatefulSet", "database", spec="serviceName: db, ")
SECRET, CONFIG = "stringData: {k: v}", "data: {k: v}"

ROWS = [
    Row("namespace", "{apiVersion: v1, kind: ConfigMap, metadata: {name: inside, namespace: NAME-new}}",
        core("Namespace", "NAME-new"), hard=False),
    Row("claim to class", claim("of-class", "storageClassName: NAME-class"), of_class("class")),
    Row("class of a claim template", apps(
        "StatefulSet", "templated", spec="serviceName: ring, volumeClaimTemplates: [{metadata: {name: d}, "
        f"spec: {CLAIM_SPEC}storageClassName: NAME-templates}}}}], "), of_class("templates")),
    Row("class of an ephemeral claim", with_volume(
        "ephemeral", f"ephemeral: {{volumeClaimTemplate: {{spec: {CLAIM_SPEC}storageClassName: "
        "NAME-ephemeral}}}"), of_class("ephemeral")),
    Row("default class", claim("no-class", "volumeMode: Filesystem"), DEFAULT_CLASS, hard=False),
    Row("attributes of a claim", claim("tuned", "storageClassName: NAME-class, "
                                       "volumeAttributesClassName: NAME-fast"),
        "{apiVersion: storage.k8s.io/v1, kind: VolumeAttributesClass, metadata: {name: NAME-fast}, "
        "driverName: csi.example.com, parameters: {iops: '9000'}}"),
    Row("provisioner of a class", claim("driven", "storageClassName: NAME-driven"),
        apps("Deployment", "driver").replace("image: 'web:1'", "image: 'csi-driver:1', args: ["
                                             "--driver-name=NAME.csi.example.com]"), hard=False),
    Row("default class of a claim template", apps(
        "StatefulSet", "by-default", spec="serviceName: ring, volumeClaimTemplates: [{metadata: {name: d}, "
        f"spec: {CLAIM_SPEC}volumeMode: Filesystem}}}}], "), DEFAULT_CLASS, hard=False),
    Row("default class of an ephemeral claim", with_volume(
        "ephemeral-default", f"ephemeral: {{volumeClaimTemplate: {{spec: {CLAIM_SPEC}volumeMode: "
        "Filesystem}}}"), DEFAULT_CLASS, hard=False),
    Row("class of a volume", "{apiVersion: v1, kind: PersistentVolume, metadata: {name: NAME-classed}, "
        "spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], storageClassName: NAME-static, "
        "hostPath: {path: /srv/four}}}", of_class("static"), hard=False),
    Row("source of a claim", claim("copy", "storageClassName: NAME-class, dataSourceRef: {kind: "
                                   "PersistentVolumeClaim, name: original}"),
        ORIGINAL),
    Row("claim to volume", claim("of-volume", "storageClassName: '', volumeName: NAME-volume"),
        core("PersistentVolume", "NAME-volume", ", spec: {capacity: {storage: 1Gi}, accessModes: "
             "[ReadWriteOnce], storageClassName: '', hostPath: {path: /srv/two}}")),
    Row("volume to claim", claim("reserved", "storageClassName: NAME-by-hand"),
        core("PersistentVolume", "NAME-reserving", ", spec: {capacity: {storage: 1Gi}, accessModes: "
             "[ReadWriteOnce], storageClassName: NAME-by-hand, hostPath: {path: /srv/three}, "
             "claimRef: {namespace: NAME, name: reserved}}"), hard=False),
    Row("secret of a class", of_class("secret", ", parameters: {csi.storage.k8s.io/provisioner-secret-"
                                      "name: of-driver, csi.storage.k8s.io/provisioner-secret-namespace:"
                                      " NAME}"),
        core("Secret", "of-driver", ", " + SECRET)),
    Row("clone of a claim", claim("clone", "storageClassName: NAME-class, dataSource: {kind: "
                                  "PersistentVolumeClaim, name: original}"), ORIGINAL),
    Row("secret to stage a volume", of_class("staged", ", parameters: {csi.storage.k8s.io/node-stage-secret-"
                                             "name: to-stage, csi.storage.k8s.io/node-stage-secret-"
                                             "namespace: NAME}"),
        core("Secret", "to-stage", ", " + SECRET)),
    Row("claim from a snapshot", claim("restored", "storageClassName: NAME-class, dataSource: {apiGroup: "
                                       "snapshot.storage.k8s.io, kind: VolumeSnapshot, name: snapshot}"),
        "{apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshot, metadata: {name: snapshot}, "
        "spec: {volumeSnapshotClassName: NAME-snapshots, source: {persistentVolumeClaimName: original}}}"),
    Row("snapshot to its class and claim",
        "{apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshot, metadata: {name: other}, spec: "
        "{volumeSnapshotClassName: NAME-snapshots, source: {persistentVolumeClaimName: original}}}",
        "{apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshotClass, metadata: {name: "
        "NAME-snapshots}, driver: csi.example.com, deletionPolicy: Retain}"),
    Row("snapshot of a claim",
        "{apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshot, metadata: {name: third}, spec: "
        "{volumeSnapshotClassName: NAME-snapshots, source: {persistentVolumeClaimName: copied}}}",
        claim("copied", "storageClassName: NAME-class")),
    Row("pod to claim", with_volume("mounts", "persistentVolumeClaim: {claimName: mounted}"),
        claim("mounted", "storageClassName: NAME-class")),
    Row("env from a Secret", with_container("env-secret", "env: [{name: A, valueFrom: {secretKeyRef: "
                                            "{name: s1, key: k}}}]"), core("Secret", "s1", ", " + SECRET)),
    Row("env from a ConfigMap", with_container("env-config", "env: [{name: A, valueFrom: {"
                                               "configMapKeyRef: {name: c1, key: k}}}]"),
        core("ConfigMap", "c1", ", " + CONFIG)),
    Row("envFrom a ConfigMap", with_container("env-from-config", "envFrom: [{configMapRef: {name: c3}}]"),
        core("ConfigMap", "c3", ", " + CONFIG)),
    Row("env of an init container", apps("Deployment", "begins", "initContainers: [{name: i, image: "
                                         "'web:1', env: [{name: A, valueFrom: {secretKeyRef: {name: s8, "
                                         "key: k}}}]}], "), core("Secret", "s8", ", " + SECRET)),
    Row("envFrom", with_container("env-from", "envFrom: [{secretRef: {name: s2}}]"),
        core("Secret", "s2", ", " + SECRET)),
    Row("volume of a Secret", with_volume("vol-secret", "secret: {secretName: s3}"),
        core("Secret", "s3", ", " + SECRET)),
    Row("volume of a ConfigMap", with_volume("vol-config", "configMap: {name: c2}"),
        core("ConfigMap", "c2", ", " + CONFIG)),
    Row("projected volume", with_volume("projected", "projected: {sources: [{secret: {name: s4}}]}"),
        core("Secret", "s4", ", " + SECRET)),
    Row("projected ConfigMap", with_volume("projects", "projected: {sources: [{configMap: {name: c4}}]}"),
        core("ConfigMap", "c4", ", " + CONFIG)),
    Row("secret of a driver", with_volume("published", "csi: {driver: csi.example.com, "
                                          "nodePublishSecretRef: {name: s7}}"),
        core("Secret", "s7", ", " + SECRET)),
    Row("pull secret of pods", apps("Deployment", "pulls", "imagePullSecrets: [{name: s5}], "),
        core("Secret", "s5", ", " + SECRET)),
    Row("pull secret of an account", core("ServiceAccount", "puller", ", imagePullSecrets: [{name: s6}]"),
        core("Secret", "s6", ", " + SECRET)),
    Row("account", apps("Deployment", "as-account", "serviceAccountName: account, "),
        core("ServiceAccount", "account")),
    Row("priority class", apps("Deployment", "prior", "priorityClassName: NAME-high, "),
        "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: NAME-high}, value: 7}"),
    Row("runtime class", apps("Deployment", "confined", "runtimeClassName: NAME-confined, "),
        "{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: NAME-confined}, handler: runsc}"),
    Row("governing Service", apps("StatefulSet", "ring", spec="serviceName: ring, "),
        core("Service", "ring", ", spec: {clusterIP: None, selector: {app: ring}, ports: [{port: 1}]}")),
    Row("role of a binding", "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: "
        "{name: binds}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: may}, subjects: "
        "[{kind: ServiceAccount, name: account}]}",
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: may}, rules: []}"),
    Row("account of a binding", "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: "
        "{name: binds-subject}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: may}, "
        "subjects: [{kind: ServiceAccount, name: subject}]}", core("ServiceAccount", "subject"), hard=False),
    Row("role for all namespaces", "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, "
        "metadata: {name: NAME-binds}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, "
        "name: NAME-may}, subjects: [{kind: ServiceAccount, name: subject, namespace: NAME}]}",
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: NAME-may}, rules: []}"),
    Row("what an autoscaler sizes", "{apiVersion: autoscaling.k8s.io/v1, kind: VerticalPodAutoscaler, "
        "metadata: {name: sizes}, spec: {targetRef: {apiVersion: apps/v1, kind: Deployment, name: sized}}}",
        apps("Deployment", "sized")),
    Row("what an autoscaler scales", "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, "
        "metadata: {name: scales}, spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: "
        "Deployment, name: scaled}}}", apps("Deployment", "scaled")),
    Row("backend of an Ingress", "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: "
        "backend}, spec: {defaultBackend: {service: {name: front, port: {number: 80}}}}}",
        core("Service", "front", ", spec: {selector: {app: scaled}, ports: [{port: 80}]}")),
    Row("backend of a path", "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: paths}, "
        "spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: behind-path, "
        "port: {number: 80}}}}]}}]}}",
        core("Service", "behind-path", ", spec: {selector: {app: scaled}, ports: [{port: 80}]}")),
    Row("class of an Ingress", "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: "
        "classed}, spec: {ingressClassName: NAME-ingress, defaultBackend: {service: {name: ring, port: "
        "{number: 1}}}}}",
        "{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: NAME-ingress}, spec: "
        "{controller: example.com/none}}"),
    Row("certificate of an Ingress", "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: "
        "tls}, spec: {tls: [{secretName: cert}], defaultBackend: {service: {name: ring, port: {number: "
        "1}}}}}", core("Secret", "cert", ", " + SECRET), hard=False),
    Row("Service of a webhook", HOOK, HOOKED),
    Row("workload behind a webhook", HOOK, apps("Deployment", "server"), hard=False),
    Row("Service of a mutating webhook", HOOK.replace("NAME-hook", "NAME-mutates").replace(
        "ValidatingWebhook", "MutatingWebhook").replace("name: hooked", "name: mutated"),
        HOOKED.replace("hooked", "mutated")),
    Row("an address without its domain", with_container("short", "env: [{name: DB_HOST, value: db.NAME}]"),
        DATABASE, hard=False),
    Row("an address among others", with_container("many", "env: [{name: SEEDS, value: 'other:1,db:3306'}]"),
        DATABASE, hard=False),
    Row("an address in the environment", with_container("client", "env: [{name: DB_HOST, value: "
                                                        "'db.NAME.svc:3306'}]"), DATABASE, hard=False),
    Row("an address in the arguments", with_container("asks", "args: ['--db=db.NAME.svc:3306']"),
        DATABASE, hard=False),
    Row("an address in what it reads", with_container("reads", "envFrom: [{configMapRef: {name: "
                                                      "addresses}}]"), DATABASE, hard=False),
    Row("depends-on", apps("Deployment", "last").replace(
        "metadata: {name: last}", "metadata: {name: last, annotations: {holdfast.dev/depends-on: "
        "'Deployment/NAME/zzz'}}", 1), apps("Deployment", "zzz")),
    Row("custom resource to its kind", "{apiVersion: NAME.example.com/v1, kind: Ring, metadata: {name: "
        "custom}}",
        "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: "
        "rings.NAME.example.com}, spec: {group: NAME.example.com, scope: Namespaced, names: {kind: Ring, "
        "plural: rings}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: "
        "{type: object, x-kubernetes-preserve-unknown-fields: true}}}]}}", hard=False),
    Row("custom resource to its operator", "{apiVersion: NAME.example.com/v1, kind: Ring, metadata: "
        "{name: operated}}", apps("Deployment", "operator", "serviceAccountName: operator, "), hard=False),
]

# A name, what is told of the object, the hazard of the only finding ("": there is none), a word of it.
TOLD = [
    ("optional Secret", with_container("may-lack", "env: [{name: A, valueFrom: {secretKeyRef: {name: "
                                       "not-there, key: k, optional: true}}}]"), "H-F2", "not-there"),
    ("empty key of a Secret", with_container("lacks", "env: [{name: A, valueFrom: {secretKeyRef: {name: "
                                             "by-hand, key: k}}}]"), "H-F2", "is empty"),
    ("empty key of a ConfigMap", with_container("may-be-empty", "env: [{name: A, valueFrom: {configMapKeyRef: "
                                                "{name: empties, key: k}}}]"), "", ""),
    ("ConfigMap with an empty value", core("ConfigMap", "empties", ", data: {k: ''}"), "", ""),
    ("Service with an address", core("Service", "addressed", ", spec: {selector: {app: first}, ports: "
                                     "[{port: 1}]}"), "", ""),
    ("set behind a Service that is not headless", apps("StatefulSet", "first", spec="serviceName: addressed, "),
     "H-F18", "not headless"),
    ("headless Service of others", core("Service", "of-others", ", spec: {clusterIP: None, selector: {app: "
                                        "nobody}, ports: [{port: 1}]}"), "", ""),
    ("set that its Service does not select", apps("StatefulSet", "second", spec="serviceName: of-others, "),
     "H-F18", "does not select"),
    ("Ingress to a port that is not there", "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: "
     "{name: astray}, spec: {defaultBackend: {service: {name: addressed, port: {number: 81}}}}}",
     "H-F18", "no port 81"),
    ("class that waits", of_class("waits", ", volumeBindingMode: WaitForFirstConsumer"), "", ""),
    ("claim that nothing mounts", claim("alone", "storageClassName: NAME-waits"), "H-G5", "nothing in Git mounts"),
    ("claim that something mounts", claim("mounted", "storageClassName: NAME-waits"), "", ""),
    ("what mounts it", with_volume("mounts", "persistentVolumeClaim: {claimName: mounted}").replace(
        "selector:", "strategy: {type: Recreate}, selector:", 1), "", ""),
    ("an address that nobody has", with_container("unknown", "env: [{name: DB_HOST, value: 'gone.NAME.svc'}]"),
     "", ""),
]

# What the rows need besides.
AROUND = [
    core("ConfigMap", "addresses", ", data: {url: 'mysql://db.NAME.svc.cluster.local:3306/x'}"),
    of_class("driven").replace("csi.example.com", "NAME.csi.example.com"),
    core("Service", "db", ", spec: {clusterIP: None, selector: {app: database}, ports: [{port: 3306}]}"),
    apps("Deployment", "server"),
    core("ServiceAccount", "operator"),
    "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: operator}, rules: [{apiGroups: "
    "[NAME.example.com], resources: ['*'], verbs: ['*']}]}",
    "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: operator}, roleRef: "
    "{apiGroup: rbac.authorization.k8s.io, kind: Role, name: operator}, subjects: [{kind: ServiceAccount, "
    "name: operator}]}",
]
