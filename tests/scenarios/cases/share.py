"""Several syncs in one cluster."""

from stage.checks import expect, expect_equal
from stage.runner import scenario

SECONDS = 8

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


def config_map(name, colour="green"):
    return (f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}, "
            f"data: {{colour: {colour}}}}}\n")
