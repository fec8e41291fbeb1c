"""What stands between a request and the object: webhooks, quotas, a namespace on its way out."""

import json

from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario
from stage.webhook import Webhook

SECONDS = 60


@scenario("a webhook that rejects: its own words, with file and object, and nothing is written")
def rejects(scene):
    repo = scene.example("storage", "mysql")
    repo.commit()
    with Webhook(scene.folder / "hook", lambda asked: {
            "allowed": False, "status": {"code": 403, "message": "no database on a Tuesday"}}) as hook:
        install(scene, hook, "Validating", ["deployments"])
        scene.mark()
        ended = scene.sync(repo, status=2)
        expect_words(ended.err, "no database on a Tuesday", "mysql/deployment.yaml",
                     f"Deployment {scene.namespace}/mysql")
        scene.wrote_nothing()
        uninstall(scene, "Validating")
    scene.sync(repo)


@scenario("a webhook that times out: told within seconds, nothing is written, and a later run goes on")
def times_out(scene):
    repo = scene.example("storage", "mysql")
    repo.commit()
    with Webhook(scene.folder / "hook", lambda asked: None) as hook:
        install(scene, hook, "Validating", ["deployments"])
        scene.mark()
        ended = scene.sync(repo, status=2)
        expect_words(ended.err, f"{scene.name}.holdfast.example", "deadline",
                     f"Deployment {scene.namespace}/")
        expect(ended.seconds < 30, f"it took {ended.seconds:.1f} s")
        scene.wrote_nothing()
        uninstall(scene, "Validating")
    scene.sync(repo)


@scenario("a webhook that is away only when it is written: what was applied is told, and a later run "
          "goes on")
def times_out_late(scene):
    repo = scene.example("storage", "mysql")
    repo.commit()
    with Webhook(scene.folder / "hook",
                 lambda asked: {} if asked.get("dryRun") else None) as hook:
        install(scene, hook, "Validating", ["deployments"])
        ended = scene.sync(repo, status=2)
        expect_words(ended.said, f"{scene.name}.holdfast.example",
                     f"applied  PersistentVolumeClaim {scene.namespace}/mysql-data",
                     f"Deployment {scene.namespace}/mysql",
                     f"not reached  Deployment {scene.namespace}/wordpress")
        expect_equal(scene.list("deployments"), [], "Deployments")
        uninstall(scene, "Validating")
    scene.sync(repo)
    expect(scene.ready("deployment", "wordpress", 1), "WordPress is ready")
    scene.diff(repo, status=0)


@scenario("a webhook that mutates: what it adds stays, and is no difference for ever after")
def mutates(scene):
    repo = scene.example("storage", "mysql")
    repo.commit()

    def mirror(asked):
        image = asked["object"]["spec"]["template"]["spec"]["containers"][0]["image"]
        if image.startswith("mirror.example/"):
            return {}
        return {"patch": [
            {"op": "replace", "path": "/spec/template/spec/containers/0/image",
             "value": f"mirror.example/{image}"},
            {"op": "add", "path": "/spec/template/metadata/annotations", "value": {"seen": "yes"}}]}
    with Webhook(scene.folder / "hook", mirror) as hook:
        install(scene, hook, "Mutating", ["deployments"])
        scene.sync(repo)
        template = scene.get("deployment", "mysql")["spec"]["template"]
        expect_equal(template["spec"]["containers"][0]["image"], "mirror.example/mysql:8.4.6", "image")
        scene.diff(repo, status=0)
        scene.mark()
        scene.sync(repo)
        scene.wrote_nothing()
        repo.replace("mysql/deployment.yaml", "mysql:8.4.6", "mysql:8.4.7").commit()
        scene.sync(repo)
        scene.await_ready("deployment", "mysql", 1)
        scene.diff(repo, status=0)
        uninstall(scene, "Mutating")


@scenario("pods over the quota: the reason is told while it is waited for, with the quota's name")
def pods_over_quota(scene):
    repo = scene.example("storage", "mysql")
    repo.commit()
    scene.kubectl("create", "quota", "tight", "--hard=pods=0")
    until(lambda: scene.get("resourcequota", "tight").get("status", {}).get("used"), 30,
          "the quota is counted")
    ended = scene.sync(repo, "--timeout", "8s", status=4)
    expect_words(ended.said, "exceeded quota: tight", f"Deployment {scene.namespace}/mysql")
    expect(not scene.has("deployment", "wordpress"), "WordPress was not created")
    scene.kubectl("delete", "quota", "tight")
    scene.sync(repo)
    expect(scene.ready("deployment", "wordpress", 1), "WordPress is ready")


@scenario("a namespace that hangs in Terminating: told at once, and nothing is written into it")
def terminating(scene):
    repo = scene.example("storage", "mysql")
    repo.commit()
    scene.kubectl("create", "-f", "-", stdin=json.dumps({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "stays", "finalizers": ["holdfast.example/stays"]}}))
    scene.bed.kubectl("delete", "namespace", scene.namespace, "--wait=false")
    try:
        scene.mark()
        ended = scene.sync(repo, status=(2, 3))
        expect_words(ended.said, f"Namespace {scene.namespace}", "Terminating")
        expect(ended.seconds < 20, f"it took {ended.seconds:.1f} s")
        expect_equal(scene.writes_to_objects(), [], "writes")
    finally:
        scene.kubectl("patch", "configmap", "stays", "--type=merge", "-p",
                      '{"metadata":{"finalizers":null}}')
    until(lambda: scene.bed.get("namespace", scene.namespace) is None, 60, "the namespace is gone")
    scene.bed.new_namespace(scene.namespace)
    scene.sync(repo)
    expect(scene.ready("deployment", "wordpress", 1), "WordPress is ready")


def install(scene, hook, kind, resources):
    """In force when this returns: the API server learns of it by a watch."""
    scene.bed.apply(hook.configuration(kind, scene.name, scene.namespace, resources))
    probe = json.dumps({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "probe"},
        "spec": {"replicas": 0, "selector": {"matchLabels": {"a": "b"}}, "template": {
            "metadata": {"labels": {"a": "b"}},
            "spec": {"containers": [{"name": "probe", "image": "probe"}]}}}})

    def asked():
        scene.kubectl("create", "-f", "-", "--dry-run=server", stdin=probe, may_fail=True)
        return hook.asked
    until(asked, 30, "the webhook is asked")


def uninstall(scene, kind):
    scene.bed.kubectl("delete", f"{kind.lower()}webhookconfiguration", scene.name)
