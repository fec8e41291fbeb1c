"""Killed in the middle of an apply, at ten different points."""

from stage.checks import expect, expect_equal, until
from stage.runner import scenario

BED = "own"
SECONDS = 110

# After which of its writes it is killed; the bookkeeping before and after are writes too.
POINTS = (1, 2, 3, 4, 6, 8, 10, 11, 12, 14)

KINDS = ("configmaps", "secrets", "persistentvolumeclaims", "services", "poddisruptionbudgets",
         "deployments", "statefulsets", "replicasets", "pods")


@scenario("killed after any write: the next run converges, with nothing twice and nothing lost")
def killed_at_ten_points(scene):
    scene.sync(given_a_repository(scene))
    expected = objects_of(scene)
    for point in POINTS:
        killed_after(scene, point, expected)


def given_a_repository(scene):
    repo = scene.example("storage", "mysql", "cassandra")
    repo.replace("cassandra/statefulset.yaml", "replicas: 3", "replicas: 2")
    repo.write("spare.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: spare}}")
    repo.commit()
    return repo


def killed_after(scene, point, expected):
    scene.begin_anew(f"kill-{point}")
    repo = given_a_repository(scene)
    scene.mark()
    running = scene.start_sync(repo)
    until(lambda: len(scene.writes()) >= point or not running.runs, 60, f"{point} writes are made")
    expect(running.runs, f"it is killed after write {point}, and not at its end")
    running.kill()
    survivors = uids(scene)

    scene.sync(repo)
    expect_equal(objects_of(scene), expected, f"objects after a kill at write {point}")
    now = uids(scene)
    expect_equal({name: now.get(name) for name in survivors}, survivors,
                 f"objects that outlived the kill at write {point}")
    expect(scene.ready("statefulset", "cassandra", 2), "Cassandra is ready")
    expect(scene.ready("deployment", "wordpress", 1), "WordPress is ready")
    scene.mark()
    scene.sync(repo)
    scene.wrote_nothing()

    # The inventory has all that was written before the kill.
    repo.remove("spare.yaml").commit()
    scene.sync(repo)
    expect(not scene.has("configmap", "spare"), "a ConfigMap that Git drops later is pruned")


@scenario("killed while it prunes: the next run prunes the rest")
def killed_while_pruning(scene):
    repo = scene.repository()
    for i in range(12):
        repo.write(f"{i}.yaml", f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: c{i}}}}}")
    repo.commit()
    scene.sync(repo)
    scene.mark()
    repo.remove("0.yaml", "1.yaml", "2.yaml").commit()
    running = scene.start_sync(repo)
    until(lambda: any(one.verb == "delete" for one in scene.writes()) or not running.runs, 30,
          "it deletes")
    running.kill()
    scene.sync(repo)
    left = {name.split("/")[1] for name in scene.uids("configmaps")} - {"kube-root-ca.crt"}
    expect_equal(left, {f"c{i}" for i in range(3, 12)}, "ConfigMaps")
    scene.diff(repo, status=0)


def uids(scene):
    """Of what Git names, and of the claims: pods may have been about to change."""
    return {name: uid for name, uid in scene.uids(*KINDS).items()
            if name.split("/")[0] not in ("pods", "replicasets")}


def objects_of(scene):
    """How many of each kind there are, and their names where they are not drawn."""
    objects = []
    for kind in KINDS:
        for one in scene.list(kind):
            name = one["metadata"]["name"]
            owners = one["metadata"].get("ownerReferences", [{}])
            drawn = owners[0].get("kind") in ("ReplicaSet", "Deployment")
            objects.append((kind, owners[0]["name"].rsplit("-", 1)[0] if drawn else name))
    return sorted(objects)
