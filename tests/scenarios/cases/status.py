"""What a Sync says of how it is carried out, and holdfast status, which tells of it."""

from cases.daemon import claim, config_map
from stage.checks import expect, expect_equal, expect_words, until
from stage.program import document
from stage.runner import scenario


@scenario("status tells what is in force, what is wanted, what is held and why, and what came before")
def held(scene):
    repo = scene.example("storage")
    repo.replace("storage/storageclass.yaml", "WaitForFirstConsumer", "Immediate")
    good = repo.write("claim.yaml", claim(scene, "kept")).commit()
    daemon = scene.start_daemon(scene.sync_of(repo))
    daemon.await_words("in sync with")
    told = status(scene, scene.name)
    expect_equal(told["revision"], {"wanted": good, "inForce": good}, "revision")
    expect_equal((condition(told, "Ready"), condition(told, "Held")), ("True", "False"), "Ready, Held")
    expect_equal(told["verdict"], "ok", "verdict")
    ended = scene.holdfast("status", scene.name)
    expect_words(ended.out, f"{scene.name}  in sync with {good[:12]}", f"in force {good[:12]}")

    bad = repo.remove("claim.yaml").commit()
    daemon.await_words(f"{bad[:12]} is stopped")
    told = until(lambda: held_status(scene), 10, "status tells that it is held")
    expect_equal(told["revision"], {"wanted": bad, "inForce": good}, "revision")
    expect_equal((condition(told, "Ready"), condition(told, "Held")), ("False", "True"), "Ready, Held")
    expect_equal([(one["kind"], one["name"], one["hazard"]) for one in told["held"]],
                 [("PersistentVolumeClaim", "kept", "H-A1")], "held")
    expect(told["held"][0]["reason"] and told["held"][0]["remedy"], "reason and remedy")
    expect_equal([(one["revision"], one["what"]) for one in told["history"]],
                 [(bad, "held"), (good, "in sync")], "history")
    expect_words(scene.holdfast("status").out, scene.name, f"wanted {bad[:12]}",
                 f"! PersistentVolumeClaim {scene.namespace}/kept", "[H-A1]", "do: ")
    scene.mark()
    scene.holdfast("status")
    scene.wrote_nothing()

    ended = daemon.terminate()
    expect_equal(ended.status, 0, "exit status")
    # To be asked to stop is no trouble.
    last = ended.err.splitlines()[-1]
    expect_words(last, " info stopped")
    expect("asked to stop" not in ended.err, f"noise at the end:\n{ended.err}")


@scenario("status of a sync that no daemon runs, and of one that is not there")
def without_a_daemon(scene):
    repo = scene.repository()
    commit = repo.write("a.yaml", config_map("a")).commit()
    scene.sync(repo)
    told = status(scene, scene.name)
    expect_equal(told["revision"]["inForce"], commit, "in force")
    expect_words(scene.holdfast("status", scene.name).out, "no daemon runs it")
    ended = scene.holdfast("status", "no-such-sync", status=2)
    expect_words(ended.err, "there is no sync no-such-sync", scene.name)


@scenario("a sync waits until the one that it depends on is ready")
def depends_on(scene):
    base, top = scene.repository(), scene.repository()
    top.write("top.yaml", config_map("top")).commit()
    base.write("broken.yaml", "a: [\n").commit()
    daemon = scene.start_daemon(scene.sync_of(base, "base"),
        scene.sync_of(top, "top") + f"  dependsOn: [{{name: {scene.name}-base}}]\n")
    daemon.await_words(f"waiting until sync {scene.name}-base is ready")
    daemon.await_words("is stopped")
    expect(not scene.has("configmap", "top"), "nothing is applied before")
    expect_equal(condition(status(scene, f"{scene.name}-top"), "Ready"), "False", "Ready")
    base.remove("broken.yaml").write("base.yaml", config_map("base")).commit()
    until(lambda: scene.has("configmap", "top"), 30, "it begins when the other is ready")
    expect(scene.has("configmap", "base"), "the other was applied before")


@scenario("with serviceAccountName every request is sent on behalf of that account, and its rights count")
def service_account(scene):
    repo = scene.repository()
    repo.write("a.yaml", config_map("a")).commit()
    scene.kubectl("create", "serviceaccount", "databases")
    text = scene.sync_of(repo).replace("metadata: {name: ", f"metadata: {{namespace: {scene.namespace}, name: ")
    since = scene.bed.audit.now()
    daemon = scene.start_daemon(text + "  serviceAccountName: databases\n")
    who = f"system:serviceaccount:{scene.namespace}:databases"
    daemon.await_words("forbidden")
    expect_words(daemon.said(), who)
    expect(not scene.has("configmap", "a"), "nothing is applied without the rights")
    scene.bed.kubectl("create", "clusterrolebinding", scene.name, "--clusterrole=cluster-admin",
                      f"--serviceaccount={scene.namespace}:databases")
    until(lambda: scene.has("configmap", "a"), 30, "with the rights it is applied")
    daemon.await_words("in sync with")
    asked = [one for one in scene.bed.audit.requests(since, "holdfast")
             if one.entry.get("impersonatedUser", {}).get("username") != who]
    expect(not asked, "requests that were not on its behalf:\n" + "\n".join(map(str, asked)))


@scenario("limits: one deletion more than maxDeleteObjects waits for an approval")
def limits(scene):
    repo = scene.repository()
    for name in ("a", "b", "c"):
        repo.write(f"{name}.yaml", config_map(name))
    repo.commit()
    daemon = scene.start_daemon(scene.sync_of(repo) + "  limits: {maxDeleteObjects: 1}\n")
    daemon.await_words("in sync with")
    repo.remove("a.yaml", "b.yaml").commit()
    daemon.await_words("is stopped")
    expect_words(daemon.said(), "H-H1", "(1 objects, 30 %")
    expect(scene.has("configmap", "a"), "nothing is deleted")
    told = scene.diff_document(repo, "--max-delete-objects", "1", status=3)
    expect_equal([one["hazard"] for one in told["findings"]], ["H-H1"], "findings")
    scene.diff(repo, status=1)


def status(scene, name):
    told = document(scene.holdfast("status", name, "-o", "json"))
    expect_equal((told["apiVersion"], told["kind"]), ("holdfast.dev/v1", "Status"), "document")
    return told["syncs"][0]


def held_status(scene):
    told = status(scene, scene.name)
    return told if told["held"] else None


def condition(told, kind):
    return next(one["status"] for one in told["conditions"] if one["type"] == kind)
