"""Several syncs in one cluster, and objects that were there before the first of them."""

from stage.checks import expect, expect_equal
from stage.runner import scenario

SECONDS = 25

WORKLOADS = ("deployments", "statefulsets", "services", "persistentvolumeclaims", "secrets",
             "configmaps", "poddisruptionbudgets", "pods")


@scenario("two syncs of different names do not prune each other's objects")
def two_syncs(scene):
    first, second = scene.repository(), scene.repository()
    for repo, name in ((first, "of-the-first"), (second, "of-the-second")):
        repo.write("kept.yaml", config_map(f"kept-{name}"))
        repo.write("dropped.yaml", config_map(f"dropped-{name}")).commit()

    def sync(repo, name, *flags, command="sync", status=0):
        return scene.holdfast(command, "--repo", str(repo.folder), "--ref", "main", "--name", name,
                              "--namespace", scene.namespace, *flags, status=status)
    one, other = scene.name + "-1", scene.name + "-2"
    sync(first, one)
    sync(second, other)
    first.remove("dropped.yaml").commit()
    sync(first, one)

    names = {item["metadata"]["name"] for item in scene.list("configmaps")}
    expect_equal(names - {"kube-root-ca.crt"},
                 {"kept-of-the-first", "kept-of-the-second", "dropped-of-the-second"}, "ConfigMaps")
    sync(second, other, command="diff")
    # A repository in the place of another: not taken for the deletion of what it lacks.
    scene.mark()
    sync(second, one, status=3)
    scene.wrote_nothing()


@scenario("an object in two syncs: the second is refused, and leaves it as it is")
def one_object_in_two_syncs(scene):
    repo = scene.repository()
    repo.write("one.yaml", config_map("shared")).commit()
    scene.sync(repo)
    other = scene.repository()
    other.write("one.yaml", config_map("shared", "red")).commit()
    scene.mark()
    scene.name += "-other"
    scene.sync(other, status=3)
    scene.wrote_nothing()
    expect_equal(scene.get("configmap", "shared")["data"], {"colour": "green"}, "what it holds")


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


def config_map(name, colour="green"):
    return (f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}, "
            f"data: {{colour: {colour}}}}}\n")
