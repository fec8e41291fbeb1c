"""onRefusal: apply-rest: what has nothing to do with a refused part is applied all the same."""

import json

from cases.daemon import claim, config_map
from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario


@scenario("sync --on-refusal apply-rest: the unrelated part is applied, nothing is deleted, status 3")
def one_run(scene):
    repo, before = given_a_refused_commit(scene)
    told = scene.diff_document(repo, "--on-refusal", "apply-rest", status=3)
    expect_equal([one["name"] for one in told["rest"]], ["apart"], "what would be applied")
    scene.diff(repo, status=3)
    scene.mark()
    ended = scene.sync(repo, "--on-refusal", "apply-rest", status=3)
    expect_words(ended.out, "[H-A1]", "applied all the same", "apart")
    expect_equal([(write.resource, write.name) for write in scene.writes_to_objects()],
                 [("configmaps", "apart")], "writes")
    expect_equal(scene.get("configmap", "apart")["data"], {"colour": "red"}, "the unrelated part")
    for name in ("kept", "used"):
        expect(scene.has("pvc", name), f"claim {name} is there")
    expect(scene.has("configmap", "old"), "nothing is deleted")

    # What is in force is what was: history goes on from there, and the mended commit is whole.
    expect_equal(in_force(scene), before, "revision in force")
    mended = repo.write("claim.yaml", claim(scene, "kept")).commit()
    scene.sync(repo)
    expect_equal(in_force(scene), mended, "revision in force")
    expect(not scene.has("configmap", "old"), "what Git dropped goes with the whole revision")
    expect(scene.has("configmap", "new"), "the rest of it is there")


@scenario("a daemon with onRefusal: apply-rest puts back both: the rest as it is wanted, all else as it was")
def daemon(scene):
    repo, before = given_a_refused_commit(scene)
    began = repo.git("rev-parse", "HEAD")
    repo.git("reset", "-q", "--hard", before)
    running = scene.start_daemon(scene.sync_of(repo) + "  onRefusal: apply-rest\n")
    running.await_words(f"in sync with {before[:12]}")
    repo.git("reset", "-q", "--hard", began)
    running.await_words("only what has nothing to do with it is applied")
    until(lambda: colour(scene, "apart") == "red", 20, "the rest is applied")
    expect("trying again" not in running.said(), "it is applied at once:\n" + running.said())

    for name, wanted in (("apart", "red"), ("old", "green"), ("related", "green")):
        scene.kubectl("patch", "configmap", name, "--type=merge", "-p", '{"data":{"colour":"blue"}}')
        until(lambda: colour(scene, name) == wanted, 20, f"{name} is put back to {wanted}")
    expect(scene.has("pvc", "kept"), "the claim is there")
    expect_equal(in_force(scene), before, "revision in force")
    expect_equal(running.terminate().status, 0, "exit status")

    # Started anew it knows what is in force from the inventory.
    running = scene.start_daemon(scene.sync_of(repo))
    running.await_words("is stopped; nothing of it was applied")
    scene.kubectl("delete", "configmap", "related")
    until(lambda: scene.has("configmap", "related"), 20, "what is in force is put back")


@scenario("a finding about the whole revision stops the rest too")
def as_a_whole(scene):
    repo, _ = given_a_refused_commit(scene)
    repo.write("broken.yaml", "a: [\n").commit()
    scene.mark()
    scene.sync(repo, "--on-refusal", "apply-rest", status=3)
    scene.wrote_nothing()


def given_a_refused_commit(scene):
    """A commit that takes a claim away, and the one before, which is in force."""
    repo = scene.example("storage")
    repo.replace("storage/storageclass.yaml", "WaitForFirstConsumer", "Immediate")
    for name in ("apart", "old", "related"):
        repo.write(f"{name}.yaml", config_map(name))
    repo.write("claim.yaml", claim(scene, "kept")).write("used.yaml", claim(scene, "used"))
    before = repo.commit()
    scene.sync(repo)
    until(lambda: scene.bound("kept", "used"), 30, "the claims are Bound")
    repo.write("apart.yaml", config_map("apart").replace("green", "red"))
    # It waits for the claim that is stopped, so it waits for its fate too.
    repo.write("related.yaml", config_map("related").replace("green", "red").replace(
        "name: related", "name: related, annotations: {holdfast.dev/depends-on: "
        f"PersistentVolumeClaim/{scene.namespace}/kept}}"))
    repo.write("new.yaml", config_map("new")).remove("old.yaml", "claim.yaml").commit()
    return repo, before


def colour(scene, name):
    return ((scene.get("configmap", name) or {}).get("data") or {}).get("colour")


def in_force(scene):
    inventory = scene.bed.get("configmap", "holdfast-inventory-" + scene.name, "holdfast-system")
    return json.loads(inventory["data"]["inventory.json"])["revision"]
