"""One run of a sync at a time, whoever runs it; and what a run does that has lost its turn."""

import json

from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario

SECONDS = 120

LEASE = 30  # Seconds.


@scenario("two runs at once: the second waits, is told for whom, and finds nothing left to do")
def two_at_once(scene):
    repo = given_a_slow_database(scene, "5s")
    first = scene.start_sync(repo)
    until(lambda: holder(scene), 30, "the first run has its turn")
    late = scene.sync(repo, "--timeout", "1s", status=2)
    expect_words(late.err, "being carried out by another run", holder(scene), "since 20",
                 "nothing was written")
    second = scene.start_sync(repo)
    second.await_words("waiting for another run of this sync")
    expect(first.runs, "the first one is at work")
    expect_equal(first.ended().status, 0, "exit status of the first")
    expect_equal(second.ended().status, 0, "exit status of the second")
    written = [(one.resource, one.name) for one in scene.writes_to_objects()]
    expect_equal(sorted(written), sorted(set(written)), "each object is written once")
    expect_equal(holder(scene), None, "the lease is free in the end")


@scenario("the command line waits for the daemon, which holds no lease while it idles")
def daemon_first(scene):
    repo = given_a_slow_database(scene, "4s")
    config = scene.folder / "syncs.yaml"
    config.write_text(f"""\
apiVersion: holdfast.dev/v1
kind: Sync
metadata: {{name: {scene.name}}}
spec: {{repo: {repo.folder}, ref: main, interval: 1s, namespace: {scene.namespace}}}
""")
    daemons = [scene.start("run", "--config", str(config)) for _ in range(2)]
    until(lambda: holder(scene), 30, "one daemon has its turn")
    run = scene.start_sync(repo)
    for daemon in daemons:
        daemon.await_words("in sync with", 60)
    expect_equal(run.ended().status, 0, "exit status")
    written = [(one.resource, one.name) for one in scene.writes_to_objects()]
    expect_equal(sorted(written), sorted(set(written)), "each object is written once")
    until(lambda: not holder(scene), 5, "the lease is free")
    for daemon in daemons:
        expect_equal(daemon.terminate().status, 0, "exit status of a daemon")


@scenario("a run that is frozen for longer than its lease wakes up and writes nothing more")
def frozen(scene):
    repo = given_a_slow_database(scene, "3s")
    run = scene.start_sync(repo)
    run.await_words("0 of 1 pods ready")
    run.freeze()
    expect(not scene.has("configmap", "after"), "the run has not come so far")
    repo.replace("after.yaml", "colour: green", "colour: red").commit()
    other = scene.sync(repo)
    expect_words(other.err, "waiting for another run of this sync")
    expect(other.seconds > LEASE - 5, f"it has waited for {other.seconds:.0f} s only")
    scene.mark()
    run.resume()
    ended = run.ended(30)
    expect_equal(ended.status, 2, "exit status: what it had written before stays")
    expect_words(ended.err + ended.out, "no longer holds Lease", "it stops")
    scene.wrote_nothing()
    expect_equal(scene.get("configmap", "after")["data"]["colour"], "red", "what the other wrote")


@scenario("a run that was killed: the next one on this machine goes on at once, elsewhere when "
          "the lease is over")
def killed(scene):
    repo = given_a_slow_database(scene, "3s")
    kill_one(scene, repo)
    next_run = scene.sync(repo)
    expect(next_run.seconds < LEASE / 2, f"it has waited for {next_run.seconds:.0f} s")

    repo.replace("after.yaml", "colour: green", "colour: red").commit()
    scene.kubectl("delete", "statefulset", "db")
    until(lambda: not scene.list("pods"), 60, "its pods are gone")
    kill_one(scene, repo)
    take_lease(scene, "another-machine pid 1 started 1 boot 0 ns 1")
    next_run = scene.sync(repo)
    expect_words(next_run.err, "waiting for another run of this sync, another-machine")
    expect(next_run.seconds > LEASE - 5, f"it has waited for {next_run.seconds:.0f} s only")
    expect_equal(scene.get("configmap", "after")["data"]["colour"], "red", "what it wrote")


@scenario("a run that is stopped by a signal gives its turn back at once")
def interrupted(scene):
    repo = given_a_slow_database(scene, "3s")
    run = scene.start_sync(repo)
    run.await_words("0 of 1 pods ready")
    run.terminate()
    expect_equal(holder(scene), None, "the lease")
    next_run = scene.sync(repo)
    expect("waiting for another run" not in next_run.err, "the next run waits for nobody")


@scenario("the lease is taken away in the middle of an approved detach: the claim stays")
def taken_away(scene):
    repo = scene.example("storage", "mysql")
    repo.replace("storage/storageclass.yaml", "reclaimPolicy: Retain", "reclaimPolicy: Delete")
    repo.replace("mysql/deployment.yaml", "    metadata:\n      labels:",
                 '    metadata:\n      annotations: {bed.holdfast.dev/delete-after: 6s}\n'
                 "      labels:").commit()
    scene.sync(repo)
    repo.remove("mysql/claim.yaml", "mysql/deployment.yaml").commit()
    text = scene.holdfast("approve", *scene.flags(repo), status=0).out
    repo.write("approvals/detach.yaml", text).commit()
    claim = scene.get("pvc", "mysql-data")["metadata"]["uid"]
    scene.mark()
    run = scene.start_sync(repo)
    until(lambda: any(one.resource == "deployments" for one in scene.writes()), 30, "MySQL stops")
    take_lease(scene, "somebody-else")
    ended = run.ended(60)
    expect_equal(ended.status, 2, "exit status: MySQL was stopped by then")
    expect_words(ended.err + ended.out, "somebody-else has it now")
    expect_equal([one.resource for one in scene.writes() if one.verb == "delete"], [], "deletions")
    expect_equal(scene.get("pvc", "mysql-data")["metadata"]["uid"], claim, "the claim")

    take_lease(scene, None)
    scene.sync(repo)
    expect(not scene.has("pvc", "mysql-data"), "the next run ends what was approved")
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


def given_a_slow_database(scene, ready_after):
    """A StatefulSet that takes its time, and a ConfigMap that comes after it."""
    repo = scene.repository()
    repo.write("db.yaml", f"""
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {{name: db}}
        spec:
          serviceName: db
          replicas: 1
          selector: {{matchLabels: {{app: db}}}}
          template:
            metadata:
              labels: {{app: db}}
              annotations: {{bed.holdfast.dev/ready-after: {ready_after}}}
            spec:
              containers: [{{name: db, image: "registry.example/db:1"}}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {{name: db}}
        spec: {{clusterIP: None, selector: {{app: db}}, ports: [{{port: 1}}]}}
        """)
    repo.write("after.yaml", """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: after
          annotations: {holdfast.dev/depends-on: StatefulSet/NAMESPACE/db}
        data: {colour: green}
        """.replace("NAMESPACE", scene.namespace))
    repo.commit()
    return repo


def kill_one(scene, repo):
    run = scene.start_sync(repo)
    run.await_words("0 of 1 pods ready")
    run.kill()
    expect(holder(scene), "the killed run has left its lease behind")


def lease(scene):
    return scene.bed.get("lease", f"holdfast-{scene.name}", "holdfast-system")


def holder(scene):
    return ((lease(scene) or {}).get("spec") or {}).get("holderIdentity")


def take_lease(scene, who):
    scene.bed.kubectl("-n", "holdfast-system", "patch", "lease", f"holdfast-{scene.name}",
                      "--type=merge", "-p", json.dumps({"spec": {"holderIdentity": who}}))
