"""Some hundred objects: the inventory holds them, and an unchanged one costs next to nothing.

tests/bench measures the same with more of them, and has an inventory of 10,000.
"""

import collections

from stage.checks import expect, expect_equal
from stage.runner import scenario

SECONDS = 15
MANY = 600


@scenario("600 objects: applied, found unchanged in few requests, and one of them pruned")
def many(scene):
    repo = scene.repository()
    for i in range(MANY):
        repo.write(f"part-{i // 100}/{i}.yaml",
                   f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: c{i}}}, "
                   f"data: {{number: '{i}'}}}}\n")
    repo.commit()
    scene.sync(repo)
    expect_equal(len(scene.list("configmaps")), MANY + 1, "ConfigMaps (one is the cluster's)")

    scene.mark()
    since = scene.bed.audit.now()
    scene.diff(repo, status=0)
    scene.wrote_nothing()
    requests = scene.bed.audit.requests(since, "holdfast")
    counts = collections.Counter(request.verb for request in requests)
    expect(len(requests) < 60, f"requests of a diff that finds nothing: {dict(counts)}")
    expect(not any(request.dry_run for request in requests), "no dry run is needed")

    repo.remove("part-3/333.yaml").commit()
    scene.sync(repo)
    expect(not scene.has("configmap", "c333"), "the one that Git dropped is gone")
    expect_equal(len(scene.list("configmaps")), MANY, "ConfigMaps afterwards")


@scenario("objects of a namespace that the same commit brings are not looked for before it is there")
def of_new_namespaces(scene):
    repo = scene.repository()
    names = [f"{scene.name}-{i}" for i in range(2)]
    for name in names:
        repo.write(f"{name}.yaml", f"""
{{apiVersion: v1, kind: Namespace, metadata: {{name: {name}}}}}
---
{{apiVersion: v1, kind: ConfigMap, metadata: {{name: one, namespace: {name}}}, data: {{a: b}}}}
---
{{apiVersion: v1, kind: Secret, metadata: {{name: two, namespace: {name}}}, data: {{a: Yg==}}}}
""")
    repo.commit()
    # One is there already, with an object that is not in Git as it is here.
    scene.bed.new_namespace(names[1])
    scene.bed.kubectl("create", "configmap", "one", "--from-literal=a=other", "-n", names[1])

    scene.sync(repo)
    asked = collections.Counter(
        (one.namespace, one.verb) for one in scene.bed.audit.requests(scene.began, "holdfast")
        if one.resource in ("configmaps", "secrets") and one.namespace in names)
    expect_equal(asked[names[0], "get"], 0, "reads in the namespace that was not there")
    expect(asked[names[1], "get"] >= 2, "both were looked for where they could be")
    for name in names:
        expect_equal(scene.bed.get("configmap", "one", name)["data"], {"a": "b"}, f"one of {name}")
    scene.diff(repo, status=0)
    scene.bed.kubectl("delete", "namespace", *names, "--wait=false")
