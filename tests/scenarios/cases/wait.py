"""A database that does not get ready, and a person who does not want to wait."""

from stage.checks import expect, expect_equal, expect_words, until
from stage.program import document
from stage.runner import scenario

SECONDS = 30


@scenario("what MySQL's readiness holds up is not created; status 4 says what it waits for")
def mysql_not_ready(scene):
    repo = scene.example("storage", "mysql")
    hold_back(repo, "bed.holdfast.dev/never-ready")

    late = scene.sync(repo, "--timeout", "5s", status=4)

    expect_words(late.said, f"Deployment {scene.namespace}/mysql", "ready", "not reached",
                 f"Deployment {scene.namespace}/wordpress", "waiting")
    expect(not scene.has("deployment", "wordpress"), "WordPress was not created")
    expect(scene.has("service", "wordpress"), "what comes before MySQL was created")
    expect(5 <= late.seconds < 15, f"it gave up after {late.seconds:.1f} s instead of 5")

    told = scene.sync_document(repo, "--timeout", "1s", status=4)
    expect_equal(told["result"], "unhealthy", "result")
    outcomes = {(one["kind"], one["name"]): one for one in told["outcomes"]}
    expect_equal(outcomes["Deployment", "mysql"]["outcome"], "waiting", "outcome of MySQL")
    expect(outcomes["Deployment", "mysql"]["reason"], "the reason is given")
    expect_equal(outcomes["Deployment", "wordpress"]["outcome"], "not reached",
                 "outcome of WordPress")

    release(scene, "bed.holdfast.dev/never-ready")
    scene.sync(repo)
    expect(scene.ready("deployment", "wordpress", 1), "WordPress is ready")


@scenario("a pod that crashes is named, with the reason that Kubernetes gives")
def mysql_crashes(scene):
    repo = scene.example("storage", "mysql")
    hold_back(repo, "bed.holdfast.dev/crash")
    late = scene.sync(repo, "--timeout", "4s", status=4)
    expect_words(late.said, "crash loop", "exit code 1", f"{scene.namespace}/mysql")
    expect(not scene.has("deployment", "wordpress"), "WordPress was not created")


@scenario("a claim that no storage serves is named as what the database waits for")
def no_storage(scene):
    repo = scene.example("storage", "mysql")
    repo.replace("storage/storageclass.yaml", "rancher.io/local-path", "kubernetes.io/nobody")
    repo.commit()
    late = scene.sync(repo, "--timeout", "4s", status=4)
    expect_words(late.said, "mysql-data", "waiting")
    expect(not scene.has("deployment", "wordpress"), "WordPress was not created")


@scenario("Ctrl-C during a wait: status 2, what was applied and what was not, at once")
def interrupted(scene):
    repo = scene.example("storage", "mysql")
    hold_back(repo, "bed.holdfast.dev/never-ready")
    running = scene.start_sync(repo)
    until(lambda: scene.has("deployment", "mysql"), 30, "MySQL is written")
    pause_until_it_waits(scene)

    ended = running.interrupt()

    expect_equal(ended.status, 2, "exit status")
    expect(ended.seconds < 1.5, f"it took {ended.seconds:.1f} s to end")
    expect_words(ended.out, f"applied  Secret {scene.namespace}/mysql",
                 f"not reached  Deployment {scene.namespace}/wordpress")
    expect_words(ended.said, "stopped", f"Deployment {scene.namespace}/mysql")
    release(scene, "bed.holdfast.dev/never-ready")
    scene.sync(repo)
    scene.mark()
    scene.diff(repo, status=0)


@scenario("Ctrl-C told as JSON: result cancelled, an outcome for every object")
def interrupted_json(scene):
    repo = scene.example("storage", "mysql")
    hold_back(repo, "bed.holdfast.dev/never-ready")
    running = scene.start_sync(repo, "-o", "json")
    until(lambda: scene.has("deployment", "mysql"), 30, "MySQL is written")
    ended = running.interrupt()
    expect_equal(ended.status, 2, "exit status")
    told = document(ended)
    expect_equal(told["result"], "cancelled", "result")
    expect_equal(len(told["outcomes"]), 10, "objects with an outcome")


def hold_back(repo, annotation):
    """Stages MySQL's pods (tests/cluster/README.md), and commits."""
    repo.replace("mysql/deployment.yaml", "    metadata:\n      labels:",
                 f'    metadata:\n      annotations: {{{annotation}: "true"}}\n      labels:')
    repo.commit()


def release(scene, annotation):
    scene.kubectl("annotate", "pod", "-l", "app.kubernetes.io/name=mysql", f"{annotation}-")
    scene.await_ready("deployment", "mysql", 1)


def pause_until_it_waits(scene):
    """Until holdfast has begun to watch the pods: it then waits for the gate."""
    until(lambda: any(request.verb == "watch" and request.resource == "pods"
                      for request in scene.bed.audit.requests(scene.began, "holdfast")),
          30, "holdfast watches the pods")
