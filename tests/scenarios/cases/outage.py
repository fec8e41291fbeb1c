"""The control plane fails in the middle of a rollout: whoever waits goes on when it is back."""

from fault_proxy import FaultProxy
from stage import commands
from stage.checks import expect, expect_equal, until
from stage.runner import scenario

BED = "own"
SECONDS = 130


@scenario("etcd is stopped for 30 s in the middle of a rollout: sync and the daemon finish it")
def etcd_stops(scene):
    def fault():
        scene.bed.stop("etcd", kill=True)
        commands.pause(30)  # That it lasts is what is tried.
        scene.bed.start("etcd")
    rollouts_survive(scene, fault)


@scenario("the API server is killed and comes back in the middle of a rollout: the same")
def apiserver_restarts(scene):
    def fault():
        scene.bed.stop("apiserver", kill=True)
        scene.bed.bring_back_the_apiserver()
    rollouts_survive(scene, fault)


@scenario("every watch is cut in its first event, or is told that its version is too old: the same")
def watches_break(scene):
    for kind in ("cut", "410"):
        with FaultProxy(scene.folder / f"proxy-{kind}", scene.bed.folder) as proxy:
            proxy.arm(f"{kind}@WATCH:*#1-20")
            place = scene.another(f"watch-{kind}")
            place.environment["KUBECONFIG"] = str(proxy.kubeconfig)
            rollouts_survive(place, lambda: until(
                lambda: sum(one.verb == "WATCH" for one in proxy.requests) > 20, 90,
                "more watches are opened than were broken"))


@scenario("a server that is busy (429) is asked again when it said, and not before")
def busy(scene):
    repo = scene.repository()
    repo.write("one.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: one}}").commit()
    with FaultProxy(scene.folder / "proxy", scene.bed.folder) as proxy:
        for verb in ("GET", "DRYRUN", "PATCH"):
            proxy.arm(f"429=3@{verb}:*/configmaps/one*#1-2")
            scene.environment["KUBECONFIG"] = str(proxy.kubeconfig)
            scene.sync(repo)
            asked = [one for one in proxy.requests
                     if one.verb == verb and "/configmaps/one" in one.target]
            expect_equal([one.status for one in asked][:2], [429, 429], f"answers to {verb}")
            waits = [asked[i + 1].received - asked[i].received for i in (0, 1)]
            expect(all(3 <= wait < 7 for wait in waits), f"{verb} is repeated after {waits} s")
            scene.kubectl("delete", "configmap", "one")


def rollouts_survive(scene, fault):
    """A sync rolls MySQL out and a daemon Cassandra, when `fault` happens."""
    mysql, cassandra = scene.another("sync"), scene.another("daemon")
    for place in (mysql, cassandra):
        place.environment["KUBECONFIG"] = scene.environment["KUBECONFIG"]
    database, ring = mysql.example("storage", "mysql"), cassandra.example("storage", "cassandra")
    for repo, file in ((database, "mysql/deployment.yaml"), (ring, "cassandra/statefulset.yaml")):
        # So that the rollout has a middle.
        repo.replace(file, "    metadata:\n      labels:",
                     "    metadata:\n      annotations: {bed.holdfast.dev/ready-after: 3s}\n"
                     "      labels:").commit()
    daemon = cassandra.start_daemon(cassandra.sync_of(ring))
    mysql.sync(database)
    daemon.await_words("in sync with", 120)

    database.replace("mysql/deployment.yaml", "mysql:8.4.6", "mysql:8.4.7").commit()
    ring.replace("cassandra/statefulset.yaml", "cassandra:4.1.10", "cassandra:4.1.11")
    commit = ring.commit()
    running = mysql.start_sync(database)
    until(lambda: image(mysql, "deployment", "mysql") == "mysql:8.4.7" and
          image(cassandra, "statefulset", "cassandra") == "cassandra:4.1.11", 60,
          "both rollouts have begun")
    claims = mysql.uids("persistentvolumeclaims") | cassandra.uids("persistentvolumeclaims")
    fault()

    ended = running.ended(120)
    expect_equal(ended.status, 0, f"exit status of sync\n{ended}")
    expect(mysql.ready("deployment", "mysql", 1), "MySQL is ready")
    daemon.await_words(f"in sync with {commit[:12]}", 180)
    expect(cassandra.ready("statefulset", "cassandra", 3), "Cassandra is ready")
    mysql.diff(database, status=0)
    cassandra.diff(ring, status=0)
    now = mysql.uids("persistentvolumeclaims") | cassandra.uids("persistentvolumeclaims")
    expect_equal(now, claims, "the claims, their uids")


def image(scene, kind, name):
    return scene.get(kind, name)["spec"]["template"]["spec"]["containers"][0]["image"]
