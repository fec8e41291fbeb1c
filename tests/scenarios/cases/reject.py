"""An object that the API server declines stops all that would come after it."""

from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario

SECONDS = 25

SENTENCE = "the vault is closed today"


@scenario("a Secret too large for Kubernetes: refused by the dry run, nothing is written")
def too_large(scene):
    repo = scene.example("storage", "mysql")
    repo.replace("mysql/secret.yaml", "demo-only-root", "x" * 1_100_000).commit()
    for command in (scene.diff, scene.sync):
        ended = command(repo, status=2)
        expect_words(ended.err, f"Secret {scene.namespace}/mysql", "mysql/secret.yaml", "too long")
        expect(len(ended.said) < 4_000, "the Secret is not repeated to the reader")
    scene.wrote_nothing()


@scenario("a Secret that a policy forbids: refused by the dry run, nothing is written")
def forbidden(scene):
    repo = scene.example("storage", "mysql")
    repo.commit()
    forbid(scene, "secrets", "false")
    for command in (scene.diff, scene.sync):
        ended = command(repo, status=2)
        expect_words(ended.err, f"Secret {scene.namespace}/mysql", "mysql/secret.yaml", SENTENCE)
    scene.wrote_nothing()


@scenario("a Secret that is declined only when it is written stops all that comes after it")
def declined_late(scene):
    repo = scene.example("storage", "mysql", "cassandra")
    repo.commit()
    forbid(scene, "secrets", "request.dryRun")

    scene.mark()
    ended = scene.sync(repo, status=2)

    expect_words(ended.said, f"Secret {scene.namespace}/mysql", "mysql/secret.yaml", SENTENCE,
                 f"applied  StorageClass {scene.storage_class}",
                 f"not reached  Deployment {scene.namespace}/mysql")
    for kind in ("persistentvolumeclaims", "services", "deployments", "statefulsets", "pods"):
        expect_equal(scene.list(kind), [], f"{kind} after the Secret was declined")


@scenario("the same as JSON: an outcome and a reason for each object; a later sync goes on")
def declined_late_json(scene):
    repo = scene.example("storage", "mysql")
    repo.commit()
    forbid(scene, "persistentvolumeclaims", "request.dryRun")

    told = scene.sync_document(repo, status=2)

    expect_equal(told["result"], "failed", "result")
    outcomes = {(one["kind"], one["name"]): one for one in told["outcomes"]}
    expect_equal(outcomes["StorageClass", scene.storage_class]["outcome"], "applied", "StorageClass")
    expect_equal(outcomes["Secret", "mysql"]["outcome"], "applied", "Secret")
    expect_equal(outcomes["PersistentVolumeClaim", "mysql-data"]["outcome"], "failed", "claim")
    expect_words(outcomes["PersistentVolumeClaim", "mysql-data"]["reason"], SENTENCE)
    for name in ("mysql", "wordpress"):
        expect_equal(outcomes["Service", name]["outcome"], "not reached", f"Service {name}")
        expect_equal(outcomes["Deployment", name]["outcome"], "not reached", f"Deployment {name}")
    expect_equal(scene.list("services"), [], "Services")

    scene.bed.kubectl("delete", "validatingadmissionpolicybinding", scene.name)
    until(lambda: scene.kubectl("create", "-f", "-", stdin=claim("probe"), may_fail=True),
          30, "the policy is gone")
    scene.kubectl("delete", "persistentvolumeclaim", "probe")
    scene.sync(repo)
    expect(scene.ready("deployment", "wordpress", 1), "WordPress is ready")


@scenario("a claim over the quota: named, and nothing that mounts it is written")
def over_quota(scene):
    repo = scene.example("storage", "mysql")
    repo.commit()
    scene.kubectl("create", "quota", "small", "--hard=requests.storage=12Gi")
    until(lambda: (scene.get("resourcequota", "small")["status"].get("used")), 30,
          "the quota is counted")
    ended = scene.sync(repo, status=2)
    expect_words(ended.said, "exceeded quota", "PersistentVolumeClaim")
    expect_equal(scene.list("deployments"), [], "Deployments")


def forbid(scene, resource, allowed):
    """A policy on one kind in the scenario's namespace, in force when this returns.
    `allowed` is an expression of CEL: "false", or "request.dryRun" to let just dry runs pass."""
    scene.bed.apply(f"""
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: {scene.name}}}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
    - {{apiGroups: [""], apiVersions: [v1], resources: [{resource}], operations: [CREATE]}}
  validations:
  - expression: "{allowed}"
    message: {SENTENCE}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {{name: {scene.name}}}
spec:
  policyName: {scene.name}
  validationActions: [Deny]
  matchResources:
    namespaceSelector:
      matchLabels: {{kubernetes.io/metadata.name: {scene.namespace}}}
""")
    probe = claim("probe") if resource == "persistentvolumeclaims" else secret("probe")

    def in_force():
        created = scene.kubectl("create", "-f", "-", stdin=probe, may_fail=True)
        if created:
            scene.kubectl("delete", "-f", "-", stdin=probe)
        return not created
    until(in_force, 30, "the policy is in force")


def secret(name):
    return f"{{apiVersion: v1, kind: Secret, metadata: {{name: {name}}}}}"


def claim(name):
    return (f"{{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: {name}}}, spec: "
            "{storageClassName: none, accessModes: [ReadWriteOnce], "
            "resources: {requests: {storage: 1Gi}}}}")
