"""holdfast run: keeps the cluster as Git says, whatever happens to one of its syncs."""

import json

from stage import commands
from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario

BED = "own"
SECONDS = 45


@scenario("what is changed or deleted by hand is put back; SIGTERM ends it within a second")
def drift(scene):
    repo = scene.example("storage", "mysql")
    repo.commit()
    daemon = scene.start_daemon(scene.sync_of(repo))
    daemon.await_words("in sync with", 60)

    patch_service(scene, {"selector": {"app.kubernetes.io/name": "somebody-else"}})
    until(lambda: service(scene)["selector"] == {"app.kubernetes.io/name": "mysql"}, 15,
          "the Service selects MySQL again")
    scene.kubectl("delete", "configmap", "mysql")
    until(lambda: scene.has("configmap", "mysql"), 15, "the ConfigMap is there again")
    scene.kubectl("scale", "deployment", "wordpress", "--replicas=0")
    until(lambda: scene.ready("deployment", "wordpress", 1), 15, "WordPress runs again")

    ended = daemon.terminate()
    expect_equal(ended.status, 0, "exit status")
    expect(ended.seconds < 1, f"it took {ended.seconds:.2f} s to end")


@scenario("a port of a Service that was given another number by hand is put back")
def drift_of_a_port(scene):
    repo = scene.example("storage", "mysql")
    repo.commit()
    daemon = scene.start_daemon(scene.sync_of(repo))
    daemon.await_words("in sync with", 60)
    # The number is what tells one port from another: it is as if ours were gone, and another there.
    patch_service(scene, {"ports": [{"name": "mysql", "port": 3307, "targetPort": "mysql"}]})
    until(lambda: [port["port"] for port in service(scene)["ports"]] == [3306], 15,
          "the Service has its port again")


def given_an_idle_daemon(scene):
    repo = scene.example("storage", "mysql")
    repo.commit()
    daemon = scene.start_daemon(scene.sync_of(repo))
    daemon.await_words("in sync with", 60)
    commands.pause(1)  # For the echo of its own writes.
    return repo, daemon, scene.bed.audit.now()


@scenario("while nothing happens, it asks the cluster nothing")
def idle(scene):
    _, daemon, since = given_an_idle_daemon(scene)
    commands.pause(4)  # Nothing can be awaited but time: we are to see that nothing comes.
    requests = scene.bed.audit.requests(since, "holdfast")
    expect(not requests, "requests of an idle daemon:\n" + "\n".join(map(str, requests)))
    expect(daemon.runs, "it runs")


@scenario("a push asks only about what it changes: the rest is known from the watches")
def push_of_one_change(scene):
    repo, daemon, since = given_an_idle_daemon(scene)

    repo.replace("mysql/configmap.yaml", "[mysqld]", "[mysqld]\n    max_connections = 77")
    daemon.await_words(f"in sync with {repo.commit()[:12]}", 60)
    asked = scene.bed.audit.requests(since, "holdfast")
    read = [str(one) for one in asked if one.verb == "get" and one.namespace == scene.namespace
            and one.resource != "namespaces"]  # Which nobody watches.
    expect_equal(read, [], "objects that were read one by one")
    tried = [f"{one.resource} {one.name}" for one in asked if one.dry_run]
    expect_equal(tried, ["configmaps mysql"], "dry runs")
    written = [f"{one.resource} {one.name}" for one in asked
               if one.writes and one.namespace == scene.namespace]
    expect_equal(written, ["configmaps mysql"], "writes")


@scenario("a commit that is taken back while it is applied is taken back whole")
def taken_back_meanwhile(scene):
    repo = scene.repository()
    write_app(repo, "a", never_ready=False)
    daemon = scene.start_daemon(scene.sync_of(repo))
    daemon.await_words("in sync with", 60)
    write_app(repo, "b", never_ready=True)
    until(lambda: scene.get("configmap", "app")["data"] == {"note": "b"}, 30, "it is under way")
    commit = write_app(repo, "a", never_ready=False)
    daemon.await_words(f"in sync with {commit[:12]}", 60)
    expect_equal(scene.get("configmap", "app")["data"], {"note": "a"}, "data")
    daemon.terminate()


def write_app(repo, note, never_ready):
    annotations = '{bed.holdfast.dev/never-ready: "true"}' if never_ready else "{}"
    return repo.write("app.yaml", f"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {{name: app}}
        data: {{note: {note}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: app}}
        spec:
          selector: {{matchLabels: {{app: app}}}}
          template:
            metadata: {{labels: {{app: app}}, annotations: {annotations}}}
            spec: {{containers: [{{name: app, image: "example.org/app:1"}}]}}
        """).commit()


@scenario("a new commit is applied by polling, rolled out and pruned; no commit is missed")
def new_commit(scene):
    repo = scene.example("storage", "mysql")
    repo.write("spare.yaml", config_map("spare")).commit()
    daemon = scene.start_daemon(scene.sync_of(repo))
    daemon.await_words("in sync with", 60)

    repo.replace("mysql/wordpress.yaml", "wordpress:6.8.2-apache", "wordpress:6.8.3-apache")
    repo.remove("spare.yaml")
    commit = repo.commit()
    daemon.await_words(f"in sync with {commit[:12]}")

    images = [one["spec"]["containers"][0]["image"] for one in scene.list("pods")]
    expect("wordpress:6.8.3-apache" in images, f"the new image runs: {images}")
    expect(not scene.has("configmap", "spare"), "what Git dropped is pruned")


@scenario("a broken Sync, a missing repository and a refused commit do not stop the others")
def goes_on_with_the_others(scene):
    good = scene.repository()
    good.write("one.yaml", config_map("good")).commit()
    refused = scene.example("storage")
    refused.replace("storage/storageclass.yaml", "WaitForFirstConsumer", "Immediate")
    refused.write("one.yaml", config_map("bystander"))
    refused.write("claim.yaml", claim(scene, "kept")).commit()
    broken = scene.sync_of(good, "broken").replace("interval:", "intervall:")
    missing = scene.sync_of(good, "missing").replace(str(good.folder), str(scene.folder / "none"))
    daemon = scene.start_daemon(broken, missing, "kind: Sink\n",
                            scene.sync_of(refused, "refused"), scene.sync_of(good, "good"))
    until(lambda: scene.has("configmap", "good"), 30, "the good one is applied")
    until(lambda: scene.has("persistentvolumeclaim", "kept"), 30, "the claim is there")

    expect_words(daemon.said(), "syncs.yaml:", "intervall", "Sink", str(scene.folder / "none"))

    bad_commit = refused.remove("claim.yaml").write("two.yaml", config_map("late")).commit()
    daemon.await_words(f"{bad_commit[:12]} is stopped")
    expect_words(daemon.said(), "H-A1", f"PersistentVolumeClaim {scene.namespace}/kept")
    expect(not scene.has("configmap", "late"), "nothing of the refused commit is applied")
    expect(scene.has("persistentvolumeclaim", "kept"), "the claim is there")

    # The last commit that was admitted stays in force.
    scene.kubectl("delete", "configmap", "bystander")
    until(lambda: scene.has("configmap", "bystander"), 15, "its drift is repaired")
    good.write("two.yaml", config_map("more")).commit()
    until(lambda: scene.has("configmap", "more"), 15, "the good one goes on")

    # And it recovers by a commit.
    mended = refused.write("claim.yaml", claim(scene, "kept")).commit()
    daemon.await_words(f"in sync with {mended[:12]}")
    expect(scene.has("configmap", "late"), "the rest of the mended commit is applied")


@scenario("a cluster that goes away and comes back: it goes on where it was")
def cluster_away(scene):
    repo = scene.repository()
    repo.write("one.yaml", config_map("one")).commit()
    daemon = scene.start_daemon(scene.sync_of(repo))
    daemon.await_words("in sync with")
    scene.bed.stop("apiserver", kill=True)
    try:
        commit = repo.write("two.yaml", config_map("two")).commit()
        daemon.await_words("trying again in")
        expect(daemon.runs, "it runs on")
    finally:
        scene.bed.bring_back_the_apiserver()
    daemon.await_words(f"in sync with {commit[:12]}", 60)
    expect(scene.has("configmap", "two"), "what was committed meanwhile is applied")
    scene.kubectl("delete", "configmap", "one")
    until(lambda: scene.has("configmap", "one"), 15, "drift is seen again")


@scenario("a claim that somebody deletes is saved, and what was held goes on when it is over")
def held_claim(scene):
    repo, daemon = given_a_database(scene, "mysql", 60)
    volume = delete_claim_and_see_it_saved(scene, "mysql-data")
    repo.replace("mysql/deployment.yaml", "mysql:8.4.6", "mysql:8.4.7")
    commit = repo.commit()
    daemon.await_words(f"{commit[:12]} is stopped")
    expect_equal(scene.get("deployment", "mysql")["spec"]["template"]["spec"]["containers"][0]
                 ["image"], "mysql:8.4.6", "image while the claim is on its way out")
    scene.kubectl("delete", "pods", "-l", "app.kubernetes.io/name=mysql")
    daemon.await_words(f"in sync with {commit[:12]}", 60)
    expect_equal(scene.get("pvc", "mysql-data")["spec"]["volumeName"], volume, "its volume")
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


@scenario("a claim that a template made is saved too, though it is not in Git and nothing changes there")
def claim_of_a_template(scene):
    repo, daemon = given_a_database(scene, "cassandra", 90)
    pods = scene.uids("pods")
    delete_claim_and_see_it_saved(scene, "data-cassandra-1")
    # What has nothing to do with it goes on, and says what it saw.
    commit = repo.write("note.yaml", config_map("note")).commit()
    daemon.await_words(f"in sync with {commit[:12]}", 60)
    told = scene.diff(repo, status=0)
    expect_words(told.out, "warn", "data-cassandra-1", "H-A2")
    expect_equal(scene.uids("pods"), pods, "pods")
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


@scenario("a commit in error and one that cannot be read: what is in force is kept so, by a daemon "
          "that was started anew too")
def kept_in_force(scene):
    repo = scene.repository()
    good = repo.write("one.yaml", config_map("one")).commit()
    daemon = scene.start_daemon(scene.sync_of(repo))
    daemon.await_words(f"in sync with {good[:12]}")
    repo.write("two.yaml", "{apiVersion: v1, kind: Service, metadata: {name: two}, "
                           "spec: {prots: []}}\n").commit()
    daemon.await_words("prots")
    put_back(scene)
    unreadable = repo.write("two.yaml", "a: [").commit()
    daemon.await_words(f"{unreadable[:12]} is stopped")
    put_back(scene)
    daemon.terminate()

    daemon = scene.start_daemon(scene.sync_of(repo))
    daemon.await_words(f"{unreadable[:12]} is stopped")
    put_back(scene)
    expect_words(scene.holdfast("status", scene.name).out, f"in force {good[:12]}", "two.yaml:1")


def given_a_database(scene, part, seconds):
    """In sync by a daemon; its volumes would be destroyed with their claims."""
    repo = scene.example("storage", part)
    repo.replace("storage/storageclass.yaml", "reclaimPolicy: Retain", "reclaimPolicy: Delete")
    repo.commit()
    daemon = scene.start_daemon(scene.sync_of(repo))
    daemon.await_words("in sync with", seconds)
    return repo, daemon


def delete_claim_and_see_it_saved(scene, name):
    volume = scene.get("pvc", name)["spec"]["volumeName"]
    scene.kubectl("delete", "pvc", name, "--wait=false")
    until(lambda: scene.bed.get("pv", volume)["spec"]["persistentVolumeReclaimPolicy"] == "Retain",
          20, "its volume is Retain")
    return volume


def put_back(scene):
    scene.kubectl("delete", "configmap", "one")
    until(lambda: scene.has("configmap", "one"), 15, "what is deleted is put back")


@scenario("a configuration without one good Sync: status 2 and a sentence")
def no_good_sync(scene):
    (scene.folder / "syncs.yaml").write_text("kind: Sink\n")
    ended = scene.holdfast("run", "--config", str(scene.folder / "syncs.yaml"), status=2)
    expect_words(ended.err, "syncs.yaml", "no Sync")
    ended = scene.holdfast("run", "--config", "/no/such/file", status=2)
    expect_words(ended.err, "/no/such/file")


def config_map(name):
    return (f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}, "
            "data: {colour: green}}\n")


def claim(scene, name):
    return (f"{{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: {name}}}, "
            f"spec: {{storageClassName: {scene.storage_class}, accessModes: [ReadWriteOnce], "
            "resources: {requests: {storage: 1Gi}}}}\n")


def service(scene):
    return scene.get("service", "mysql")["spec"]


def patch_service(scene, spec):
    scene.kubectl("patch", "service", "mysql", "--type=merge", "-p", json.dumps({"spec": spec}))
